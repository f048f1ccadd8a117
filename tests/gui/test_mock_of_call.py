"""Rules for logged calls, put before those of a mock that was made earlier."""

import msgspec

from inspector.core.calls import CallError, Outcome
from inspector.core.mock_decisions import Decision, decide
from inspector.core.mocks import Delay, Fail, Mock, PayloadMatch, Reply, Rule, When
from inspector.gui.models.mock_of_call import answer_of, with_rules_for
from tests.support.records import a_call

ANY = Mock("greet", (Rule(Reply("hi")),))


def test_a_rule_for_the_payload_alone_is_added_in_front() -> None:
    call = a_call(payload="oslo", response="21", outcome=Outcome.OK)
    mock, added = with_rules_for(ANY, [call])
    assert added == 1
    assert mock.rules == (Rule(Reply("21"), when=When(payload=PayloadMatch(equals="oslo"))), *ANY.rules)
    other = decide(mock, payload="other", caller="", hit=1, seed=0)
    assert isinstance(other, Decision)
    assert other.action == Reply("hi")


def test_what_the_mock_answers_so_already_gets_no_rule() -> None:
    call = a_call(payload="oslo", response="hi", outcome=Outcome.OK)
    later = msgspec.structs.replace(ANY, rules=(Rule(Reply("hi"), delay=Delay(5)),))
    for mock in (ANY, later):
        assert with_rules_for(mock, [call]) == (mock, 0)
    once, _ = with_rules_for(ANY, [a_call(payload="oslo", response="21", outcome=Outcome.OK)])
    assert with_rules_for(once, [a_call(payload="oslo", response="21", outcome=Outcome.OK)]) == (once, 0)


def test_a_call_nobody_answered_adds_nothing() -> None:
    missing = a_call(payload="", outcome=Outcome.ERROR, error=CallError(1400, None, ""))
    assert with_rules_for(ANY, [missing, a_call(payload="")]) == (ANY, 0)


def test_one_call_is_answered_as_it_was_and_livekits_own_errors_are_left_to_a_person() -> None:
    own = a_call(outcome=Outcome.ERROR, error=CallError(1602, None, "gone", "{}"))
    assert answer_of(own) == Fail(1602, "gone", "{}")
    assert answer_of(a_call(outcome=Outcome.ERROR, error=CallError(1502, None, "late"))) == Reply("")
    assert answer_of(a_call(response="hi", outcome=Outcome.OK)) == Reply("hi")
