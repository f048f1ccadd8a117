"""Finds what a command left running, on Linux: every process that has a test's mark in its environment."""

import asyncio
import contextlib
import uuid
from pathlib import Path

VARIABLE = "RPC_INSPECTOR_TEST_MARK"
_ASK_EVERY_S = 0.02


class Mark:
    """A variable that a command passes to whatever it starts, with a value no other test uses."""

    def __init__(self) -> None:
        self.variables = {VARIABLE: uuid.uuid4().hex}
        self._line = f"{VARIABLE}={self.variables[VARIABLE]}".encode()

    def running(self) -> dict[int, str]:
        """Return the processes that have it and run, by their ids, with their words."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            with contextlib.suppress(OSError):  # it has just ended, or is somebody else's
                if self._line in (folder / "environ").read_bytes().split(b"\0"):
                    words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    found[int(folder.name)] = words
        return found

    async def gone_within(self, seconds: float) -> None:
        """Wait until none of them runs. Raises AssertionError, with those that do, after `seconds`."""
        loop = asyncio.get_running_loop()
        until = loop.time() + seconds
        while left := self.running():
            assert loop.time() < until, f"still running: {left}"
            await asyncio.sleep(_ASK_EVERY_S)
