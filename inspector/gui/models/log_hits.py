"""Which entries of the log are let through: a filter, and its search through the log in slices.

Entries are named by number: their index, plus how many were let go from the log's beginning. So the name of
an entry stays when older ones are let go, until the log is cleared.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Sequence

import msgspec

from inspector.core.events import RoomEvent
from inspector.core.filters import Filter
from inspector.core.log import CallLog, Entry


class LogFilter(msgspec.Struct, frozen=True):
    """What the log shows: the calls that pass, and of these only those of one participant."""

    calls: Filter = Filter()
    identity: str | None = None

    def __bool__(self) -> bool:
        """Whether it can hide anything."""
        return bool(self.calls) or self.identity is not None

    def passes(self, log: CallLog, entry: Entry) -> bool:
        """Whether `entry` is shown. Filters are about calls: where there is one, events are hidden."""
        if isinstance(entry, RoomEvent):
            return not self.calls and self.identity in (None, entry.identity)
        if self.identity is not None and self.identity not in (entry.caller, entry.destination):
            return False
        call = log.get(entry.id) if self.calls.needs_texts else None
        return self.calls.passes(entry, call)


class NumberedLog:
    """A log whose entries are named by number."""

    def __init__(self, log: CallLog) -> None:
        self._log = log

    @property
    def first(self) -> int:
        """The number of the oldest entry there is."""
        return self._log.counts.entries_let_go

    @property
    def end(self) -> int:
        """The number the next entry will have."""
        return self._log.counts.entries_let_go + len(self._log)

    def entry(self, number: int) -> Entry | None:
        """The entry of that number, None where it was let go or cleared."""
        index = number - self._log.counts.entries_let_go
        return self._log[index] if 0 <= index < len(self._log) else None

    def number_of(self, call_id: str) -> int | None:
        """The number of a call, None where its row is gone."""
        index = self._log.index_of(call_id)
        return None if index is None else index + self.first

    def passes(self, wanted: LogFilter, number: int) -> bool:
        """Whether the entry of that number passes; what was let go does not."""
        entry = self.entry(number)
        return entry is not None and wanted.passes(self._log, entry)


class HitSearch:
    """A search from the newest entry below `end` backwards, in slices that hold nobody up."""

    def __init__(self, log: NumberedLog, wanted: LogFilter, end: int) -> None:
        self.began_s = time.monotonic()
        self._log = log
        self._wanted = wanted
        self._end = end
        self._found = array("I")  # in descending order

    @property
    def end(self) -> int:
        """Entries of this number and above have been looked at."""
        return self._end

    @property
    def found(self) -> int:
        """How many passed since they were last taken."""
        return len(self._found)

    @property
    def is_done(self) -> bool:
        """Whether there is nothing left to look at."""
        return self._end <= self._log.first

    def work(self, seconds: float) -> None:
        """Looks at older entries for about that long."""
        until = time.monotonic() + seconds
        first, log, wanted = self._log.first, self._log, self._wanted
        while self._end > first:
            self._end -= 1
            if log.passes(wanted, self._end):
                self._found.append(self._end)
            # After each one: a single payload may take a millisecond.
            if time.monotonic() >= until:
                return

    def take(self) -> array[int]:
        """What passed since they were last taken, in ascending order."""
        taken, self._found = self._found, array("I")
        taken.reverse()
        return taken


def runs(ascending: Sequence[int]) -> Iterable[tuple[int, int]]:
    """First and last of each run of neighbours: `1, 2, 3, 7` gives `(1, 3), (7, 7)`."""
    if not ascending:
        return
    first = last = ascending[0]
    for number in ascending[1:]:
        if number != last + 1:
            yield first, last
            first = number
        last = number
    yield first, last
