"""`--local`: a room that the command brings along where nothing listens, and that goes with it."""

import asyncio
import json
import os
import signal
import sys
import time
from pathlib import Path

from tests.support.children import children_of, first_child_of, is_there
from tests.support.command import Command, clean_environment, run_command
from tests.support.local_commands import LocalCommands

MOCKS = "version: 1\nas: {identity: weather-api}\nmocks: [{method: get_weather, rules: [{reply: '21'}]}]\n"
STARTED = "Started a local room"
GONE_WITHIN_S = 2.0


async def test_respond_and_call_in_two_terminals_meet_and_watch_sees_them(tmp_path: Path) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    local = LocalCommands(tmp_path)
    async with local.running("respond", "mocks.yaml") as answering:
        assert STARTED in await answering.error_line(STARTED)
        assert "weather-api in demo answers" in await answering.error_line("Ready")
        async with local.running("watch", "--json") as watching:
            await watching.error_line("Watching room demo")
            called = await local.run("call", "weather-api", "get_weather", "{}", "--identity", "me")
            seen = json.loads(await watching.output_line())
            pinged = await local.run("ping", "weather-api", "--count", "1")
            listed = await local.run("participants", "--json")
            watching.send(signal.SIGTERM)
            watched = await watching.ended()
        answering.send(signal.SIGTERM)
        answered = await answering.ended()

    assert (called.code, called.out) == (0, "21")
    assert STARTED not in called.err
    assert "in use by another local room" in called.err
    assert (seen["direction"], seen["caller"], seen["destination"]) == ("seen", "me", "weather-api")
    assert (seen["payload"], seen["response"], seen["outcome"]) == ("{}", "21", "ok")
    assert seen["ack_ms"] is not None
    assert pinged.code == 0
    assert json.loads(listed.out)["identity"] == "weather-api"
    assert (watched.code, answered.code) == (0, 0)
    assert "Traceback" not in answered.err + watched.err + called.err
    assert local.is_free()


async def test_a_single_command_brings_its_room_and_takes_it_away(tmp_path: Path) -> None:
    local = LocalCommands(tmp_path)

    ended = await local.run("participants")

    assert (ended.code, ended.out) == (0, "")
    assert STARTED in ended.err
    assert "Nobody is in demo." in ended.err
    assert local.is_free()
    assert not _left_in(tmp_path)


async def test_variables_and_files_say_nothing_to_it_and_room_and_identity_can_be_given(
    tmp_path: Path,
) -> None:
    (tmp_path / ".env").write_text("LIVEKIT_URL=wss://elsewhere.example\nLIVEKIT_ROOM=other\n")
    (tmp_path / "mocks.yaml").write_text("version: 1\nmocks: []\n")
    variables = {"LIVEKIT_ROOM": "another", "LIVEKIT_IDENTITY": "somebody", "LIVEKIT_URL": "ws://nowhere"}
    local = LocalCommands(tmp_path)

    plain = await local.run("respond", "mocks.yaml", "--for", "100ms", **variables)
    given = await local.run(
        "respond", "mocks.yaml", "--for", "100ms", "--room", "mine", "--identity", "me", **variables
    )

    assert (plain.code, given.code) == (0, 0)
    assert f"Using local room (ws://localhost:{local.port})" in plain.err
    assert "room demo as inspector-" in plain.err
    assert "Ready: me in mine" in given.err


async def test_the_room_goes_with_a_command_that_is_killed(tmp_path: Path) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    local = LocalCommands(tmp_path)
    async with local.running("respond", "mocks.yaml") as answering:
        await answering.error_line("Ready")
        assert not local.is_free()
        answering.send(signal.SIGKILL)
        killed_at = time.monotonic()
        while not local.is_free():
            assert time.monotonic() - killed_at < GONE_WITHIN_S
            await asyncio.sleep(0.05)


async def test_ctrl_c_for_the_whole_terminal_ends_the_command_before_its_room(tmp_path: Path) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    local = LocalCommands(tmp_path)
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *local.program,
        "respond",
        "mocks.yaml",
        "--local",
        cwd=tmp_path,
        env=clean_environment(tmp_path),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        process_group=0,
    )
    command = Command(process)
    try:
        await command.error_line("Ready")
        os.killpg(process.pid, signal.SIGINT)
        ended = await command.ended()
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()

    assert ended.code == 130
    assert "lost the server" not in ended.err
    assert "Traceback" not in ended.err
    assert local.is_free()


async def test_ctrl_c_while_the_room_starts_leaves_none(tmp_path: Path) -> None:
    local = LocalCommands(tmp_path)
    async with local.running("participants") as command:
        await command.error_line("Using local room")
        room = await first_child_of(command.process.pid)
        command.send(signal.SIGINT)
        ended = await command.ended()

    assert ended.code == 130
    assert "Traceback" not in ended.err
    assert not is_there(room)
    assert local.is_free()


async def test_a_room_that_crashes_is_started_again_and_joined(tmp_path: Path) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    local = LocalCommands(tmp_path)
    async with local.running("respond", "mocks.yaml") as answering:
        await answering.error_line("Ready")
        (room,) = children_of(answering.process.pid)
        os.kill(room, signal.SIGKILL)
        assert "was ended by signal 9" in await answering.error_line("The local room was ended")
        assert STARTED in await answering.error_line(STARTED)
        assert await answering.error_line("weather-api is back in demo.")
        called = await local.run("call", "weather-api", "get_weather", "--wait", "5s")
        answering.send(signal.SIGTERM)
        answered = await answering.ended()

    assert (called.code, called.out) == (0, "21")
    assert answered.code == 0


async def test_it_names_a_server_whole_like_every_other_source(tmp_path: Path) -> None:
    with_dev = await run_command(tmp_path, "participants", "--local", "--dev")
    with_token = await run_command(tmp_path, "participants", "--local", "--token", "x")

    assert (with_dev.code, with_token.code) == (2, 2)
    assert "--dev and --local each name a server" in with_dev.err
    assert "--local brings its own credentials" in with_token.err


def _left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]
