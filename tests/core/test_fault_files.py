"""Faults files: what they say, every problem in them with its place, and how they are written."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from inspector.core.documents import Severity
from inspector.core.fault_checks import check_rule
from inspector.core.fault_files import parse_faults, write_faults
from inspector.core.faults import CallPart, FaultKind, FaultMatch, FaultRule
from tests.support.fuzzing import mutations

EXAMPLE = """\
faults:
  - name: no such agent
    match: {method: "get_*", from: "*", to: "agent-*"}
    fault: error
    code: 1401
    message: nobody there
    data: {tried: 3}
    probability: 0.25
    times: 2
  - {fault: delay, ms: 400, part: ack, enabled: false}
  - {fault: old_server, match: {from: "web-*"}}
"""
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
GLOBS = st.sampled_from(["*", "get_*", "a b", "on", "1", "", "- x", "[a-c]?"]) | TEXT
MATCHES = st.builds(FaultMatch, GLOBS, GLOBS, GLOBS)
RULES = st.builds(
    FaultRule,
    fault=st.sampled_from(FaultKind),
    match=MATCHES,
    name=st.none() | TEXT,
    code=st.none() | st.integers(0, 2**32 - 1),
    message=st.none() | TEXT,
    data=st.none() | TEXT | st.just('{"a":[1,"on"]}'),
    ms=st.none() | st.integers(0, 86_400_000) | st.floats(0, 86_400_000),
    part=st.sampled_from(CallPart),
    probability=st.floats(0, 1),
    times=st.none() | st.integers(1, 1_000_000_000),
    enabled=st.booleans(),
)


def parsed(text: str) -> tuple[FaultRule, ...]:
    result = parse_faults(text, "faults.yaml")
    assert result.rules is not None, result.problems
    return result.rules


def problems(text: str) -> list[str]:
    return [str(problem) for problem in parse_faults(text, "f").problems]


def test_a_file_lists_rules_in_their_order() -> None:
    assert parsed(EXAMPLE) == (
        FaultRule(
            FaultKind.ERROR,
            FaultMatch(method="get_*", callee="agent-*"),
            name="no such agent",
            code=1401,
            message="nobody there",
            data='{"tried":3}',
            probability=0.25,
            times=2,
        ),
        FaultRule(FaultKind.DELAY, ms=400, part=CallPart.ACK, enabled=False),
        FaultRule(FaultKind.OLD_SERVER, FaultMatch(caller="web-*")),
    )


def test_the_rules_of_a_running_room_are_a_faults_file_as_they_are() -> None:
    rules = parsed(EXAMPLE)

    assert parsed(json.dumps({"faults": msgspec.to_builtins(rules)})) == rules


@pytest.mark.parametrize(
    ("text", "place", "problem"),
    [
        ("", "1:1", "the file is empty; a minimal one is `faults: [{fault: drop_request}]`"),
        ("- {fault: delay}", "1:1", "a list by itself: put it under `faults:`"),
        ("{}", "1:1", "`faults` is missing; a minimal file is `faults: [{fault: drop_request}]`"),
        ("fault: delay", "1:1", "`fault` belongs to a fault, under `faults`"),
        ("faults: 3", "1:9", "`faults` is a list"),
    ],
)
def test_a_file_that_lists_no_faults_is_refused(text: str, place: str, problem: str) -> None:
    assert f"f:{place}: {problem}" in problems(text)
    assert parse_faults(text, "f").rules is None


@pytest.mark.parametrize(
    ("rule", "column", "problem"),
    [
        ("delay", 1, "a fault is a mapping, as in `{match: {method: get_weather}, fault: delay, ms: 400}`"),
        ("{}", 1, "the rule says no `fault`, as in `fault: drop_request`"),
        ("{fualt: delay}", 2, "unknown key `fualt`, did you mean `fault`?"),
        ("{fault: drop_ack, method: m}", 19, "`method` belongs to `match`"),
        ("{fault: drop_ack, match: {form: m}}", 27, "unknown key `form`, did you mean `from`?"),
        ("{fault: drop_ack, match: m}", 26, '`match` is a mapping, as in `{method: "get_*", to: "agent-*"}`'),
        ("{fault: error}", 1, "`error` needs `code`, as in `code: 1401`"),
        ("{fault: error, code: x}", 22, "`code` is a whole number, such as 1401"),
        ("{fault: error, code: 1.5}", 22, "`code` is a whole number, such as 1401"),
        ("{fault: error, code: true}", 22, "`code` is a whole number, such as 1401"),
        ("{fault: error, code: -1}", 22, "error codes go from 0 to 4294967295: the SDK cannot send -1"),
        (
            f"{{fault: error, code: 1, data: {'x' * 70_000}}}",
            31,
            "an error of 70,000 bytes fits into no data packet",
        ),
        ("{fault: delay}", 1, "`delay` needs `ms`, as in `ms: 400`"),
        ("{fault: delay, ms: soon}", 20, "`ms` is a number of milliseconds, such as 400"),
        ("{fault: delay, ms: -1}", 20, "milliseconds are a number from 0"),
        ("{fault: delay, ms: 1, part: all}", 29, "`part` is one of request, ack, response"),
        ("{fault: drop_ack, ms: 1}", 23, "`ms` says nothing to `drop_ack`: only `delay` takes it"),
        ("{fault: drop_ack, part: ack}", 25, "`part` says nothing to `drop_ack`: only `delay` takes it"),
        ("{fault: delay, ms: 1, code: 1}", 29, "`code` says nothing to `delay`: only `error` takes it"),
        ("{fault: drop_ack, probability: 1.5}", 32, "`probability` goes from 0 (never) to 1 (always)"),
        (
            "{fault: drop_ack, times: 0}",
            26,
            "`times` counts from 1: to switch a rule off, write `enabled: false`",
        ),
        ("{fault: drop_ack, times: 1e300}", 26, "`times` is a whole number, from 1"),
        (
            f"{{fault: drop_ack, times: {10**30}}}",
            26,
            "more than 1,000,000,000 times: leave it out for no end",
        ),
        (
            "{fault: drop_ack, enabled: on}",
            28,
            "`enabled` is `true` or `false` (YAML 1.2 takes `on` and `yes` for text)",
        ),
        (
            "{fault: force_v1, match: {method: m}}",
            26,
            "`force_v1` is done to who joins: match `from` or `to`, not `method`",
        ),
    ],
)
def test_every_problem_is_told_with_its_place(rule: str, column: int, problem: str) -> None:
    text = f"faults: [{rule}]"

    assert f"f:1:{column + 9}: {problem}" in problems(text)
    assert parse_faults(text, "f").rules is None


def test_an_unknown_fault_is_told_once_with_all_there_are() -> None:
    assert problems("faults: [{fault: drop, ms: 3}]") == [
        "f:1:18: `fault` is one of drop_request, drop_ack, drop_response, error, delay, duplicate_request, "
        "disconnect_callee, force_v1, old_server"
    ]


def test_all_problems_are_told_at_once_in_the_order_of_the_text() -> None:
    lines = (
        "faults:",
        "  - {fault: error, cod: 1}",
        "  - {fault: delay, times: 0}",
        "  - {fault: error, code: x}",
    )
    text = "\n".join(lines)

    assert [problem.split(":")[1] for problem in problems(text)] == ["2", "3", "3", "4"]


def test_what_is_risky_is_a_warning_and_the_file_can_be_used() -> None:
    text = (
        "faults: [{fault: error, code: 1602, message: " + "x" * 300 + "}, {fault: drop_ack, match: {to: ''}}]"
    )
    result = parse_faults(text, "f")

    assert result.rules is not None
    assert not result.errors
    assert [problem.severity for problem in result.warnings] == [Severity.WARNING] * 2


@settings(max_examples=500)
@given(st.lists(RULES, max_size=4).map(tuple))
def test_what_is_written_reads_back_as_the_same_rules(rules: tuple[FaultRule, ...]) -> None:
    sound = tuple(
        rule for rule in rules if all(found.remark.severity is Severity.WARNING for found in check_rule(rule))
    )
    text = write_faults(sound)

    assert parsed(text) == sound, text
    YAML(typ="safe", pure=True).load(text)


def test_it_is_laid_out_as_a_person_would() -> None:
    assert write_faults(parsed(EXAMPLE)) == (
        "faults:\n"
        "  - name: no such agent\n"
        '    match: {method: "get_*", to: "agent-*"}\n'
        "    fault: error\n"
        "    code: 1401\n"
        "    message: nobody there\n"
        "    data: '{\"tried\":3}'\n"
        "    probability: 0.25\n"
        "    times: 2\n"
        "  - enabled: false\n"
        "    fault: delay\n"
        "    ms: 400\n"
        "    part: ack\n"
        '  - match: {from: "web-*"}\n'
        "    fault: old_server\n"
    )
    assert write_faults(()) == "faults: []\n"


@given(st.text(max_size=200) | st.text("faults:[]{} \n-errdlaymscope0123,", max_size=200))
def test_no_text_is_too_strange_to_be_refused_in_words(text: str) -> None:
    result = parse_faults(text, "f")

    assert (result.rules is None) == bool(result.errors)


@pytest.mark.fuzz
def test_a_mutated_file_is_refused_in_words_or_gives_rules_that_are_sound() -> None:
    as_json = json.dumps({"faults": msgspec.to_builtins(parsed(EXAMPLE))})
    for data in mutations([EXAMPLE.encode(), as_json.encode()]):
        result = parse_faults(data.decode(errors="replace"), "f")

        assert (result.rules is None) == bool(result.errors)
        for rule in result.rules or ():
            assert all(found.remark.severity is Severity.WARNING for found in check_rule(rule))
        msgspec.json.encode(result.rules)
