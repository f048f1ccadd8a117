"""What a participant says of itself: name, metadata and attributes, changed by it or by the server API."""

from __future__ import annotations

from dataclasses import dataclass

from livekit.protocol.rtc import RequestResponse, UpdateParticipantMetadata

from inspector.local_room.limits import Limits, attributes_size
from inspector.local_room.rooms.participants import Participant

Reason = RequestResponse.Reason


@dataclass(frozen=True)
class Outcome:
    """How a change ended; `why` is livekit-server's text (`UpdateMetadata`)."""

    reason: Reason = Reason.OK
    why: str = ""
    changed: bool = False


def change(
    participant: Participant, update: UpdateParticipantMetadata, limits: Limits, *, by_itself: bool
) -> Outcome:
    """Does what an update asks; empty parts of it change nothing, an empty attribute is removed."""
    if by_itself and not participant.permission.can_update_metadata:
        return Outcome(Reason.NOT_ALLOWED, "does not have permission to update own metadata")
    if exceeded := _exceeded(update, limits):
        return Outcome(Reason.LIMIT_EXCEEDED, f"exceeds {exceeded} limit")
    before = (participant.name, participant.metadata)
    participant.name = update.name or participant.name
    participant.metadata = update.metadata or participant.metadata
    merged = {**participant.attributes, **update.attributes}
    participant.attributes = {key: value for key, value in merged.items() if value}
    changed = before != (participant.name, participant.metadata) or bool(update.attributes)
    if changed:
        participant.changed()
    return Outcome(changed=changed)


def _exceeded(update: UpdateParticipantMetadata, limits: Limits) -> str:
    if len(update.name.encode()) > limits.name_length:
        return "name length"
    if len(update.metadata.encode()) > limits.metadata_size:
        return "metadata size"
    if attributes_size(dict(update.attributes)) > limits.attributes_size:
        return "attributes size"
    return ""
