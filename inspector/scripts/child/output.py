"""What a script writes, by `print`, by `log`, or from C code and programs it starts: to its log, bounded."""

from __future__ import annotations

import asyncio
import codecs
import io
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from inspector.scripts.messages import Said, Voice

LINE_CHARS = 4_000
"""What is told of one line."""
LINES_AT_ONCE = 500
"""So many lines are told as they come; after them `LINES_A_SECOND`, and the rest is counted."""
LINES_A_SECOND = 100
_REPORTED_EVERY_S = 1.0
_LOOKED_AT_CHARS = LINE_CHARS * LINES_AT_ONCE
"""What is looked at of what is written at once; of the rest the lines are counted."""


class Telling:
    """Passes lines on to the session, not more than a person could use. Safe from any thread."""

    def __init__(self, tell: Callable[[Said], None], clock: Callable[[], float] = time.monotonic) -> None:
        self._tell = tell
        self._clock = clock
        self._lock = threading.Lock()
        self._allowance = float(LINES_AT_ONCE)
        self._at = clock()
        self._dropped = 0

    def lines(self, voice: Voice, lines: Iterable[str], *, unseen: int = 0) -> None:
        """Tells these lines; `unseen` more are counted as dropped."""
        with self._lock:
            now = self._clock()
            self._allowance = min(LINES_AT_ONCE, self._allowance + (now - self._at) * LINES_A_SECOND)
            self._at = now
            for line in lines:
                if self._allowance < 1:
                    self._dropped += 1
                    continue
                self._say_dropped()
                self._allowance -= 1
                self._tell(Said(voice, _clean(line)))
            self._dropped += unseen

    async def report_drops(self) -> None:
        """Says every second what was dropped meanwhile, until cancelled."""
        while True:
            await asyncio.sleep(_REPORTED_EVERY_S)
            self.end()

    def end(self) -> None:
        """Says what was dropped last."""
        with self._lock:
            self._say_dropped()

    def _say_dropped(self) -> None:
        if self._dropped:
            dropped, self._dropped = self._dropped, 0
            self._tell(Said(Voice.NOTE, f"{dropped:,} lines of output were dropped here: too many at a time"))


class Written(io.TextIOBase):
    """A text stream whose lines are told."""

    encoding = "utf-8"

    def __init__(self, telling: Telling) -> None:
        self._telling = telling
        self._unfinished = ""
        self._lock = threading.RLock()
        self.buffer = open(1, "wb", buffering=0, closefd=False)  # noqa: SIM115 - it lasts as long as the process

    def writable(self) -> bool:
        """It is."""
        return True

    def fileno(self) -> int:
        """What programs that a script starts can write to."""
        return 1

    def write(self, text: str) -> int:
        """Takes more text."""
        with self._lock:
            *lines, unfinished = (self._unfinished + text[:_LOOKED_AT_CHARS]).split("\n")
            unseen = text.count("\n", _LOOKED_AT_CHARS)
            if unseen:
                unfinished = text[text.rfind("\n") + 1 :]
            self._unfinished = unfinished[:LINE_CHARS]
            self._telling.lines(Voice.OUTPUT, lines, unseen=unseen)
        return len(text)

    def flush(self) -> None:
        """Lines are told as they end."""


def capture(telling: Telling) -> int:
    """Has everything that is written to stdout or stderr told; a file descriptor of stderr as it was."""
    stderr = os.dup(2)
    reading, writing = os.pipe()
    os.dup2(writing, 1)
    os.dup2(writing, 2)
    os.close(writing)
    threading.Thread(target=_tell_written, args=(reading, telling), name="output", daemon=True).start()
    written: Any = Written(telling)  # a TextIO in all that scripts use of one
    sys.stdout = sys.stderr = written
    return stderr


def _tell_written(fd: int, telling: Telling) -> None:
    """What C code and programs that the script starts write: no Python stream sees it."""
    stream = Written(telling)
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")  # a read may end within a character
    while data := os.read(fd, 1 << 16):
        stream.write(decoder.decode(data))


def _clean(line: str) -> str:
    return line[:LINE_CHARS].rstrip("\r").encode(errors="backslashreplace").decode()
