"""Recordings made for a test, and what is in one."""

import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from inspector.core.calls import Call
from inspector.core.events import RoomEvent
from inspector.core.log import CallLog
from inspector.core.problems import Problem
from inspector.recording.creating import create_recording
from inspector.recording.reader import Recording
from inspector.recording.recorder import Recorder
from inspector.recording.writer import Writer

WRITTEN_WITHIN_S = 30.0


def unexpected(problem: Problem) -> None:
    """Fails: a recording that works has nothing to say."""
    raise AssertionError(problem.sentence())


@contextmanager
def recorded(path: Path, log: CallLog) -> Iterator[Recorder]:
    """Records what `log` tells within the block; all of it is written after it."""
    create_recording(path)
    recorder = Recorder(path, log, unexpected)
    try:
        yield recorder
    finally:
        recorder.close()


def write(path: Path, entries: Iterable[Call | RoomEvent]) -> None:
    """Puts a whole recording of these entries at `path`."""
    create_recording(path)
    writer = Writer(path, "run", unexpected)
    for entry in entries:
        writer.put(entry)
    writer.close(WRITTEN_WITHIN_S)
    assert writer.recorded is not None


def entries_of(path: Path) -> list[Call | RoomEvent]:
    """What the recording at `path` has."""
    with Recording(path) as recording:
        return list(recording.entries())


def integrity(path: Path) -> str:
    """What SQLite itself finds wrong with the file: `ok`."""
    with closing(sqlite3.connect(path)) as database:
        found: str = database.execute("PRAGMA integrity_check").fetchone()[0]
        return found


def wait_until_written(path: Path, count: int) -> None:
    """Return once a reader finds so many calls."""
    deadline = time.monotonic() + WRITTEN_WITHIN_S
    while time.monotonic() < deadline:
        if sum(isinstance(entry, Call) for entry in entries_of(path)) == count:
            return
    msg = f"{count} calls were not committed"
    raise AssertionError(msg)
