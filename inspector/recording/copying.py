"""Makes a whole recording of records from elsewhere: lines of JSON, or a part of another recording."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterable
from contextlib import closing
from itertools import islice
from pathlib import Path

from inspector.core.calls import Call
from inspector.recording import problems
from inspector.recording.creating import check_target, make_file
from inspector.recording.folder import delete_recording
from inspector.recording.inbox import Item
from inspector.recording.schema import MetaKey
from inspector.recording.writing import make_one_file, program_version, put_items, tell

_ITEMS_AT_ONCE = 1000


def make_recording(path: Path, items: Iterable[Item], run: str) -> int:
    """Makes a recording of `items` at `path`, replacing a recording that is there. It blocks.

    One item after the other is asked for, so that a log of any length passes through. Of several records with
    one id the last counts, in the place of the first. How many calls the recording has.

    Raises:
        ProblemError: it cannot be written; and what reading the items raises. `path` is then as it was.
    """
    check_target(path)
    beside = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        make_file(beside)
        calls = _fill(beside, items, run)
        beside.replace(path)
    except (sqlite3.Error, OSError) as error:
        raise problems.cannot_create(path, error) from None
    finally:
        delete_recording(beside)
    return calls


def _fill(path: Path, items: Iterable[Item], run: str) -> int:
    rest = iter(items)
    position = 0
    last: Item | None = None
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        database.execute("PRAGMA synchronous = OFF")  # `make_one_file` has it all on the disk
        tell(database, (MetaKey.PROGRAM, program_version()), (MetaKey.RUN, run))
        while part := list(islice(rest, _ITEMS_AT_ONCE)):
            if last is None:
                tell(database, (MetaKey.STARTED_AT, _moment(part[0])))
            position = put_items(database, position, part)
            last = part[-1]
        tell(database, (MetaKey.ENDED_AT, time.time() if last is None else _moment(last)))
        (calls,) = database.execute("SELECT count(*) FROM calls").fetchone()
        make_one_file(database)
        return int(calls)


def _moment(item: Item) -> float:
    return item.started_at if isinstance(item, Call) else item.at
