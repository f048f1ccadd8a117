"""The probe that proves a participant is there: a call of a method nobody registers.

The SDK on the other side answers 1400 by itself, so the peer is present, active and reachable, and no handler
of it ran (measured: 2 ms on one machine; facts, section 5).
"""

from __future__ import annotations

from inspector.core.calls import Call, Outcome
from inspector.core.rpc_errors import RpcCode

PING_METHOD = "rpc-inspector.ping"
PING_ACK_TIMEOUT_S = 3.0
PING_TIMEOUT_S = 5.0


def answers_ping(probe: Call) -> bool:
    """Whether the destination is there: it answered 1400, or somebody took the name and answered."""
    return probe.outcome is Outcome.OK or probe.code == RpcCode.UNSUPPORTED_METHOD
