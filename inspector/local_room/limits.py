"""What a local room bounds, by how much, and what it says where a bound bites.

Those that livekit-server has too are as large as its own (its `pkg/config/config.go`); the others are
there so that one broken program cannot take the room from all the others.
"""

from __future__ import annotations

import msgspec


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """The bounds of one room server. Lengths and sizes are in bytes."""

    room_name_length: int = 256
    identity_length: int = 256
    name_length: int = 256
    metadata_size: int = 512 * 1024
    attributes_size: int = 64 * 1024
    """Of all keys and values of one participant together."""
    join_request_size: int = 1024 * 1024
    """Unpacked. Beyond it a join is refused with 400."""
    signal_message_size: int = 1024 * 1024
    """A larger WebSocket message costs its sender the socket (close code 1009)."""
    signal_backlog_size: int = 16 * 1024 * 1024
    """What waits for a client that does not read its WebSocket; beyond it that connection is cut."""
    data_packet_size: int = 64_000
    """The most that LiveKit's SDKs send in one packet. A larger packet is dropped and reported."""
    reliable_backlog_size: int = 64 * 1024 * 1024
    """What waits for a participant that takes its data too slowly; beyond it packets to it are dropped, and
    that is reported. livekit-server drops them too, measuring by rate."""
    lossy_backlog_size: int = 2 * 1024 * 1024
    """As above, for packets that may be lost; these drops are not reported."""
    rooms: int = 100
    """Beyond it, a join that needs another room is refused with 503."""
    participants_per_room: int = 100
    """Beyond it, a join is refused with 503. A room's own `max_participants` is refused with 500, as by
    livekit-server."""
    joins_per_second: float = 50.0
    joins_at_once: int = 100
    """So many may come at once; after that `joins_per_second`, and beyond it a join is refused with 429."""
    tracks_per_participant: int = 100
    """Beyond it, publishing is refused (`LIMIT_EXCEEDED`)."""


class LimitReachedError(Exception):
    """A bound was reached and something was dropped. Its text says which bound, whose doing, and what now."""


class JoinRate:
    """Lets joins through at a bounded rate (a token bucket)."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._left = float(limits.joins_at_once)
        self._at = 0.0

    def admit(self, now: float) -> bool:
        """Whether one more may join at `now`, in seconds of a monotonic clock; counts it if so."""
        gained = max(now - self._at, 0.0) * self._limits.joins_per_second
        self._left = min(self._left + gained, float(self._limits.joins_at_once))
        self._at = now
        if self._left < 1.0:
            return False
        self._left -= 1.0
        return True


def attributes_size(attributes: dict[str, str]) -> int:
    """The bytes of all keys and values, as livekit-server counts them."""
    return sum(len(key.encode()) + len(value.encode()) for key, value in attributes.items())
