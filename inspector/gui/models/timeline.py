"""One time scale for all the rows in sight, and the bars of their calls on it."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from inspector.core.calls import Outcome
from inspector.core.log import Row
from inspector.core.summaries import percentile

_TALL = 0.9
"""A few calls far longer than the others are cut at the edge, so that the others keep a length."""


class Bar(msgspec.Struct, frozen=True):
    """Where a bar begins and how long it is, in shares of the scale; `cut` where it goes on beyond."""

    start: float
    length: float
    cut: bool = False


class TimeScale(msgspec.Struct, frozen=True):
    """From when to when the timeline goes, in seconds since the epoch."""

    start_s: float
    end_s: float

    def bar(self, row: Row, now: float) -> Bar:
        """The bar of a call; a pending one lasts until now."""
        length_s = max(self.end_s - self.start_s, 1e-9)
        start = min(max((row.started_at - self.start_s) / length_s, 0.0), 1.0)
        end = max((end_s(row, now) - self.start_s) / length_s, start)
        return Bar(start, min(end, 1.0) - start, cut=end > 1.0 + 1e-9)


def end_s(row: Row, now: float) -> float:
    """When the call ended, or now, in seconds since the epoch."""
    if row.outcome is Outcome.PENDING:
        return max(now, row.started_at)
    return row.started_at + (row.elapsed_ms or 0.0) / 1000


def scale_of(rows: Sequence[Row], now: float) -> TimeScale:
    """The scale on which `rows` are drawn: long enough for all, or else for most of them."""
    if not rows:
        return TimeScale(now, now)
    starts = [row.started_at for row in rows]
    ends = sorted(end_s(row, now) for row in rows)
    first, last = min(starts), max(starts)
    most = percentile(ends, _TALL)
    assert most is not None
    return TimeScale(first, min(ends[-1], max(most, last + (last - first))))
