"""Puts calls and events into a recording that is open for writing, and tells in it of their run."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from contextlib import suppress
from importlib.metadata import PackageNotFoundError, version

from inspector.core.calls import Call
from inspector.recording.inbox import Item
from inspector.recording.rows import Value, call_row, event_row
from inspector.recording.statements import Row, put, put_bodies, put_calls, put_events


def put_items(database: sqlite3.Connection, position: int, items: Iterable[Item]) -> int:
    """Puts items behind `position`, all of them or none; the position that the last of them has.

    Raises:
        sqlite3.Error: they cannot be written.
    """
    calls: list[Row] = []
    bodies: list[Row] = []
    events: list[Row] = []
    for item in items:
        position += 1
        if isinstance(item, Call):
            calls.append((position, *call_row(item)))
            bodies.append((item.id, item.payload, item.response))
        else:
            events.append((position, *event_row(item)))
    database.execute("BEGIN IMMEDIATE")
    put(database, put_calls, calls)
    put(database, put_bodies, bodies)
    put(database, put_events, events)
    database.execute("COMMIT")
    return position


def tell(database: sqlite3.Connection, *facts: tuple[str, Value]) -> None:
    """Tells facts of the run, by the names of `MetaKey`."""
    database.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", facts)


def make_one_file(database: sqlite3.Connection) -> None:
    """Takes in the files beside it, so that it can be read from any folder. It may take its time."""
    database.execute("PRAGMA synchronous = FULL")
    with suppress(sqlite3.OperationalError):  # somebody reads it, and the files beside it stay
        database.execute("PRAGMA journal_mode = DELETE")


def program_version() -> str | None:
    """The version of this program, None where it runs from its sources and was never installed."""
    try:
        return version("livekit-rpc-inspector")
    except PackageNotFoundError:
        return None
