"""How long to wait for an acknowledgement before sending again (RFC 9260, 6.3.1)."""

from __future__ import annotations

from typing import Final

FIRST_S: Final = 0.5
# Above the 200 ms that other implementations may hold back an acknowledgement.
LEAST_S: Final = 0.3
MOST_S: Final = 3.0


class RetransmissionTimeout:
    """The time after which what was not acknowledged counts as lost, learnt from round trips."""

    def __init__(self) -> None:
        self.seconds = FIRST_S
        self._smoothed: float | None = None
        self._variation = 0.0

    def measured(self, round_trip_s: float) -> None:
        """Learns from one round trip of a chunk that was sent once only."""
        if self._smoothed is None:
            self._smoothed = round_trip_s
            self._variation = round_trip_s / 2
        else:
            self._variation += (abs(self._smoothed - round_trip_s) - self._variation) / 4
            self._smoothed += (round_trip_s - self._smoothed) / 8
        self.seconds = min(max(self._smoothed + 4 * self._variation, LEAST_S), MOST_S)

    def expired(self) -> None:
        """Waits twice as long the next time."""
        self.seconds = min(self.seconds * 2, MOST_S)
