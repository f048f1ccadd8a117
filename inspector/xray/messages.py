"""The messages of the X-ray stream, one JSON text frame each, from a local room to whoever may read along.

`GET /inspector/xray[?room=NAME]` upgrades to a WebSocket for a token of the room's key with roomAdmin (in the
Authorization header, or as `access_token`). A server that answers 404 is no local room.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from inspector.core.faults import FaultState

XRAY_PATH = "/inspector/xray"
FAULTS_PATH = "/inspector/faults"
"""GET gives `Faults`; PUT takes a faults file as JSON (`{"faults": [...]}`), and gives `Faults`."""
XRAY_VERSION = 1


class SeenSide(StrEnum):
    """Who ended a call."""

    CALLER = "caller"
    CALLEE = "callee"
    ROOM = "room"
    """The room itself, by a fault."""


class SeenError(msgspec.Struct, frozen=True, omit_defaults=True):
    """An RPC error as it passed, or as the caller makes it of what it did not get (`inferred`)."""

    code: int
    message: str
    side: SeenSide
    data: str | None = None
    inferred: bool = False
    """No packet said so: the room concludes it from silence and the SDKs' default ack timeout of 7 s."""


class SeenOutcome(StrEnum):
    """How a seen call stands."""

    PENDING = "pending"
    OK = "ok"
    ERROR = "error"
    LOST = "lost"
    """Its caller left, or the room closed, before it ended."""


class SeenCall(msgspec.Struct, frozen=True, omit_defaults=True):
    """One call between two participants, as far as the room has seen it. Unknown is None."""

    key: str
    """Names the call within one run of one room server; a call keeps it from beginning to end."""
    room: str
    caller: str
    callee: str
    method: str | None
    """None while unreadable (end-to-end encrypted)."""
    request_id: str
    started_at: float
    """When its first packet arrived here, seconds since the epoch."""
    wire: str | None = None
    """`v1`, `v2`, or `server-api`."""
    payload: str | None = None
    payload_bytes: int | None = None
    response: str | None = None
    response_bytes: int | None = None
    timeout_s: float | None = None
    """What the wire tells the handler it has, in seconds."""
    ack_ms: float | None = None
    """From the request's arrival here to its ack's."""
    elapsed_ms: float | None = None
    outcome: SeenOutcome = SeenOutcome.PENDING
    error: SeenError | None = None
    compressed: bool = False
    encrypted: bool = False
    """End-to-end encrypted: payloads, and often the method, cannot be read here."""
    truncated: bool = False
    fault: str | None = None
    """Title of the fault that was done to it."""


class Hello(msgspec.Struct, frozen=True, tag="hello", omit_defaults=True):
    """The first message: what follows is about `room`, or about all rooms where it is None."""

    room: str | None = None
    version: int = XRAY_VERSION


class Began(msgspec.Struct, frozen=True, tag="began"):
    """A call's request has arrived whole. On joining the stream, one for each call then pending."""

    call: SeenCall


class Acked(msgspec.Struct, frozen=True, tag="acked"):
    """The callee said that the request arrived."""

    key: str
    ack_ms: float


class Ended(msgspec.Struct, frozen=True, tag="ended", omit_defaults=True):
    """A call has its outcome. `payload` is left out where this reader was sent `began`."""

    call: SeenCall


class Missed(msgspec.Struct, frozen=True, tag="missed"):
    """Says that this reader was too slow, and how many messages it missed since the last such word."""

    messages: int


class Faults(msgspec.Struct, frozen=True, tag="faults"):
    """The room's faults as they stand, in their order; sent at the start, on change, and as hits grow."""

    faults: tuple[FaultState, ...] = ()


Message = Hello | Began | Acked | Ended | Missed | Faults


def encode(message: Message) -> str:
    """The message as the text of one frame."""
    return msgspec.json.encode(message).decode()


def decode(frame: str | bytes) -> Message:
    """The message of a frame.

    Raises:
        msgspec.DecodeError: it is none.
    """
    message: Message = msgspec.json.decode(frame, type=Message)
    return message
