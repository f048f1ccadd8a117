"""Whom a call goes to: an identity, the one agent, or a glob; and what to expect of that participant."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase

import msgspec

from inspector.core.limits import PAYLOAD_V1_BYTES
from inspector.core.participants import Participant, ParticipantState

AGENT = "@agent"


class Match(msgspec.Struct, frozen=True):
    """What a destination text comes to among the participants there now.

    Exactly one of these holds: `identity` is set (call it), or `candidates` says who was considered and
    `reason` why none of them is it.
    """

    identity: str | None
    reason: str = ""
    candidates: tuple[str, ...] = ()
    listed: bool = True
    """False: an identity nobody has. It is called all the same, since 1501 teaches something."""


def is_pattern(destination: str) -> bool:
    """Whether the text selects rather than names: `@agent`, `@agent:NAME` or a glob."""
    return destination == AGENT or destination.startswith(AGENT + ":") or any(c in destination for c in "*?[")


def resolve(destination: str, participants: Iterable[Participant]) -> Match:
    """Finds the one active participant that `destination` means; an identity somebody has always wins."""
    others = tuple(participants)
    if any(p.identity == destination for p in others):
        return Match(destination)
    if not is_pattern(destination):
        return Match(destination, listed=False, candidates=tuple(p.identity for p in others))
    selected = [p for p in others if _selects(destination, p)]
    active = [p.identity for p in selected if p.is_active]
    if len(active) == 1:
        return Match(active[0])
    if active:
        return Match(None, f"{len(active)} active participants match {destination}", tuple(active))
    if selected:
        joining = tuple(p.identity for p in selected)
        return Match(None, f"who matches {destination} is not active yet", joining)
    return Match(None, f"nobody here matches {destination}", tuple(p.identity for p in others))


def resolve_active(destination: str, participants: Iterable[Participant]) -> Match | None:
    """What `resolve` finds where that is an active participant; None where waiting may bring one."""
    others = tuple(participants)
    match = resolve(destination, others)
    is_active = any(p.identity == match.identity and p.is_active for p in others)
    return match if is_active else None


def _selects(destination: str, participant: Participant) -> bool:
    if destination == AGENT:
        return participant.is_agent
    if destination.startswith(AGENT + ":"):
        return participant.is_agent and participant.agent_name == destination[len(AGENT) + 1 :]
    return fnmatchcase(participant.identity, destination)


class Outlook(StrEnum):
    """What to expect of a destination before sending to it."""

    ACTIVE = "active"
    JOINING = "joining"
    NOT_LISTED = "not listed yet"
    GONE = "gone"
    SELF = "yourself"
    NOT_CONNECTED = "not connected"
    RECONNECTING = "reconnecting"


def outlook_of(identity: str, own: str, participants: Iterable[Participant], gone: Iterable[str]) -> Outlook:
    """What to expect of `identity`, given who is listed and who was and left."""
    if identity == own:
        return Outlook.SELF
    for participant in participants:
        if participant.identity == identity:
            if participant.is_active:
                return Outlook.ACTIVE
            return Outlook.GONE if participant.state is ParticipantState.DISCONNECTED else Outlook.JOINING
    return Outlook.GONE if identity in gone else Outlook.NOT_LISTED


def impediment(own: Participant | None, destination: Participant | None) -> str | None:
    """Why no call between these two can succeed, whatever the destination's state; None where it may.

    Calls travel as data both ways, and a hidden caller has no identity to answer to (measured: 1501).
    """
    if own is not None and own.permissions.hidden:
        return f"{own.identity} is hidden and cannot call: every call ends as 1501."
    for participant in (own, destination):
        if participant is not None and not participant.permissions.can_publish_data:
            return f"{participant.identity} may not publish data: expect 1501 after the ack timeout."
    return None


def outlook_sentence(outlook: Outlook, identity: str) -> str:
    """What the send button says of its destination."""
    return _OUTLOOK_SENTENCES[outlook].format(identity=identity or "The destination")


_OUTLOOK_SENTENCES = {
    Outlook.ACTIVE: "{identity} is active.",
    Outlook.JOINING: "{identity} is joining: a call now may end as 1501.",
    Outlook.NOT_LISTED: "{identity} is not listed yet: small calls may work, over 15 KiB ends as 1402.",
    Outlook.GONE: "{identity} left: expect 1501 after the ack timeout.",
    Outlook.SELF: "{identity} is this connection itself: expect 1501 after the ack timeout.",
    Outlook.NOT_CONNECTED: "Not connected: connect first.",
    Outlook.RECONNECTING: "Reconnecting: the call waits, and no timeout runs, until the server is back.",
}


def takes_large_payloads(participant: Participant | None) -> bool | None:
    """Whether more than 15 KiB reaches it; None where its protocol is not known. Nobody listed: no."""
    if participant is None:
        return False
    return None if participant.protocol is None else participant.protocol >= 1


def needs_listing(payload_bytes: int) -> bool:
    """Whether a payload goes only to a participant already listed (v1 carries 15 KiB)."""
    return payload_bytes > PAYLOAD_V1_BYTES
