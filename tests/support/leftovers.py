"""Finds what a test forgot to end: tasks of its event loop, and threads."""

import asyncio
import threading
import time
from collections.abc import Iterable

TASKS_DEADLINE_S = 2.0
THREADS_DEADLINE_S = 2.0


def forgotten_tasks(loop: asyncio.AbstractEventLoop) -> list[str]:
    """Return the unfinished tasks of the loop, but for the one that asks, each with where it stands."""
    running = asyncio.current_task(loop) if loop.is_running() else None
    return [repr(task) for task in asyncio.all_tasks(loop) if task is not running and not task.done()]


async def ended_by_themselves(loop: asyncio.AbstractEventLoop) -> None:
    """Wait for the SDK's rooms to stop listening, TASKS_DEADLINE_S at most.

    A room says that it is over a moment before its own task ends, and offers nothing to wait for. Every other
    task has to have been ended by whoever began it.
    """
    running = asyncio.current_task(loop)
    listening = {
        task
        for task in asyncio.all_tasks(loop)
        if task is not running and "Room._listen_task" in repr(task.get_coro())
    }
    if listening:
        await asyncio.wait(listening, timeout=TASKS_DEADLINE_S)


def forgotten_threads(before: Iterable[threading.Thread]) -> list[str]:
    """Return the threads begun since `before` was taken that do not end within THREADS_DEADLINE_S.

    Not counted are threads that Python did not start and only met, as those of the LiveKit library are that
    deliver its events: they live as long as the process, and Python knows them by a stand-in object.
    """
    deadline = time.monotonic() + THREADS_DEADLINE_S
    known = set(before)
    begun = [
        thread
        for thread in threading.enumerate()
        if thread not in known and not isinstance(thread, threading._DummyThread)
    ]
    for thread in begun:
        thread.join(max(0.0, deadline - time.monotonic()))
    return [thread.name for thread in begun if thread.is_alive()]
