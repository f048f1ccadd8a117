"""One worker process, as its session sees it: what it is asked, what it answers, and how it ends."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable

import msgspec

from inspector.core.redact import redact
from inspector.core.rpc_errors import RpcCode
from inspector.processes import ChildEnd, ChildProcess
from inspector.scripts.messages import (
    Answered,
    CallTold,
    Failed,
    Forget,
    Forgotten,
    FromWorker,
    Perform,
    Performed,
    Ready,
    Refused,
    Render,
    Respond,
    Said,
    ToWorker,
    Unfit,
    WorkerTold,
    encode,
    from_worker,
)
from inspector.scripts.worker_ends import end_text
from inspector.session.ports import PerformRpc, RpcFailure, RpcRequest
from inspector.tasks import TaskOwner

FORGOTTEN_WITHIN_S = 1.0
"""So soon after its call was given up, what a script runs for it has to be over."""
STOPPED_WITHIN_S = 0.5
"""How long one may take to end in order; a script that goes on is no reason to wait for it."""


class NoAnswerError(Exception):
    """The worker has no answer to a call; the text says why, on one line."""


class WorkerUnfitError(Exception):
    """The worker cannot be used; the text says why."""


class Worker:
    """A running worker. Whoever starts it awaits `stop`."""

    def __init__(
        self, child: ChildProcess, path: str, tasks: TaskOwner, said: Callable[[Said], None]
    ) -> None:
        self._child = child
        self._path = path
        self._tasks = tasks
        self._said = said
        self._ids = itertools.count(1)
        self._answers: dict[int, asyncio.Future[str]] = {}
        self._performs: dict[int, PerformRpc] = {}
        self._performing: dict[int, set[asyncio.Task[None]]] = {}
        self._unforgotten: dict[int, asyncio.TimerHandle] = {}
        self._killed_for: str | None = None
        self._retired = False
        self.ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Resolved once it takes calls; with WorkerUnfitError where it never does."""
        self.ready.add_done_callback(lambda future: future.cancelled() or future.exception())
        self.on_overdue: Callable[[], None] = lambda: None
        """Called where something of a call runs on that was to be forgotten."""
        self.on_ended: Callable[[str], None] = lambda _why: None
        """Called with why, where it ended without being told to."""
        self.on_over: Callable[[], None] = lambda: None
        """Called once it has ended, whatever ended it."""
        self._following = tasks.spawn(self._follow(), f"worker {child.pid}")

    @classmethod
    async def start(
        cls, role: str, told: WorkerTold, tasks: TaskOwner, said: Callable[[Said], None]
    ) -> Worker:
        """Starts a worker.

        Raises:
            OSError: the system starts no further process.
            UnicodeEncodeError: the path in `told` is not valid Unicode.
        """
        child = await ChildProcess.start(role, told)
        return cls(child, told.path, tasks, said)

    @property
    def has_ended(self) -> bool:
        """Whether nothing can be asked of it any more."""
        return self._killed_for is not None or self._child.ended.done()

    @property
    def held(self) -> int:
        """How many calls wait for it."""
        return len(self._answers)

    async def respond(self, call: CallTold, perform: PerformRpc) -> str:
        """The script's answer. Cancelled, the script is told to let the call go.

        Raises:
            RpcFailure: the error that the script chose.
            NoAnswerError: there is none.
        """
        call_id = next(self._ids)
        self._performs[call_id] = perform
        try:
            return await self._ask(call_id, Respond(call_id, call))
        except asyncio.CancelledError:
            self._forget(call_id)
            raise
        finally:
            self._performs.pop(call_id, None)

    async def render(self, source: str, call: CallTold) -> str:
        """The template's text.

        Raises:
            NoAnswerError: there is none.
        """
        call_id = next(self._ids)
        return await self._ask(call_id, Render(call_id, source, call))

    async def _ask(self, call_id: int, order: ToWorker) -> str:
        if self.has_ended:
            msg = "its worker has just ended"
            raise NoAnswerError(msg)
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._answers[call_id] = answer
        try:
            self._child.tell(encode(order))
            return await answer
        finally:
            del self._answers[call_id]
            self._end_if_done()

    def kill(self, why: str) -> None:
        """Ends it at once; the calls it holds have no answer, and this is why."""
        self._killed_for = self._killed_for or why
        self._child.kill()

    def retire(self) -> None:
        """Has it end as soon as no call waits for it."""
        self._retired = True
        self._end_if_done()

    def hang_up(self) -> None:
        """Has it begin to stop; the calls it holds have no answer."""
        self._killed_for = self._killed_for or "its worker was stopped"
        self._child.hang_up()

    async def stop(self) -> None:
        """Ends it; the calls it holds have no answer."""
        self.hang_up()
        await self._child.stop(STOPPED_WITHIN_S)
        await asyncio.wait({self._following})

    def _end_if_done(self) -> None:
        if self._retired and not self._answers:
            self._killed_for = self._killed_for or "its worker was replaced"
            self._child.hang_up()

    def _forget(self, call_id: int) -> None:
        for task in self._performing.get(call_id, ()):
            task.cancel()
        if self.has_ended:
            return
        self._child.tell(encode(Forget(call_id)))
        loop = asyncio.get_running_loop()
        self._unforgotten[call_id] = loop.call_later(FORGOTTEN_WITHIN_S, self._overdue, call_id)

    def _overdue(self, call_id: int) -> None:
        del self._unforgotten[call_id]
        self.on_overdue()

    # --- what it says ---------------------------------------------------------------------------------

    async def _follow(self) -> None:
        while (line := await self._child.line()) is not None:
            try:
                message = from_worker.decode(line)
            except msgspec.DecodeError as error:
                self.kill(f"its worker said what is not understood: {error}")
                continue
            self._heard(message)
        await asyncio.wait({self._child.ended}, timeout=FORGOTTEN_WITHIN_S)
        if not self._child.ended.done():
            self.kill("its worker closed the way by which it answers")
        self._over(await self._child.ended)

    def _heard(self, message: FromWorker) -> None:
        match message:
            case Said():
                self._said(msgspec.structs.replace(message, text=redact(message.text)))
            case Ready():
                if not self.ready.done():
                    self.ready.set_result(None)
            case Unfit(text=text):
                if not self.ready.done():
                    self.ready.set_exception(WorkerUnfitError(redact(text)))
            case Answered(id=call_id, text=text):
                if (answer := self._waiting(call_id)) is not None:
                    answer.set_result(text)
            case Failed(id=call_id, text=text):
                if (answer := self._waiting(call_id)) is not None:
                    answer.set_exception(NoAnswerError(redact(text)))
            case Refused(id=call_id, code=code, message=text, data=data):
                if (answer := self._waiting(call_id)) is not None:
                    answer.set_exception(RpcFailure(code, text, data))
            case Forgotten(id=call_id):
                self._waiting(call_id)
            case Perform() as wish:
                self._start_performing(wish)

    def _waiting(self, call_id: int) -> asyncio.Future[str] | None:
        """Who waits for the answer to a call, of which nothing runs any more."""
        if (overdue := self._unforgotten.pop(call_id, None)) is not None:
            overdue.cancel()
        answer = self._answers.get(call_id)
        return None if answer is None or answer.done() else answer

    def _start_performing(self, wish: Perform) -> None:
        perform = self._performs.get(wish.parent)
        if perform is None:
            text = "the call that it belongs to is over"
            self._tell_performed(Performed(wish.id, code=RpcCode.APPLICATION_ERROR, message=text))
            return
        task = self._tasks.spawn(self._perform(wish, perform), f"call of a script: {wish.method}")
        tasks = self._performing.setdefault(wish.parent, set())
        tasks.add(task)
        task.add_done_callback(lambda done: self._performed(wish.parent, done))

    def _performed(self, parent: int, task: asyncio.Task[None]) -> None:
        tasks = self._performing[parent]
        tasks.discard(task)
        if not tasks:
            del self._performing[parent]

    async def _perform(self, wish: Perform, perform: PerformRpc) -> None:
        request = RpcRequest(wish.destination, wish.method, wish.payload, wish.timeout_s, None)
        try:
            performed = Performed(wish.id, response=await perform(request))
        except RpcFailure as failure:
            performed = Performed(wish.id, "", failure.code, failure.message, failure.data)
        self._tell_performed(performed)

    def _tell_performed(self, performed: Performed) -> None:
        self._child.tell(encode(performed))

    def _over(self, end: ChildEnd) -> None:
        self._child.end_group()
        wanted = self._killed_for is not None
        why = self._killed_for or end_text(end, self._path)
        for timer in self._unforgotten.values():
            timer.cancel()
        self._unforgotten.clear()
        for tasks in self._performing.values():
            for task in tasks:
                task.cancel()
        if not self.ready.done():
            self.ready.set_exception(WorkerUnfitError(why))
        for answer in self._answers.values():
            if not answer.done():
                answer.set_exception(NoAnswerError(why))
        if not wanted:
            self.on_ended(why)
        self.on_over()
