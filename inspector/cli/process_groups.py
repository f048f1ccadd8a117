"""Which processes a signal reaches: one, or it and all it started, where these are a group of their own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys

import msgspec

_ASK_EVERY_S = 0.05


class Signalled(msgspec.Struct, frozen=True):
    """A process that is signalled by its id, or the group that it leads."""

    pid: int
    is_group: bool

    def send(self, number: int) -> bool:
        """Sends a signal; whether anybody was there to get it. Signal 0 only asks."""
        if sys.platform == "win32" and not number:  # it knows no such question
            return True
        try:
            if self.is_group and sys.platform != "win32":
                os.killpg(self.pid, number)
            else:
                os.kill(self.pid, number)
        except (ProcessLookupError, PermissionError):  # macOS refuses where only zombies are left
            return False
        return True

    async def gone_within(self, seconds: float) -> bool:
        """Waits until nobody is there; whether that came to be within so many seconds."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while self.send(0):  # nothing tells of the end of others' children
            if loop.time() >= until:
                return False
            await asyncio.sleep(_ASK_EVERY_S)
        return True


def shares_terminal() -> bool:
    """Whether this process is in the foreground of a terminal, whose Ctrl-C goes to its whole group."""
    if sys.platform == "win32":
        return True
    try:
        terminal = os.open("/dev/tty", os.O_RDONLY | os.O_NOCTTY)
    except OSError:  # none
        return False
    try:
        return os.tcgetpgrp(terminal) == os.getpgrp()
    except OSError:
        return False
    finally:
        os.close(terminal)


KILL = signal.SIGTERM if sys.platform == "win32" else signal.SIGKILL
"""What no process survives."""
