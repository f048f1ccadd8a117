"""How a client is told to leave, by what its protocol version understands."""

from __future__ import annotations

from livekit.protocol.models import DisconnectReason
from livekit.protocol.rtc import LeaveRequest, SignalRequest

ACTIONS_SINCE = 13
"""From this protocol version on, a leave says what to do next; before, only whether to reconnect."""

_OWN_REASONS = frozenset(
    (
        DisconnectReason.USER_UNAVAILABLE,
        DisconnectReason.USER_REJECTED,
        DisconnectReason.AGENT_ERROR,
    )
)


def leave_for_good(protocol: int, reason: DisconnectReason) -> LeaveRequest:
    """The client is out and shall not come back by itself."""
    if protocol < ACTIONS_SINCE:
        return LeaveRequest(reason=reason)
    return LeaveRequest(reason=reason, action=LeaveRequest.Action.DISCONNECT)


def leave_and_rejoin(protocol: int, reason: DisconnectReason) -> LeaveRequest:
    """The client's session is over; it shall join anew (a full reconnect)."""
    if protocol < ACTIONS_SINCE:
        return LeaveRequest(reason=reason, can_reconnect=True)
    return LeaveRequest(reason=reason, action=LeaveRequest.Action.RECONNECT)


def leave_and_resume(protocol: int, reason: DisconnectReason) -> LeaveRequest | None:
    """The client's session stands; it shall connect to it again. Older clients need not be told."""
    if protocol < ACTIONS_SINCE:
        return None
    return LeaveRequest(reason=reason, action=LeaveRequest.Action.RESUME)


def reason_of(request: SignalRequest) -> DisconnectReason:
    """Why a client says that it leaves: what it may say itself, else that it wished to."""
    reason = request.leave.reason
    return reason if reason in _OWN_REASONS else DisconnectReason.CLIENT_INITIATED
