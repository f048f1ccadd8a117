"""A person at a terminal: runs a command there, reads what it says, types, and presses keys."""

import asyncio
import contextlib
import io
import os
import pty
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator
from pathlib import Path

from tests.support.command import ENDS_WITHIN_S, PROGRAM, clean_environment

CTRL_C = "\x03"
CTRL_D = "\x04"

# Makes stdin the terminal that controls the process, so that Ctrl-C reaches it, and becomes the command.
# Not a `preexec_fn`: Python between fork and exec hangs where a native thread held a lock at the fork.
_AT_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.argv[1], sys.argv[1:])
"""


class TypingPerson:
    """Somebody in front of a command whose stdin and stderr are one terminal, its own."""

    def __init__(self, process: asyncio.subprocess.Process, screen: io.FileIO) -> None:
        self.process = process
        self._screen = screen
        self._shown = ""
        self._changed = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.add_reader(screen, self._read)

    @classmethod
    @contextlib.asynccontextmanager
    async def running(
        cls, home: Path, *arguments: str, shows_stdout: bool = False, **variables: str
    ) -> AsyncIterator["TypingPerson"]:
        """Run `python -m inspector ARGUMENTS` at a terminal; kill what has not ended by the end.

        Its stdout is a pipe, unless the terminal shows that, too.
        """
        ours, theirs = pty.openpty()
        with os.fdopen(ours, "r+b", buffering=0) as screen:
            with os.fdopen(theirs):
                process = await asyncio.create_subprocess_exec(
                    *(sys.executable, "-c", _AT_TERMINAL, sys.executable, *PROGRAM, *arguments),
                    cwd=home,
                    env=clean_environment(home, TERM="dumb", **variables),
                    stdin=theirs,
                    stdout=theirs if shows_stdout else PIPE,
                    stderr=theirs,
                    start_new_session=True,
                )
            person = cls(process, screen)
            try:
                yield person
            finally:
                person._stop_reading()
                if process.returncode is None:
                    process.kill()
                    await process.wait()

    def type(self, text: str) -> None:
        """Type this, without Enter."""
        self._screen.write(text.encode())

    def enter(self, line: str) -> None:
        """Type a line."""
        self.type(line + "\n")

    async def reads(self, part: str) -> str:
        """Return the screen's text up to the end of the line with `part`, which is not read again."""
        async with asyncio.timeout(ENDS_WITHIN_S):
            while (found := self._shown.find(part)) < 0 or (end := self._shown.find("\n", found)) < 0:
                self._changed.clear()
                await self._changed.wait()
        text, self._shown = self._shown[: end + 1], self._shown[end + 1 :]
        return text.replace("\r\n", "\n")

    async def ended(self) -> int:
        """Wait for the command's end; its exit code."""
        async with asyncio.timeout(ENDS_WITHIN_S):
            return await self.process.wait()

    def _read(self) -> None:
        try:
            chunk = os.read(self._screen.fileno(), 65536)
        except OSError:  # how a pty says that nobody writes any more
            chunk = b""
        if not chunk:
            self._stop_reading()
        self._shown += chunk.decode()
        self._changed.set()

    def _stop_reading(self) -> None:
        self._loop.remove_reader(self._screen)
