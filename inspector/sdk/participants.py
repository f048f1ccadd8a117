"""Participants as the SDK and as the server API tell of them.

The two number kinds, states and reasons differently, so these are taken by name. A newer server may know more
of them than we do.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Protocol, TypeVar

from inspector.core.participants import Participant, ParticipantKind, ParticipantState, Permissions
from inspector.sdk.private import client_protocol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from livekit import rtc
    from livekit.protocol import models

Name = TypeVar("Name", bound=StrEnum)


def participant_from_rtc(participant: rtc.Participant) -> Participant:
    """A participant as the SDK knows it now."""
    from livekit import rtc

    kind = name_of(rtc.ParticipantKind.items(), participant.kind)
    state = name_of(rtc.ParticipantState.items(), participant.state)
    joined_at = participant.joined_at
    return Participant(
        identity=participant.identity,
        sid=participant.sid,
        name=participant.name,
        kind=_member(ParticipantKind, kind.removeprefix("PARTICIPANT_KIND_"), ParticipantKind.UNKNOWN),
        state=_member(ParticipantState, state.removeprefix("PARTICIPANT_STATE_"), ParticipantState.JOINED),
        metadata=participant.metadata,
        attributes=dict(participant.attributes),
        permissions=_permissions(participant.permissions),
        joined_at=joined_at.timestamp() if joined_at else None,
        protocol=client_protocol(participant),
    )


def participant_from_proto(info: models.ParticipantInfo) -> Participant:
    """A participant as the server tells of it."""
    from livekit.protocol.models import ParticipantInfo

    return Participant(
        identity=info.identity,
        sid=info.sid,
        name=info.name,
        kind=_member(
            ParticipantKind, name_of(ParticipantInfo.Kind.items(), info.kind), ParticipantKind.UNKNOWN
        ),
        state=_member(
            ParticipantState, name_of(ParticipantInfo.State.items(), info.state), ParticipantState.JOINED
        ),
        metadata=info.metadata,
        attributes=dict(info.attributes),
        permissions=_permissions(info.permission),
        joined_at=seconds(info.joined_at_ms, info.joined_at),
        protocol=info.client_protocol,
    )


def name_of(members: Iterable[tuple[str, int]], number: int) -> str:
    """What a protobuf enum calls this number; empty where it does not know it."""
    return next((name for name, value in members if value == number), "")


def seconds(milliseconds: int, whole_seconds: int) -> float | None:
    """A time of the protocol: in milliseconds where the server is new enough, absent as 0."""
    return milliseconds / 1000 or float(whole_seconds) or None


def _member(names: type[Name], name: str, otherwise: Name) -> Name:
    try:
        return names(name.lower())
    except ValueError:
        return otherwise


class _Allowed(Protocol):
    """The permissions of either protobuf message."""

    can_publish_data: bool
    hidden: bool
    can_publish: bool
    can_subscribe: bool
    can_update_metadata: bool


def _permissions(allowed: _Allowed) -> Permissions:
    return Permissions(
        can_publish_data=allowed.can_publish_data,
        hidden=allowed.hidden,
        can_publish=allowed.can_publish,
        can_subscribe=allowed.can_subscribe,
        can_update_metadata=allowed.can_update_metadata,
    )
