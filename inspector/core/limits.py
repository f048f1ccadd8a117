"""LiveKit's limits and how a timeout is shared between the two sides (facts, sections 2 and 3)."""

from __future__ import annotations

import msgspec

PAYLOAD_V1_BYTES = 15 * 1024
"""RPC v1 carries at most this many bytes of payload or response, each way."""
ERROR_MESSAGE_BYTES = 256
"""Callers' SDKs cut a longer error message (Rust, and so Python and Node; JS and Go)."""
ERROR_DATA_BYTES = 15 * 1024
"""Callers' SDKs cut longer error data. An error of over 64,000 bytes in all is never sent, without a word."""
MAX_ERROR_CODE = 2**32 - 1
"""The wire carries the code as uint32; with another the SDK sends no answer at all (facts, section 5)."""
METHOD_NAME_BYTES = 64
"""Documented length of a method name, UTF-8; no SDK read enforces it."""
DEFAULT_TIMEOUT_S = 15.0
DEFAULT_ACK_TIMEOUT_S = 7.0
"""`max_round_trip_latency`: how long the SDK waits for the callee's acknowledgement."""
MIN_HANDLER_S = 1.0
"""The SDK leaves a handler at least this long, whatever the timeout."""
MAX_TIMEOUT_S = 24 * 3600.0
"""A day: beyond it the millisecond field of the wire nears its end, and nobody waits that long."""


class Budgets(msgspec.Struct, frozen=True):
    """What becomes of a timeout, in seconds."""

    timeout_s: float
    ack_timeout_s: float
    handler_s: float
    """What the handler is told it has."""
    worst_s: float
    """The longest the caller can wait: the ack's time, then the whole timeout."""

    def sentence(self) -> str:
        """The budget in words: `15 s; the handler gets 8 s. No ack within 7 s ends it as 1501.`"""
        return (
            f"{seconds_text(self.timeout_s)}; the handler gets {seconds_text(self.handler_s)}. "
            f"No ack within {seconds_text(self.ack_timeout_s)} ends it as 1501."
        )


def budgets(timeout_s: float | None, ack_timeout_s: float | None = None) -> Budgets:
    """How the Python SDK shares `timeout_s` (None: its defaults) between caller and handler."""
    timeout = DEFAULT_TIMEOUT_S if timeout_s is None else timeout_s
    ack = DEFAULT_ACK_TIMEOUT_S if ack_timeout_s is None else ack_timeout_s
    return Budgets(
        timeout_s=timeout,
        ack_timeout_s=ack,
        handler_s=max(timeout - ack, MIN_HANDLER_S),
        worst_s=ack + timeout,
    )


def seconds_text(seconds: float) -> str:
    """Seconds in the fewest digits that say it: `8 s`, `0.25 s`."""
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + " s"
