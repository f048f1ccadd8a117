"""The signalling messages that tell participants of each other and of their room."""

from __future__ import annotations

from collections.abc import Iterable

from livekit.protocol.models import DisconnectReason, ParticipantInfo
from livekit.protocol.models import Room as RoomInfo
from livekit.protocol.rtc import LeaveRequest, ParticipantUpdate, RoomUpdate, SignalResponse

from inspector.local_room.rooms.participants import Participant

REPLACES_BY_IDENTITY_SINCE = 12
"""From this protocol version on, a client takes a new session of an identity for the end of the old one."""


def people(infos: Iterable[ParticipantInfo]) -> SignalResponse:
    """How these participants stand now."""
    return SignalResponse(update=ParticipantUpdate(participants=infos))


def room(info: RoomInfo) -> SignalResponse:
    """How the room stands now."""
    return SignalResponse(room_update=RoomUpdate(room=info))


def leave(request: LeaveRequest) -> SignalResponse:
    """That the receiver is out."""
    return SignalResponse(leave=request)


def announce(participant: Participant, audience: Iterable[Participant], *, to_itself: bool) -> None:
    """Tells of a participant: the others unless it is hidden, and itself where that is wanted."""
    message = people((participant.info(),))
    for other in audience:
        if not (to_itself if other is participant else _is_told(other, participant)):
            continue
        other.tell(people((participant.info(other),)) if other.faults.force_v1 else message)


def _is_told(other: Participant, participant: Participant) -> bool:
    """Whether it learns of that one; that a session has been replaced, newer clients see for themselves."""
    if participant.left_because == DisconnectReason.DUPLICATE_IDENTITY:
        return not participant.is_hidden and other.protocol < REPLACES_BY_IDENTITY_SINCE
    return not participant.is_hidden
