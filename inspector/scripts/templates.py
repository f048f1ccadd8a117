"""Renders templates in workers: one that takes too long costs its call an error, and no other a moment."""

from __future__ import annotations

import asyncio
from collections import deque

from inspector.core.limits import seconds_text
from inspector.core.rpc_errors import RpcCode
from inspector.roles import TEMPLATE_WORKER
from inspector.scripts.messages import CallTold, Said, WorkerTold
from inspector.scripts.worker import NoAnswerError, Worker, WorkerUnfitError
from inspector.session.ports import RpcFailure
from inspector.tasks import TaskOwner

RENDER_WITHIN_S = 1.0
"""How long one template may take."""
SLOW_AFTER_S = 0.05
"""After so long others do not wait for its worker any more, but for another one."""
MAX_WORKERS = 8
STARTED_AT_ONCE = 2
KEPT = 2
"""So many workers stay, once there was one: the second is there when the first has a slow template."""


class Templates:
    """Workers that render templates, each one template at a time."""

    def __init__(self, tasks: TaskOwner) -> None:
        self._tasks = tasks
        self._workers: set[Worker] = set()
        self._idle: list[Worker] = []
        self._slow: set[Worker] = set()
        self._starting: set[asyncio.Task[None]] = set()
        self._start_failed = False
        self._closed = False
        self._waiting: deque[asyncio.Future[Worker]] = deque()

    async def render(self, source: str, call: CallTold) -> str:
        """The text the template makes of the call.

        Raises:
            RpcFailure: it makes none; with why.
        """
        try:
            worker = await self._acquired()
            return await self._render(worker, source, call)
        except (NoAnswerError, WorkerUnfitError) as error:
            raise RpcFailure(RpcCode.APPLICATION_ERROR, f"template: {error}") from None

    async def close(self) -> None:
        """Ends the workers."""
        self.hang_up()
        if self._starting:
            await asyncio.wait(self._starting)
        for worker in tuple(self._workers):
            await worker.stop()

    def hang_up(self) -> None:
        """Has the workers begin to stop; no others are started."""
        self._closed = True
        for worker in self._workers:
            worker.hang_up()

    async def _render(self, worker: Worker, source: str, call: CallTold) -> str:
        slow = asyncio.get_running_loop().call_later(SLOW_AFTER_S, self._is_slow, worker)
        try:
            async with asyncio.timeout(RENDER_WITHIN_S):
                return await worker.render(source, call)
        except TimeoutError:
            msg = f"it was not done within {seconds_text(RENDER_WITHIN_S)}"
            worker.kill(msg)
            raise NoAnswerError(msg) from None
        except asyncio.CancelledError:
            worker.kill("nobody waited for its template any more")
            raise
        finally:
            slow.cancel()
            self._slow.discard(worker)
            self._release(worker)

    # --- which worker ---------------------------------------------------------------------------------

    async def _acquired(self) -> Worker:
        while self._idle:
            worker = self._idle.pop()
            if not worker.has_ended:
                return worker
        waiting: asyncio.Future[Worker] = asyncio.get_running_loop().create_future()
        self._waiting.append(waiting)
        self._start_if_needed()
        try:
            return await waiting
        except asyncio.CancelledError:
            if waiting.done() and not waiting.cancelled() and waiting.exception() is None:
                self._release(waiting.result())
            raise

    def _release(self, worker: Worker) -> None:
        """Hands a worker on to the call that waits longest."""
        if worker.has_ended:
            self._start_if_needed()
            return
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(worker)
                return
        if len(self._idle) < KEPT:
            self._idle.append(worker)
        else:
            worker.retire()

    def _is_slow(self, worker: Worker) -> None:
        self._slow.add(worker)
        self._start_failed = False  # a reason to try once more
        self._start_if_needed()

    def _start_if_needed(self) -> None:
        """Starts the workers that are missing, in ways that leave the others time to go on."""
        for _ in range(0 if self._closed else self._missing() - len(self._starting)):
            starting = self._tasks.spawn(self._start(), "start a template worker")
            self._starting.add(starting)
            starting.add_done_callback(self._started)

    def _started(self, starting: asyncio.Task[None]) -> None:
        self._starting.discard(starting)
        self._start_if_needed()

    def _missing(self) -> int:
        alive = [worker for worker in self._workers if not worker.has_ended]
        if not alive:
            return 1 if any(not each.done() for each in self._waiting) else 0
        if self._start_failed:  # others are not tried for again and again
            return 0
        if all(worker in self._slow for worker in alive):
            return min(STARTED_AT_ONCE, MAX_WORKERS - len(alive))
        return max(KEPT - len(alive), 0)

    async def _start(self) -> None:
        try:
            worker = await Worker.start(TEMPLATE_WORKER, WorkerTold(), self._tasks, _unheard)
            self._workers.add(worker)
            worker.on_over = lambda: self._workers.discard(worker)
            if self._closed:
                worker.hang_up()
            await asyncio.shield(worker.ready)
        except OSError as error:
            self._fail(f"no worker can be started for it: {error.strerror}")
        except WorkerUnfitError as error:
            self._fail(str(error))
        else:
            self._start_failed = False
            self._release(worker)

    def _fail(self, why: str) -> None:
        self._start_failed = True
        if not all(worker.has_ended for worker in self._workers):
            return  # who waits gets one that is busy now
        while self._waiting:
            waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_exception(WorkerUnfitError(why))


def _unheard(_said: Said) -> None:
    """Templates say nothing but their answers."""
