"""Durations as people write them: `500ms`, `15s`, `2m`, or plain seconds."""

from __future__ import annotations

import math
import re

from inspector.core.limits import MAX_TIMEOUT_S

_DURATION = re.compile(r"\s*(\d+(?:\.\d*)?|\.\d+)\s*(ms|s|m|h)?\s*", re.ASCII)
_UNIT_S = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, None: 1.0}


def parse_duration(text: str) -> float:
    """Seconds of a duration such as `500ms`, `15s`, `2m` or `1.5`.

    Raises:
        ValueError: it is not a duration, or is zero, under a millisecond, or over a day.
    """
    match = _DURATION.fullmatch(text)
    if match is None:
        msg = f"{text!r} is not a duration; write it as 500ms, 15s, 2m or plain seconds"
        raise ValueError(msg)
    seconds = float(match[1]) * _UNIT_S[match[2]]
    if not math.isfinite(seconds) or seconds > MAX_TIMEOUT_S:
        msg = f"{text!r} is longer than a day"
        raise ValueError(msg)
    if seconds <= 0:
        msg = f"{text!r} is no time at all; a duration is more than zero"
        raise ValueError(msg)
    if seconds < 0.001:
        msg = f"{text!r} is under a millisecond, the shortest LiveKit can say"
        raise ValueError(msg)
    return seconds


def format_duration(seconds: float) -> str:
    """A duration that `parse_duration` reads back: `500ms`, `15s`."""
    if seconds < 1:
        return f"{seconds * 1000:.3f}".rstrip("0").rstrip(".") + "ms"
    return f"{seconds:.3f}".rstrip("0").rstrip(".") + "s"


def format_ms(ms: float | None) -> str:
    """Milliseconds for a table: one decimal below 100, thousands grouped above; empty when unknown."""
    if ms is None:
        return ""
    return f"{ms:.1f}" if ms < 99.95 else f"{ms:,.0f}"
