"""How long a caller waits before it gives up, as far as that can be told from outside.

A request carries what its handler has, not what its caller waits. How one follows from the other differs
between SDKs (facts, section 3; each read in its source): native ones subtract their ack timeout and start
anew at the ack, livekit-client and Swift send the timeout itself and count from the publishing, the others
subtract and count from there. Callers that set an ack timeout of their own wait otherwise, and nothing on
the wire says so.
"""

from __future__ import annotations

from inspector.core.limits import DEFAULT_ACK_TIMEOUT_S, DEFAULT_TIMEOUT_S, MAX_TIMEOUT_S
from inspector.local_room.watching.rpc_wire import SERVER_API

SERVER_ACK_TIMEOUT_S = 2.0
"""The server API's calls wait so long for an ack."""

_NATIVE_DEPARTURE_S = 2.0
"""The Python SDK lets so much time pass after its callee has left, should an answer still be on its way."""

_SEND_THE_TIMEOUT = frozenset({"JS", "REACT_NATIVE", "SWIFT", SERVER_API})
_COUNT_FROM_SENDING = frozenset({"GO", "ANDROID", "FLUTTER"})

_UNAWARE_OF_DEPARTURES = frozenset({"NODE"})
_LATE_AWARE_OF_DEPARTURES = frozenset({"PYTHON", "RUST"})


def ack_patience_s(wire: str | None) -> float:
    """Seconds a caller waits for the ack of its request."""
    return SERVER_ACK_TIMEOUT_S if wire == SERVER_API else DEFAULT_ACK_TIMEOUT_S


def answer_deadline(
    sdk: str, *, wire: str | None, timeout_s: float | None, started: float, sent: float, acked: float
) -> float:
    """When the caller stops waiting for the answer, on the clock of the other three.

    `sdk` is the caller's as LiveKit names it (`JS`, `PYTHON`); of one not known, the longest of them is
    assumed. `started` and `sent` are when its request began and ended to arrive.
    """
    given_s = min(DEFAULT_TIMEOUT_S if timeout_s is None else timeout_s, MAX_TIMEOUT_S)
    if sdk in _SEND_THE_TIMEOUT or wire == SERVER_API:
        return started + given_s
    if sdk in _COUNT_FROM_SENDING:
        return sent + given_s + DEFAULT_ACK_TIMEOUT_S
    return max(sent, acked) + given_s + DEFAULT_ACK_TIMEOUT_S


def departure_patience_s(sdk: str) -> float | None:
    """Seconds until a caller ends a call whose callee has left the room as 1503; None: it does not at all.

    Measured with livekit 1.2.1 (Python), @livekit/rtc-node 1.1.0 and livekit-client 2.23.
    """
    if sdk in _UNAWARE_OF_DEPARTURES:
        return None
    return _NATIVE_DEPARTURE_S if sdk in _LATE_AWARE_OF_DEPARTURES else 0.0
