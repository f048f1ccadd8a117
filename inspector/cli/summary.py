"""The summary of many calls, as lines of text."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress

from inspector.cli import output
from inspector.core.calls import Call
from inspector.core.problems import ProblemError
from inspector.core.summaries import Summary, summarise


@contextmanager
def summed_up(made: Iterable[Call], noun: str, *, as_json: bool) -> Iterator[None]:
    """Prints what the calls in `made` come to once the `with` block ends, also where something ends it early.

    It goes to stdout, or to stderr where stdout has records. Raises as `output.result`, unless what ended the
    block is raised.
    """
    began = time.perf_counter()
    try:
        yield
    except BaseException:
        with suppress(output.ReaderGoneError, ProblemError):
            _print(made, began, noun, as_json)
        raise
    _print(made, began, noun, as_json)


def _print(made: Iterable[Call], began: float, noun: str, as_json: bool) -> None:
    text = summary_text(summarise(made, time.perf_counter() - began), noun)
    if as_json:
        output.say(text, keep_lines=True)
    else:
        output.result(text)


def summary_text(summary: Summary, noun: str = "call") -> str:
    """Count, rate, percentiles and failures by code; `noun` is what one of them is called."""
    percentiles = (
        ("p50", summary.p50_ms),
        ("p95", summary.p95_ms),
        ("p99", summary.p99_ms),
        ("max", summary.max_ms),
    )
    times = ", ".join(f"{name} {_ms(value)}" for name, value in percentiles)
    failures = ", ".join(f"{code}: {count}" for code, count in summary.failures.items()) or "none"
    rate = f"{summary.seconds:.2f} s, {summary.rate_per_s:.1f}/s"
    return f"{counted(summary.count, noun)} in {rate}, {summary.ok} ok\n{times}\nfailures by code: {failures}"


def counted(number: int, noun: str) -> str:
    """`1 call`, `2 calls`."""
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} ms"
