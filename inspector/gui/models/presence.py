"""How connections and participants read to a person: their sign, tone and words. Pure functions of facts."""

from __future__ import annotations

import math
import time
from collections.abc import Iterable
from enum import Enum
from urllib.parse import urlsplit

import msgspec

from inspector.core.participants import (
    PUBLISH_ON_BEHALF,
    Participant,
    ParticipantKind,
    ParticipantState,
)
from inspector.core.payloads import visible
from inspector.gui.widgets.controls import Tone
from inspector.session.connection_info import ConnectionInfo, ConnectionState

UNNAMED_ROOM = "unnamed room"
"""Stands for the room's name until the server has told it (a token may name none)."""


class Belonging(Enum):
    """Whose a participant is, seen from one connection."""

    OWN = "own"
    ALSO_OURS = "also ours"
    """Another connection of this program, in the same room."""
    OTHER = "other"


class Presence(msgspec.Struct, frozen=True):
    """A participant as one connection lists it."""

    participant: Participant
    belonging: Belonging = Belonging.OTHER


class Sign(msgspec.Struct, frozen=True):
    """A character and a tone for a state, and the words that say the same."""

    char: str
    tone: Tone
    words: str


def host_of(url: str) -> str:
    """The host, and a port that is not the scheme's own, of a server address; never user or password."""
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return ""
    return f"{host}:{port}" if host and port else host


def place_of(info: ConnectionInfo) -> str:
    """Where a connection leads, in short: the local room, or a server's host."""
    return "local room" if info.xray else host_of(info.target.url)


def room_name(info: ConnectionInfo) -> str:
    """The room's name, safe to draw."""
    return visible(info.room) or UNNAMED_ROOM


def connection_sign(info: ConnectionInfo, now: float) -> Sign:
    """How a connection stands; `now` in seconds since the epoch."""
    match info.state:
        case ConnectionState.CONNECTING:
            return Sign("◐", Tone.SECONDARY, "connecting…")
        case ConnectionState.CONNECTED:
            return Sign("●", Tone.OK, "connected")
        case ConnectionState.RECONNECTING:
            return Sign("◐", Tone.WARNING, "reconnecting…")
        case ConnectionState.REJOINING:
            return Sign("◐", Tone.WARNING, _rejoins(info.retry_at, now))
        case ConnectionState.LEFT:
            return Sign("○", Tone.FAINT, "left")
        case ConnectionState.FAILED:
            why = f"failed: {info.problem.what}" if info.problem else "failed"
            return Sign("✕", Tone.ERROR, why)


def _rejoins(retry_at: float | None, now: float) -> str:
    if retry_at is None or retry_at <= now:
        return "rejoining…"
    return f"rejoins in {math.ceil(retry_at - now)} s"


def presences(info: ConnectionInfo, also_ours: Iterable[str] = ()) -> tuple[Presence, ...]:
    """Who is in the connection's room: ourselves, then agents, then the others, each by identity.

    Nobody while there is no room to be in: before the first join, and after a loss.
    """
    if info.state not in (ConnectionState.CONNECTED, ConnectionState.RECONNECTING):
        return ()
    ours = frozenset(also_ours)
    listed = [
        Presence(p, Belonging.ALSO_OURS if p.identity in ours else Belonging.OTHER)
        for p in info.participants
        if p.identity != info.identity
    ]
    listed.sort(key=_order)
    own = () if info.local is None else (Presence(_active(info.local), Belonging.OWN),)
    return own + tuple(listed)


def _active(local: Participant) -> Participant:
    """Ourselves, once joined. The SDK leaves our own state at what it was while we joined."""
    return msgspec.structs.replace(local, state=ParticipantState.ACTIVE)


def _order(presence: Presence) -> tuple[bool, str, str]:
    identity = presence.participant.identity
    return (not presence.participant.is_agent, identity.casefold(), identity)


def head_count(listed: Iterable[Presence]) -> int:
    """How many are here for everyone to see: hidden ones do not count."""
    return sum(not presence.participant.permissions.hidden for presence in listed)


def participant_sign(participant: Participant) -> Sign:
    """A participant's sign by state and kind; the words are empty for an active standard one."""
    if participant.permissions.hidden:
        return Sign("◌", Tone.FAINT, "hidden")
    if participant.state is ParticipantState.DISCONNECTED:
        return Sign("○", Tone.FAINT, "gone")
    if not participant.is_active:
        return Sign("◐", Tone.WARNING, "joining")
    char = "◆" if participant.is_agent else "●"
    return Sign(char, Tone.OK, kind_words(participant))


def kind_words(participant: Participant) -> str:
    """What a participant is, where it is not simply a standard one."""
    behalf = participant.attributes.get(PUBLISH_ON_BEHALF)
    if behalf is not None and participant.kind is ParticipantKind.AGENT:
        return "beside" if behalf == participant.identity else f"for {visible(behalf)}"
    return "" if participant.kind is ParticipantKind.STANDARD else participant.kind.value


def suffix(presence: Presence) -> str:
    """The faint words after an identity: `you`, `agent`, `you, joining`."""
    whose = {Belonging.OWN: "you", Belonging.ALSO_OURS: "also you", Belonging.OTHER: ""}[presence.belonging]
    return ", ".join(filter(None, (whose, participant_sign(presence.participant).words)))


def clock_text(at: float, now: float, *, seconds: bool = True) -> str:
    """A moment in local time; with its date where that is not today's. Both in seconds since the epoch."""
    then, today = time.localtime(at), time.localtime(now)
    clock = "%H:%M:%S" if seconds else "%H:%M"
    return time.strftime(clock if then[:3] == today[:3] else f"%Y-%m-%d {clock}", then)
