"""Which mock and rule answered a call: more than its record says, for as long as that is of use."""

from __future__ import annotations

from collections import OrderedDict

import msgspec

from inspector.core.mock_decisions import Decision, Unmatched
from inspector.core.mocks import Mock

REMEMBERED = 10_000
"""Of so many of the newest calls."""


class Answered(msgspec.Struct, frozen=True):
    """What decided on a call that reached us."""

    mock_id: str
    mock: Mock
    """As it was at that time; it may be another by now."""
    rule: int | None
    """The rule (from 0) that acted, or the nearest where none did; None where no rule was on."""
    matched: bool
    delay_ms: float = 0.0
    """How long the answer was to be held back (milliseconds)."""
    step: int | None = None
    """The step (from 0) of the rule's sequence."""


class AnsweredCalls:
    """Remembers the newest calls' answers; the oldest are let go."""

    def __init__(self, limit: int = REMEMBERED) -> None:
        self._limit = limit
        self._known: OrderedDict[str, Answered] = OrderedDict()

    def note(self, call_id: str, mock_id: str, mock: Mock, decision: Decision | Unmatched) -> None:
        """Remembers what was decided on a call."""
        match decision:
            case Decision():
                answered = Answered(
                    mock_id, mock, decision.rule_index, True, decision.delay_ms, decision.step
                )
            case Unmatched():
                answered = Answered(mock_id, mock, decision.nearest, False)
        self._known[call_id] = answered
        if len(self._known) > self._limit:
            self._known.popitem(last=False)

    def get(self, call_id: str) -> Answered | None:
        """What decided on a call; None where that was no mock, or is no longer known."""
        return self._known.get(call_id)
