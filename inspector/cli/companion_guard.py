"""The process that ends the program `respond` runs, where `respond` itself was killed and could not."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import msgspec

from inspector.cli.process_groups import KILL, Signalled
from inspector.processes import run_listening_child

RELEASED = b"released"
"""The line that lets a guard go: its parent sees to the end itself."""
PATIENCE_S = 0.8
"""How long the program may take to end, before it is killed: all is to be gone within 2 s."""


class Guarded(msgspec.Struct, frozen=True):
    """What is ended where our parent ends without a word."""

    target: Signalled | None
    """None: all that is in the guard's own group."""


def main() -> int:
    """The role `companion-guard`; the exit code."""
    return run_listening_child(_guard)


async def _guard(first_line: bytes, lines: asyncio.Queue[bytes]) -> int:
    guarded = msgspec.json.decode(first_line, type=Guarded)
    _heed_no_signal()  # what the group is told is not for us
    try:
        await asyncio.Event().wait()
    finally:
        # Not whether the parent is there: one that is killed closes our stdin some time before it is gone.
        if lines.empty():
            await _end(guarded.target or Signalled(os.getpid(), is_group=True))
    return 0


def _heed_no_signal() -> None:
    if sys.platform == "win32":
        return
    loop = asyncio.get_running_loop()
    loop.remove_signal_handler(signal.SIGTERM)
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


async def _end(target: Signalled) -> None:
    if target.send(signal.SIGTERM) and not await target.gone_within(PATIENCE_S):
        target.send(KILL)
