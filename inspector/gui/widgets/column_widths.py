"""How wide the columns of the log are: fitted to the table, except those a person has set."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QObject, Signal
from PySide6.QtWidgets import QTableView

from inspector.gui.models.log_columns import Column

_WIDTHS = {
    Column.TIME: 99,
    Column.DIRECTION: 49,
    Column.FLOW: 198,
    Column.METHOD: 100,
    Column.OUTCOME: 94,
    Column.WIRE: 37,
    Column.MS: 56,
    Column.SIZE: 55,
}
_LEAST_PX = 36
_LEAST_TIMELINE_PX = 59
_FLEXIBLE = {Column.FLOW: (150, 360), Column.METHOD: (76, 240)}
"""Columns that give way, or grow where there is room: from and to how many pixels."""
_GROWTH = {Column.FLOW: 0.35, Column.METHOD: 0.2}
"""Their share of the room to spare; the timeline has the rest."""
_FORMAT = b"log-columns-2:"


class ColumnWidths(QObject):
    """Sets the widths of a log table's columns; the last one, the timeline, takes what is left."""

    changed = Signal()
    """A person has set a width."""

    def __init__(self, table: QTableView) -> None:
        super().__init__(table)
        self._table = table
        self._header = table.horizontalHeader()
        self._header.setMinimumSectionSize(_LEAST_PX)
        self._own: set[Column] = set()  # set by a person
        self._fits = False
        self._shows_wire = False
        for column, width in _WIDTHS.items():
            self._header.resizeSection(column, width)
        self._header.setSectionHidden(Column.WIRE, True)
        # Qt stretches the last section, but does not make it narrower than it was.
        self._header.resizeSection(Column.TIMELINE, _LEAST_PX)
        self._header.sectionResized.connect(self._resized)

    def show_wire(self, shown: bool) -> None:
        """Shows the column of the wire, or leaves it out: only a local room tells of it."""
        if self._header.isSectionHidden(Column.WIRE) == shown:
            self._shows_wire = shown
            self._fits = True
            self._header.setSectionHidden(Column.WIRE, not shown)
            self._fits = False
            self.fit()

    def fit(self) -> None:
        """Shares the width there is among the columns."""
        rest = self._table.viewport().width() - self._taken() - _LEAST_TIMELINE_PX
        self._fits = True
        for column, (least, most) in _FLEXIBLE.items():
            if column in self._own:
                continue
            wanted = _WIDTHS[column] + (int(rest * _GROWTH[column]) if rest > 0 else rest)
            width = min(max(wanted, least), most)
            self._header.resizeSection(column, width)
            if rest < 0:
                rest += _WIDTHS[column] - width
        self._fits = False

    def state(self) -> bytes:
        """The widths, to be kept."""
        own = bytes([sum(1 << column for column in self._own)])
        return _FORMAT + own + self._header.saveState().data()

    def restore_state(self, state: bytes) -> bool:
        """Takes over widths that `state` gave; False where they cannot be read."""
        head = len(_FORMAT)
        if not state.startswith(_FORMAT) or len(state) <= head:
            return False
        self._fits = True
        restored = self._header.restoreState(QByteArray(state[head + 1 :]))
        self._header.setSectionHidden(Column.WIRE, not self._shows_wire)
        self._fits = False
        if restored:
            self._own = {column for column in Column if state[head] >> column & 1}
            self.fit()
        return restored

    def _taken(self) -> int:
        """The width of all columns but the timeline, were the flexible ones as drawn."""
        return sum(
            self._header.sectionSize(column) if column not in _FLEXIBLE or column in self._own else width
            for column, width in _WIDTHS.items()
        )

    def _resized(self, section: int, _old: int, _new: int) -> None:
        if not self._fits and section != Column.TIMELINE:
            self._own.add(Column(section))
            self.fit()
            self.changed.emit()
