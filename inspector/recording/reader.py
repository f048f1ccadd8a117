"""Reads a recording, also one that is being written, and changes nothing in it."""

from __future__ import annotations

import heapq
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from operator import itemgetter
from pathlib import Path
from types import TracebackType

import msgspec

from inspector.core.calls import Call
from inspector.core.events import RoomEvent
from inspector.recording import problems
from inspector.recording.rows import call_of, event_of
from inspector.recording.schema import APPLICATION_ID, CALL_COLUMNS, EVENT_COLUMNS, SCHEMA_VERSION

_CALL = ", ".join(f"calls.{name}" for name in CALL_COLUMNS)
_EVENT = ", ".join(EVENT_COLUMNS)
# The names in these are the schema's own.
_CALLS = (
    f"SELECT calls.position, {_CALL}, bodies.payload, bodies.response"  # noqa: S608
    " FROM calls LEFT JOIN bodies USING (position) ORDER BY calls.position"
)
_CALLS_BY_ID = (
    f"SELECT {_CALL}, bodies.payload, bodies.response"  # noqa: S608
    " FROM calls LEFT JOIN bodies USING (position) WHERE calls.id IN "
)
_IDS_AT_ONCE = 500
_CALLS_WITHOUT_BODIES = f"SELECT position, {_CALL}, NULL, NULL FROM calls ORDER BY position"  # noqa: S608
_EVENTS = f"SELECT position, {_EVENT} FROM events ORDER BY position"  # noqa: S608


class RecordingInfo(msgspec.Struct, frozen=True):
    """What a recording tells of its run, under the names of `MetaKey`. Times in seconds since the epoch."""

    schema: int
    program_version: str | None = None
    run: str | None = None
    started_at: float | None = None
    ended_at: float | None = None
    """None where the run was cut short, or goes on."""


class Recording:
    """An open recording. Use it in a `with` block, in the thread that opened it."""

    def __init__(self, path: Path) -> None:
        """Opens the recording at `path`.

        Raises:
            ProblemError: there is none, or it is newer than this program, or damaged.
        """
        self._path = path
        try:
            path.stat()
            self._database = sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)
        except (sqlite3.Error, OSError) as error:
            raise problems.cannot_read(path, error) from None
        try:
            self.info = self._checked()
        except BaseException:
            self._database.close()
            raise

    def __enter__(self) -> Recording:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Lets go of the file. What is still being iterated ends with a ProblemError."""
        self._database.close()

    def calls(self, *, bodies: bool = True) -> Iterator[Call]:
        """Every call, one at a time, in the order in which they were asked for.

        One that has no outcome is `lost`. Without `bodies`, payload and response are None.

        Raises:
            ProblemError: the recording is damaged.
        """
        return (call for _, call in self._calls(bodies=bodies))

    def calls_with(self, ids: Sequence[str]) -> Iterator[Call]:
        """The calls with these ids, in any order; what is not there is left out. Raises as `calls`."""
        with self._damage_said():
            for start in range(0, len(ids), _IDS_AT_ONCE):
                part = ids[start : start + _IDS_AT_ONCE]
                wanted = f"{_CALLS_BY_ID} ({', '.join('?' * len(part))})"
                for *row, payload, response in self._database.execute(wanted, part):
                    yield call_of(row, payload, response)

    def events(self) -> Iterator[RoomEvent]:
        """Every event, in the order in which they came. Raises as `calls`."""
        return (event for _, event in self._events())

    def entries(self, *, bodies: bool = True) -> Iterator[Call | RoomEvent]:
        """Calls and events as the log had them, in their common order. Raises as `calls`."""
        both: Iterator[tuple[int, Call | RoomEvent]] = heapq.merge(
            self._calls(bodies=bodies), self._events(), key=itemgetter(0)
        )
        return (entry for _, entry in both)

    def _calls(self, *, bodies: bool) -> Iterator[tuple[int, Call]]:
        with self._damage_said():
            for position, *row, payload, response in self._database.execute(
                _CALLS if bodies else _CALLS_WITHOUT_BODIES
            ):
                yield position, call_of(row, payload, response)

    def _events(self) -> Iterator[tuple[int, RoomEvent]]:
        with self._damage_said():
            for position, *row in self._database.execute(_EVENTS):
                yield position, event_of(row)

    def _checked(self) -> RecordingInfo:
        """What it tells of its run.

        Raises:
            ProblemError: it is none that can be read.
        """
        try:
            (application,) = self._database.execute("PRAGMA application_id").fetchone()
            (schema,) = self._database.execute("PRAGMA user_version").fetchone()
        except sqlite3.OperationalError as error:
            raise problems.cannot_read(self._path, error) from None
        except sqlite3.DatabaseError as error:
            if error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
                raise problems.no_recording(self._path) from None
            raise problems.damaged(self._path, str(error)) from None
        if application != APPLICATION_ID:
            raise problems.no_recording(self._path)
        if schema > SCHEMA_VERSION:
            raise problems.newer(self._path, schema, SCHEMA_VERSION)
        with self._damage_said():
            for query in (_CALLS, _EVENTS):
                self._database.execute(f"{query} LIMIT 0")
            meta = dict(self._database.execute("SELECT key, value FROM meta"))
            return msgspec.convert({**meta, "schema": schema}, RecordingInfo)

    @contextmanager
    def _damage_said(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, msgspec.ValidationError) as error:
            raise problems.damaged(self._path, str(error)) from None


def read_calls(path: Path, ids: Sequence[str]) -> list[Call]:
    """The calls with these ids that the recording at `path` has. Raises as `Recording`."""
    with Recording(path) as recording:
        return list(recording.calls_with(ids))
