"""`call --repeat`: the same call many times, some at once, and what it comes to."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator

import msgspec

from inspector.cli import output
from inspector.cli.exit_codes import ExitCode
from inspector.cli.progress import progress
from inspector.cli.runtime import Runtime
from inspector.cli.summary import summed_up
from inspector.core.calls import Call, CallDraft, Outcome, to_json

QUEUE = "repeat"


class Repetition(msgspec.Struct, frozen=True):
    """What to repeat, how often, and how many at once."""

    draft: CallDraft
    count: int
    concurrency: int
    as_json: bool


async def repeat(runtime: Runtime, repetition: Repetition) -> int:
    """Makes the calls, prints the summary also when it ends early; 1 if any failed.

    Raises:
        NotConnectedError: the connection was lost for good.
    """
    made: list[Call] = []
    as_json = repetition.as_json
    with summed_up(made, "call", as_json=as_json), progress(repetition.count, records=as_json) as tick:
        await _all(runtime, repetition, made, tick)
    first_failure = next((call for call in made if call.outcome is not Outcome.OK), None)
    if first_failure is None:
        return ExitCode.DONE
    output.say("The first failure:")
    output.say_failed_call(first_failure)
    return ExitCode.RPC_ERROR


async def _all(runtime: Runtime, repetition: Repetition, made: list[Call], tick: Callable[[], None]) -> None:
    numbers = iter(range(repetition.count))
    workers = [
        runtime.session.tasks.spawn(
            _worker(runtime, repetition, numbers, made, tick), f"repeat {worker}", awaited=True
        )
        for worker in range(min(repetition.concurrency, repetition.count))
    ]
    try:
        await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.wait(workers)
    errors = [worker.exception() for worker in workers if not worker.cancelled()]
    for error in errors:
        if error is not None:
            raise error


async def _worker(
    runtime: Runtime,
    repetition: Repetition,
    numbers: Iterator[int],
    made: list[Call],
    tick: Callable[[], None],
) -> None:
    for _ in numbers:
        call = await runtime.call(repetition.draft, queue=QUEUE)
        # What goes into the sum alone: thousands of payloads kept for it would fill the memory.
        made.append(msgspec.structs.replace(call, payload=None, response=None))
        if repetition.as_json:
            output.result(to_json(call))
        tick()
        await runtime.fail_if_lost(call)
