"""The finding of a call that a fault was done to."""

import pytest

from inspector.core.calls import Outcome
from inspector.core.fault_words import fault_finding, fault_name, kind_of
from inspector.core.faults import FaultKind, FaultRule, title_of
from inspector.core.rpc_errors import outgoing_error
from tests.support.records import a_call


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_has_its_words(kind: FaultKind) -> None:
    title = title_of(FaultRule(kind, code=1401, ms=1), 12)
    assert kind_of(title) is kind
    assert fault_name(title) == "Fault 12"
    assert "Fault 12" in fault_finding(a_call(fault=title), kind).text


@pytest.mark.parametrize("name", ["slow Oslo", "2 monkeys", "drop_request", "12 drop_request again"])
def test_a_rule_with_a_name_of_its_own_is_called_by_it(name: str) -> None:
    assert kind_of(name) is None
    assert fault_name(name) == f"Fault “{name}”"
    assert f"“{name}”" in fault_finding(a_call(fault=name), None).text


def test_the_finding_says_what_was_done_and_what_became_of_it() -> None:
    call = a_call(
        caller="web-frontend",
        destination="robot-1",
        fault="2 drop_request",
        outcome=Outcome.ERROR,
        error=outgoing_error(1501, "Connection timeout", None),
        elapsed_ms=7002.0,
    )
    finding = fault_finding(call, FaultKind.DROP_REQUEST)
    assert finding.title == "The local room did this on purpose."
    assert finding.text == (
        "Fault 2 dropped the request: robot-1 never got it. web-frontend gave up after 7 s without an ack."
    )


def test_while_a_call_is_pending_nothing_is_said_of_its_end() -> None:
    text = fault_finding(a_call(fault="1 drop_response"), FaultKind.DROP_RESPONSE).text
    assert "gave up" not in text
