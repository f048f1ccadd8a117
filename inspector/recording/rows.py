"""Records as rows of a recording, and back."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inspector.core.calls import Call, CallError, Outcome, is_moment
from inspector.core.events import RoomEvent
from inspector.core.problems import Side
from inspector.recording.schema import CALL_COLUMNS, EVENT_COLUMNS

Value = str | int | float | None
_ERROR_FROM = CALL_COLUMNS.index("error_code")
_BOOLEANS = ("truncated", "unmatched")

ENDED_WITH_THE_PROGRAM = CallError(None, None, "The program ended before the call did.", side=Side.HERE)
"""Why a call is lost that a recording has no outcome of."""


def call_row(call: Call) -> tuple[Value, ...]:
    """The values of `CALL_COLUMNS`."""
    error = call.error
    failed: tuple[Value, ...] = (None, None, None, None, None)
    if error is not None:
        side = None if error.side is None else error.side.value
        failed = (error.code, error.name, error.message, side, error.data)
    return (
        call.id,
        call.room,
        call.connection,
        call.direction.value,
        call.caller,
        call.destination,
        call.method,
        call.request_id,
        call.payload_bytes,
        call.response_bytes,
        call.outcome.value,
        call.timeout_s,
        call.ack_timeout_s,
        call.started_at,
        call.queued_ms,
        call.ack_ms,
        call.elapsed_ms,
        call.parent,
        call.wire,
        call.source.value,
        call.truncated,
        call.mock,
        call.rule,
        call.unmatched,
        call.fault,
        call.note,
        *failed,
    )


def event_row(event: RoomEvent) -> tuple[Value, ...]:
    """The values of `EVENT_COLUMNS`."""
    return (event.at, event.room, event.connection, event.identity, event.what.value, event.detail)


def call_of(row: Sequence[object], payload: object, response: object) -> Call:
    """The call of a row of `CALL_COLUMNS`; one without an outcome is `lost`, as its program ended first.

    Raises:
        msgspec.ValidationError: the values are none that `call_row` makes.
    """
    record: dict[str, object] = dict(zip(CALL_COLUMNS[:_ERROR_FROM], row, strict=False))
    for name in _BOOLEANS:
        if (value := record[name]) in (0, 1):
            record[name] = bool(value)
    code, name_, message, side, data = row[_ERROR_FROM:]
    error = None
    if message is not None:
        error = {"code": code, "name": name_, "message": message, "side": side, "data": data}
    _check_moment(record["started_at"])
    call = msgspec.convert({**record, "payload": payload, "response": response, "error": error}, Call)
    if call.is_pending:
        return msgspec.structs.replace(call, outcome=Outcome.LOST, error=call.error or ENDED_WITH_THE_PROGRAM)
    return call


def event_of(row: Sequence[object]) -> RoomEvent:
    """The event of a row of `EVENT_COLUMNS`. Raises as `call_of`."""
    _check_moment(row[0])
    return msgspec.convert(dict(zip(EVENT_COLUMNS, row, strict=True)), RoomEvent)


def _check_moment(value: object) -> None:
    if not isinstance(value, float) or not is_moment(value):
        msg = "a time that is none"
        raise msgspec.ValidationError(msg)


def writable(row: tuple[Value, ...]) -> tuple[Value, ...]:
    """The row with halves of surrogate pairs replaced, which no file in UTF-8 can hold."""
    return tuple(
        value.encode(errors="replace").decode() if isinstance(value, str) else value for value in row
    )
