"""Calls as CSV (RFC 4180), which a spreadsheet opens without running anything that stands in it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from inspector.core.calls import Call, timestamp
from inspector.core.events import RoomEvent
from inspector.core.exports.masking import masked

COLUMNS = (
    "started_at",
    "direction",
    "caller",
    "destination",
    "method",
    "outcome",
    "error_code",
    "error_name",
    "error_message",
    "elapsed_ms",
    "ack_ms",
    "queued_ms",
    "payload_bytes",
    "response_bytes",
    "payload",
    "response",
    "truncated",
    "room",
    "connection",
    "id",
    "request_id",
    "parent",
    "timeout_s",
    "ack_timeout_s",
    "error_data",
    "error_side",
    "wire",
    "source",
    "mock",
    "rule",
    "unmatched",
    "fault",
    "note",
)
"""A record's fields, those a person looks for first."""

_QUOTED = re.compile(r'[",\r\n]')
# What a spreadsheet takes for the beginning of a formula, also in full width and after blanks; and an
# apostrophe, so that one in front always means the same.
_FORMULA = re.compile(r"[\s\x00-\x1f]*[=+\-@'\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")


def csv_rows(entries: Iterable[Call | RoomEvent]) -> Iterator[str]:
    """The names of the columns, then a row for each call; events have no place in it."""
    yield _row(COLUMNS)
    for entry in entries:
        if isinstance(entry, Call):
            yield _row(_cells(masked(entry)))


def _cells(call: Call) -> Iterator[str]:
    error = call.error
    for name in COLUMNS:
        value: object
        if name == "started_at":
            value = timestamp(call.started_at)
        elif name.startswith("error_"):
            value = None if error is None else getattr(error, name.removeprefix("error_"))
        else:
            value = getattr(call, name)
        yield _cell(value)


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        return repr(round(value, 3))
    return defused(str(value)) if isinstance(value, str) else str(value)


def defused(text: str) -> str:
    """`text` with an apostrophe in front where a spreadsheet would take it for a formula, or it has one."""
    return f"'{text}" if _FORMULA.match(text) else text


def _row(cells: Iterable[str]) -> str:
    return ",".join(map(_field, cells)) + "\r\n"


def _field(text: str) -> str:
    return '"' + text.replace('"', '""') + '"' if _QUOTED.search(text) else text
