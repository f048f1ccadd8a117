"""A script's worker: imports one script and answers calls with it, many at a time."""

from __future__ import annotations

import asyncio
import contextlib
import inspect
import itertools
import sys
import threading
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from inspector.processes import run_listening_child
from inspector.scripts.child.calls import (
    NoAnswerError,
    RpcError,
    ScriptedCall,
    answer_text,
    error_parts,
)
from inspector.scripts.child.link import Link
from inspector.scripts.child.loading import (
    RespondFunction,
    UnfitError,
    load_script,
    one_line,
    traceback_lines,
)
from inspector.scripts.child.output import Telling, capture
from inspector.scripts.child.watchdog import HELD_UP_AFTER_S, IMPORT_WITHIN_S, Watchdog
from inspector.scripts.messages import (
    Answered,
    Failed,
    Forget,
    Forgotten,
    FromWorker,
    Perform,
    Performed,
    Ready,
    Refused,
    Respond,
    Unfit,
    Voice,
    WorkerTold,
    shortened_text,
    to_worker,
)
from inspector.tasks import TaskOwner

END_WITHIN_S = 0.5
SWITCH_S = 0.001
"""How soon a thread of Python gives way: with many of them the event loop still comes round in time."""


def main() -> int:
    """Answers until stdin ends; the exit code."""
    return run_listening_child(_serve)


async def _serve(first_line: bytes, lines: asyncio.Queue[bytes]) -> int:
    path = msgspec.json.decode(first_line, type=WorkerTold).path
    sys.setswitchinterval(SWITCH_S)
    link = Link()
    telling = Telling(link.tell)
    watchdog = Watchdog(capture(telling), HELD_UP_AFTER_S)
    watchdog.allow(IMPORT_WITHIN_S)
    respond = _loaded(path, link, telling)
    if respond is None:
        return 1
    tasks = TaskOwner(lambda error, doing: telling.lines(Voice.TRACEBACK, [doing, *traceback_lines(error)]))
    tasks.spawn(watchdog.watch(), "watchdog")
    tasks.spawn(telling.report_drops(), "dropped output")
    link.tell(Ready())
    try:
        await ScriptHost(respond, link.tell, telling, tasks).hear(lines)
    finally:
        telling.end()
        await tasks.shut_down(END_WITHIN_S)
    return 0


def _loaded(path: str, link: Link, telling: Telling) -> RespondFunction | None:
    def log(*values: object, sep: str = " ") -> None:
        """Writes a line to the log of the script's mock."""
        telling.lines(Voice.LOG, sep.join(map(str, values)).split("\n"))

    try:
        return load_script(path, {"RpcError": RpcError, "log": log, "state": {}})
    except (UnfitError, OSError) as error:
        text = str(error) if isinstance(error, UnfitError) else f"it cannot be read: {error.strerror}"
    except BaseException as error:  # noqa: BLE001 - a script may raise what it likes, SystemExit too: it is told
        telling.lines(Voice.TRACEBACK, traceback_lines(error))
        text = one_line(error)
    telling.end()
    link.tell(Unfit(shortened_text(text)))
    return None


class ScriptHost:
    """Answers calls with a script's `respond`."""

    def __init__(
        self,
        respond: RespondFunction,
        tell: Callable[[FromWorker], None],
        telling: Telling,
        tasks: TaskOwner,
    ) -> None:
        self._respond = respond
        self._in_thread = not inspect.iscoroutinefunction(respond) and not inspect.iscoroutinefunction(
            getattr(respond, "__call__", None)  # noqa: B004 - an object whose call is a coroutine function
        )
        self._tell = tell
        self._telling = telling
        self._tasks = tasks
        self._answering: dict[int, asyncio.Task[None]] = {}
        self._performing: dict[int, asyncio.Future[str]] = {}
        self._perform_ids = itertools.count(1)

    async def hear(self, lines: asyncio.Queue[bytes]) -> None:
        """Does what the session tells it, until cancelled."""
        while True:
            match to_worker.decode(await lines.get()):
                case Respond() as order:
                    task = self._tasks.spawn(self._answer(order), f"call {order.id}")
                    self._answering[order.id] = task
                    task.add_done_callback(partial(self._ended, order.id))
                case Forget(id=call_id):
                    if (answering := self._answering.get(call_id)) is not None:
                        answering.cancel()
                    else:
                        self._tell(Forgotten(call_id))
                case Performed() as performed:
                    self._settle(performed)

    def _ended(self, call_id: int, task: asyncio.Task[None]) -> None:
        del self._answering[call_id]
        if task.cancelled():
            self._tell(Forgotten(call_id))

    async def _answer(self, order: Respond) -> None:
        self._tell(await self._answer_to(order))

    async def _answer_to(self, order: Respond) -> FromWorker:
        call = ScriptedCall(order.call, partial(self._perform, order.id))
        try:
            answer = await (self._call_in_thread(call) if self._in_thread else self._respond(call))
            return Answered(order.id, answer_text(answer))
        except NoAnswerError as error:
            return self._failed(order.id, str(error))
        except asyncio.CancelledError as error:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            return self._raised(order.id, error)
        except BaseException as error:  # noqa: BLE001 - a script may raise what it likes, SystemExit too: it is told
            return self._raised(order.id, error)

    def _raised(self, call_id: int, error: BaseException) -> FromWorker:
        try:
            parts = error_parts(error)
        except NoAnswerError as problem:
            return self._failed(call_id, str(problem))
        except Exception as problem:  # noqa: BLE001 - the parts of an error are the script's code, too
            error, parts = problem, None
        if parts is not None:
            return Refused(call_id, *parts)
        self._telling.lines(Voice.TRACEBACK, traceback_lines(error))
        return Failed(call_id, one_line(error))

    def _failed(self, call_id: int, text: str) -> Failed:
        self._telling.lines(Voice.NOTE, [text])
        return Failed(call_id, shortened_text(text))

    async def _call_in_thread(self, call: ScriptedCall) -> Any:  # noqa: ANN401 - what a script returns
        """What a plain `respond` returns. Cancelled, it ends when the thread does, which nothing can stop."""
        loop = asyncio.get_running_loop()
        done: asyncio.Future[tuple[object, BaseException | None]] = loop.create_future()

        def settle(result: object, error: BaseException | None) -> None:
            if not done.done():
                done.set_result((result, error))

        def run() -> None:
            try:
                outcome: tuple[object, BaseException | None] = (self._respond(call), None)
            except BaseException as error:  # noqa: BLE001 - passed on to whoever awaits
                outcome = (None, error)
            with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
                loop.call_soon_threadsafe(settle, *outcome)

        # A daemon, and not of a pool: the process ends without waiting for one that never returns.
        threading.Thread(target=run, name=f"respond {call.request_id}", daemon=True).start()
        try:
            result, error = await asyncio.shield(done)
        except asyncio.CancelledError:
            await asyncio.wait({done})
            raise
        if error is not None:
            raise error
        return await result if inspect.isawaitable(result) else result

    async def _perform(
        self, parent: int, destination: str, method: str, payload: str, timeout_s: float | None
    ) -> str:
        perform_id = next(self._perform_ids)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._performing[perform_id] = answer
        try:
            self._tell(Perform(perform_id, parent, destination, method, payload, timeout_s))
            return await answer
        finally:
            del self._performing[perform_id]

    def _settle(self, performed: Performed) -> None:
        answer = self._performing.get(performed.id)
        if answer is None or answer.done():
            return
        if performed.code is None:
            answer.set_result(performed.response)
        else:
            answer.set_exception(RpcError(performed.code, performed.message, performed.data))
