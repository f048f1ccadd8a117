"""The table of calls that wait for a person."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
)

from inspector.gui.models.held_calls import HeldCallsModel, HeldColumn
from inspector.gui.widgets.row_table import set_up_rows
from inspector.session.holding import HeldCall

_WIDTHS = {HeldColumn.CALLER: 120, HeldColumn.METHOD: 130, HeldColumn.LEFT: 76}
"""Pixels; the payload takes what is left."""
_INSET_PX = 3


class _Inset(QStyledItemDelegate):
    """Texts begin where those of the heads do."""

    def initStyleOption(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Gives way at both sides."""
        super().initStyleOption(option, index)
        option.rect = option.rect.adjusted(_INSET_PX, 0, -_INSET_PX, 0)


class HeldCallsTable(QTableView):
    """One row for each call; Enter goes on to the answer."""

    chosen = Signal()
    """A person selected another call."""
    answer_wished = Signal()
    """Enter, or a double click: the answer is to be written now."""

    def __init__(self, model: HeldCallsModel) -> None:
        super().__init__()
        self.held = model
        self.setAccessibleName("Calls that wait for an answer")
        self.setModel(model)
        self.setItemDelegate(_Inset(self))
        set_up_rows(self, columns_name="Columns of the calls that wait")
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        columns = self.horizontalHeader()
        columns.setSectionResizeMode(HeldColumn.PAYLOAD, QHeaderView.ResizeMode.Stretch)
        for column, px in _WIDTHS.items():
            columns.resizeSection(column, px)
        self.selectionModel().selectionChanged.connect(lambda _on, _off: self.chosen.emit())
        self.doubleClicked.connect(lambda _index: self.answer_wished.emit())

    def current_call(self) -> HeldCall | None:
        """The selected call."""
        rows = self.selectionModel().selectedRows()
        return self.held.call(rows[0].row()) if rows else None

    def select_call(self, call_id: str) -> None:
        """Selects a call, if it waits."""
        row = self.held.row_of(call_id)
        if row is not None:
            self.selectRow(row)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter goes on to the answer."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.answer_wished.emit()
            return
        super().keyPressEvent(event)
