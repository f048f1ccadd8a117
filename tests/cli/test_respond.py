"""`respond`: its ready file, several mocks files, who it joins as, and what it prints for a person."""

import asyncio
import time
from pathlib import Path

from tests.support.command import Command, by_key, run_command
from tests.support.livekit_server import LiveKitServer
from tests.support.local_room import LocalRoom
from tests.support.ports import free_ports
from tests.support.python_peer import PythonPeer

RELOADED_WITHIN_S = 3.0
"""It takes half a second; this machine may be busy with other tests."""
FIRST = """
version: 1
as: {identity: weather-api, name: Weather, attributes: {role: backend, floor: "1"}}
mocks:
  - method: get_weather
    rules: [{reply: first}]
"""
SECOND = """
version: 1
as: {identity: somebody-else, name: Somebody}
mocks:
  - method: get_weather
    rules: [{reply: second}]
  - method: "set\\tvolume"
    rules: [{reply: "a\\x1b[2Jb"}]
"""


async def test_several_files_answer_together_and_options_win_over_how_the_first_joins(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "first.yaml").write_text(FIRST)
    (tmp_path / "second.yaml").write_text(SECOND)
    join = [*by_key(livekit_server, room_name, "ours"), "--attribute", "floor=2"]
    async with (
        PythonPeer.joined(livekit_server, room_name, "call\ner") as caller,
        Command.running(tmp_path, "respond", "first.yaml", "second.yaml", *join) as command,
    ):
        assert await command.error_line("get_weather") == (
            "get_weather has an earlier mock that answers (first.yaml);"
            " a later one (second.yaml) never does.\n"
        )
        assert "answers 2 methods: get_weather, set\\tvolume" in await command.error_line("Ready")
        await caller.wait_until_active("ours")
        listed = caller.room.remote_participants["ours"]
        assert (listed.name, dict(listed.attributes)) == ("Weather", {"role": "backend", "floor": "2"})
        assert await caller.perform("ours", "get_weather", "x") == "first"
        assert await caller.perform("ours", "set\tvolume", "up\x07") == "a\x1b[2Jb"
        lines = [await command.output_line() for _ in range(2)]
    assert lines[0].split()[0] == "ok"
    assert "call\\ner → get_weather(x) = first [get_weather: 1]" in lines[0]
    assert "set\\tvolume(up\\u0007) = a\\u001b[2Jb" in lines[1]


async def test_where_no_mock_is_on_it_says_so_and_names_no_method(
    local_room: LocalRoom, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text("mocks: [{method: m, enabled: false, rules: [{reply: x}]}]")

    ended = await run_command(
        tmp_path, "respond", "mocks.yaml", "--for", "100ms", *by_key(local_room, room_name, "ours")
    )

    assert ended.code == 0
    assert "No enabled mock applies to ours: every call is answered 1400 by the SDK.\n" in ended.err
    assert f"Ready: ours in {room_name} answers 0 methods\n" in ended.err


async def test_the_ready_file_is_there_only_while_every_method_answers(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(FIRST)
    left_behind = tmp_path / "ready"
    respond = ["respond", "mocks.yaml", "--for", "100ms"]
    nowhere = ["--url", f"ws://127.0.0.1:{free_ports(1)[0]}", "--api-key", "k", "--api-secret", "s" * 40]
    left_behind.write_text("ready\n")
    refused = await run_command(
        tmp_path, *respond, "--ready-file", "ready", *nowhere, "--room", room_name, "--identity", "a"
    )
    assert refused.code == 3
    assert not left_behind.exists(), "a killed run's file says ready before anything answers"

    key = by_key(livekit_server, room_name)
    unwritable, written = await asyncio.gather(
        run_command(tmp_path, *respond, "--ready-file", "no/such/folder/ready", *key),
        run_command(tmp_path, *respond, "--ready-file", "ready", *by_key(livekit_server, room_name, "b")),
    )
    assert (unwritable.code, unwritable.out) == (2, "")
    assert (
        "The ready file no/such/folder/ready cannot be written: No such file or directory." in unwritable.err
    )
    assert "Traceback" not in unwritable.err
    assert written.code == 0
    assert not left_behind.exists()


async def test_a_file_that_is_changed_comes_into_force_and_a_broken_one_does_not(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    mocks = tmp_path / "mocks.yaml"
    mocks.write_text(FIRST)
    join = by_key(livekit_server, room_name, "ours")
    async with (
        PythonPeer.joined(livekit_server, room_name, "caller") as caller,
        Command.running(tmp_path, "respond", "mocks.yaml", *join) as command,
    ):
        await command.error_line("Ready")
        await caller.wait_until_active("ours")
        assert await caller.perform("ours", "get_weather", "x") == "first"
        changed = FIRST.replace("first", "changed") + "  - method: added\n    rules: [{reply: new}]\n"
        mocks.write_text(changed)
        saved = time.monotonic()
        assert await command.error_line("mocks.yaml") == "mocks.yaml reloaded: 2 mocks\n"
        assert time.monotonic() - saved < RELOADED_WITHIN_S
        assert await caller.perform("ours", "get_weather", "x") == "changed"
        assert await caller.perform("ours", "added", "x") == "new"
        mocks.write_text(changed.replace("rules", "rulez"))
        assert await command.error_line("mocks.yaml") == (
            "mocks.yaml:6:5: unknown key `rulez`, did you mean `rules`?\n"
        )
        assert "goes on answering" in await command.error_line("The version of mocks.yaml of ")
        assert await caller.perform("ours", "get_weather", "x") == "changed"
        mocks.write_text(FIRST)
        assert await command.error_line("mocks.yaml reloaded") == "mocks.yaml reloaded: 1 mock\n"
        assert await caller.perform("ours", "get_weather", "x") == "first"
