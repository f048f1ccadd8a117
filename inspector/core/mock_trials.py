"""What a mock would do with a call, rule by rule, without anything being sent or counted."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

import msgspec

from inspector.core.matching.conditions import Facts, conditions
from inspector.core.matching.effort import LARGE_EFFORT, Effort, TooMuchEffortError
from inspector.core.mocks import Mock, Rule


class Verdict(StrEnum):
    """What becomes of a call at one rule."""

    OFF = "off"
    """The rule is switched off."""
    NOT_FOR_IT = "not for it"
    """A condition does not hold."""
    MAY_ANSWER = "may answer"
    """The rule is for the call, but acts by chance or a limited number of times."""
    ANSWERS = "answers"
    TOO_SLOW = "too slow"
    """It takes too long to find out: the call ends here, with a clear 1500."""
    NOT_REACHED = "not reached"


_ENDS = (Verdict.ANSWERS, Verdict.TOO_SLOW)
"""Beyond a rule of these no call gets."""


class Tried(msgspec.Struct, frozen=True):
    """One rule and a call."""

    verdict: Verdict
    why: str = ""
    """Why the rule is not for it, in words."""


class Trial(msgspec.Struct, frozen=True):
    """A whole mock and a call."""

    rules: tuple[Tried, ...]

    @property
    def last(self) -> int | None:
        """The rule (from 0) beyond which no call gets; None where all let it pass."""
        return next((index for index, tried in enumerate(self.rules) if tried.verdict in _ENDS), None)


def try_call(mock: Mock, payload: str, caller: str) -> Trial:
    """What `mock` would do with such a call.

    It looks as closely as a decision may, which takes up to a second a rule: no work for an event loop.
    """
    return Trial(tuple(_tried(mock, Facts(payload, caller, Effort(LARGE_EFFORT)))))


def _tried(mock: Mock, facts: Facts) -> Iterator[Tried]:
    ended = False
    for rule in mock.rules:
        if not rule.enabled:
            yield Tried(Verdict.OFF)
        elif ended:
            yield Tried(Verdict.NOT_REACHED)
        else:
            tried = _try_rule(rule, facts)
            ended = tried.verdict in _ENDS
            yield tried


def _try_rule(rule: Rule, facts: Facts) -> Tried:
    """What an enabled rule that is reached does."""
    facts.effort = Effort(LARGE_EFFORT)
    try:
        for condition in conditions(rule.when) if rule.when is not None else ():
            if not condition.holds(facts):
                return Tried(Verdict.NOT_FOR_IT, condition.why_not(facts))
    except TooMuchEffortError:
        return Tried(Verdict.TOO_SLOW)
    return Tried(Verdict.ANSWERS if rule.always_acts else Verdict.MAY_ANSWER)
