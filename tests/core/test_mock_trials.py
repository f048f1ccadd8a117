"""Trials of mocks: what each rule would do with a call."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from inspector.core.mock_decisions import Decision, decide
from inspector.core.mock_trials import Tried, Verdict, try_call
from inspector.core.mocks import JsonMatch, Mock, NoAnswer, PayloadMatch, Reply, Rule, When
from tests.support.any_mocks import RULES

ATLANTIS = Rule(Reply("1"), when=When(json=(JsonMatch("$.city", equals="Atlantis"),)))
WEB = Rule(Reply("2"), when=When("web-*"))
REST = Rule(NoAnswer())


def verdicts(*rules: Rule, payload: str = '{"city":"Oslo"}', caller: str = "web-1") -> list[Verdict]:
    return [tried.verdict for tried in try_call(Mock("m", rules), payload, caller).rules]


def test_each_rule_has_its_verdict() -> None:
    trial = try_call(Mock("m", (ATLANTIS, WEB, REST)), '{"city":"Oslo"}', "web-1")
    assert trial.rules == (
        Tried(Verdict.NOT_FOR_IT, '$.city is "Oslo", not "Atlantis"'),
        Tried(Verdict.ANSWERS),
        Tried(Verdict.NOT_REACHED),
    )
    assert trial.last == 1


def test_a_rule_that_is_off_stays_so_beyond_the_one_that_answers() -> None:
    off = replace(WEB, enabled=False)
    assert verdicts(off, REST, off) == [Verdict.OFF, Verdict.ANSWERS, Verdict.OFF]


def test_chance_and_a_number_of_times_let_calls_pass() -> None:
    rules = (replace(WEB, probability=0.5), replace(WEB, times=1), REST)
    assert verdicts(*rules) == [Verdict.MAY_ANSWER, Verdict.MAY_ANSWER, Verdict.ANSWERS]
    assert try_call(Mock("m", rules[:2]), "", "web-1").last is None


def test_a_rule_that_takes_too_long_ends_the_call() -> None:
    slow = Rule(Reply(""), when=When(payload=PayloadMatch(regex="(a?){200}" * 20 + "b")))
    assert verdicts(slow, REST, payload="a" * 4_000_000) == [Verdict.TOO_SLOW, Verdict.NOT_REACHED]


@given(st.lists(RULES.map(lambda rule: replace(rule, probability=1.0, times=None)), max_size=3), st.text())
def test_a_trial_agrees_with_the_decision(rules: list[Rule], payload: str) -> None:
    mock = Mock("m", tuple(rules))
    decided = decide(mock, payload=payload, caller="web-1", hit=1, seed=0)
    answering = decided.rule_index if isinstance(decided, Decision) else None
    assert try_call(mock, payload, "web-1").last == answering
