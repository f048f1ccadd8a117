"""Makes the file of a new recording; what is there already is replaced only if it is a recording."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

from inspector.recording import problems
from inspector.recording.schema import APPLICATION_ID, TABLES


def check_target(path: Path) -> bool:
    """Whether there is a recording at `path` that a new one would replace.

    Raises:
        ProblemError: what is there is no recording, is open elsewhere, or cannot be looked at.
    """
    try:
        if not path.exists():
            return False
        if not path.is_file():
            raise problems.not_ours(path)
        if path.stat().st_size == 0:  # as `mktemp` leaves it
            return False
        _check_is_free(path)
    except OSError as error:
        raise problems.cannot_create(path, error) from None
    return True


def _check_is_free(path: Path) -> None:
    # Asked through SQLite: closing a file of our own would drop the locks this process has on it.
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True, timeout=0)) as database:
            if database.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
                raise problems.not_ours(path)
            # Only whoever is alone with the file may do this. It also takes away the -wal and -shm beside it,
            # which must not stay beside a new file.
            database.execute("PRAGMA journal_mode = DELETE")
    except sqlite3.OperationalError as error:
        if getattr(error, "sqlite_errorname", "").startswith("SQLITE_BUSY"):
            raise problems.in_use(path) from None
        raise problems.cannot_create(path, error) from None
    except sqlite3.DatabaseError:
        raise problems.not_ours(path) from None


def create_recording(path: Path) -> bool:
    """Puts a new, empty recording at `path`, which only its owner may read, in place of one that is there.

    Blocks for as long as the disk takes. Whether there was one.

    Raises:
        ProblemError: as `check_target`, or it cannot be written; what was there is then as it was.
    """
    replaces = check_target(path)
    try:
        make_file(path)
    except (sqlite3.Error, OSError) as error:
        raise problems.cannot_create(path, error) from None
    return replaces


def make_file(path: Path) -> None:
    """Puts a new, empty recording at `path`, whatever is there. Raises sqlite3.Error or OSError."""
    temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
    os.close(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600))
    try:
        with closing(sqlite3.connect(temporary)) as database:
            database.executescript(TABLES)
            # Not left to whoever writes: a reader could have it open by then, which forbids the change.
            database.execute("PRAGMA journal_mode = WAL")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
