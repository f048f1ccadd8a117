"""The columns of the log, and what each says of an entry."""

from __future__ import annotations

from collections.abc import Mapping
from enum import IntEnum
from types import MappingProxyType

from PySide6.QtCore import Qt

from inspector.core.durations import format_ms
from inspector.core.events import RoomEvent
from inspector.core.log import Entry, Row
from inspector.core.payloads import format_size
from inspector.gui.models import row_text
from inspector.gui.widgets.plain_text import plain_tooltip


class Column(IntEnum):
    """The columns, in their order."""

    TIME = 0
    DIRECTION = 1
    FLOW = 2
    METHOD = 3
    OUTCOME = 4
    WIRE = 5
    MS = 6
    SIZE = 7
    TIMELINE = 8


HEADERS = {
    Column.TIME: "Time",
    Column.DIRECTION: "Dir",
    Column.FLOW: "From → To",
    Column.METHOD: "Method",
    Column.OUTCOME: "Outcome",
    Column.WIRE: "Wire",
    Column.MS: "ms",
    Column.SIZE: "Size",
    Column.TIMELINE: "Timeline",
}
RIGHT_ALIGNED = frozenset({Column.MS, Column.SIZE})


def alignment(column: Column) -> Qt.AlignmentFlag:
    """Numbers stand on the right."""
    side = Qt.AlignmentFlag.AlignRight if column in RIGHT_ALIGNED else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter


Waiting = Mapping[str, float]
"""Calls that wait for a person, by id, and when their time is up (seconds since the epoch)."""
_NONE_WAITS: Waiting = MappingProxyType({})


def cell_data(entry: Entry, column: Column, role: int, now: float, waiting: Waiting = _NONE_WAITS) -> object:
    """What an item model gives for a cell."""
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return cell_text(entry, column, now, waiting)
        case Qt.ItemDataRole.AccessibleTextRole:
            return row_text.summary(entry)
        case Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(_tooltip(entry, column))
        case Qt.ItemDataRole.TextAlignmentRole:
            return alignment(column)
    return None


def cell_text(entry: Entry, column: Column, now: float, waiting: Waiting = _NONE_WAITS) -> str:
    """What stands in a cell; an event has one text, which begins in the direction's column."""
    if isinstance(entry, RoomEvent):
        return row_text.event_text(entry) if column is Column.DIRECTION else ""
    match column:
        case Column.TIME:
            return row_text.time_text(entry.started_at)
        case Column.DIRECTION:
            return row_text.direction_text(entry.direction)
        case Column.FLOW:
            return row_text.flow_text(entry)
        case Column.METHOD:
            return row_text.method_text(entry.method)
        case Column.OUTCOME:
            return row_text.outcome_text(entry, now, waiting.get(entry.id))
        case Column.WIRE:
            return row_text.wire_text(entry)
        case Column.MS:
            return format_ms(entry.elapsed_ms)
        case Column.SIZE:
            return format_size(entry.size_bytes)
        case Column.TIMELINE:
            return ""


def _tooltip(entry: Entry, column: Column) -> str:
    """What a cell may have no room for."""
    if isinstance(entry, RoomEvent):
        return f"{row_text.time_text(entry.at)} {entry.sentence()}\nroom {entry.room}"
    return _call_tooltip(entry, column)


def _call_tooltip(row: Row, column: Column) -> str:
    match column:
        case Column.FLOW:
            return row_text.flow_text(row)
        case Column.METHOD:
            return row.method
        case Column.OUTCOME:
            return row_text.outcome_words(row)
        case Column.WIRE:
            return row_text.wire_words(row)
        case Column.SIZE:
            return f"{row.size_bytes:,} bytes, request and response"
    return ""
