"""Mocks made of logged calls answer as those calls were answered."""

import json
from itertools import count
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.calls import Call, CallError, Direction, Outcome
from inspector.core.mock_decisions import Decision, Unmatched, decide
from inspector.core.mock_files import parse_mocks, write_mocks
from inspector.core.mocks import (
    Fail,
    JsonMatch,
    Mock,
    NoAnswer,
    PayloadMatch,
    Reply,
    Rule,
    Sequence,
    Step,
    When,
)
from inspector.core.mocks_of_calls import make_mocks, rules_by_payload
from inspector.core.problems import Side
from inspector.core.rpc_errors import RpcCode
from tests.support.records import a_call

LOST = "1 call left out: lost or stopped before the answer came."
UNMATCHED = "1 call left out: matched by no mock rule."
_numbers = count(1)


def ok(payload: str | None, response: str | None, method: str = "greet", **fields: Any) -> Call:
    call_id = f"run-{next(_numbers)}"
    return a_call(call_id, method=method, payload=payload, response=response, outcome=Outcome.OK, **fields)


def failed(payload: str, code: int | None, message: str = "", data: str | None = None, **fields: Any) -> Call:
    error = CallError(code, None, message, data)
    known: dict[str, Any] = {"payload": payload, "error": error, "outcome": Outcome.ERROR}
    return a_call(f"run-{next(_numbers)}", **(known | fields))


def decided(mock: Mock, payload: str, used: int = 0) -> object:
    use = dict.fromkeys(range(len(mock.rules)), used)
    decision = decide(mock, payload=payload, caller="web", hit=1, seed=0, use=use)
    return decision.action if isinstance(decision, Decision) else decision


def mocks_of_calls(calls: list[Call]) -> tuple[Mock, ...]:
    return make_mocks(calls).mocks


def test_a_method_called_with_one_payload_answers_any() -> None:
    assert mocks_of_calls([ok("{}", "hi"), ok("{}", "hi")]) == (Mock("greet", (Rule(Reply("hi")),)),)


def test_each_method_has_one_mock_in_the_order_of_the_first_calls() -> None:
    mocks = mocks_of_calls([ok("", "1", "b"), ok("", "2", "a"), ok("", "1", "b")])
    assert mocks == (Mock("b", (Rule(Reply("1")),)), Mock("a", (Rule(Reply("2")),)))


def test_each_distinct_payload_has_a_rule_and_others_stay_unmatched() -> None:
    (mock,) = mocks_of_calls(
        [ok('{"city":"Oslo"}', "21"), ok("plain", "text"), ok('{"city":"Bergen"}', "12")]
    )
    assert mock.rules == (
        Rule(Reply("21"), when=When(json=(JsonMatch("$", equals={"city": "Oslo"}),))),
        Rule(Reply("text"), when=When(payload=PayloadMatch(equals="plain"))),
        Rule(Reply("12"), when=When(json=(JsonMatch("$", equals={"city": "Bergen"}),))),
    )
    assert decided(mock, '{"city":"Bergen"}') == Reply("12")
    assert isinstance(decided(mock, '{"city":"Paris"}'), Unmatched)


def test_json_is_told_apart_by_value() -> None:
    calls = [ok('{"a":1,"b":2}', "x"), ok('{ "b": 2.0, "a": 1 }', "x"), ok('{"a":true,"b":2}', "y")]
    (mock,) = mocks_of_calls(calls)
    assert [decided(mock, call.payload or "") for call in calls] == [Reply("x"), Reply("x"), Reply("y")]
    assert len(mock.rules) == 2


@pytest.mark.parametrize(
    "payload", ["[" * 30 + "]" * 30, '{"n":1e999}', f'["{"x" * 5000}"]', f"[{'9' * 400}]", "[NaN]"]
)
def test_json_that_a_file_would_not_hold_is_compared_as_text(payload: str) -> None:
    (mock,) = mocks_of_calls([ok(payload, "odd"), ok("{}", "even")])
    assert mock.rules[0].when == When(payload=PayloadMatch(equals=payload))


