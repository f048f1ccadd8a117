"""Keeps a log at its newest row, until a person looks at another one."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, Signal

from inspector.gui.models.log_model import LogModel
from inspector.gui.theme import ROW_PX
from inspector.gui.widgets.log_table import LogTable


class TailFollower(QObject):
    """Scrolls to what is new while nobody scrolled up and no row is selected; else counts it.

    Where it does not scroll, the rows in sight stay where they are, whatever comes or goes above them.
    """

    changed = Signal()
    """It follows from now on, or no more, or there are more new calls."""

    def __init__(self, table: LogTable, model: LogModel) -> None:
        super().__init__(table)
        self._table = table
        self._bar = table.verticalScrollBar()
        self._follows = True
        self._new_calls = 0
        self._scrolls = False  # it is this object that scrolls
        self._top_row = 0
        self._bar.valueChanged.connect(self._scrolled)
        model.calls_added.connect(self._calls_added)
        model.rowsAboutToBeInserted.connect(self._note_top_row)
        model.rowsAboutToBeRemoved.connect(self._note_top_row)
        model.rowsInserted.connect(self._rows_inserted)
        model.rowsRemoved.connect(self._rows_removed)
        model.modelReset.connect(self._began_anew)
        table.resized.connect(self._stay)
        table.selection_changed.connect(self._selection_changed)

    @property
    def follows(self) -> bool:
        """Whether it scrolls to what comes."""
        return self._follows

    @property
    def new_calls(self) -> int:
        """How many calls came since the newest row was last in sight."""
        return self._new_calls

    def follow(self) -> None:
        """Goes to the newest row and stays there; what was selected is not any more."""
        self._table.clearSelection()
        self._set(follows=True)
        self._go_to_tail()

    def stop(self) -> None:
        """Stays where it is."""
        self._set(follows=False)

    def _set(self, *, follows: bool) -> None:
        self._follows = follows
        if follows:
            self._new_calls = 0
        self.changed.emit()

    @property
    def _is_at_tail(self) -> bool:
        return self._bar.value() >= self._bar.maximum()

    def _go_to_tail(self) -> None:
        self._scrolls = True
        self._table.scrollToBottom()
        self._scrolls = False

    def _move_by(self, rows: int) -> None:
        self._scrolls = True
        self._table.lay_out_now()
        self._bar.setValue(self._bar.value() + rows * ROW_PX)
        self._scrolls = False

    def _stay(self) -> None:
        if self._follows:
            self._go_to_tail()

    def _began_anew(self) -> None:
        """Other rows altogether: the newest first, unless one of them is selected."""
        self._new_calls = 0
        follows = not self._table.has_selected_calls()
        self._set(follows=follows)
        self._stay()

    def _calls_added(self, calls: int) -> None:
        if not self._follows:
            self._new_calls += calls
            self.changed.emit()

    def _note_top_row(self) -> None:
        self._top_row = self._table.rows_in_sight().start

    def _rows_inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        if self._follows:
            self._go_to_tail()
        elif first <= self._top_row and self._bar.value() > 0:
            self._move_by(last + 1 - first)

    def _rows_removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        if self._follows:
            self._go_to_tail()
        elif first < self._top_row:
            self._move_by(-(min(last + 1, self._top_row) - first))

    def _scrolled(self) -> None:
        if self._scrolls:
            return
        if self._is_at_tail:
            self._new_calls = 0
        self._set(follows=self._is_at_tail and not self._table.has_selected_calls())

    def _selection_changed(self) -> None:
        if self._table.has_selected_calls():
            self._set(follows=False)
        elif self._is_at_tail:
            self._set(follows=True)
