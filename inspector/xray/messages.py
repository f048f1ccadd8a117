"""The messages of the X-ray stream, one JSON text frame each, from a local room to whoever may read along.

`GET /inspector/xray[?room=NAME]` upgrades to a WebSocket for a token of the server's key with roomAdmin for
that room (in the Authorization header, or as `access_token`). Without `room` it is the token's own. 401 and
403 say in plain text what is missing; a server that answers 404 is no local room. What a reader sends is
ignored.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from inspector.core.faults import FaultState

XRAY_PATH = "/inspector/xray"
FAULTS_PATH = "/inspector/faults"
"""For a token with roomAdmin for any room: faults are the server's. GET gives `Faults`; PUT takes a faults
file, YAML or JSON (`{"faults": [...]}`), and gives `Faults`, or 400 with each problem on a line of plain
text, as `faults:LINE:COLUMN: problem`."""
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
    """Answered; of an encrypted call: in whatever way, response or error."""
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
    request_id: str | None
    """None likewise."""
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
    """From the request's arrival here to its ack's (to its passing on, where a fault holds it back)."""
    elapsed_ms: float | None = None
    """From the request's arrival here to the answer's passing on, or to when its caller gave up."""
    outcome: SeenOutcome = SeenOutcome.PENDING
    error: SeenError | None = None
    compressed: bool = False
    encrypted: bool = False
    """End-to-end encrypted: payloads, and often the method, cannot be read here."""
    truncated: bool = False
    fault: str | None = None
    """Title of the fault that was done to it."""


class Hello(msgspec.Struct, frozen=True, tag="hello", omit_defaults=True):
    """The first message: what follows is about `room`, or, for readers in the process, about all rooms."""

    room: str | None = None
    version: int = XRAY_VERSION


class Began(msgspec.Struct, frozen=True, tag="began"):
    """A call's request has arrived whole. On joining the stream, one for each call then pending.

    A call that ends before its request is whole has an `ended` alone.
    """

    call: SeenCall


class Acked(msgspec.Struct, frozen=True, tag="acked"):
    """The callee said that the request arrived. One that comes before the request is whole is in `began`."""

    key: str
    ack_ms: float


class Ended(msgspec.Struct, frozen=True, tag="ended", omit_defaults=True):
    """A call has its outcome. `payload` is left out where this reader was sent `began`.

    A reader that was sent `began` always gets this, however slow it is; then perhaps without `response` and
    the error's `data`, and `truncated`.
    """

    call: SeenCall


class Late(msgspec.Struct, frozen=True, tag="late", omit_defaults=True):
    """An answer came to a call concluded to be 1501 or 1502: its caller waits for it no longer."""

    key: str
    elapsed_ms: float
    """From the request's arrival to the answer's."""
    code: int | None = None
    """Of the error that it is; None: a response."""


class Missed(msgspec.Struct, frozen=True, tag="missed"):
    """How many messages this reader missed since the last such word, because it was too slow.

    Also calls that were not watched at all, where more were pending in a room than it watches (10,000).
    """

    messages: int


class Faults(msgspec.Struct, frozen=True, tag="faults"):
    """The room's faults as they stand, in their order; sent at the start, on change, and as hits grow."""

    faults: tuple[FaultState, ...] = ()


Message = Hello | Began | Acked | Ended | Late | Missed | Faults


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