def test_a_payload_answered_differently_in_turn_becomes_a_sequence() -> None:
    answers = ["1", "1", "2", "3", "3", "3"]
    (mock,) = mocks_of_calls([ok("", answer) for answer in answers])
    steps = tuple(Step(Reply(answer)) for answer in ["1", "1", "2", "3"])
    assert mock.rules == (Rule(Sequence(steps)),)


def test_errors_keep_code_message_and_data() -> None:
    (mock,) = mocks_of_calls([failed("", 1602, "no such city", '{"city":"X"}'), failed("", 1500, "boom")])
    steps = (Step(Fail(1602, "no such city", '{"city":"X"}')), Step(Fail(1500, "boom")))
    assert mock.rules == (Rule(Sequence(steps)),)


def test_an_answer_that_never_came_in_time_never_comes() -> None:
    (mock,) = mocks_of_calls([failed("", RpcCode.RESPONSE_TIMEOUT)])
    assert mock.rules == (Rule(NoAnswer()),)


def test_a_method_nobody_registered_gets_an_empty_reply_unless_somebody_answered_it() -> None:
    missing = failed("{}", RpcCode.UNSUPPORTED_METHOD, unmatched=True)
    assert make_mocks([missing]) == make_mocks([missing, missing])
    assert mocks_of_calls([missing]) == (Mock("greet", (Rule(Reply("")),)),)
    assert mocks_of_calls([missing, ok("{}", "hi")]) == (Mock("greet", (Rule(Reply("hi")),)),)


@pytest.mark.parametrize(
    ("call", "remark"),
    [
        (a_call(payload=""), "1 call left out: not answered yet."),
        (a_call(payload="", outcome=Outcome.LOST), LOST),
        (ok("cu", "t", truncated=True), "1 call left out: known in part only."),
        (ok(None, None), "1 call left out: no longer in memory."),
        (ok(None, "hi"), "1 call left out: no longer in memory."),
        (failed("", 1500, "no mock rule matched", unmatched=True), UNMATCHED),
        (failed("", 1501), "1 call left out: answered by no handler (1501)."),
        (failed("", 1602, fault="error", error=CallError(1602, None, "", side=Side.ROOM)),
         "1 call left out: failed by a fault of the local room."),
    ],
)  # fmt: skip
def test_what_was_not_answered_is_left_out_with_a_remark(call: Call, remark: str) -> None:
    made = make_mocks([call])
    assert (made.mocks, made.remarks) == ((), (remark,))


def test_a_call_with_both_ends_here_counts_once() -> None:
    calls = [
        ok("", "1"),
        ok("", "1", direction=Direction.IN),
        ok("", "2"),
        ok("", "2", direction=Direction.IN),
    ]
    (mock,) = mocks_of_calls(calls)
    assert mock.rules == (Rule(Sequence((Step(Reply("1")), Step(Reply("2"))))),)


def test_rules_alone_are_for_their_payload_even_where_there_is_one() -> None:
    rule = Rule(Reply("21"), when=When(json=(JsonMatch("$", equals={"city": "Oslo"}),)))
    assert rules_by_payload([ok('{"city": "Oslo"}', "21"), a_call()]) == (('{"city": "Oslo"}', rule),)


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=3),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(max_size=3), parts, max_size=3),
    max_leaves=6,
)
_PAYLOADS = _JSON.map(json.dumps) | st.text(max_size=8)


@given(st.lists(st.tuples(_PAYLOADS, st.text(max_size=4)), min_size=1, max_size=6))
def test_calls_made_again_get_the_answers_they_got_in_a_file_too(pairs: list[tuple[str, str]]) -> None:
    first = dict(reversed(pairs))
    (mock,) = mocks_of_calls([ok(payload, response) for payload, response in pairs])
    written = parse_mocks(write_mocks([mock]), "")
    assert written.errors == ()
    assert written.file is not None
    for payload, response in first.items():
        action = decided(written.file.mocks[0], payload)
        answers = [step.action for step in action.steps] if isinstance(action, Sequence) else [action]
        assert Reply(response) in answers
