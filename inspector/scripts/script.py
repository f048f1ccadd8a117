"""One script file: the worker that answers with it now, and the ones that follow when it changes or fails."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TypeAlias

import msgspec

from inspector.core.rpc_errors import RpcCode
from inspector.roles import SCRIPT_WORKER
from inspector.scripts.log import ScriptLog
from inspector.scripts.messages import CallTold, Said, WorkerTold
from inspector.scripts.worker import NoAnswerError, Worker, WorkerUnfitError
from inspector.session.ports import PerformRpc, RpcFailure
from inspector.tasks import TaskOwner

CALLS_AT_ONCE = 256
"""So many calls at a time go to one script; more wait for their turn."""
TELLING_S = 0.2
"""What is left of a call's time to say that its script did not start in time."""

Version: TypeAlias = tuple[int, int, int] | None
"""What tells one text of a file from another, without reading it; None where there is no file."""


class Script:
    """Answers calls by a script file, in its newest version that can be used."""

    def __init__(self, path: Path, log: ScriptLog, tasks: TaskOwner) -> None:
        self._path = path
        self.log = log
        self._tasks = tasks
        self._slots = asyncio.Semaphore(CALLS_AT_ONCE)
        self._worker: Worker | None = None
        self._version: Version = None
        """The version of `_worker`."""
        self._refused: Version = None
        """The one after it that cannot be used."""
        self._starting: tuple[Version, asyncio.Task[Worker]] | None = None
        self._workers: set[Worker] = set()
        self.used = 0
        """When it was last asked, as `SessionScripts` counts."""

    @property
    def workers(self) -> int:
        """How many processes it has."""
        return len(self._workers) + (self._starting is not None)

    @property
    def is_idle(self) -> bool:
        """Whether no call waits for it."""
        return self._starting is None and not any(worker.held for worker in self._workers)

    async def respond(self, call: CallTold, perform: PerformRpc) -> str:
        """The script's answer.

        Raises:
            RpcFailure: the error it chose, or why there is no answer.
        """
        clock = asyncio.get_running_loop().time
        until = clock() + call.timeout_s
        try:
            async with self._slots:
                worker = await self._worker_within(until - clock() - TELLING_S)
                left = msgspec.structs.replace(call, timeout_s=max(until - clock(), 0.0))
                return await worker.respond(left, perform)
        except (NoAnswerError, WorkerUnfitError) as error:
            raise self._failure(str(error)) from None

    def hang_up(self) -> None:
        """Has its workers begin to stop."""
        if self._starting is not None:
            self._starting[1].cancel()
        for worker in self._workers:
            worker.hang_up()

    async def close(self) -> None:
        """Ends its workers."""
        starting = self._starting
        self.hang_up()
        if starting is not None:
            await asyncio.wait({starting[1]})
        for worker in tuple(self._workers):
            await worker.stop()

    async def _worker_within(self, seconds: float) -> Worker:
        """The worker for a call that comes now; raises WorkerUnfitError."""
        version = _version_of(self._path)
        if self._worker is not None and not self._worker.has_ended:
            if version in (self._version, self._refused, None):
                return self._worker
        elif version is None:
            msg = f"there is no file {self._path}"
            raise WorkerUnfitError(msg)
        if self._starting is None or self._starting[0] != version:
            starting = self._tasks.spawn(self._start(version), f"start {self._path.name}", awaited=True)
            self._starting = (version, starting)
            starting.add_done_callback(self._started)
        try:
            async with asyncio.timeout(max(seconds, 0.0)):
                return await asyncio.shield(self._starting[1])
        except TimeoutError:
            msg = "it was still being imported when the time for the answer was up"
            raise WorkerUnfitError(msg) from None

    def _started(self, starting: asyncio.Task[Worker]) -> None:
        if self._starting is not None and self._starting[1] is starting:
            self._starting = None
        if not starting.cancelled():
            starting.exception()  # those who wait for it are told; nobody may be left

    async def _start(self, version: Version) -> Worker:
        """A worker for this version; the one before where that answers and this cannot be used."""
        try:
            worker = await Worker.start(SCRIPT_WORKER, WorkerTold(str(self._path)), self._tasks, self._said)
        except OSError as error:
            msg = f"no worker can be started for it: {error.strerror}"
            raise WorkerUnfitError(msg) from None
        except UnicodeEncodeError:
            msg = "the path of its file is not valid Unicode"
            raise WorkerUnfitError(msg) from None
        self._workers.add(worker)
        worker.on_over = lambda: self._workers.discard(worker)
        try:
            await asyncio.shield(worker.ready)
        except WorkerUnfitError as error:
            self._dismiss(worker)
            return self._previous(version, str(error))
        except asyncio.CancelledError:
            self._dismiss(worker)
            raise
        if self._starting is None or self._starting[1] is not asyncio.current_task():
            self._dismiss(worker)  # the file changed again meanwhile
            return await self._newer()
        self._take(worker, version)
        return worker

    async def _newer(self) -> Worker:
        if self._starting is not None:
            return await asyncio.shield(self._starting[1])
        if self._worker is None or self._worker.has_ended:
            msg = "it changed while it was imported"
            raise WorkerUnfitError(msg)
        return self._worker

    def _dismiss(self, worker: Worker) -> None:
        worker.kill("its worker was not needed any more")

    def _previous(self, version: Version, why: str) -> Worker:
        previous = self._worker
        if previous is None or previous.has_ended:
            self.log.note(f"it cannot be used: {why}")
            raise WorkerUnfitError(why)
        self._refused = version
        self.log.note(f"the changed file cannot be used, and the version before answers on: {why}")
        return previous

    def _take(self, worker: Worker, version: Version) -> None:
        previous = self._worker
        if previous is not None and not previous.has_ended:
            self.log.note("the changed file was imported and answers from now on; `state` starts empty")
            previous.retire()
        self._worker, self._version, self._refused = worker, version, None
        worker.on_ended = self._ended
        worker.on_overdue = lambda: self._overdue(worker)

    def _ended(self, why: str) -> None:
        self.log.note(f"{why}. The next call gets a new worker; `state` starts empty")

    def _overdue(self, worker: Worker) -> None:
        if self._worker is worker:
            self._worker = None
            self.log.note(
                "it went on with a call whose time was up. "
                "The next call gets a new worker; `state` starts empty"
            )
        worker.retire()

    def _said(self, said: Said) -> None:
        self.log.add(said.voice, said.text)

    def _failure(self, why: str) -> RpcFailure:
        return RpcFailure(RpcCode.APPLICATION_ERROR, f"script {self._path.name}: {why}")


def _version_of(path: Path) -> Version:
    try:
        facts = path.stat()
    except OSError:
        return None
    return facts.st_mtime_ns, facts.st_size, facts.st_ino
