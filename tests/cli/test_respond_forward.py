"""`respond` with mocks that forward: to whom, what the caller gets, and both legs in the recording."""

import json
from pathlib import Path

import pytest
from livekit import rtc

from tests.support.command import Command, by_key, run_command
from tests.support.local_room import LocalRoom
from tests.support.python_peer import PythonPeer

MOCKS = """
mocks:
  - method: search
    rules: [{forward: {to: "agent-*", method: echo}}]
  - method: lost
    rules: [{forward: {to: "nobody-*"}}]
  - method: refuse
    rules: [{forward: {to: agent-1, method: fail}}]
  - method: loop
    rules: [{forward: {to: ours}}]
"""
FAILURE = {"code": 1602, "message": "no such city", "data": "{}"}


async def test_calls_go_on_to_another_participant_and_both_legs_are_recorded(
    local_room: LocalRoom, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    respond = ["respond", "mocks.yaml", "--record", "run.db", *by_key(local_room, room_name, "ours")]
    async with (
        PythonPeer.joined(local_room, room_name, "agent-1"),
        PythonPeer.joined(local_room, room_name, "web") as caller,
        Command.running(tmp_path, *respond) as command,
    ):
        await command.error_line("Ready: ours")
        assert await caller.perform("ours", "search", "hü") == "hü"
        codes = {}
        for method, payload in (("refuse", json.dumps(FAILURE)), ("lost", ""), ("loop", "")):
            with pytest.raises(rtc.RpcError) as refused:
                await caller.perform("ours", method, payload, timeout_s=2.0, ack_timeout_s=1.0)
            codes[method] = (refused.value.code, refused.value.message)
        lines = [await command.output_line() for _ in range(4)]
        command.process.terminate()
        assert (await command.ended()).code == 0
    assert codes == {
        "refuse": (1602, "no such city"),
        "lost": (1500, "cannot forward: nobody here matches nobody-*"),
        "loop": (1500, "cannot forward: ours is the identity it would go out by, which cannot call itself"),
    }
    assert "web → search(hü) = hü [search: 1]" in lines[0]
    logged = await run_command(tmp_path, "log", "run.db", "--format", "jsonl")
    records = [json.loads(line) for line in logged.out.splitlines()]
    parents = {record["id"]: record["method"] for record in records if record["direction"] == "in"}
    caused = [record for record in records if record["direction"] == "out"]
    assert [(parents[each["parent"]], each["method"], each["destination"]) for each in caused] == [
        ("search", "echo", "agent-1"),
        ("refuse", "fail", "agent-1"),
    ]
