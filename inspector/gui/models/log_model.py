"""Follows the call log through a filter, and tells views what became of it ten times a second at most.

As the log's listener it only takes notes; a tick turns them into as few model signals as there can be.
"""

from __future__ import annotations

import time
from array import array
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from inspector.core.log import CallLog
from inspector.gui.models.log_columns import Column
from inspector.gui.models.log_hits import HitSearch, LogFilter
from inspector.gui.models.log_rows import LogRows
from inspector.gui.models.recorded_texts import TextSource

TICK_MS = 100
"""How often views are told of changes, at most."""
BUSY_TICK_MS = 500
"""The same while each tick brings `BUSY_ENTRIES` or more: pages that nobody can read before they are gone."""
BUSY_ENTRIES = 50
SLICE_S = 0.006
"""How long one turn at filtering may take."""
WAIT_MS = 5
"""How soon a search looks again whether the recording has been searched further."""
FIRST_PAGE = 200
"""Hits after which a search shows what it has, newest first, while it goes on."""
FIRST_PAGE_S = 0.03
"""After so long a search shows what it has, be it nothing."""


class LogModel(LogRows):
    """The rows that a log view shows. It follows the log until `close`."""

    search_changed = Signal()
    """A search through the log began, has more to show, or ended."""
    pending_ticked = Signal()
    """Time went on for pending calls among the watched rows."""

    def __init__(
        self, log: CallLog, *, now: Callable[[], float] = time.time, parent: QObject | None = None
    ) -> None:
        super().__init__(log, now, parent)
        self._filter = LogFilter()
        self._first = self._numbers.first
        self._next = self._numbers.end  # entries from here on were not looked at yet
        self._changed: set[int] = set()
        self._search: HitSearch | None = None
        self._text_source: TextSource | None = None
        self._awaits_first_page = False  # until then the rows are those of the filter before
        self._watched = range(0)
        self._last_tick_s = 0.0
        self._came = 0  # entries that the last tick found
        self._last_page_s = 0.0
        self._tick_timer = self._timer(self._tick)
        self._search_timer = self._timer(self._search_on)
        self._unsubscribe = log.subscribe(self)

    def _timer(self, call: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.timeout.connect(call)
        return timer

    def close(self) -> None:
        """Ends following the log."""
        self._unsubscribe()
        self._tick_timer.stop()
        self._end_search()

    # What a view asks for.

    @property
    def filter(self) -> LogFilter:
        """The filter in force."""
        return self._filter

    @property
    def is_searching(self) -> bool:
        """Whether older entries are still to be looked at."""
        return self._search is not None

    @property
    def is_outdated(self) -> bool:
        """Whether the rows are still those of the filter before; that lasts 30 ms at most."""
        return self._awaits_first_page

    def set_filter(self, wanted: LogFilter) -> None:
        """Shows what passes `wanted`: first a page of the newest, then the rest as it is found."""
        if wanted != self._filter:
            self._filter = wanted
            self._start_over()

    def set_text_source(self, source: TextSource | None) -> None:
        """Says where texts are searched of calls whose records were let go, from the next filter on."""
        self._text_source = source

    @property
    def is_paused(self) -> bool:
        """Whether new entries are held back. Calls that are shown still settle in place."""
        return self._held_from is not None

    def set_paused(self, paused: bool) -> None:
        """Holds back what comes from now on, or shows what was held back."""
        if paused == self.is_paused:
            return
        self.catch_up()
        self._hold_from(self._next if paused else None)

    @property
    def is_ticking(self) -> bool:
        """Whether something is to be told, or pending calls are watched; else no timer runs."""
        return self._tick_timer.isActive()

    def catch_up(self) -> None:
        """Shows at once what the next tick would show."""
        if not self._awaits_first_page:
            self._flush()

    def watch(self, first: int, last: int) -> None:
        """Says which rows can be seen: only their pending calls tick. `last < first` for none."""
        self._watched = range(first, last + 1)
        if not self._tick_timer.isActive() and self._pending_watched():
            self._tick_timer.start(TICK_MS)

    # What the log tells (`LogListener`).

    def entry_added(self, index: int) -> None:  # noqa: ARG002
        """Has the next tick look at what came."""
        self._wake()

    def entry_changed(self, index: int) -> None:
        """Has the next tick look at this call again."""
        number = index + self._numbers.first
        if number < self._next:
            self._changed.add(number)
            self._wake()

    def entries_removed(self) -> None:
        """Starts over after a clearing. Where the oldest were let go, the others keep their numbers."""
        if self._numbers.first == self._first:
            self._clear()
        self._first = self._numbers.first
        self._wake()

    # The tick.

    def _wake(self) -> None:
        """Has the tick come: at once after a rest, so that a single call appears without delay."""
        if not self._tick_timer.isActive():
            rested_ms = (time.monotonic() - self._last_tick_s) * 1000
            self._tick_timer.start(max(0, int(self._pace_ms() - rested_ms)))

    def _pace_ms(self) -> int:
        return BUSY_TICK_MS if self._came >= BUSY_ENTRIES else TICK_MS

    def _tick(self) -> None:
        self._last_tick_s = time.monotonic()
        self.catch_up()
        pending = self._pending_watched()
        for row in pending:
            index = self.index(row, Column.OUTCOME)
            self.dataChanged.emit(index, index, [Qt.ItemDataRole.DisplayRole])
        if pending:
            self.pending_ticked.emit()
        is_behind = not self._awaits_first_page and self._next < self._numbers.end
        if is_behind or pending:
            self._tick_timer.start(0 if is_behind else self._pace_ms())

    def _pending_watched(self) -> list[int]:
        return [row for row in self._watched if self.is_pending(row)]

    def _flush(self) -> None:
        self._drop_before(self._numbers.first)
        self._look_again()
        self._look_at_new()

    def _look_again(self) -> None:
        """Calls that changed may begin or cease to pass."""
        changed = sorted(self._changed)
        self._changed.clear()
        stayed: list[int] = []
        appeared = array("I")
        gone: list[int] = []
        for number in changed:
            if self._search is not None and number < self._search.end:
                continue  # the search will come to it
            row = self._row_of(number)
            passes = not self._filter or self._numbers.passes(self._filter, number)
            if row is None:
                if passes and number >= self._numbers.first:
                    appeared.append(number)
            elif passes:
                stayed.append(row)
            else:
                gone.append(row)
        self._tell_changed(stayed)
        if gone:
            self._remove(gone)
        if appeared:
            self._insert(appeared)

    def _look_at_new(self) -> None:
        end = self._numbers.end
        start = max(self._next, self._numbers.first)
        self._came = end - start
        if not self._filter:
            self._next = end
            self._append(range(start, end))
            return
        until = time.monotonic() + SLICE_S
        passed = array("I")
        for number in range(start, end):
            if self._numbers.passes(self._filter, number):
                passed.append(number)
            self._next = number + 1
            if time.monotonic() >= until:
                break
        self._append(passed)

    # The search through what was there before the filter.

    def _start_over(self) -> None:
        self._changed.clear()
        self._next = self._numbers.end
        self._awaits_first_page = bool(self._filter)
        self._end_search()
        if self._filter:
            self._search = HitSearch(self._numbers, self._filter, self._next, self._text_source)
            self._search_timer.start(0)
        else:
            self._reset(range(self._numbers.first, self._next))
        self.search_changed.emit()

    def _clear(self) -> None:
        """The rows are about entries that are no more: they have to go at once."""
        if self.is_paused:
            self._held_from = self._numbers.end
        self._start_over()
        if self._search is not None:
            self._awaits_first_page = False
            self._reset(array("I"))
        self.held_changed.emit()

    def _search_on(self) -> None:
        search = self._search
        if search is None:
            return
        search.work(SLICE_S)
        now = time.monotonic()
        if self._awaits_first_page:
            if search.is_done or search.found >= FIRST_PAGE or now - search.began_s >= FIRST_PAGE_S:
                self._awaits_first_page = False
                self._last_page_s = now
                self._reset(search.take())
                self._end_search_if_done()
                self._wake()
        elif (
            search.is_done
            or now - self._last_page_s >= TICK_MS / 1000
            or (search.found and not self._hits)  # the first hit is worth more than any other
        ):
            self._last_page_s = now
            self._prepend(search.take())
            self._end_search_if_done()
        if self._search is not None:
            self._search_timer.start(WAIT_MS if self._search.is_waiting else 0)

    def _end_search_if_done(self) -> None:
        if self._search is not None and self._search.is_done:
            self._end_search()
        self.search_changed.emit()

    def _end_search(self) -> None:
        self._search_timer.stop()
        if self._search is not None:
            self._search.close()
            self._search = None
