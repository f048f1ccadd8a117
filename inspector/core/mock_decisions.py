"""The decision which rule of a mock answers a call: a function of the call, the seed, and earlier use."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

import msgspec

from inspector.core.matching.conditions import Condition, Facts, conditions
from inspector.core.matching.effort import LARGE_EFFORT, SMALL_EFFORT, Effort, TooMuchEffortError
from inspector.core.mocks import Action, Delay, Mock, Rule, Sequence, StepAction, chance
from inspector.core.payloads import shortened

_NEVER_USED: Mapping[int, int] = MappingProxyType({})
_NAME_CHARS = 60


class Decision(msgspec.Struct, frozen=True):
    """The rule that answers a call."""

    action: StepAction
    rule_index: int
    """Position in `Mock.rules`, from 0."""
    rule: Rule
    delay_ms: float
    """How long to hold the answer back (milliseconds), jitter included."""
    step: int | None = None
    """Position in the rule's sequence, from 0; None where it is none."""


class Unmatched(msgspec.Struct, frozen=True):
    """No rule of the mock answers the call: the caller gets 1500 `no mock rule matched`."""

    nearest: int | None = None
    """The rule (from 0) of whose conditions most held, the first of such; None where no rule is on."""
    why: str = ""
    """Why that rule does not answer, in words."""


class RuleTooSlowError(Exception):
    """Whether a rule is for a call takes longer to find out than any answer is worth."""

    def __init__(self, rule_index: int) -> None:
        super().__init__(f"rule {rule_index + 1} takes too long to match this payload")
        self.rule_index = rule_index


class PreparedMock:
    """A mock whose patterns, paths and schemas are compiled."""

    def __init__(self, mock: Mock) -> None:
        self.mock = mock
        self.conditions: tuple[tuple[Condition, ...], ...] = tuple(
            conditions(rule.when) if rule.when is not None else () for rule in mock.rules
        )


class Examination:
    """Which rules of a mock are for one call, found out as far as a decision asks, and once.

    That part may take long; it depends on nothing but the mock and the call, and can run in a thread.
    """

    def __init__(self, prepared: PreparedMock, payload: str, caller: str) -> None:
        self.mock = prepared.mock
        self._conditions = prepared.conditions
        self._facts = Facts(payload, caller, Effort(SMALL_EFFORT))
        self._held: dict[int, int] = {}
        self._why: dict[int, str] = {}

    def held(self, index: int) -> int:
        """How many conditions of a rule hold before the first that does not; all: it is for the call.

        Raises:
            TooMuchEffortError: that takes longer than an event loop has; see `finish`.
        """
        known = self._held.get(index)
        if known is None:
            known = 0
            for condition in self._conditions[index]:
                if not condition.holds(self._facts):
                    break
                known += 1
            self._held[index] = known
        return known

    def is_for_call(self, index: int) -> bool:
        """Whether all conditions of a rule hold; raises as `held` does."""
        return self.held(index) == len(self._conditions[index])

    def why_not(self, index: int) -> str:
        """Why a rule is not for the call, in words; raises as `held` does."""
        known = self._why.get(index)
        if known is None:
            known = self._conditions[index][self.held(index)].why_not(self._facts)
            self._why[index] = known
        return known

    def finish(self) -> None:
        """Finds out all that a decision can ask for, with more effort for each rule.

        Raises:
            RuleTooSlowError: even that is not enough.
        """
        too_slow = self._first_too_slow()
        self._facts.forget()  # and no error holds on to it
        if too_slow is not None:
            raise RuleTooSlowError(too_slow)

    def _first_too_slow(self) -> int | None:
        failed = []
        for index, rule in enumerate(self.mock.rules):
            if not rule.enabled:
                continue
            if not self._is_within_effort(self.is_for_call, index):
                return index
            if not self.is_for_call(index):
                failed.append(index)
            elif rule.always_acts:
                return None
        nearest = max(failed, key=self.held, default=None)
        if nearest is None or self._is_within_effort(self.why_not, nearest):
            return None
        return nearest

    def _is_within_effort(self, ask: Callable[[int], object], index: int) -> bool:
        self._facts.effort = Effort(LARGE_EFFORT)
        try:
            ask(index)
        except TooMuchEffortError:
            return False
        return True


