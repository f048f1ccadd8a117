"""How a process that used the SDK ends: past the interpreter's own end, in which native threads can abort it.

Threads of the SDK (livekit 1.2.1) call into Python to the very end. Once the interpreter is being taken down,
CPython ends such a thread where it stands (`pthread_exit`), which unwinds through native code that cannot be
unwound: "panic in a function that cannot unwind", and the exit status is 134 for work that was done well.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import sys

UNFORESEEN = 1
"""What Python itself ends with after an exception that nobody caught."""


class Ending:
    """Made before the SDK is imported; `code` is what the process ends with.

    Everything else that is registered to happen at the end happens before, and in its order.
    """

    def __init__(self) -> None:
        self.code = UNFORESEEN
        atexit.register(self._leave)

    def _leave(self) -> None:
        if "livekit.rtc" not in sys.modules:
            return
        for stream in (sys.stdout, sys.stderr):
            with contextlib.suppress(AttributeError, OSError, ValueError):  # no stream, nobody reads, closed
                stream.flush()
        os._exit(self.code)
