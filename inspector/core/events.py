"""Joins, leaves, reconnects and what X-ray did not show: the thin lines between calls."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class RoomEventKind(StrEnum):
    """What happened in a room, as a past event."""

    CONNECTED = "connected"
    RECONNECTING = "reconnecting"
    RECONNECTED = "reconnected"
    DISCONNECTED = "disconnected"
    FAILED = "failed"
    JOINING = "joining"
    ACTIVE = "active"
    LEFT = "left"
    XRAY_LOST = "xray_lost"
    """Calls between others are not seen for now, though the connection is there."""
    XRAY_BACK = "xray_back"
    XRAY_MISSED = "xray_missed"
    """The room told of more than this program read; the detail says how much."""


class RoomEvent(msgspec.Struct, frozen=True):
    """One event of a connection (`identity` is our own) or of another participant."""

    at: float
    """Seconds since the epoch."""
    room: str
    connection: str
    identity: str
    what: RoomEventKind
    detail: str | None = None

    def sentence(self) -> str:
        """The line the log shows."""
        text = _SENTENCES[self.what].format(identity=self.identity)
        return f"{text} ({self.detail.removesuffix('.')})" if self.detail else text


_SENTENCES = {
    RoomEventKind.CONNECTED: "{identity} connected",
    RoomEventKind.RECONNECTING: "{identity} lost the server and reconnects",
    RoomEventKind.RECONNECTED: "{identity} is back",
    RoomEventKind.DISCONNECTED: "{identity} left the room",
    RoomEventKind.FAILED: "{identity} could not join",
    RoomEventKind.JOINING: "{identity} is joining",
    RoomEventKind.ACTIVE: "{identity} is here",
    RoomEventKind.LEFT: "{identity} left",
    RoomEventKind.XRAY_LOST: "{identity} lost X-ray and asks for it again",
    RoomEventKind.XRAY_BACK: "{identity} has X-ray again",
    RoomEventKind.XRAY_MISSED: "{identity} read X-ray too slowly",
}
