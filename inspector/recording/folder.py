"""The folder in which a program keeps a recording of each of its runs."""

from __future__ import annotations

import sqlite3
import time
from contextlib import suppress
from pathlib import Path

from inspector.recording import problems
from inspector.recording.creating import make_file
from inspector.recording.living import Living

SUFFIX = ".db"
_BESIDE = ("-wal", "-shm", "-journal", ".lock")
"""What may stand beside a recording and belongs to it."""


class RunFile:
    """The recording of a run that goes on, marked as such for every program that looks into the folder."""

    def __init__(self, path: Path) -> None:
        """Makes the file. Blocks; raises OSError or sqlite3.Error where it cannot be written."""
        make_file(path)
        self._living = Living(path)
        self.path = path

    def close(self) -> None:
        """The run is over."""
        self._living.close()

    def discard(self) -> None:
        """The same, and there was nothing in it."""
        self.close()
        delete_recording(self.path)


def begin_run(folder: Path, run: str) -> RunFile:
    """Makes a new recording for a run in `folder`, which is made where there is none. Blocks.

    Raises:
        ProblemError: it cannot be written there.
    """
    path = folder / f"{time.strftime('%Y-%m-%d %H.%M.%S')} {run}{SUFFIX}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return RunFile(path)
    except (OSError, sqlite3.Error) as error:
        raise problems.not_recorded(path, error) from None


def delete_recording(path: Path) -> None:
    """Takes a recording away, with what belongs to it.

    Raises:
        OSError: it cannot be taken away.
    """
    path.unlink(missing_ok=True)
    for suffix in _BESIDE:
        with suppress(FileNotFoundError):
            path.with_name(path.name + suffix).unlink()
