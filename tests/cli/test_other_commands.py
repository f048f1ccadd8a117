"""`participants`, `ping` and `respond` against a real server."""

import json
import re
import signal
from pathlib import Path

import pytest
from livekit import rtc

from tests.support.command import Command, by_key, run_command
from tests.support.livekit_server import LiveKitServer
from tests.support.python_peer import PythonPeer

MOCKS = """
version: 1
as: {identity: weather-api, name: Weather, attributes: {role: backend}}
mocks:
  - method: get_weather
    rules: [{name: mild, reply: {temp_c: 21}}]
  - method: set_volume
    rules: [{error: {code: 1602, message: no such device, data: hall}, delay: {ms: 5}}]
  - method: elsewhere
    identity: "other-*"
    rules: [{reply: "no"}]
  - method: off
    enabled: false
    rules: [{reply: "no"}]
"""


async def test_participants_with_a_key_asks_the_server_and_does_not_join(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(
        livekit_server, room_name, "peer", name="Peer", metadata="m", attributes={"role": "x"}
    ) as peer:
        ended = await run_command(tmp_path, "participants", "--json", *by_key(livekit_server, room_name))
        assert list(peer.room.remote_participants) == []
    assert ended.code == 0
    (listed,) = [json.loads(line) for line in ended.out.splitlines()]
    assert listed["identity"] == "peer"
    assert (listed["name"], listed["metadata"], listed["attributes"]) == ("Peer", "m", {"role": "x"})
    assert (listed["kind"], listed["state"]) == ("standard", "active")
    assert listed["permissions"]["can_publish_data"] is True
    assert {"joined_at", "protocol", "methods"} <= listed.keys()


async def test_participants_with_a_token_joins_and_looks(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "peer"):
        token = livekit_server.token(room_name, "shell")
        ended = await run_command(tmp_path, "participants", "--url", livekit_server.url, "--token", token)
    assert ended.code == 0
    assert ended.out.startswith("peer  standard, active")
    assert "shell" not in ended.out


async def test_participants_with_a_key_shows_the_hidden_and_says_where_nobody_is(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "shy", hidden=True):
        listed = await run_command(tmp_path, "participants", *by_key(livekit_server, room_name))
    empty = await run_command(tmp_path, "participants", *by_key(livekit_server, "no-such-room"))
    assert (listed.code, empty.code, empty.out) == (0, 0, "")
    assert re.match(r"shy  standard, active, hidden, .*joined \d{4}-\d\d-\d\dT", listed.out)
    assert "Nobody is in no-such-room." in empty.err


async def test_ping_proves_who_is_there_and_runs_no_handler(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    async with PythonPeer.joined(livekit_server, room_name, "peer") as peer:
        key = by_key(livekit_server, room_name)
        there = await run_command(tmp_path, "ping", "peer", "--count", "2", "--json", *key)
        assert peer.seen == []
    gone = await run_command(tmp_path, "ping", "nobody", "--count", "1", *key)
    assert there.code == 0
    probes = [json.loads(line) for line in there.out.splitlines()]
    assert [(probe["destination"], probe["ok"], probe["code"]) for probe in probes] == [
        ("peer", True, 1400)
    ] * 2
    assert all(probe["ms"] > 0 for probe in probes)
    assert gone.code == 1
    assert "1501 CONNECTION_TIMEOUT" in gone.err


async def test_respond_answers_as_the_file_says_and_prints_each_call(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    ready = tmp_path / "ready"
    key = ["--url", livekit_server.url, "--api-key", "devkey", "--api-secret", "secret", "--room", room_name]
    async with Command.running(
        tmp_path, "respond", "mocks.yaml", "--json", "--ready-file", str(ready), *key
    ) as command:
        line = await command.error_line("Ready")
        assert "get_weather" in line
        assert ready.exists()
        async with PythonPeer.joined(livekit_server, room_name, "caller") as caller:
            await caller.wait_until_active("weather-api")
            listed = caller.room.remote_participants["weather-api"]
            assert (listed.name, dict(listed.attributes)) == ("Weather", {"role": "backend"})
            assert await caller.perform("weather-api", "get_weather", "{}") == '{"temp_c":21}'
            with pytest.raises(rtc.RpcError) as refused:
                await caller.perform("weather-api", "set_volume")
            assert (refused.value.code, refused.value.message, refused.value.data) == (
                1602,
                "no such device",
                "hall",
            )
            for absent in ("elsewhere", "off"):
                with pytest.raises(rtc.RpcError) as unsupported:
                    await caller.perform("weather-api", absent)
                assert unsupported.value.code == 1400
            first, second = [json.loads(await command.output_line()) for _ in range(2)]
        command.send(signal.SIGTERM)
        ended = await command.ended()
        assert ended.code == 0
        assert (first["direction"], first["caller"], first["method"]) == ("in", "caller", "get_weather")
        assert (first["outcome"], first["response"], first["mock"], first["rule"]) == (
            "ok",
            '{"temp_c":21}',
            "get_weather",
            "mild",
        )
        assert first["request_id"]
        assert (second["outcome"], second["error"]["code"], second["error"]["data"]) == (
            "error",
            1602,
            "hall",
        )
        assert second["elapsed_ms"] >= 5


async def test_respond_ends_by_itself_after_for_and_with_130_on_ctrl_c(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    key = by_key(livekit_server, room_name)
    timed = await run_command(tmp_path, "respond", "mocks.yaml", "--for", "300ms", *key)
    assert timed.code == 0
    async with Command.running(tmp_path, "respond", "mocks.yaml", *key) as command:
        await command.error_line("Ready")
        command.send(signal.SIGINT)
        ended = await command.ended()
        assert ended.code == 130
        assert "Traceback" not in ended.err


async def test_respond_whose_output_nobody_reads_any_more_still_answers_and_ends(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    key = by_key(livekit_server, room_name, "weather-api")
    async with (
        PythonPeer.joined(livekit_server, room_name, "caller") as caller,
        Command.running(tmp_path, "respond", "mocks.yaml", *key) as command,
    ):
        await command.error_line("Ready")
        await caller.wait_until_active("weather-api")
        command.stop_reading()
        # The first line after the reader went may still fit into the pipe; no call may fail for it.
        for _ in range(3):
            if "weather-api" in caller.room.remote_participants:
                assert await caller.perform("weather-api", "get_weather", "{}") == '{"temp_c":21}'
        ended = await command.ended()
    assert ended.code == 0
    assert "Traceback" not in ended.err


async def test_respond_refuses_a_broken_file_with_every_problem(tmp_path: Path) -> None:
    (tmp_path / "broken.yaml").write_text(
        "version: 1\nmocks:\n  - method: a\n    rules: [{replay: x}]\n  - methud: b\n    rules: []\n"
    )
    ended = await run_command(tmp_path, "respond", "broken.yaml", "--dev", "--room", "r")
    assert (ended.code, ended.out) == (2, "")
    assert "broken.yaml:4:" in ended.err
    assert "did you mean" in ended.err
    assert "broken.yaml:5:" in ended.err


async def test_being_kicked_ends_respond_with_3(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    async with Command.running(
        tmp_path, "respond", "mocks.yaml", *by_key(livekit_server, room_name, "weather-api")
    ) as command:
        await command.error_line("Ready")
        await livekit_server.remove_participant(room_name, "weather-api")
        ended = await command.ended()
        assert ended.code == 3
        assert "removed" in ended.err.lower() or "kicked" in ended.err.lower()


async def test_help_names_what_is_built_and_nothing_else(tmp_path: Path) -> None:
    overview = await run_command(tmp_path, "--help")
    assert overview.code == 0
    for name in ("gui", "call", "respond", "watch", "participants", "ping", "serve", "log", "mocks"):
        assert name in overview.out
        page = await run_command(tmp_path, name, "--help")
        assert page.code == 0
        for absent in ("--profile", "--token-endpoint URL", "--sandbox", "--via-server"):
            assert absent not in page.out
