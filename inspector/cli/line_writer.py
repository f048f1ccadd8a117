"""Writes lines to stdout for a program that must not wait for their reader."""

from __future__ import annotations

import os
import queue
import threading
from collections.abc import Callable

from inspector.cli.output import say

STDOUT = 1
WAITING_LINES = 10_000
"""Lines that wait for a slow reader; past it they are left out, and counted."""
LAST_LINES_WITHIN_S = 1.0


class LineWriter:
    """Writes in a thread of its own, in which `gone` is called once nobody reads, or it cannot write."""

    def __init__(self, gone: Callable[[], object]) -> None:
        self._gone = gone
        self._lines: queue.Queue[str | None] = queue.Queue(WAITING_LINES)
        self._missed = 0
        # A daemon: a reader that reads no more must not hold up the end of the program.
        self._thread = threading.Thread(target=self._write, name="lines to stdout", daemon=True)
        self._thread.start()

    def put(self, line: str) -> None:
        """Writes the line soon, and without waiting for it."""
        try:
            self._lines.put_nowait(line)
        except queue.Full:
            self._missed += 1
            return
        if self._missed:
            say(f"The output is read too slowly: {self._missed} calls were left out.")
            self._missed = 0

    def close(self) -> None:
        """Ends once the lines are written, or soon where nobody reads them."""
        try:
            self._lines.put(None, timeout=LAST_LINES_WITHIN_S)
        except queue.Full:
            return
        self._thread.join(LAST_LINES_WITHIN_S)

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            try:
                _write_all(f"{line}\n".encode())
            except OSError:
                self._gone()
                return


def _write_all(data: bytes) -> None:
    # Not sys.stdout: at its end Python waits for whoever writes to it, and aborts.
    while data:
        data = data[os.write(STDOUT, data) :]
