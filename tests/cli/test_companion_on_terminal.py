"""`respond ... -- COMMAND` on a terminal: it is the command's, and Ctrl-C reaches it once."""

import asyncio
import os
import pty
import signal
import sys
from pathlib import Path

import pytest

from tests.support.command import PROGRAM, clean_environment
from tests.support.marked_processes import Mark

MOCKS = "version: 1\nas: {identity: weather-api}\nmocks: [{method: get_weather, rules: [{reply: mild}]}]\n"
OWNS_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Makes its stdin the terminal of its session, as a terminal window does for its shell."""
COUNTS_INTERRUPTS = """
import signal, sys, time
heard = []
signal.signal(signal.SIGINT, lambda number, frame: heard.append(number))
print("typed", input("ready "), flush=True)
while not heard:
    time.sleep(0.01)
time.sleep(0.5)  # for a second one, which must not come
print("interrupted", len(heard), flush=True)
sys.exit(9)
"""
ENDS_WITHIN_S = 60.0
GONE_WITHIN_S = 2.0


class _Terminal:
    """The end of a pty where a person sits."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._shown = b""

    def type(self, text: str) -> None:
        os.write(self._descriptor, text.encode())

    async def shows(self, text: str) -> None:
        """Wait until it does."""
        async with asyncio.timeout(ENDS_WITHIN_S):
            while text.encode() not in self._shown:
                try:
                    self._shown += await asyncio.to_thread(os.read, self._descriptor, 65536)
                except OSError:  # how a pty says that nobody writes any more
                    msg = f"no {text!r} in {self._shown.decode()}"
                    raise AssertionError(msg) from None


async def _start(home: Path, terminal: int, mark: Mark) -> asyncio.subprocess.Process:
    (home / "mocks.yaml").write_text(MOCKS)
    respond = ("respond", "mocks.yaml", "--local", "--", sys.executable, "-c", COUNTS_INTERRUPTS)
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-c", OWNS_TERMINAL, *PROGRAM, *respond),
        cwd=home,
        env=clean_environment(home, **mark.variables),
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        start_new_session=True,
    )


@pytest.mark.parametrize("how", ["ctrl-c", "killed"])
async def test_the_command_has_the_terminal(how: str, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    mark = Mark()
    with os.fdopen(ours, "rb", buffering=0), os.fdopen(theirs):
        terminal = _Terminal(ours)
        process = await _start(tmp_path, theirs, mark)
        try:
            await terminal.shows("ready ")
            terminal.type("a line\n")
            await terminal.shows("typed a line")
            if how == "ctrl-c":
                terminal.type("\x03")
                await terminal.shows("interrupted 1")
                assert await asyncio.wait_for(process.wait(), ENDS_WITHIN_S) == 9
            else:
                process.send_signal(signal.SIGKILL)
                await process.wait()
            await mark.gone_within(GONE_WITHIN_S)
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
