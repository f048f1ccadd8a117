"""What a script says: its log lines, what it prints, tracebacks, and what was done with its worker."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import msgspec

from inspector.core.listeners import Listeners, Report
from inspector.scripts.messages import Voice

LINES_KEPT = 2_000


class ScriptLine(msgspec.Struct, frozen=True):
    """One line."""

    path: str
    """The script's file."""
    at: float
    """When it came, in seconds since the epoch."""
    voice: Voice
    text: str


class ScriptLog:
    """The newest lines of one script."""

    def __init__(self, path: str, clock: Callable[[], float], report: Report | None = None) -> None:
        self._path = path
        self._clock = clock
        self._lines: deque[ScriptLine] = deque(maxlen=LINES_KEPT)
        self._listeners = Listeners[Callable[[ScriptLine], None]](report)

    def lines(self) -> tuple[ScriptLine, ...]:
        """The lines kept, the oldest first."""
        return tuple(self._lines)

    def on_line(self, callback: Callable[[ScriptLine], None]) -> Callable[[], None]:
        """Calls back with each new line; the result ends it."""
        return self._listeners.add(callback)

    def add(self, voice: Voice, text: str) -> None:
        """One line more."""
        line = ScriptLine(self._path, self._clock(), voice, text)
        self._lines.append(line)
        self._listeners.tell(lambda callback: callback(line))

    def note(self, text: str) -> None:
        """A line of this program's own."""
        self.add(Voice.NOTE, text)
