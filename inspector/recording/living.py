"""Says of a recording, to every program, that somebody writes it; the system takes that back at any end.

SQLite locks an empty file beside the recording: the same on every system, and gone with the program that
held it, however that ended. The recording's own locks tell less: a reader holds some of them, too.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

SUFFIX = ".lock"


class Living:
    """Marks the recording at `path` as being written, until `close` or the end of the program."""

    def __init__(self, path: Path) -> None:
        """Raises sqlite3.Error where the folder may not be written to, or it is being written already."""
        self._lock = _lock_of(path)
        # Closed in whichever thread ends the recording.
        self._database = sqlite3.connect(self._lock, isolation_level=None, timeout=0, check_same_thread=False)
        try:
            self._database.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error:
            self._database.close()
            raise

    def close(self) -> None:
        """It is written no more. Again is harmless."""
        self._database.close()
        self._lock.unlink(missing_ok=True)


def is_living(path: Path) -> bool:
    """Whether some program, this one too, marks the recording at `path` as being written."""
    lock = _lock_of(path)
    if not lock.exists():
        return False
    uri = f"{lock.absolute().as_uri()}?mode=rw"
    try:
        with closing(sqlite3.connect(uri, uri=True, isolation_level=None, timeout=0)) as database:
            database.execute("BEGIN EXCLUSIVE")
    except sqlite3.Error:  # busy; or it cannot be looked at, and then nothing may be done to the recording
        return True
    return False


def clear_lock(path: Path) -> None:
    """Takes away what a program that was killed has left."""
    _lock_of(path).unlink(missing_ok=True)


def _lock_of(path: Path) -> Path:
    return path.with_name(path.name + SUFFIX)
