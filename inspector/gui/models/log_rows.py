"""The rows of the log as a Qt table: a list of entry numbers, the tail of which may be held back.

The list is a `range` while nothing is hidden, and else an `array`: no proxy stands between log and view, and
a million rows cost a few megabytes.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Mapping
from itertools import groupby

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from inspector.core.calls import Outcome
from inspector.core.log import CallLog, Entry, Row
from inspector.gui.models.log_columns import HEADERS, Column, alignment, cell_data
from inspector.gui.models.log_hits import NumberedLog, runs

SEPARATE_RANGES = 8
"""Changed rows are told as at most that many ranges, beyond it as one that holds them all."""

_FAILURES = frozenset({Outcome.ERROR, Outcome.LOST})
ModelIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class LogRows(QAbstractTableModel):
    """Shows entries of a log in a table; which ones, and when, its heir decides."""

    calls_added = Signal(int)
    """That many calls are shown which were not; a reset tells of none."""
    held_changed = Signal()
    """Rows are held back from now on, or no more, or more of them."""

    def __init__(self, log: CallLog, now: Callable[[], float], parent: QObject | None) -> None:
        super().__init__(parent)
        self.now = now
        """The clock that calls are stamped with (seconds since the epoch)."""
        self.waiting: Mapping[str, float] = {}
        """Calls that wait for a person, by id, and when their time is up (seconds since the epoch)."""
        self._numbers = NumberedLog(log)
        self._hits: range | array[int] = range(self._numbers.first, self._numbers.end)
        self._shown = len(self._hits)  # hits from here on are held back: this is the row count
        self._held_from: int | None = None  # the entry number from which on hits are held back
        self._held_calls = 0

    # What a view reads.

    def rowCount(self, parent: ModelIndex = ROOT) -> int:  # noqa: N802
        """How many entries are shown."""
        return 0 if parent.isValid() else self._shown

    def columnCount(self, parent: ModelIndex = ROOT) -> int:  # noqa: N802
        """As many as `Column` has."""
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: ModelIndex) -> Qt.ItemFlag:
        """Only calls can be selected."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemNeverHasChildren
        if self.call_in(index.row()) is not None:
            flags |= Qt.ItemFlag.ItemIsSelectable
        return flags

    def headerData(  # noqa: N802
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The heads of the columns."""
        if orientation is Qt.Orientation.Horizontal and 0 <= section < len(Column):
            if role == Qt.ItemDataRole.DisplayRole:
                return HEADERS[Column(section)]
            if role == Qt.ItemDataRole.TextAlignmentRole:
                return alignment(Column(section))
        return None

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """The texts of a row. All are plain text, control characters made visible."""
        entry = self.entry(index.row()) if index.isValid() and index.row() < self._shown else None
        return (
            None
            if entry is None
            else cell_data(entry, Column(index.column()), role, self.now(), self.waiting)
        )

    def set_waiting(self, until: Mapping[str, float]) -> None:
        """Says which calls wait for a person; pending rows are drawn again at the next tick anyway."""
        self.waiting = until

    def entry(self, row: int) -> Entry | None:
        """The call or event in a row; None where the log let it go a moment ago."""
        return self._numbers.entry(self._hits[row])

    def call_in(self, row: int) -> Row | None:
        """The call in a row, None where there is none."""
        entry = self.entry(row) if 0 <= row < self._shown else None
        return entry if isinstance(entry, Row) else None

    def is_pending(self, row: int) -> bool:
        """Whether the row is a call without an outcome."""
        call = self.call_in(row)
        return call is not None and call.outcome is Outcome.PENDING

    def row_of_call(self, call_id: str) -> int | None:
        """The row of a call, None where it is hidden or gone."""
        number = self._numbers.number_of(call_id)
        row = None if number is None else self._row_of(number)
        return row if row is not None and row < self._shown else None

    def has_calls(self) -> bool:
        """Whether any row is a call."""
        return any(self.call_in(row) for row in reversed(range(self._shown)))

    def next_failure(self, after: int) -> int | None:
        """The next row below `after` whose call failed or was lost; from the top again past the end."""
        below, above = range(after + 1, self._shown), range(min(after + 1, self._shown))
        for rows in (below, above):
            for row in rows:
                call = self.call_in(row)
                if call is not None and call.outcome in _FAILURES:
                    return row
        return None

    @property
    def held_calls(self) -> int:
        """How many calls are held back."""
        return self._held_calls

    # What an heir changes.

    def _row_of(self, number: int) -> int | None:
        row = bisect_left(self._hits, number)
        return row if row < len(self._hits) and self._hits[row] == number else None

    def _calls_among(self, numbers: Iterable[int]) -> int:
        return sum(isinstance(self._numbers.entry(number), Row) for number in numbers)

    def _to_show(self, numbers: range | array[int]) -> int:
        """How many of `numbers`, from the first, are not to be held back."""
        return len(numbers) if self._held_from is None else bisect_left(numbers, self._held_from)

    def _reset(self, hits: range | array[int]) -> None:
        self.beginResetModel()
        self._hits = hits
        self._shown = self._to_show(hits)
        self._held_calls = self._calls_among(hits[self._shown :])
        self.endResetModel()

    def _hold_from(self, number: int | None) -> None:
        """Holds back what comes from that number on; None shows what was held back."""
        self._held_from = number
        self._held_calls = 0
        if number is None:
            self._show_the_rest()
        self.held_changed.emit()

    def _show_the_rest(self) -> None:
        if self._shown == len(self._hits):
            return
        calls = self._calls_among(self._hits[self._shown :])
        self.beginInsertRows(ROOT, self._shown, len(self._hits) - 1)
        self._shown = len(self._hits)
        self.endInsertRows()
        self.calls_added.emit(calls)

    def _append(self, numbers: range | array[int]) -> None:
        """Adds the newest entries; a range where nothing is hidden."""
        if not numbers:
            return
        if isinstance(self._hits, range):
            self._hits = range(self._hits.start if self._hits else numbers[0], numbers[-1] + 1)
        else:
            self._hits.extend(numbers)
        if self._held_from is None:
            self._show_the_rest()
        else:
            self._held_calls += self._calls_among(numbers)
            self.held_changed.emit()

    def _prepend(self, numbers: array[int]) -> None:
        """Adds older entries, found later than those that are there."""
        shown = self._to_show(numbers)
        self._held_calls += self._calls_among(numbers[shown:])
        if shown:
            self.beginInsertRows(ROOT, 0, shown - 1)
        self._hits = numbers + array("I", self._hits)
        self._shown += shown
        if shown:
            self.endInsertRows()

    def _drop_before(self, number: int) -> None:
        """Takes out the rows of entries that were let go."""
        gone = bisect_left(self._hits, number)
        if not gone:
            return
        shown = min(gone, self._shown)
        if shown:
            self.beginRemoveRows(ROOT, 0, shown - 1)
        self._hits = self._hits[gone:]
        self._shown -= shown
        if shown:
            self.endRemoveRows()

    def _tell_changed(self, rows: list[int]) -> None:
        shown = [row for row in rows if row < self._shown]
        ranges = list(runs(shown))
        if len(ranges) > SEPARATE_RANGES:
            ranges = [(shown[0], shown[-1])]
        for first, last in ranges:
            self.dataChanged.emit(self.index(first, 0), self.index(last, Column.TIMELINE))

    def _insert(self, numbers: array[int]) -> None:
        """Adds entries that pass since they changed, each in its place."""
        hits = self._hits
        assert isinstance(hits, array), "where nothing is hidden, no entry begins to pass"
        to_show = self._to_show(numbers)
        for number in numbers[to_show:]:
            hits.insert(bisect_left(hits, number), number)
            self._held_calls += 1
        places = groupby(numbers[:to_show], key=lambda number: bisect_left(hits, number))
        for row, group in reversed([(row, array("I", group)) for row, group in places]):
            self.beginInsertRows(ROOT, row, row + len(group) - 1)
            hits[row:row] = group
            self._shown += len(group)
            self.endInsertRows()
        if to_show:
            self.calls_added.emit(to_show)

    def _remove(self, rows: list[int]) -> None:
        """Takes out entries that pass no more since they changed."""
        hits = self._hits
        assert isinstance(hits, array), "where nothing is hidden, no entry ceases to pass"
        for row in reversed([row for row in rows if row >= self._shown]):
            del hits[row]
            self._held_calls -= 1
        for first, last in reversed(list(runs([row for row in rows if row < self._shown]))):
            self.beginRemoveRows(ROOT, first, last)
            del hits[first : last + 1]
            self._shown -= last + 1 - first
            self.endRemoveRows()
