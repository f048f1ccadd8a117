"""The table of faults: how its rows are drawn, and which keys and clicks it heeds."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from inspector.gui.models.cells import Cell
from inspector.gui.models.faults_model import FaultColumn, FaultRole
from inspector.gui.theme import META_PX, ROW_PX, current_theme, text_font
from inspector.gui.widgets.cell_painter import BOX_PX, CellColors, paint_box, paint_cell

PAD_PX = 6
EDGE_PX = 12
"""From the table's edge to its first and last texts."""
_FIXED = {FaultColumn.ON: 40, FaultColumn.HITS: 56}
_SHARES = {
    FaultColumn.METHOD: 0.21,
    FaultColumn.FLOW: 0.25,
    FaultColumn.FAULT: 0.285,
    FaultColumn.PARAMETERS: 0.255,
}
"""How the other columns share the width; the parameters take what is left."""


class FaultsDelegate(QStyledItemDelegate):
    """Draws cells as plain text: names of methods and rules may come from anywhere."""

    def sizeHint(  # noqa: N802 - Qt's name
        self,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,  # noqa: ARG002 - Qt's signature
    ) -> QSize:
        """Every row has the same height."""
        return QSize(option.rect.width(), ROW_PX)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draws text or box; the ground is the row's."""
        cell: Cell = index.data(FaultRole.CELL)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        colors = CellColors(current_theme(), cell, is_selected=is_selected)
        painter.save()
        painter.setClipRect(option.rect)
        if cell.checked is not None:
            paint_box(painter, _box_rect(option.rect), colors, is_checked=cell.checked)
        else:
            is_last = index.column() == FaultColumn.HITS
            rect = option.rect.adjusted(PAD_PX, 0, -(EDGE_PX if is_last else PAD_PX), 0)
            paint_cell(painter, rect, cell, colors, at_right=is_last)
        painter.restore()


class FaultsTable(QTreeView):
    """The rules in the order in which they are tried."""

    toggle_requested = Signal(int)
    """A click on a row's box, or Space."""
    edit_requested = Signal(int)
    """Enter, F2 or a double click."""
    delete_requested = Signal(int)
    move_requested = Signal(int, int)
    """Alt+Up or Alt+Down: the row, and by how many it is to move."""
    menu_requested = Signal(int, object)
    """A menu for this row, at this `QPoint` of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Faults")
        self.setItemDelegate(FaultsDelegate(self))
        self.setIndentation(0)
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setExpandsOnDoubleClick(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setAccessibleName("Columns of faults")
        header.setProperty("wide", True)
        header.setFont(text_font(px=META_PX))
        header.setFixedHeight(ROW_PX)
        header.setMinimumSectionSize(20)
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    def row(self) -> int | None:
        """The selected row."""
        rows = self.selectionModel().selectedRows()
        return rows[0].row() if rows else None

    def select_row(self, row: int) -> None:
        """Selects a row and brings it into sight."""
        index = self.model().index(row, 0)
        if index.isValid():
            self.setCurrentIndex(index)
            self.scrollTo(index)

    # --- what is drawn -----------------------------------------------------------------------------------

    def drawRow(  # noqa: N802 - Qt's name
        self, painter: QPainter, options: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draws the ground of the row, its cells, and the focus around it."""
        theme = current_theme()
        if self.selectionModel().isSelected(index):
            painter.fillRect(options.rect, theme.color("selection"))
        super().drawRow(painter, options, index)
        if self.hasFocus() and self.currentIndex().row() == index.row():
            painter.setPen(theme.color("accent"))
            painter.drawRect(options.rect.adjusted(0, 0, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fits the columns to the width."""
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Shares the width among the columns."""
        header = self.header()
        if header.count() != len(FaultColumn):
            return
        room = self.viewport().width() - sum(_FIXED.values())
        left = room
        for column, share in _SHARES.items():
            width = left if column is FaultColumn.PARAMETERS else int(room * share)
            header.resizeSection(column, max(width, 20))
            left -= width
        for column, px in _FIXED.items():
            header.resizeSection(column, px)

    # --- keys and clicks ---------------------------------------------------------------------------------

    def box_rect(self, row: int) -> QRect:
        """Where the box of a row is, in the viewport."""
        return _box_rect(self.visualRect(self.model().index(row, FaultColumn.ON))).toRect()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click on a box switches, and leaves the selection as it is."""
        if not self._heed_box(event):
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The second click on a box is a click like the first; elsewhere it edits."""
        if self._heed_box(event):
            return
        super().mouseDoubleClickEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.isValid():
            self.edit_requested.emit(index.row())

    def _heed_box(self, event: QMouseEvent) -> bool:
        index = self.indexAt(event.position().toPoint())
        on_box = index.isValid() and index.column() == FaultColumn.ON
        if not on_box or event.button() is not Qt.MouseButton.LeftButton:
            return False
        self.toggle_requested.emit(index.row())
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Space switches, Enter and F2 edit, Delete removes, Alt with an arrow moves; the rest is Qt's."""
        row, key = self.row(), event.key()
        moves = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}
        if row is None:
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space:
            self.toggle_requested.emit(row)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit_requested.emit(row)
        elif key == Qt.Key.Key_Delete:
            self.delete_requested.emit(row)
        elif key in moves and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_requested.emit(row, moves[Qt.Key(key)])
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """The menu of the row under the mouse, or with the Menu key of the current one."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            self.select_row(index.row())
            corner = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
            self.menu_requested.emit(index.row(), corner if by_key else event.globalPos())


def _box_rect(cell: QRect) -> QRectF:
    top = cell.top() + (cell.height() - BOX_PX) // 2
    return QRectF(cell.left() + EDGE_PX + 0.5, top + 0.5, BOX_PX - 1, BOX_PX - 1)
