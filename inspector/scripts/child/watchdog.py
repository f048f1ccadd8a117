"""Ends a worker whose event loop is held up, from outside Python: C code may let nothing else run."""

from __future__ import annotations

import asyncio
import faulthandler

HELD_UP_AFTER_S = 1.25
"""An event loop that does not come round for so long is not going to."""
IMPORT_WITHIN_S = 10.0
"""How long the import of a script may take: large libraries have large imports."""
_ROUNDS_S = 0.25


class Watchdog:
    """While it watches, the process ends with the stacks of its threads on stderr once it is not patted."""

    def __init__(self, stderr: int, held_up_after_s: float) -> None:
        """`stderr` is the file descriptor they go to."""
        self._stderr = stderr
        self._held_up_after_s = held_up_after_s

    def allow(self, seconds: float) -> None:
        """Until the next call, the process may run for so long."""
        faulthandler.dump_traceback_later(seconds, exit=True, file=self._stderr)

    async def watch(self) -> None:
        """Pats it for as long as the event loop comes round, until cancelled."""
        try:
            while True:
                self.allow(self._held_up_after_s)
                await asyncio.sleep(_ROUNDS_S)
        finally:
            faulthandler.cancel_dump_traceback_later()
