"""The log as a table of plain text, for a run that has no display to show it on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from inspector.core.durations import format_ms
from inspector.core.log import Row
from inspector.core.payloads import format_size
from inspector.gui.models.row_text import direction_text, flow_text, method_text, outcome_text, time_text

_HEADS = ("Time", "Dir", "From → To", "Method", "Outcome", "Wire", "ms", "Size")
_RIGHT = frozenset({6, 7})
"""Columns of numbers."""
_GAP = "  "


def log_text(rows: Iterable[Row], now: float) -> str:
    """The calls one a line beneath the heads of their columns; `now` in seconds since the epoch."""
    lines = [_HEADS, *(_cells(row, now) for row in rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(_HEADS))]
    return "\n".join(_aligned(line, widths) for line in lines)


def _cells(row: Row, now: float) -> tuple[str, ...]:
    fault = f" [{row.fault}]" if row.fault else ""
    return (
        time_text(row.started_at),
        direction_text(row.direction),
        flow_text(row),
        method_text(row.method),
        outcome_text(row, now) + fault,
        row.wire or "",
        "" if row.elapsed_ms is None else format_ms(row.elapsed_ms),
        format_size(row.size_bytes),
    )


def _aligned(line: Sequence[str], widths: Sequence[int]) -> str:
    cells = (
        cell.rjust(width) if column in _RIGHT else cell.ljust(width)
        for column, (cell, width) in enumerate(zip(line, widths, strict=True))
    )
    return _GAP.join(cells).rstrip()
