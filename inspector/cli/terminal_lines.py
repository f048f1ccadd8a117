"""Lines typed at the terminal, for a program that must neither wait for them nor be held up by them."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable

STDIN = 0
_CHUNK_BYTES = 64 * 1024


def person_is_there() -> bool:
    """Whether somebody can be asked: what is said goes to a terminal, and what is typed comes from one."""
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stderr))


class TerminalLines:
    """Reads in a thread of its own, only once somebody wants to know, and hears of each line in the loop."""

    def __init__(self, heard: Callable[[bytes | None], None]) -> None:
        """`heard` is told each line without its end; None where there are no more for now.

        That is at the end of input (Ctrl-D), and where this program runs in the background.
        """
        self._heard = heard
        self._loop = asyncio.get_running_loop()
        self._thread: threading.Thread | None = None

    def listen(self) -> None:
        """Reads on, from where it is not reading already."""
        if self._thread is None:
            # A daemon: who waits for a line must not hold up the end of the program.
            self._thread = threading.Thread(target=self._read, name="lines of the terminal", daemon=True)
            self._thread.start()

    def drop_typed(self) -> None:
        """Forgets what was typed and not sent off yet: it was meant for a question of before."""
        if sys.platform == "win32":
            return
        import termios  # not at the top: Windows has none

        with contextlib.suppress(OSError, termios.error):
            if os.tcgetpgrp(STDIN) == os.getpgrp():  # in the background it would stop this program
                termios.tcflush(STDIN, termios.TCIFLUSH)

    def _read(self) -> None:
        if sys.platform != "win32":
            # Reading in the background stops a program, unless the thread heeds no such signal.
            signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTTIN})
        typed = b""
        with contextlib.suppress(OSError):
            while chunk := os.read(STDIN, _CHUNK_BYTES):
                *lines, typed = (typed + chunk).split(b"\n")
                for line in lines:
                    self._tell(line.removesuffix(b"\r"))
        self._tell(None)

    def _tell(self, line: bytes | None) -> None:
        with contextlib.suppress(RuntimeError):  # the loop is closed: the program ends
            self._loop.call_soon_threadsafe(self._hear, line)

    def _hear(self, line: bytes | None) -> None:
        if line is None:
            self._thread = None
        self._heard(line)
