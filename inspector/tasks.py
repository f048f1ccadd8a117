"""The one owner of tasks: every coroutine that runs by itself is started, named and ended here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

ReportUnexpected = Callable[[BaseException, str], None]
"""Tells a person of an exception nobody expected, and what was being done."""


UNWIND_WITHIN_S = 0.1
"""What a cancelled task has at least to come to its end, however late it was cancelled."""


class TaskOwner:
    """Starts named tasks, keeps them alive, reports what they raise, and ends them at shutdown."""

    def __init__(self, report: ReportUnexpected) -> None:
        self._report = report
        self._tasks: set[asyncio.Task[Any]] = set()
        self._finishing: set[asyncio.Task[Any]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    @property
    def is_shut_down(self) -> bool:
        """Whether nothing can be started any more."""
        return self._closed

    def spawn(
        self, coroutine: Coroutine[Any, Any, T], name: str, *, awaited: bool = False, finishes: bool = False
    ) -> asyncio.Task[T]:
        """Runs `coroutine` as a task called `name`.

        An exception it raises is reported once; with `awaited` it is left to whoever awaits the task.
        One that `finishes` may come to its end by itself at shutdown, while the time for that lasts.

        Raises:
            RuntimeError: the owner is shut down already.
        """
        if self._closed:
            coroutine.close()
            msg = f"cannot start {name!r}: the program is shutting down"
            raise RuntimeError(msg)
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        if finishes:
            self._finishing.add(task)
            task.add_done_callback(self._finishing.discard)
        task.add_done_callback(self._tasks.discard if awaited else self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(error, task.get_name())

    async def shut_down(self, within_s: float) -> tuple[str, ...]:
        """Cancels every task and waits for it, at most `within_s` seconds; the names of those still alive."""
        self._closed = True
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        current = asyncio.current_task()
        tasks = {task for task in self._tasks if task is not current}
        finishing = tasks & self._finishing
        for task in tasks - finishing:
            task.cancel()
        if finishing:
            _, finishing = await asyncio.wait(finishing, timeout=within_s)
        for task in finishing:
            task.cancel()
        if not tasks:
            return ()
        _, alive = await asyncio.wait(tasks, timeout=max(deadline - loop.time(), UNWIND_WITHIN_S))
        return tuple(sorted(task.get_name() for task in alive))
