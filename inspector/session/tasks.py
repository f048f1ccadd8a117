"""The one owner of tasks: every coroutine that runs by itself is started, named and ended here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

ReportUnexpected = Callable[[BaseException, str], None]
"""Tells a person of an exception nobody expected, and what was being done."""


class TaskOwner:
    """Starts named tasks, keeps them alive, reports what they raise, and ends them at shutdown."""

    def __init__(self, report: ReportUnexpected) -> None:
        self._report = report
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False

    def __len__(self) -> int:
        return len(self._tasks)

    def spawn(
        self, coroutine: Coroutine[Any, Any, T], name: str, *, awaited: bool = False
    ) -> asyncio.Task[T]:
        """Runs `coroutine` as a task called `name`.

        An exception it raises is reported once; with `awaited` it is left to whoever awaits the task.

        Raises:
            RuntimeError: the owner is shut down already.
        """
        if self._closed:
            coroutine.close()
            msg = f"cannot start {name!r}: the program is shutting down"
            raise RuntimeError(msg)
        task = asyncio.get_running_loop().create_task(coroutine, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard if awaited else self._finished)
        return task

    def _finished(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()) is not None:
            self._report(error, task.get_name())

    async def shut_down(self, within_s: float) -> tuple[str, ...]:
        """Cancels every task and waits for it, at most `within_s` seconds; the names of those still alive."""
        self._closed = True
        current = asyncio.current_task()
        tasks = {task for task in self._tasks if task is not current}
        for task in tasks:
            task.cancel()
        if not tasks:
            return ()
        _, alive = await asyncio.wait(tasks, timeout=within_s)
        return tuple(sorted(task.get_name() for task in alive))
