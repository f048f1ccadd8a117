"""`call --repeat`: the same call many times, some at once, and what it comes to."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator

import msgspec
from rich.console import Console
from rich.progress import Progress, TaskID

from inspector.cli import output
from inspector.cli.exit_codes import ExitCode
from inspector.cli.runtime import Runtime
from inspector.core.calls import Call, CallDraft, Outcome, to_json
from inspector.core.summaries import Summary, summarise
from inspector.session.connection_info import ConnectionState
from inspector.session.waiting import until

QUEUE = "repeat"


class Repetition(msgspec.Struct, frozen=True):
    """What to repeat, how often, and how many at once."""

    draft: CallDraft
    count: int
    concurrency: int
    as_json: bool


async def repeat(runtime: Runtime, repetition: Repetition) -> int:
    """Makes the calls, prints the summary also when interrupted; 1 if any failed."""
    began = time.perf_counter()
    made: list[Call] = []
    try:
        with _Tick(repetition.count) as tick:
            work = _all(runtime, repetition, made, tick)
            await runtime.while_connected(repetition.draft.connection, work)
    finally:
        text = summary_text(summarise(made, time.perf_counter() - began))
        if repetition.as_json:
            output.say(text)
        else:
            output.result(text)
    first_failure = next((call for call in made if call.outcome is not Outcome.OK), None)
    if first_failure is None:
        return ExitCode.DONE
    output.say("The first failure:")
    output.say_failed_call(first_failure)
    return ExitCode.RPC_ERROR


async def _all(runtime: Runtime, repetition: Repetition, made: list[Call], tick: _Tick) -> None:
    numbers = iter(range(repetition.count))
    workers = min(repetition.concurrency, repetition.count)
    await asyncio.gather(*(_worker(runtime, repetition, numbers, made, tick) for _ in range(workers)))


async def _worker(
    runtime: Runtime, repetition: Repetition, numbers: Iterator[int], made: list[Call], tick: _Tick
) -> None:
    connection_id = repetition.draft.connection

    def connected() -> bool | None:
        return runtime.info(connection_id).state is not ConnectionState.REJOINING or None

    for _ in numbers:
        if connected() is None:
            await until(runtime.session, connected, None)
        call = await runtime.session.call(repetition.draft, queue=QUEUE)
        made.append(call)
        if repetition.as_json:
            output.result(to_json(call))
        tick()


class _Tick:
    """Moves a progress bar on stderr, where that is a terminal."""

    def __init__(self, total: int) -> None:
        console = Console(stderr=True)
        self._progress = Progress(console=console, transient=True) if console.is_terminal else None
        self._task: TaskID | None = None
        self._total = total

    def __enter__(self) -> _Tick:
        if self._progress is not None:
            self._progress.start()
            self._task = self._progress.add_task("calls", total=self._total)
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def __call__(self) -> None:
        if self._progress is not None and self._task is not None:
            self._progress.advance(self._task)


def summary_text(summary: Summary) -> str:
    """The summary in lines of plain text."""
    times = ", ".join(
        f"{name} {_ms(value)}"
        for name, value in (
            ("p50", summary.p50_ms),
            ("p95", summary.p95_ms),
            ("p99", summary.p99_ms),
            ("max", summary.max_ms),
        )
    )
    failures = ", ".join(f"{code}: {count}" for code, count in summary.failures.items()) or "none"
    return (
        f"{summary.count} calls in {summary.seconds:.2f} s, {summary.rate_per_s:.1f}/s, {summary.ok} ok\n"
        f"{times}\n"
        f"failures by code: {failures}"
    )


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:.1f} ms"
