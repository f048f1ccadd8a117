"""What is said of two compared calls beside each other: when, how they ended, how long and how large."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inspector.core.calls import Call
from inspector.core.durations import format_ms
from inspector.core.payloads import format_size
from inspector.gui.models.call_signs import outcome_sign, sign_text
from inspector.gui.models.row_text import time_text
from inspector.gui.widgets.controls import Tone

_UNKNOWN = "\N{EN DASH}"
_SLOWER = 1.5
"""B took noticeably longer from this factor on."""


class ComparedFact(msgspec.Struct, frozen=True):
    """One row: what it is about, what A and B have, and the difference from A to B."""

    what: str
    a: str
    b: str
    difference: str = ""
    a_tone: Tone = Tone.NORMAL
    b_tone: Tone = Tone.NORMAL
    tone: Tone = Tone.SECONDARY


def compared_facts(a: Call, b: Call) -> Sequence[ComparedFact]:
    """The rows; ack and wire only where either call tells of it."""
    rows = [
        ComparedFact(
            "at",
            *_moments(a, b),
            _later((b.started_at - a.started_at) * 1000),
        ),
        _outcomes(a, b),
        _times("total", a.elapsed_ms, b.elapsed_ms),
    ]
    if a.ack_ms is not None or b.ack_ms is not None:
        rows.append(_times("ack", a.ack_ms, b.ack_ms))
    rows.append(_sizes("request", a.payload_bytes, b.payload_bytes))
    rows.append(_sizes("response", a.response_bytes, b.response_bytes))
    if a.wire or b.wire:
        rows.append(_words("wire", a.wire, b.wire))
    if a.mock or b.mock:
        rows.append(_words("mock", a.mock, b.mock))
    return rows


def _moments(a: Call, b: Call) -> tuple[str, str]:
    """Times of day; the hour only where it differs, as the columns are narrow."""
    mine, theirs = time_text(a.started_at), time_text(b.started_at)
    hour = len("00:")
    return (mine[hour:], theirs[hour:]) if mine[:hour] == theirs[:hour] else (mine, theirs)


def _outcomes(a: Call, b: Call) -> ComparedFact:
    mine, theirs = outcome_sign(a.outcome, a.code), outcome_sign(b.outcome, b.code)
    same = mine == theirs
    return ComparedFact(
        "outcome",
        sign_text(mine),
        sign_text(theirs),
        "same" if same else "differs",
        mine.tone,
        theirs.tone,
        Tone.SECONDARY if same else Tone.WARNING,
    )


def _times(what: str, a: float | None, b: float | None) -> ComparedFact:
    if a is None or b is None:
        return ComparedFact(what, _ms(a), _ms(b))
    slower = b > a * _SLOWER and b - a > 1
    return ComparedFact(what, _ms(a), _ms(b), _later(b - a), tone=Tone.WARNING if slower else Tone.SECONDARY)


def _ms(value: float | None) -> str:
    return _UNKNOWN if value is None else f"{format_ms(value)} ms"


def _later(ms: float) -> str:
    if round(ms, 1) == 0:
        return "same"
    return f"{'+' if ms > 0 else MINUS}{format_ms(abs(ms))} ms"


def _sizes(what: str, a: int | None, b: int | None) -> ComparedFact:
    return ComparedFact(what, _size(a), _size(b), _larger(a, b))


def _size(size: int | None) -> str:
    return _UNKNOWN if size is None else format_size(size)


def _larger(a: int | None, b: int | None) -> str:
    if a is None or b is None:
        return ""
    return "same" if a == b else f"{'+' if b > a else MINUS}{format_size(abs(b - a))}"


def _words(what: str, a: str | None, b: str | None) -> ComparedFact:
    return ComparedFact(what, a or _UNKNOWN, b or _UNKNOWN, "same" if a == b else "differs")


MINUS = "\N{MINUS SIGN}"
"""Stands before a difference, as wide as a plus."""
