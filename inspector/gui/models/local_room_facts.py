"""What the Local room panel shows, as values: how the room stands, where it is, and who may come in."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from urllib.parse import urlsplit

from inspector.core.problems import Problem
from inspector.gui.models.presence import Sign
from inspector.gui.widgets.controls import Tone


class RoomState(Enum):
    """How the local room stands."""

    STOPPED = "stopped"
    STARTING = "starting"
    RUNNING = "running"
    STOPPING = "stopping"
    FAILED = "failed"
    """It could not start, or its process ended though nobody asked for it."""
    ELSEWHERE = "elsewhere"
    """A connection of ours is in one that another program started: it can be used, but not stopped."""


IS_THERE = frozenset({RoomState.RUNNING, RoomState.ELSEWHERE})
"""The states in which there is an address to be joined."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LocalRoomFacts:
    """The local room as it stands now. Never shows its secret by accident."""

    state: RoomState = RoomState.STOPPED
    problem: Problem | None = None
    """Why it is not there, where it failed."""
    url: str = "ws://127.0.0.1:7880"
    """Where clients connect, or will."""
    api_key: str = "devkey"
    api_secret: str = field(default="secret", repr=False)
    hides_secret: bool = False
    """Whether the secret is a real one: that of every dev server is no secret."""
    gives_tokens: bool = True
    """Whether front ends can ask it for tokens."""
    since: float | None = None
    """When it was started, seconds since the epoch."""
    joined: int | None = None
    """How many participants are there, in all rooms; None while nobody has counted."""
    rooms: int | None = None
    is_joined: bool = False
    """Whether a connection of ours is in it."""

    @property
    def is_there(self) -> bool:
        """Whether it can be joined."""
        return self.state in IS_THERE

    @property
    def port(self) -> int:
        """The port of its address."""
        return urlsplit(self.url).port or 80

    @property
    def http_url(self) -> str:
        """Where it is asked by HTTP."""
        return self.url.replace("ws", "http", 1)

    @property
    def token_url(self) -> str:
        """The token endpoint for front ends."""
        return f"{self.http_url}/token"


_SIGNS = {
    RoomState.STOPPED: Sign("○", Tone.FAINT, "stopped"),
    RoomState.STARTING: Sign("◐", Tone.SECONDARY, "starting…"),
    RoomState.RUNNING: Sign("●", Tone.OK, "running"),
    RoomState.STOPPING: Sign("◐", Tone.SECONDARY, "stopping…"),
    RoomState.FAILED: Sign("✕", Tone.ERROR, "not running"),
    RoomState.ELSEWHERE: Sign("●", Tone.OK, "joined"),
}


def state_sign(facts: LocalRoomFacts) -> Sign:
    """A sign and a word for how the room stands."""
    return _SIGNS[facts.state]


def state_words(facts: LocalRoomFacts, now: float) -> str:
    """The rest of the state line: `00:04:12 · 4 joined · 1 room · calls only, media is not forwarded`."""
    if not facts.is_there:
        return ""
    parts = [
        _clock(now - facts.since) if facts.since is not None else "",
        "started by another program" if facts.state is RoomState.ELSEWHERE else "",
        "" if facts.joined is None else f"{facts.joined:,} joined",
        "" if facts.rooms is None else f"{facts.rooms:,} room{'' if facts.rooms == 1 else 's'}",
        "calls only, media is not forwarded",
    ]
    return " · ".join(filter(None, parts))


def _clock(seconds: float) -> str:
    whole = max(0, int(seconds))
    return f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
