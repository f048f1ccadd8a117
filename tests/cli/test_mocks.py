"""`mocks check`, and what `respond` says at its end: of rules that answered, and of calls that none did."""

import signal
from pathlib import Path

import pytest
from livekit import rtc

from inspector.cli.respond_summary import hit_lines, unused_rules
from inspector.cli.unmatched_calls import UnmatchedCalls
from inspector.core.log import CallLog
from inspector.core.mocks import Mock, Reply, Rule
from inspector.session.mock_set import MockSet
from tests.support.command import Command, by_key, run_command
from tests.support.livekit_server import LiveKitServer
from tests.support.python_peer import PythonPeer

GOOD = """
mocks:
  - method: get_weather
    rules:
      - name: oslo
        when: {json: {"$.city": {equals: Oslo}}}
        reply: cold
      - when: {caller: nobody}
        reply: never
"""
BROKEN = """
mocks:
  - method: m
    rules:
      - {when: {payload: {regex: "(a"}}, reply: x}
      - {reply: y, times: 0, probability: 2}
"""


async def test_check_names_every_problem_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "good.yaml").write_text(GOOD)
    (tmp_path / "broken.yaml").write_text(BROKEN)
    (tmp_path / "late.yaml").write_text("mocks: [{method: m, rules: [{reply: a, delay: {ms: 9000}}]}]")
    good = await run_command(tmp_path, "mocks", "check", "good.yaml")
    assert (good.code, good.out, good.err) == (0, "", "")
    broken = await run_command(tmp_path, "mocks", "check", "good.yaml", "broken.yaml")
    assert (broken.code, broken.out) == (2, "")
    places = [line.split(": ")[0] for line in broken.err.splitlines()]
    assert places == ["broken.yaml:5:34", "broken.yaml:6:27", "broken.yaml:6:43"]
    late = await run_command(tmp_path, "mocks", "check", "late.yaml")
    assert late.code == 0
    assert late.err.startswith("late.yaml:1:47: warning: over 8 s")
    assert (await run_command(tmp_path, "mocks", "check", "missing.yaml")).code == 2


async def test_check_names_scripts_that_are_not_there_seen_from_the_file(tmp_path: Path) -> None:
    (tmp_path / "mocks").mkdir()
    (tmp_path / "mocks" / "here.py").write_text("async def respond(call): return 'x'\n")
    rules = '[{script: here.py}, {sequence: {steps: [{script: gone.py}]}}, {script: "a\\0.py"}]'
    text = f"mocks: [{{method: m, rules: {rules}}}]"
    (tmp_path / "mocks" / "mocks.yaml").write_text(text)

    checked = await run_command(tmp_path, "mocks", "check", "mocks/mocks.yaml")

    assert checked.code == 2
    missing = [line for line in checked.err.splitlines() if "no script is at" in line]
    assert missing == [
        f"mocks/mocks.yaml:1:{text.index('gone.py') + 1}: no script is at mocks/gone.py",
        f"mocks/mocks.yaml:1:{text.index(chr(34)) + 1}: no script is at mocks/a\\u0000.py",
    ]


async def test_respond_sums_up_and_fails_for_what_was_unmatched_or_unused(
    livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> None:
    (tmp_path / "mocks.yaml").write_text(GOOD)
    respond = ["respond", "mocks.yaml", "--fail-on-unmatched", "--fail-on-unused", "--seed", "7"]
    async with (
        PythonPeer.joined(livekit_server, room_name, "caller") as caller,
        Command.running(tmp_path, *respond, *by_key(livekit_server, room_name, "ours")) as command,
    ):
        await command.error_line("Ready")
        await caller.wait_until_active("ours")
        assert await caller.perform("ours", "get_weather", '{"city":"Oslo"}') == "cold"
        with pytest.raises(rtc.RpcError, match="no mock rule matched"):
            await caller.perform("ours", "get_weather", '{"city":"Rome"}')
        lines = [await command.output_line() for _ in range(2)]
        command.send(signal.SIGTERM)
        ended = await command.ended()
    reason = 'nearest is rule 1 "oslo": $.city is "Rome", not "Oslo"'
    assert f"[unmatched; {reason}]" in lines[1]
    assert ended.code == 4
    assert 'get_weather: 2 calls\n  rule 1 "oslo": 1\n  rule 2: 0\n' in ended.err
    assert f"Unmatched: 1 call of get_weather; {reason}\n" in ended.err
    assert "Never used: rule 2 of get_weather\n" in ended.err
    assert "Failed: 1 call matched no rule (--fail-on-unmatched)." in ended.err
    assert "Failed: 1 rule never used (--fail-on-unused)." in ended.err


def test_what_is_off_is_not_missed() -> None:
    mocks = MockSet()
    rules = (Rule(Reply("a")), Rule(Reply("b"), enabled=False))
    (used, *_) = mocks.add([Mock("m", rules), Mock("n", rules, enabled=False)])
    assert [str(rule) for rule in unused_rules(mocks.entries())] == ["rule 1 of m"]
    mocks.count_hit(used, 0, "web", 0.0)
    assert unused_rules(mocks.entries()) == ()
    assert list(hit_lines(mocks.entries())) == ["m: 1 call", "  rule 1: 1", "  rule 2: 0", "n: 0 calls"]


def test_nothing_unmatched_is_nothing_to_say() -> None:
    unmatched = UnmatchedCalls(CallLog("run"))
    assert (unmatched.count, list(unmatched.lines())) == (0, [])


async def test_a_variable_without_a_value_is_bad_usage(tmp_path: Path) -> None:
    (tmp_path / "mocks.yaml").write_text(GOOD)
    ended = await run_command(tmp_path, "respond", "mocks.yaml", "--dev", "--room", "r", "--var", "unit")
    assert ended.code == 2
    assert "'unit' is not a variable; write it as NAME=VALUE" in ended.err
