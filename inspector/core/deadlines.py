"""What the time a caller left is enough for: a call onward within it, and an answer that comes too late."""

from __future__ import annotations

import math

import msgspec

from inspector.core.limits import DEFAULT_ACK_TIMEOUT_S
from inspector.core.mocks import Ask, Forward, NoAnswer, Reply, StepAction, action_kind
from inspector.core.payloads import shortened

WAY_BACK_S = 0.2
"""Kept back of the time left, so that what a call onward brings still reaches the caller."""
LEAST_ONWARD_S = 0.3
"""With less left there is no use in a call onward."""
ACK_SHARE = 0.3
"""An SDK takes its ack timeout off what the next handler gets; the default would leave it 1 s (measured)."""
_SHOWN_CHARS = 60


class OnwardTimeouts(msgspec.Struct, frozen=True):
    """The timeouts of a call that is made to answer another one, in seconds."""

    timeout_s: float
    ack_timeout_s: float


def onward_timeouts(left_s: float) -> OnwardTimeouts | None:
    """The timeouts of a call made with `left_s` seconds left to answer; None where that is too little."""
    if left_s < LEAST_ONWARD_S:
        return None
    return timeouts_within(left_s - WAY_BACK_S)


def timeouts_within(timeout_s: float) -> OnwardTimeouts:
    """The timeouts of a call of `timeout_s` seconds: the ack's leaves its handler most of them."""
    return OnwardTimeouts(timeout_s, min(DEFAULT_ACK_TIMEOUT_S, ACK_SHARE * timeout_s))


def too_late_text(action: StepAction, delay_ms: float, left_s: float) -> str:
    """Why `action`, held back for `delay_ms`, was too late for a caller that left `left_s` seconds."""
    left = f"the caller left {left_text(left_s)}"
    if delay_ms / 1000 >= left_s:
        return f"too late: the rule waits {math.ceil(delay_ms):,} ms, {left}"
    match action:
        case NoAnswer():
            return f"no answer, as the rule says: {left}"
        case Ask():
            return f"too late: nobody answered by hand, {left}"
        case Forward(to=to):
            return f"too late: {shortened(to, _SHOWN_CHARS)} had not answered, {left}"
        case Reply():
            return f"too late: the answer was not ready, {left}"
        case _:
            return f"too late: the {action_kind(action)} had not answered, {left}"


def left_text(seconds: float) -> str:
    """Time that is left, in tenths of a second and never more than there is: `7.9 s`."""
    return f"{max(0, math.floor(seconds * 10 + 1e-6)) / 10:g} s"
