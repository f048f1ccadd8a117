"""What can be wrong with a recording, in words."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from inspector.core.problems import Problem, ProblemError, ProblemKind, Side

_REASONS = {
    "SQLITE_FULL": "the disk is full",
    "SQLITE_READONLY": "it may not be written to",
    "SQLITE_CANTOPEN": "it cannot be opened, or its folder may not be written to",
    "SQLITE_IOERR": "the disk failed to take it",
    "SQLITE_BUSY": "another program holds it",
}
"""By the beginning of SQLite's name for the error."""


def reason_of(error: sqlite3.Error | OSError) -> str:
    """Why SQLite or the system refused, in words where they are known."""
    if isinstance(error, OSError):
        return error.strerror or type(error).__name__
    name = getattr(error, "sqlite_errorname", "") or ""
    known = next((words for start, words in _REASONS.items() if name.startswith(start)), None)
    return f"{known} ({error})" if known else str(error)


def writing_ended(path: Path, error: sqlite3.Error | OSError) -> Problem:
    """A recording that cannot be gone on with."""
    return _storage(
        f"Recording to {path} ended: {reason_of(error)}.",
        "Everything else goes on, unrecorded. What was recorded so far can be read.",
    )


def too_slow(path: Path) -> Problem:
    """More comes than the disk takes."""
    return _storage(
        f"The disk is too slow for {path}: the recording misses calls, or how they ended.",
        "Record to a faster disk.",
    )


def cannot_create(path: Path, error: sqlite3.Error | OSError) -> ProblemError:
    """A file that cannot be made."""
    return ProblemError(
        _storage(
            f"The recording {path} cannot be written: {reason_of(error)}.",
            "Name a file in a folder that can be written to.",
        )
    )


def not_recorded(path: Path, error: sqlite3.Error | OSError) -> ProblemError:
    """A run that cannot be recorded."""
    return ProblemError(
        _storage(
            f"This run is not recorded: {path} cannot be written: {reason_of(error)}.",
            "Make room or give access, and start again. Everything else works, unrecorded.",
        )
    )


def not_ours(path: Path) -> ProblemError:
    """A file that is something else, and that would be lost."""
    return ProblemError(
        _bad(
            f"{path} is there already and is no recording, or a damaged one.",
            "Name another file: only a recording is replaced.",
        )
    )


def in_use(path: Path) -> ProblemError:
    """A recording that is written or read at this moment."""
    return ProblemError(
        _bad(
            f"{path} is a recording that another program has open.", "End that program, or name another file."
        )
    )


def cannot_read(path: Path, error: sqlite3.Error | OSError) -> ProblemError:
    """A file that is not there, or may not be read."""
    return ProblemError(
        _bad(f"{path} cannot be read: {reason_of(error)}.", "Check its name and permissions.")
    )


def no_recording(path: Path) -> ProblemError:
    """An SQLite file of something else, or none at all."""
    return ProblemError(
        _bad(f"{path} is no recording of RPC Inspector.", "Name a file that `respond --record` wrote.")
    )


def newer(path: Path, version: int, ours: int) -> ProblemError:
    """A recording in a form that is not known here."""
    return ProblemError(
        _bad(
            f"{path} was written by a newer RPC Inspector (schema {version}; this one reads {ours}).",
            "Update RPC Inspector to read it.",
        )
    )


def damaged(path: Path, detail: str) -> ProblemError:
    """A recording that was changed or cut by something else."""
    return ProblemError(
        _bad(
            f"{path} is damaged and cannot be read to its end: {detail}.",
            "Use a copy of it, if there is one.",
        )
    )


def _bad(what: str, next_step: str) -> Problem:
    return Problem(kind=ProblemKind.BAD_INPUT, what=what, side=Side.HERE, next_step=next_step, final=True)


def _storage(what: str, next_step: str) -> Problem:
    return Problem(kind=ProblemKind.STORAGE, what=what, side=Side.HERE, next_step=next_step)
