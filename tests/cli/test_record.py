"""`respond --record`: what is in the file, whatever ends the run, and what it never replaces."""

import asyncio
import signal
from pathlib import Path

import pytest
from livekit import rtc

from inspector.core.calls import Call, Direction, Outcome, from_json
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.recording.reader import Recording
from tests.support.command import Command, by_key, run_command
from tests.support.local_room import LocalRoom
from tests.support.python_peer import PythonPeer
from tests.support.recordings import entries_of, wait_until_written, write
from tests.support.records import a_call

MOCKS = """
version: 1
mocks:
  - method: get_weather
    rules: [{reply: mild}]
  - method: slow
    rules: [{reply: never, delay: {ms: 60000}}]
"""


async def test_calls_and_events_are_recorded_and_what_was_under_way_is_settled(
    local_room: LocalRoom, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    path = tmp_path / "run.db"
    write(path, [a_call("of an earlier run")])
    respond = [
        "respond",
        "mocks.yaml",
        "--record",
        "run.db",
        *by_key(local_room, room_name, "ours"),
        "--json",
    ]
    async with (
        PythonPeer.joined(local_room, room_name, "caller") as caller,
        Command.running(tmp_path, *respond) as command,
    ):
        await command.error_line("Replaced the recording that was in run.db.")
        await command.error_line("Ready")
        await caller.wait_until_active("ours")
        assert await caller.perform("ours", "get_weather", '"payload"') == "mild"
        printed = from_json(await command.output_line())
        slow = asyncio.ensure_future(caller.perform("ours", "slow"))
        await asyncio.to_thread(wait_until_written, path, 2)
        busy = await run_command(tmp_path, *respond[:4], "--for", "1s", *by_key(local_room, room_name, "b"))
        command.send(signal.SIGTERM)
        ended = await command.ended()
        with pytest.raises(rtc.RpcError):
            await slow

    assert (busy.code, busy.out) == (2, "")
    assert "run.db is a recording that another program has open." in busy.err
    assert ended.code == 0
    assert "Recorded 2 calls in run.db." in ended.err
    calls = [entry for entry in entries_of(path) if isinstance(entry, Call)]
    call, under_way = calls
    assert (call.id, call.direction, call.outcome) == (printed.id, Direction.IN, Outcome.OK)
    assert (call.payload, call.response, call.mock) == ('"payload"', "mild", "get_weather")
    assert (under_way.method, under_way.outcome) == ("slow", Outcome.LOST)
    assert call.started_at == pytest.approx(printed.started_at, abs=0.001)
    events = [entry for entry in entries_of(path) if isinstance(entry, RoomEvent)]
    assert (events[0].identity, events[0].what) == ("ours", RoomEventKind.CONNECTED)
    with Recording(path) as recording:
        assert recording.info.ended_at is not None
    secret = local_room.api_secret.encode()
    assert secret not in path.read_bytes()
    assert b"eyJ" not in path.read_bytes(), "no token"


async def test_what_cannot_be_recorded_to_is_said_before_anything_is_done(
    local_room: LocalRoom, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    key = by_key(local_room, room_name)
    mocks = await run_command(tmp_path, "respond", "mocks.yaml", "--record", "mocks.yaml", *key)
    nowhere = await run_command(tmp_path, "respond", "mocks.yaml", "--record", "no/such/run.db", *key)

    assert (mocks.code, mocks.out) == (2, "")
    assert mocks.err.startswith("mocks.yaml is there already and is no recording")
    assert (tmp_path / "mocks.yaml").read_text() == MOCKS
    assert (nowhere.code, "Ready" in nowhere.err) == (2, False)
    assert "no/such/run.db cannot be written: No such file or directory" in nowhere.err


async def test_a_run_that_never_joined_leaves_the_recording_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    write(tmp_path / "run.db", [a_call("of an earlier run")])
    key = ["--url", "ws://127.0.0.1:1", "--api-key", "k", "--api-secret", "s" * 40, "--room", "r"]
    ended = await run_command(tmp_path, "respond", "mocks.yaml", "--record", "run.db", *key)

    assert ended.code == 3
    assert len(entries_of(tmp_path / "run.db")) == 1
