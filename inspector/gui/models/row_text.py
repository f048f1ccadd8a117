"""What the log says of a call or an event: the words of its cells, its summary, and its line when copied."""

from __future__ import annotations

import time
from functools import lru_cache

from inspector.core.calls import Call, CallError, Direction, Outcome
from inspector.core.durations import format_ms
from inspector.core.events import RoomEvent
from inspector.core.fault_labels import tag_text
from inspector.core.log import Row
from inspector.core.payloads import format_size, visible
from inspector.core.rpc_errors import name_of

UNKNOWN = "?"
"""Stands for an identity nobody told."""
_WIRES = {"server-api": "API"}
_DIRECTIONS = {Direction.OUT: "→ out", Direction.IN: "← in", Direction.SEEN: "· seen"}


@lru_cache(maxsize=1024)
def _clock_text(second: int) -> str:
    return time.strftime("%H:%M:%S", time.localtime(second))


def clock_text(at_s: float) -> str:
    """`HH:MM:SS` in local time, of seconds since the epoch."""
    return _clock_text(int(at_s))


def time_text(at_s: float) -> str:
    """`HH:MM:SS.mmm` in local time, of seconds since the epoch."""
    second, microseconds = divmod(round(at_s * 1_000_000), 1_000_000)
    return f"{_clock_text(second)}.{microseconds // 1000:03d}"


def direction_text(direction: Direction) -> str:
    """An arrow and a word."""
    return _DIRECTIONS[direction]


@lru_cache(maxsize=4096)
def identity_text(identity: str | None) -> str:
    """An identity, safe to show."""
    return UNKNOWN if identity is None else visible(identity)


def flow_text(row: Row) -> str:
    """Who called whom."""
    return f"{identity_text(row.caller)} → {identity_text(row.destination)}"


@lru_cache(maxsize=4096)
def method_text(method: str) -> str:
    """A method, safe to show."""
    return visible(method)


def pending_s(row: Row, now: float) -> float:
    """How long the call has been under way, in seconds; a clock set back counts as nothing."""
    return max(0.0, now - row.started_at)


def outcome_text(row: Row, now: float, waits_until: float | None = None) -> str:
    """A sign, and a word or the code; for a pending call the time since it was asked for.

    For one that waits for a person, till `waits_until`, the time that is left (both seconds since the epoch).
    """
    match row.outcome:
        case Outcome.PENDING if waits_until is not None:
            return f"◔ waits {max(0.0, waits_until - now):.0f} s"
        case Outcome.PENDING:
            return f"… {pending_s(row, now):.1f} s"
        case Outcome.OK:
            return "✓ ok"
        case Outcome.STOPPED:
            return "◼ stopped"
        case Outcome.LOST:
            return "? lost"
        case Outcome.ERROR:
            return f"✕ {_error_word(row)}"


def _error_word(row: Row) -> str:
    if row.unmatched:
        return "unmatched"
    return "error" if row.code is None else str(row.code)


def outcome_words(row: Row) -> str:
    """The outcome without its sign: `ok`, `error 1500, unmatched`, `error 1501 …, fault 2 drop_request`."""
    fault = f", fault {visible(row.fault)}" if row.fault else ""
    by = f", {_answered_words(row)}" if row.rule and not row.fault else ""
    return _outcome_words(row) + fault + by


def rule_text(row: Row) -> str:
    """The rule that answered, behind the outcome; a fault says more. Empty where none did."""
    if not row.rule or row.fault or row.outcome is Outcome.PENDING:
        return ""
    return f"rule {row.rule}" if row.rule.isdecimal() else visible(row.rule)


def _answered_words(row: Row) -> str:
    rule = visible(row.rule or "")
    return f"by the mock {visible(row.mock or '')}, rule {rule}"


def fault_tag(row: Row) -> str:
    """A word for what the local room did to the call on purpose; empty for nothing."""
    return visible(tag_text(row.fault)) if row.fault else ""


def wire_text(row: Row) -> str:
    """How the call went over the wire, as far as anybody has seen."""
    return _WIRES.get(row.wire or "", row.wire or "")


def wire_words(row: Row) -> str:
    """The same for a tool tip."""
    return f"RPC over the wire: {row.wire}" if row.wire else ""


def _outcome_words(row: Row) -> str:
    if row.outcome is not Outcome.ERROR or row.code is None:
        return row.outcome.value
    if row.unmatched:
        return f"error {row.code}, unmatched"
    name = name_of(row.code)
    return f"error {row.code} {name}" if name else f"error {row.code}"


def event_text(event: RoomEvent) -> str:
    """The thin line between the calls."""
    return f"— {visible(event.sentence())}"


def summary(entry: Row | RoomEvent) -> str:
    """A whole row for a screen reader: `out, inspector to agent-weather, get_weather, ok, 12.4 ms`."""
    if isinstance(entry, RoomEvent):
        return f"{visible(entry.sentence())}, in room {visible(entry.room)}"
    words = [
        entry.direction.value,
        f"{identity_text(entry.caller)} to {identity_text(entry.destination)}",
        method_text(entry.method),
        outcome_words(entry),
    ]
    if entry.elapsed_ms is not None:
        words.append(f"{format_ms(entry.elapsed_ms)} ms")
    return ", ".join(words)


def copied_line(row: Row, now: float) -> str:
    """A call as one line of text, its parts parted by tabs, in the order of the log's columns."""
    return "\t".join(
        (
            time_text(row.started_at),
            row.direction.value,
            flow_text(row),
            method_text(row.method),
            f"pending {pending_s(row, now):.1f} s" if row.outcome is Outcome.PENDING else outcome_words(row),
            "" if row.elapsed_ms is None else f"{format_ms(row.elapsed_ms)} ms",
            format_size(row.size_bytes),
        )
    )


def call_of(row: Row) -> Call:
    """The record as far as the slim row tells it, for a call whose full record was let go."""
    error = None
    if row.outcome is Outcome.ERROR:
        error = CallError(row.code, None if row.code is None else name_of(row.code), "")
    return Call(
        id=row.id,
        room=row.room,
        connection=row.connection,
        direction=row.direction,
        caller=row.caller,
        destination=row.destination,
        method=row.method,
        outcome=row.outcome,
        error=error,
        started_at=row.started_at,
        queued_ms=row.queued_ms,
        ack_ms=row.ack_ms,
        elapsed_ms=row.elapsed_ms,
        mock=row.mock,
        rule=row.rule,
        unmatched=row.unmatched or None,
        wire=row.wire,
        fault=row.fault,
    )
