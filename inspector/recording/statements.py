"""How rows get into a recording: many with one statement.

SQLite lets go of Python's lock while a statement runs and takes it back after. With one statement a row, a
busy event loop would keep the writing thread waiting for it that often, up to 5 ms each time.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence

from inspector.recording.rows import Value, writable
from inspector.recording.schema import CALL_COLUMNS, EVENT_COLUMNS

Row = tuple[Value, ...]
Statement = Callable[[int], str]
"""The text of a statement that puts so many rows."""

_ROWS_AT_ONCE = 256


def put_calls(rows: int) -> str:
    """Of `position` and `CALL_COLUMNS`: a call that is there already keeps its position."""
    names = ", ".join(("position", *CALL_COLUMNS))
    changes = ", ".join(f"{name} = excluded.{name}" for name in CALL_COLUMNS if name != "id")
    values = _values(rows, len(CALL_COLUMNS) + 1)
    return f"INSERT INTO calls ({names}) VALUES {values} ON CONFLICT (id) DO UPDATE SET {changes}"  # noqa: S608


def put_bodies(rows: int) -> str:
    """Of a call's id, its payload and its response; the call itself is there already."""
    return (
        "INSERT INTO bodies (position, payload, response)"  # noqa: S608
        " SELECT calls.position, new.column2, new.column3"
        f" FROM (VALUES {_values(rows, 3)}) AS new JOIN calls ON calls.id = new.column1 WHERE true"
        " ON CONFLICT (position) DO UPDATE SET payload = excluded.payload, response = excluded.response"
    )


def put_events(rows: int) -> str:
    """Of `position` and `EVENT_COLUMNS`."""
    names = ", ".join(("position", *EVENT_COLUMNS))
    return f"INSERT INTO events ({names}) VALUES {_values(rows, len(EVENT_COLUMNS) + 1)}"  # noqa: S608


def put(database: sqlite3.Connection, statement: Statement, rows: Sequence[Row]) -> None:
    """Runs the statement on all the rows.

    Raises:
        sqlite3.Error: they cannot be written.
    """
    variables = database.getlimit(sqlite3.SQLITE_LIMIT_VARIABLE_NUMBER)
    for part in _parts(rows, variables):
        try:
            database.execute(statement(len(part)), [value for row in part for value in row])
        except UnicodeEncodeError:
            database.execute(statement(len(part)), [value for row in part for value in writable(row)])


def _parts(rows: Sequence[Row], variables: int) -> Iterator[Sequence[Row]]:
    """The rows in parts whose sizes are powers of two, so that there are few statements to prepare."""
    start = 0
    while left := len(rows) - start:
        size = min(left, _ROWS_AT_ONCE, variables // len(rows[start]))
        size = 1 << (size.bit_length() - 1)
        yield rows[start : start + size]
        start += size


def _values(rows: int, width: int) -> str:
    row = f"({', '.join('?' * width)})"
    return ", ".join([row] * rows)
