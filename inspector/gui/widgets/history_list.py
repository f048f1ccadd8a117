"""The calls sent from here, to be looked up and to fill the composer with one click."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QSizePolicy,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.models.history import SentCall
from inspector.gui.models.history_model import HistoryColumn, HistoryModel
from inspector.gui.theme import ROW_PX, mono_font, text_font
from inspector.gui.widgets.controls import Tone, label, row

_SAMPLES = {
    HistoryColumn.TIME: "00:00:00",
    HistoryColumn.OUTCOME: "■ stopped",
    HistoryColumn.MS: "15,002",
}
_PAD_PX = 8


class HistoryList(QWidget):
    """Rows of sent calls under their head."""

    call_picked = Signal(object)
    """A SentCall was clicked, or Enter pressed on it."""

    def __init__(self) -> None:
        super().__init__()
        self.model = HistoryModel()
        self.table = _Table()
        self.table.setModel(self.model)
        self._count = label(tone=Tone.FAINT, meta=True)
        self._empty = label("Calls you send stay here, also after a restart.", tone=Tone.FAINT, wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addWidget(row(label("History", tone=Tone.FAINT, meta=True), None, self._count))
        layout.addWidget(self._empty)
        layout.addWidget(self.table, 1)
        self.table.clicked.connect(self._picked)
        self.table.enter_pressed.connect(self._picked)
        self._set_widths()
        self.set_calls(())

    def set_calls(self, newest_first: Sequence[SentCall]) -> None:
        """Shows the history."""
        self.model.set_calls(newest_first)
        self._empty.setVisible(not newest_first)
        self.table.setVisible(bool(newest_first))
        vertical = QSizePolicy.Policy.Expanding if newest_first else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)
        self._count.setText(f"{len(newest_first):,}" if newest_first else "")

    def _picked(self, index: QModelIndex) -> None:
        if index.isValid():
            self.call_picked.emit(self.model.call(index.row()))

    def _set_widths(self) -> None:
        header = self.table.horizontalHeader()
        header.setMinimumSectionSize(24)
        for column in HistoryColumn:
            stretches = column not in _SAMPLES
            mode = QHeaderView.ResizeMode.Stretch if stretches else QHeaderView.ResizeMode.Fixed
            header.setSectionResizeMode(column, mode)
            if not stretches:
                self.table.setFont(text_font() if column is HistoryColumn.OUTCOME else mono_font())
                width = self.table.fontMetrics().horizontalAdvance(_SAMPLES[column])
                self.table.setColumnWidth(column, width + _PAD_PX)


class _Table(QTableView):
    """Rows without grid and heads."""

    enter_pressed = Signal(QModelIndex)

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("History of sent calls")
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.horizontalHeader().hide()
        vertical = self.verticalHeader()
        vertical.hide()
        vertical.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        vertical.setDefaultSectionSize(ROW_PX)
        self.setMinimumHeight(2 * ROW_PX)

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """No more than it must have: the layout around says how high it gets."""
        return QSize(super().sizeHint().width(), self.minimumHeight())

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Qt's own is more than two rows."""
        return QSize(super().minimumSizeHint().width(), self.minimumHeight())

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter picks the row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.enter_pressed.emit(self.currentIndex())
            return
        super().keyPressEvent(event)
