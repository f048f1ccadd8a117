"""What LiveKit's codes are called and mean, and what a person is told of a failed call."""

from typing import Any

import pytest

from inspector.core.calls import Call, CallError, Direction, Outcome
from inspector.core.problems import Side
from inspector.core.rpc_errors import RpcCode, finding, incoming_error, meaning_of, name_of, outgoing_error
from tests.support.records import a_call


def failed(code: int, **fields: Any) -> Call:
    return a_call(outcome=Outcome.ERROR, error=outgoing_error(code, "no", None), **fields)


def refused(code: int, **fields: Any) -> Call:
    fields = {"direction": Direction.IN, "caller": "web", "outcome": Outcome.ERROR} | fields
    return a_call(error=incoming_error(code, "no"), **fields)


def text_of(call: Call) -> str:
    found = finding(call)
    assert found is not None
    return found.text


@pytest.mark.parametrize("code", RpcCode)
def test_every_built_in_code_has_a_name_and_a_meaning_of_its_own(code: RpcCode) -> None:
    assert name_of(code) == code.name
    meaning = meaning_of(code)
    assert meaning.tries
    assert [other for other in RpcCode if meaning_of(other) is meaning] == [code]


def test_a_programs_own_code_has_no_name_and_one_meaning() -> None:
    assert name_of(1602) is None
    assert meaning_of(1602) is meaning_of(42)


@pytest.mark.parametrize(
    ("code", "side"),
    [
        (1400, Side.CALLEE),
        (1402, Side.CALLER),
        (1403, Side.CALLER),
        (1404, Side.CALLEE),
        (1500, Side.CALLEE),
        (1501, Side.CALLER),
        (1502, Side.CALLER),
        (1503, Side.CALLER),
        (1504, Side.CALLEE),
        (1505, Side.CALLER),
        (1602, Side.CALLEE),
    ],
)
def test_the_error_of_a_call_says_which_side_made_it(code: int, side: Side) -> None:
    assert outgoing_error(code, "no", None).side is side


def test_the_sdks_empty_data_is_no_data() -> None:
    assert outgoing_error(1400, "no", "").data is None
    assert outgoing_error(1602, "no", "{}").data == "{}"
    assert incoming_error(1602, "no", "").data is None


def test_the_error_we_answer_with_is_made_here_as_the_callee() -> None:
    assert incoming_error(1502, "late") == CallError(1502, "RESPONSE_TIMEOUT", "late", None, Side.CALLEE)


@pytest.mark.parametrize("outcome", [Outcome.PENDING, Outcome.OK])
def test_a_row_that_says_it_all_has_no_finding(outcome: Outcome) -> None:
    assert finding(a_call(outcome=outcome)) is None


def test_a_stopped_call_may_still_run() -> None:
    assert "still run" in text_of(a_call(outcome=Outcome.STOPPED))


def test_a_lost_call_says_why_and_that_nobody_knows() -> None:
    gone = CallError(None, None, "The server shut down.", side=Side.SERVER)
    text = text_of(a_call(outcome=Outcome.LOST, error=gone))
    assert text.startswith("The server shut down.")
    assert "not known" in text
    assert text_of(a_call(outcome=Outcome.LOST))


@pytest.mark.parametrize("code", [*RpcCode, 1602])
def test_every_failed_call_is_explained_with_steps(code: int) -> None:
    found = finding(failed(code))
    assert found is not None
    assert found.title
    assert found.tries


def test_a_slow_handler_is_told_what_it_had() -> None:
    text = text_of(failed(1502, timeout_s=5.0))
    assert "agent acknowledged" in text
    assert "Of the 5 s its handler had 1 s" in text


def test_an_unacknowledged_call_is_told_how_long_it_waited() -> None:
    assert "from agent within 1 s" in text_of(failed(1501, ack_timeout_s=1.0))
    assert "from agent within 7 s" in text_of(failed(1501))


def test_a_payload_too_large_is_told_its_size() -> None:
    text = text_of(failed(1402, payload_bytes=15_361))
    assert "15,361" in text
    assert "15,360" in text


def test_an_answer_that_came_late_is_told_the_time_it_had() -> None:
    assert "within the 8 s it was given" in text_of(refused(1502, timeout_s=8.0))
    assert "within its deadline" in text_of(refused(1502))


@pytest.mark.parametrize(("code", "seen"), [(1500, "web saw 1500"), (1400, "web saw 1400")])
def test_an_unmatched_call_is_told_what_the_caller_saw(code: int, seen: str) -> None:
    assert seen in text_of(refused(code, unmatched=True))


def test_an_answer_lost_with_our_connection_is_told_what_the_caller_saw() -> None:
    lost = refused(1503, outcome=Outcome.LOST)
    assert text_of(lost) == "web saw 1503 instead of an answer."


def test_a_hidden_caller_is_told_of_as_such() -> None:
    found = finding(refused(1501, caller=""))
    assert found is not None
    assert found.title == "The caller is hidden."


@pytest.mark.parametrize("code", [1503, 1504, 1602])
def test_a_refused_call_names_its_caller(code: int) -> None:
    assert "web" in text_of(refused(code))
