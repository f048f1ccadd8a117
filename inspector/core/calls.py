"""The record of a call, and the draft it grows from."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum

import msgspec

from inspector.core.problems import Side


class Direction(StrEnum):
    """Who called: `out` we did, `in` we were called, `seen` two others."""

    OUT = "out"
    IN = "in"
    SEEN = "seen"


class Outcome(StrEnum):
    """How a call stands."""

    PENDING = "pending"
    OK = "ok"
    ERROR = "error"
    STOPPED = "stopped"
    """We stopped waiting; there is no cancel on the wire, the handler may still run."""
    LOST = "lost"
    """The program or the connection ended before the call did."""


class Source(StrEnum):
    """Who saw the call."""

    SELF = "self"
    XRAY = "xray"
    TRACE = "trace"


class CallError(msgspec.Struct, frozen=True):
    """Why a call failed: LiveKit's code, its name, the text that came with it and the side that made it.

    `code` is None where no RPC error was made: the connection ended first, or nothing was sent.
    """

    code: int | None
    name: str | None
    message: str
    data: str | None = None
    side: Side | None = None


class CallDraft(msgspec.Struct, frozen=True):
    """A call somebody asked for, before it is sent."""

    connection: str
    """Id of the connection that makes the call."""
    destination: str
    method: str
    payload: str = ""
    timeout_s: float | None = None
    """Response timeout in seconds; None leaves it to the SDK (15 s)."""
    ack_timeout_s: float | None = None
    """Max round trip latency in seconds; None leaves it to the SDK (7 s)."""


class Call(msgspec.Struct, frozen=True, gc=False):
    """One call, as far as it is known; the same id keeps naming it while it grows.

    The fields, in this order, are the record that `--json` prints. Unknown is None.
    """

    id: str
    room: str | None
    connection: str | None
    direction: Direction
    caller: str | None
    destination: str | None
    method: str
    request_id: str | None = None
    payload: str | None = None
    payload_bytes: int | None = None
    response: str | None = None
    response_bytes: int | None = None
    error: CallError | None = None
    outcome: Outcome = Outcome.PENDING
    timeout_s: float | None = None
    ack_timeout_s: float | None = None
    started_at: float = 0.0
    """When it was asked for (seconds since the epoch; RFC 3339 in JSON)."""
    queued_ms: float | None = None
    ack_ms: float | None = None
    elapsed_ms: float | None = None
    """From sending (or arriving) to the outcome."""
    parent: str | None = None
    wire: str | None = None
    source: Source = Source.SELF
    truncated: bool | None = None
    mock: str | None = None
    rule: str | None = None
    unmatched: bool | None = None
    fault: str | None = None
    note: str | None = None

    @property
    def is_pending(self) -> bool:
        """Whether the call has no outcome yet."""
        return self.outcome is Outcome.PENDING

    @property
    def size_bytes(self) -> int:
        """Request plus response, bytes of UTF-8."""
        return (self.payload_bytes or 0) + (self.response_bytes or 0)

    @property
    def code(self) -> int | None:
        """The RPC error's code, where it failed with one."""
        return self.error.code if self.error else None


def utf8_bytes(text: str) -> int:
    """Length of `text` in UTF-8, without encoding it where it is plain ASCII."""
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def is_utf8(text: str) -> bool:
    """Whether LiveKit, which carries UTF-8 only, can carry `text`: half of a surrogate pair it cannot."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def cut_utf8(text: str, limit: int) -> str:
    """The start of `text` that takes at most `limit` bytes of UTF-8."""
    return text if utf8_bytes(text) <= limit else text.encode()[:limit].decode(errors="ignore")


def timestamp(seconds: float) -> str:
    """RFC 3339 in UTC with milliseconds, from seconds since the epoch."""
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def is_moment(seconds: float) -> bool:
    """Whether it is a time (seconds since the epoch) that every time zone can show: from 1970 to 9998."""
    return 0 <= seconds < _YEAR_9999


def to_json(call: Call) -> str:
    """The record as one line of JSON, as product section 7 lists it."""
    record: dict[str, object] = msgspec.to_builtins(call)
    record["started_at"] = timestamp(call.started_at)
    for key in ("queued_ms", "ack_ms", "elapsed_ms"):
        value = record[key]
        if isinstance(value, float):
            record[key] = round(value, 3)
    return msgspec.json.encode(record).decode()


_YEAR_9999 = 253_370_764_800.0
_ENDS = ("room", "connection", "caller", "destination")


def from_json(line: str | bytes) -> Call:
    """The record that `to_json` made this line of; what it does not tell is unknown.

    Raises:
        ValueError: it is no record of a call; with why.
    """
    try:
        record = msgspec.json.decode(line)
        if not isinstance(record, dict):
            msg = "not an object"
            raise ValueError(msg)
        known: dict[str, object] = dict.fromkeys(_ENDS) | record
        known["started_at"] = _seconds(record.get("started_at"))
        return msgspec.convert(known, Call)
    except msgspec.MsgspecError as error:
        raise ValueError(str(error)) from None
    except RecursionError:
        msg = "nested too deeply"
        raise ValueError(msg) from None


def _seconds(moment: object) -> float:
    """Seconds since the epoch of an RFC 3339 time; without an offset it is UTC."""
    if moment is None:
        return 0.0
    if not isinstance(moment, str):
        msg = "Expected an RFC 3339 time - at `$.started_at`"
        raise ValueError(msg)
    parsed = datetime.fromisoformat(moment)
    seconds = (parsed if parsed.tzinfo else parsed.replace(tzinfo=UTC)).timestamp()
    if not is_moment(seconds):
        msg = "Expected a time from 1970 on - at `$.started_at`"
        raise ValueError(msg)
    return seconds
