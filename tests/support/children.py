"""The child processes of a program that a test runs, as Linux tells of them."""

import asyncio
import contextlib
from pathlib import Path

STARTED_WITHIN_S = 20.0


def children_of(pid: int) -> list[int]:
    """Return their process ids."""
    found: list[int] = []
    for thread in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(FileNotFoundError, ProcessLookupError):  # that thread has just ended
            found += map(int, (thread / "children").read_text().split())
    return found


async def first_child_of(pid: int) -> int:
    """Return the process id of its first child as soon as there is one."""
    async with asyncio.timeout(STARTED_WITHIN_S):
        while True:
            if children := children_of(pid):
                return children[0]
            await asyncio.sleep(0.01)


async def all_gone(pids: list[int], within_s: float) -> None:
    """Wait until none of these processes is there any more; raises TimeoutError."""
    async with asyncio.timeout(within_s):
        while True:
            if not any(is_there(pid) for pid in pids):
                return
            await asyncio.sleep(0.01)


def is_there(pid: int) -> bool:
    """Whether there is a process of that id."""
    return Path(f"/proc/{pid}").exists()
