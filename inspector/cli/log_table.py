"""Calls and events as the lines of a table."""

from __future__ import annotations

from datetime import datetime

from inspector.core.calls import Call
from inspector.core.durations import format_ms
from inspector.core.events import RoomEvent
from inspector.core.payloads import format_size, shortened, visible

_CELL_CHARS = 60
"""How much of an identity or a method a cell shows."""


def header() -> str:
    """The names of the columns."""
    return _line("time", "dir", "from", "to", "method", "ms", "size", "outcome")


def call_line(call: Call) -> str:
    """When (local time), direction, from, to, method, milliseconds, size, and what became of it."""
    return _line(
        _time(call.started_at),
        call.direction.value,
        shortened(call.caller or "", _CELL_CHARS),
        shortened(call.destination or "", _CELL_CHARS),
        shortened(call.method, _CELL_CHARS),
        format_ms(call.elapsed_ms),
        format_size(call.size_bytes),
        visible(_outcome(call)),
    )


def event_line(event: RoomEvent) -> str:
    """When, and what happened."""
    return f"{_time(event.at)}  {visible(f'-- {event.sentence()}')}"


def _line(time: str, way: str, caller: str, to: str, method: str, ms: str, size: str, outcome: str) -> str:
    return f"{time:<23}  {way:<4}  {caller:<18}  {to:<18}  {method:<20}  {ms:>8}  {size:>7}  {outcome}"


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds).isoformat(" ", "milliseconds")


def _outcome(call: Call) -> str:
    error = call.error
    outcome = (
        call.outcome.value if error is None or error.code is None else f"{error.code} {error.name or ''}"
    )
    by = f"[{call.mock}: {call.rule}]" if call.rule else ("[unmatched]" if call.unmatched else "")
    fault = f"[fault {call.fault}]" if call.fault else ""
    return " ".join(part for part in (outcome.strip(), by, fault) if part)
