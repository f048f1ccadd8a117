"""What many calls come to: count, rate, percentiles and failures by code."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from inspector.core.calls import Call, Outcome


class Summary(msgspec.Struct, frozen=True):
    """The figures of a run of calls; times in milliseconds, None where nothing was measured."""

    count: int
    ok: int
    failures: dict[str, int]
    """By code, or by outcome where there is no code."""
    seconds: float
    rate_per_s: float
    p50_ms: float | None
    p95_ms: float | None
    p99_ms: float | None
    max_ms: float | None


def percentile(ordered: Sequence[float], share: float) -> float | None:
    """The nearest-rank percentile of values in ascending order; None of none."""
    if not ordered:
        return None
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def summarise(calls: Iterable[Call], seconds: float) -> Summary:
    """Sums up finished calls that took `seconds` together."""
    done = tuple(calls)
    times = sorted(call.elapsed_ms for call in done if call.elapsed_ms is not None)
    failures = Counter(
        str(call.code) if call.code is not None else call.outcome.value
        for call in done
        if call.outcome is not Outcome.OK
    )
    return Summary(
        count=len(done),
        ok=len(done) - sum(failures.values()),
        failures=dict(sorted(failures.items())),
        seconds=seconds,
        rate_per_s=len(done) / seconds if seconds > 0 else 0.0,
        p50_ms=percentile(times, 0.50),
        p95_ms=percentile(times, 0.95),
        p99_ms=percentile(times, 0.99),
        max_ms=times[-1] if times else None,
    )
