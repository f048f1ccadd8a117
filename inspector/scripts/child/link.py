"""A worker's way back to the session: lines on what was its stdout, which nothing else can write to."""

from __future__ import annotations

import contextlib
import os
import threading

from inspector.scripts.messages import FromWorker, encode


class Link:
    """Tells the session. Safe from any thread."""

    def __init__(self) -> None:
        """Takes stdout for itself: what is written there from now on is taken for stderr."""
        self._fd = os.dup(1)
        self._lock = threading.Lock()
        os.dup2(2, 1)

    def tell(self, message: FromWorker) -> None:
        """Sends a message; after the session's end nobody hears it."""
        line = memoryview(encode(message) + b"\n")
        with self._lock, contextlib.suppress(OSError):
            while line:
                line = line[os.write(self._fd, line) :]