def decide(
    mock: Mock | PreparedMock,
    *,
    payload: str,
    caller: str,
    hit: int,
    seed: int,
    use: Mapping[int, int] = _NEVER_USED,
) -> Decision | Unmatched:
    """Which rule of `mock` answers its `hit`-th call. The same arguments always give the same answer.

    `use` says how often each rule (from 0) acted before: `times` and sequences go by it.

    Raises:
        RuleTooSlowError: a rule takes too long to match this payload.
    """
    prepared = mock if isinstance(mock, PreparedMock) else PreparedMock(mock)
    examination = Examination(prepared, payload, caller)
    try:
        return decide_examined(examination, hit=hit, seed=seed, use=use)
    except TooMuchEffortError:
        examination.finish()
        return decide_examined(examination, hit=hit, seed=seed, use=use)


def decide_examined(
    examination: Examination, *, hit: int, seed: int, use: Mapping[int, int] = _NEVER_USED
) -> Decision | Unmatched:
    """As `decide`, by what an examination finds.

    Raises:
        TooMuchEffortError: it has to be finished first, which may take long.
    """
    mock = examination.mock
    nearest: tuple[int, int] | None = None  # how near, and the rule
    for index, rule in enumerate(mock.rules):
        if not rule.enabled:
            continue
        if not examination.is_for_call(index):
            nearness = examination.held(index)
        elif _is_used_up(rule, use.get(index, 0)) or not _has_luck(mock, index, hit=hit, seed=seed):
            nearness = _AS_NEAR_AS_CAN_BE
        else:
            return _decision(mock, index, hit=hit, seed=seed, acted=use.get(index, 0))
        if nearest is None or nearness > nearest[0]:
            nearest = nearness, index
    if nearest is None:
        return Unmatched(None, "no rule is on")
    index = nearest[1]
    return Unmatched(index, _why(examination, index, use.get(index, 0)))


def rule_title(mock: Mock, index: int) -> str:
    """How a rule (from 0) is called in a sentence: `rule 2 "unknown city"`."""
    name = mock.rules[index].name
    return f'rule {index + 1} "{shortened(name, _NAME_CHARS)}"' if name else f"rule {index + 1}"


_AS_NEAR_AS_CAN_BE = 1 << 30


def _why(examination: Examination, index: int, acted: int) -> str:
    rule = examination.mock.rules[index]
    if not examination.is_for_call(index):
        return examination.why_not(index)
    if _is_used_up(rule, acted):
        how_often = "once" if rule.times == 1 else f"{rule.times} times"
        return f"it has answered {how_often}, all it may"
    return f"chance passed it over (probability {rule.probability:g})"


def _is_used_up(rule: Rule, acted: int) -> bool:
    return rule.times is not None and acted >= rule.times


def _has_luck(mock: Mock, index: int, *, hit: int, seed: int) -> bool:
    probability = mock.rules[index].probability
    return probability >= 1 or chance(seed, _key(mock), f"rule {index} probability", hit) < probability


def _decision(mock: Mock, index: int, *, hit: int, seed: int, acted: int) -> Decision:
    rule = mock.rules[index]
    action: Action = rule.action
    delay, step = rule.delay, None
    if isinstance(action, Sequence):
        step = action.place(acted)
        here = action.steps[step]
        action, delay = here.action, here.delay if here.delay is not None else delay
    delay_ms = _delay_ms(mock, index, delay, hit=hit, seed=seed)
    return Decision(action, index, rule, delay_ms, step)


def _delay_ms(mock: Mock, index: int, delay: Delay | None, *, hit: int, seed: int) -> float:
    if delay is None:
        return 0.0
    if not delay.jitter_ms:
        return max(0.0, float(delay.ms))
    place = 2 * chance(seed, _key(mock), f"rule {index} delay", hit) - 1
    return max(0.0, delay.ms + place * delay.jitter_ms)


def _key(mock: Mock) -> str:
    """The mock, for chance. Its source is left out: the same file elsewhere gives the same run."""
    return f"{mock.method} on {mock.identity or '*'}"
