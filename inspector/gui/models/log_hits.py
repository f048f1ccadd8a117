"""Which entries of the log are let through: a filter, and its search through the log in slices.

Entries are named by number: their index, plus how many were let go from the log's beginning. So the name of
an entry stays when older ones are let go, until the log is cleared.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice

import msgspec

from inspector.core.events import RoomEvent
from inspector.core.filters import Filter
from inspector.core.filters.column_search import ColumnSearch
from inspector.core.log import CallLog, Entry
from inspector.gui.models.recorded_texts import TextSource

_BLOCK = 4096
"""Entries looked at before the time is looked at."""
_RECORDS_AT_ONCE = 500


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

    def records(self) -> Iterator[int]:
        """The numbers of the calls whose full records are at hand, as of now."""
        numbers = (self.number_of(call.id) for call in list(self._log.calls()))
        return (number for number in numbers if number is not None)

    def search(self, wanted: LogFilter) -> ColumnSearch:
        """Says of any part of the log, by index, which entries pass."""
        return ColumnSearch(self._log, wanted.calls, wanted.identity)

    def passes(self, wanted: LogFilter, number: int) -> bool:
        """Whether the entry of that number passes; what was let go does not."""
        entry = self.entry(number)
        return entry is not None and wanted.passes(self._log, entry)


class HitSearch:
    """A search from the newest entry below `end` backwards, in slices that hold nobody up."""

    def __init__(
        self, log: NumberedLog, wanted: LogFilter, end: int, texts: TextSource | None = None
    ) -> None:
        """`texts` searches in the records that were let go; without it their rows have to do."""
        self.began_s = time.monotonic()
        self._log = log
        self._end = end
        self._found = array("I")  # in descending order
        self._search = log.search(wanted)
        # Payloads are searched of the calls whose records are at hand. These are few, and soon known.
        self._records = log.records() if self._search.has_texts else iter(())
        self._at_hand: set[int] = set()
        self._recorded = texts(wanted.calls) if texts and self._search.has_texts else None

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

    @property
    def is_waiting(self) -> bool:
        """Whether there is nothing to look at until the recording has been searched further."""
        return self._is_held_up and self._recorded is not None and self._recorded.is_waiting

    @property
    def _is_held_up(self) -> bool:
        return self._recorded is not None and not self.is_done and self._end <= self._recorded.reached

    def close(self) -> None:
        """Ends it."""
        if self._recorded is not None:
            self._recorded.close()

    def work(self, seconds: float) -> None:
        """Looks at older entries for about that long."""
        until = time.monotonic() + seconds
        for numbers in iter(lambda: list(islice(self._records, _RECORDS_AT_ONCE)), []):
            self._at_hand.update(numbers)
            if time.monotonic() >= until:
                return
        self._search_recorded(until)
        while self._end > self._log.first and not self._is_held_up:
            if self._search.has_texts:
                self._look_at_texts(until)
            else:
                self._look()
            if time.monotonic() >= until:
                return

    def _look(self) -> None:
        first = self._log.first
        start = max(first, self._end - _BLOCK)
        for index in reversed(self._search.candidates(start - first, self._end - first)):
            self._found.append(index + first)
        self._end = start

    def _search_recorded(self, until: float) -> None:
        recorded = self._recorded
        if recorded is None:
            return
        recorded.work(until)
        if recorded.problem is not None:  # said by whoever records
            self.close()
            self._recorded = None

    def _look_at_texts(self, until: float) -> None:
        first, recorded = self._log.first, self._recorded
        start = max(first, self._end - _BLOCK, 0 if recorded is None else recorded.reached)
        candidates = self._search.candidates(start - first, self._end - first)
        slim = set(self._search.passing_slim(candidates)) if recorded is None else ()
        for index in reversed(candidates):
            number = index + first
            if number not in self._at_hand:
                if index in slim if recorded is None else number in recorded.found:
                    self._found.append(number)
                continue
            if self._search.passes_texts(index):
                self._found.append(number)
            # After each one: a single payload may take a millisecond.
            if time.monotonic() >= until:
                self._end = number
                return
        self._end = start

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
