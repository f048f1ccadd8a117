"""What is said of faults: parameters, tags, and the finding of a call that a fault was done to."""

import pytest

from inspector.core.calls import Outcome
from inspector.core.fault_words import (
    KIND_SENTENCES,
    chance_text,
    fault_finding,
    fault_name,
    kind_of,
    parameters_text,
    tag_text,
)
from inspector.core.faults import CallPart, FaultKind, FaultRule, title_of
from inspector.core.rpc_errors import outgoing_error
from tests.support.records import a_call


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (FaultRule(FaultKind.DELAY, ms=800, probability=0.25), "800 ms, 1 in 4"),
        (FaultRule(FaultKind.DELAY, ms=1500.5, part=CallPart.ACK), "1,500.5 ms of the ack"),
        (FaultRule(FaultKind.DROP_REQUEST, probability=0.1), "1501, 1 in 10"),
        (FaultRule(FaultKind.ERROR, code=1401), "1401 at once"),
        (FaultRule(FaultKind.DROP_RESPONSE, times=3), "1502, 3 times"),
        (FaultRule(FaultKind.DUPLICATE_REQUEST, times=1), "runs twice, once"),
        (FaultRule(FaultKind.DISCONNECT_CALLEE), "1503"),
        (FaultRule(FaultKind.FORCE_V1), "for who joins"),
        (FaultRule(FaultKind.OLD_SERVER), "1403, for who joins"),
    ],
)
def test_parameters_say_what_the_kind_does_not(rule: FaultRule, text: str) -> None:
    assert parameters_text(rule) == text


@pytest.mark.parametrize(
    ("probability", "text"),
    [(1, ""), (0, "never"), (0.5, "1 in 2"), (1 / 3, "1 in 3"), (0.3, "30 %"), (0.999, "99.9 %")],
)
def test_chances_are_said_as_people_say_them(probability: float, text: str) -> None:
    assert chance_text(probability) == text


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_has_its_words_and_a_tag_short_enough_for_the_log(kind: FaultKind) -> None:
    title = title_of(FaultRule(kind, code=1401, ms=1), 12)
    assert kind_of(title) is kind
    assert fault_name(title) == "Fault 12"
    assert len(tag_text(title)) <= 5
    assert KIND_SENTENCES[kind].endswith(".")
    assert parameters_text(FaultRule(kind, code=1401, ms=1))
    assert "Fault 12" in fault_finding(a_call(fault=title), kind).text


@pytest.mark.parametrize("name", ["slow Oslo", "2 monkeys", "drop_request", "12 drop_request again"])
def test_a_rule_with_a_name_of_its_own_is_called_by_it(name: str) -> None:
    assert kind_of(name) is None
    assert tag_text(name) == name
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
