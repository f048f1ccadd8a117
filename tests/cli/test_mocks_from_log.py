"""`mocks from-log`: the file it makes is sound, and `respond` answers with it as was answered before."""

from pathlib import Path
from typing import Any

from livekit import rtc

from inspector.core.calls import Call, CallError, Direction, Outcome, to_json
from inspector.core.mock_files import parse_mocks
from tests.support.command import Command, by_key, run_command
from tests.support.local_room import LocalRoom
from tests.support.python_peer import PythonPeer
from tests.support.recordings import write
from tests.support.records import a_call

MOCKS = """
version: 1
as: {identity: weather-api}
mocks:
  - method: get_weather
    rules:
      - when: {json: {"$.city": {equals: Oslo}}}
        reply: {temp_c: 4, sky: "grey: with\\nrain"}
      - error: {code: 1602, message: no such city, data: '{"city":"?"}'}
  - method: next
    rules:
      - sequence: {steps: [{reply: "1"}, {reply: "two"}], then: repeat_last}
"""
ASKED = [
    ("get_weather", '{"city":"Oslo"}'),
    ("get_weather", '{"city":"Atlantis"}'),
    ("next", ""),
    ("next", ""),
    ("next", ""),
]


async def _answers(caller: PythonPeer) -> list[object]:
    found: list[object] = []
    for method, payload in ASKED:
        try:
            found.append(await caller.perform("weather-api", method, payload))
        except rtc.RpcError as error:
            found.append((error.code, error.message, error.data))
    return found


async def test_a_recording_is_answered_again_as_it_was(
    local_room: LocalRoom, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(MOCKS)
    server = by_key(local_room, room_name)[:-2]
    async with PythonPeer.joined(local_room, room_name, "caller") as caller:
        found = []
        for words in (("mocks.yaml", "--record", "run.db"), ("made.yaml", "--fail-on-unmatched")):
            async with Command.running(tmp_path, "respond", *words, *server) as command:
                await command.error_line("Ready: weather-api")
                await caller.wait_until_active("weather-api")
                found.append(await _answers(caller))
                command.process.terminate()
                ended = await command.ended()
                assert ended.code == 0, ended.err
            if words[0] == "mocks.yaml":
                made = await run_command(tmp_path, "mocks", "from-log", "run.db", "-o", "made.yaml")
                assert (made.code, made.out, made.err) == (0, "", "")
                checked = await run_command(tmp_path, "mocks", "check", "made.yaml")
                assert (checked.code, checked.err) == (0, "")

    assert found[0] == found[1]
    assert found[0][1] == (1602, "no such city", '{"city":"?"}')
    assert found[0][2:] == ["1", "two", "two"]


def _answered(number: int, **fields: Any) -> Call:
    known: dict[str, Any] = {
        "direction": Direction.IN,
        "destination": "robot",
        "payload": str(number),
        "outcome": Outcome.OK,
        "response": "done",
    }
    return a_call(f"run-{number}", **(known | fields))


async def test_only_what_matches_goes_into_it_and_what_cannot_is_said(tmp_path: Path) -> None:
    unsupported = CallError(1400, "UNSUPPORTED_METHOD", "Method not supported at destination", None)
    calls = [
        _answered(1, method="move"),
        _answered(2, method="other", destination="somebody-else"),
        _answered(3, method="move", outcome=Outcome.LOST, response=None),
        _answered(4, method="rpc-inspector.ping", outcome=Outcome.ERROR, response=None, error=unsupported),
    ]
    write(tmp_path / "run.db", calls)
    (tmp_path / "run.jsonl").write_text("".join(f"{to_json(call)}\n" for call in calls) + "{}\n")

    everything = await run_command(tmp_path, "mocks", "from-log", "run.db")
    filtered = await run_command(tmp_path, "mocks", "from-log", "run.jsonl", "--filter", "move")
    nothing = await run_command(tmp_path, "mocks", "from-log", "run.db", "--filter", "no-such")
    over_itself = await run_command(tmp_path, "mocks", "from-log", "run.db", "-o", "run.db")
    missing = await run_command(tmp_path, "mocks", "from-log", "missing.db")

    file = parse_mocks(everything.out, "-").file
    assert file is not None
    assert ([mock.method for mock in file.mocks], file.as_) == (["move", "other"], None)
    assert everything.err == "1 call left out: lost or stopped before the answer came.\n"
    assert filtered.code == 2
    assert "run.jsonl:5:1: no record of a call" in filtered.err
    file = parse_mocks(filtered.out, "-").file
    assert file is not None
    assert file.as_ is not None
    assert ([mock.method for mock in file.mocks], file.as_.identity) == (["move"], "robot")
    assert (nothing.code, nothing.out) == (0, "version: 1\nmocks: []\n")
    assert nothing.err == "No call there has an answer to repeat.\n"
    assert (over_itself.code, "it is the file that is read" in over_itself.err) == (2, True)
    assert (missing.code, "missing.db cannot be read" in missing.err) == (2, True)
