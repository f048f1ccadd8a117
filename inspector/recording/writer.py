"""Writes a recording in a thread of its own, so that no disk ever holds up a call."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from inspector.core.problems import Problem
from inspector.recording import problems
from inspector.recording.inbox import Inbox, Item
from inspector.recording.schema import MetaKey
from inspector.recording.writing import make_one_file, program_version, put_items, tell

COMMIT_EVERY_S = 0.02
"""What comes within this is written together; 100 ms is what a kill may cost (product, section 7)."""
LOCKED_FOR_S = 5.0
"""How long to wait for another program that holds the file."""

Say = Callable[[Problem], None]
"""Tells a person. The writing thread calls it, too."""


class Writer:
    """Takes calls and events of one run, and has them on disk soon after."""

    def __init__(self, path: Path, run: str, say: Say, inbox: Inbox | None = None) -> None:
        """Begins to write to the recording that `create_recording` put at `path`."""
        self._path = path
        self._run = run
        self._say = say
        self._inbox = inbox or Inbox()
        self._position = 0
        self._said_slow = False
        self._closing = threading.Event()
        self.recorded: int | None = None
        """How many calls the recording has; known once it has ended well."""
        # A daemon: a disk that hangs must not hold up the end of the program.
        self._thread = threading.Thread(target=self._work, name=f"recording {path.name}", daemon=True)
        self._thread.start()

    def put(self, item: Item) -> None:
        """Writes the call as it stands now, or the event, soon and without waiting for it."""
        if not self._inbox.put(item) and not self._said_slow:
            self._said_slow = True
            self._say(problems.too_slow(self._path))

    def catch_up(self, within_s: float) -> bool:
        """Waits until what was put so far is written, at most `within_s` seconds; whether it came to that."""
        return self._inbox.mark().wait(within_s)

    @property
    def goes_on(self) -> bool:
        """Whether what is put from now on will be written."""
        return self._inbox.is_open

    @property
    def is_empty(self) -> bool:
        """Whether nothing was written so far."""
        return self._position == 0

    def close(self, within_s: float) -> None:
        """Ends once all is written, for which it waits at most `within_s` seconds."""
        self._inbox.close()
        self._closing.set()
        self._thread.join(within_s)

    def _work(self) -> None:
        try:
            with closing(self._opened()) as database:
                self._write_all(database)
        except sqlite3.Error as error:
            self._inbox.close()
            self._say(problems.writing_ended(self._path, error))
        finally:  # whatever ended it: nothing gathers that nobody will write
            self._inbox.close()
            self._inbox.take().done()

    def _opened(self) -> sqlite3.Connection:
        uri = f"{self._path.absolute().as_uri()}?mode=rw"
        database = sqlite3.connect(uri, uri=True, timeout=LOCKED_FOR_S, isolation_level=None)
        # What the system was given survives the end of this program, however it comes. To wait for the disk
        # too would hold up commits for 50 to 100 ms each 4 MB; without it a cut of power may damage the file.
        database.execute("PRAGMA synchronous = OFF")
        return database

    def _write_all(self, database: sqlite3.Connection) -> None:
        about = (MetaKey.PROGRAM, program_version()), (MetaKey.RUN, self._run)
        tell(database, *about, (MetaKey.STARTED_AT, time.time()))
        while self._inbox.is_open:
            self._inbox.wait()
            self._closing.wait(COMMIT_EVERY_S)
            self._write_taken(database)
        self._write_taken(database)
        tell(database, (MetaKey.ENDED_AT, time.time()))
        (self.recorded,) = database.execute("SELECT count(*) FROM calls").fetchone()
        make_one_file(database)

    def _write_taken(self, database: sqlite3.Connection) -> None:
        taken = self._inbox.take()
        try:
            if taken.items:
                self._position = put_items(database, self._position, taken.items)
        finally:
            taken.done()
