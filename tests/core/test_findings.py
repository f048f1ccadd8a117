"""What a person is told first of a call."""

from typing import Any

import pytest

from inspector.core.calls import Call, CallError, Direction, Outcome, Source
from inspector.core.findings import finding
from inspector.core.problems import Side
from inspector.core.rpc_errors import RpcCode, incoming_error, outgoing_error
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


def seen(code: int, **fields: Any) -> Call:
    known = {"direction": Direction.SEEN, "source": Source.XRAY, "caller": "web", "destination": "robot-1"}
    return failed(code, **(known | fields))


@pytest.mark.parametrize("code", [*RpcCode, 1602])
def test_every_failed_call_between_others_is_explained_with_steps(code: int) -> None:
    found = finding(seen(code))
    assert found is not None
    assert found.tries


def test_a_seen_1400_says_that_nobody_registered_the_method() -> None:
    found = finding(seen(1400))
    assert found is not None
    assert found.title == "Nobody registered this method."
    assert "robot-1 is there" in found.text


def test_an_inbound_1400_that_only_x_ray_saw_asks_for_a_mock() -> None:
    found = finding(seen(1400, direction=Direction.IN, destination="me", unmatched=True))
    assert found is not None
    assert found.title == "No mock answers this method here."
    assert found.tries == ("Add a mock for it.",)


def test_a_seen_timeout_speaks_of_who_waited_and_not_of_budgets_nobody_knows() -> None:
    assert "web gave up after 7,001 ms" in text_of(seen(1501, elapsed_ms=7001.0))
    assert text_of(seen(1502, timeout_s=8.0)) == (
        "robot-1 acknowledged the call, but no answer came, and web gave up. Its handler was given 8 s."
    )


def test_an_inbound_call_that_only_x_ray_saw_is_lost_with_a_reason() -> None:
    gone = CallError(None, None, "X-ray ended.", side=Side.HERE)
    lost = a_call(direction=Direction.IN, source=Source.XRAY, outcome=Outcome.LOST, error=gone)
    assert text_of(lost).startswith("X-ray ended.")


@pytest.mark.parametrize("direction", Direction)
@pytest.mark.parametrize("code", [None, 1501, 1602])
def test_a_faulted_call_of_any_direction_was_so_on_purpose(direction: Direction, code: int | None) -> None:
    error = None if code is None else CallError(code, None, "no", side=Side.CALLER)
    outcome = Outcome.OK if code is None else Outcome.ERROR
    found = finding(a_call(direction=direction, fault="2 drop_ack", error=error, outcome=outcome))
    assert found is not None
    assert found.title == "The local room did this on purpose."
    assert found.text.startswith("Fault 2 ")


def test_an_error_that_the_room_made_is_told_as_such_also_of_a_rule_with_a_name() -> None:
    error = CallError(1602, None, "no", side=Side.ROOM)
    text = text_of(a_call(fault="bad radio", error=error, outcome=Outcome.ERROR))
    assert "answered 1602 in the place of agent" in text


def test_a_call_that_a_fault_holds_is_explained_while_it_waits() -> None:
    assert "held a part of the call back" in text_of(a_call(fault="1 delay"))


def test_an_error_that_was_passed_on_names_whose_it_is() -> None:
    found = finding(refused(1602, note="passed on from agent-1"))

    assert found is not None
    assert found.title == "agent-1 answered with 1602."
    assert "got the error as it came back" in found.text


def test_a_call_made_for_another_one_ended_with_it() -> None:
    found = finding(a_call(outcome=Outcome.STOPPED, parent="run-1"))

    assert found is not None
    assert found.title == "The call it was made for ended first."
