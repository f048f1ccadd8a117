"""How much may be on its way at once (RFC 9260, 7.2), with a start made for loopback and local networks."""

from __future__ import annotations

from typing import Final

PACKET_BYTES: Final = 1160
"""Of an SCTP packet; a multiple of four. With DTLS, UDP stays below 1200 bytes, as WebRTC peers keep it."""

START_BYTES: Final = 32 * PACKET_BYTES
LEAST_BYTES: Final = 4 * PACKET_BYTES
# More would overrun the receive buffers of peers (208 KiB on Linux by default, some browsers' are smaller).
MOST_BYTES: Final = 96 * PACKET_BYTES


class CongestionWindow:
    """Grows while acknowledgements come, shrinks when something is lost."""

    def __init__(self) -> None:
        self.bytes = START_BYTES
        self._threshold = MOST_BYTES
        self._partial = 0

    def acknowledged(self, size: int, in_flight_before: int) -> None:
        """Data has arrived while the window was used: allows more."""
        if in_flight_before + PACKET_BYTES < self.bytes or self.bytes >= MOST_BYTES:
            return
        if self.bytes <= self._threshold:
            self.bytes = min(self.bytes + size, MOST_BYTES)
            return
        self._partial += size
        if self._partial >= self.bytes:
            self._partial -= self.bytes
            self.bytes = min(self.bytes + PACKET_BYTES, MOST_BYTES)

    def lost(self) -> None:
        """Something is missing while later data arrived: half as much."""
        self._threshold = self.bytes = max(self.bytes // 2, LEAST_BYTES)
        self._partial = 0

    def timed_out(self) -> None:
        """Nothing arrives any more: starts over with little."""
        self._threshold = max(self.bytes // 2, LEAST_BYTES)
        self.bytes = PACKET_BYTES
        self._partial = 0
