"""The table of mocks: how its rows are drawn, and which keys and clicks it heeds."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QResizeEvent,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
)

from inspector.gui.models.cells import Cell
from inspector.gui.models.mock_cells import Column
from inspector.gui.models.mocks_model import MockRole
from inspector.gui.theme import META_PX, ROW_PX, current_theme, text_font
from inspector.gui.widgets.cell_painter import BOX_PX, CellColors, paint_box, paint_cell

PAD_PX = 6
BOX_X = 6
RULE_BOX_X = 24
"""Rules are set in beneath their mock, and so are their boxes."""
ARROW_X = 26
FOLD_X = 22
"""From here on a click on a mock's first cell folds its rules instead of switching it."""
_RULE_INSET_PX = 12

_WIDE_PX, _MIDDLE_PX = 900, 560
_WIDTHS = {
    _WIDE_PX: {Column.METHOD: 190, Column.WHEN: 200, Column.HITS: 64, Column.LAST: 194},
    _MIDDLE_PX: {Column.METHOD: 150, Column.WHEN: 120, Column.HITS: 56, Column.LAST: 130},
    0: {Column.METHOD: 140, Column.WHEN: 0, Column.HITS: 56, Column.LAST: 72},
}
"""Widths of the columns from each width of the table on; 0 hides one; the answer takes what is left."""
_ON_PX = 44


class MocksDelegate(QStyledItemDelegate):
    """Draws `Cell`s as plain text: method names and callers may come from anywhere."""

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
        """Draws text and box; the ground is the row's."""
        cell: Cell = index.data(MockRole.CELL)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        colors = CellColors(current_theme(), cell, is_selected=is_selected)
        is_rule = index.parent().isValid()
        painter.save()
        painter.setClipRect(option.rect)
        if index.column() == Column.ON:
            if cell.checked is not None:
                paint_box(painter, _box_rect(option.rect, is_rule), colors, is_checked=cell.checked)
            if option.state & QStyle.StateFlag.State_Children:
                is_open = bool(option.state & QStyle.StateFlag.State_Open)
                _paint_arrow(painter, option.rect, colors, is_open=is_open)
        else:
            inset = _RULE_INSET_PX if is_rule and index.column() == Column.METHOD else 0
            rect = option.rect.adjusted(PAD_PX + inset, 0, -PAD_PX, 0)
            paint_cell(painter, rect, cell, colors, at_right=index.column() == Column.HITS)
        painter.restore()


class MocksTable(QTreeView):
    """Mocks, with the rules of those that have several beneath them."""

    toggle_requested = Signal(QModelIndex)
    """A click on a row's box, or Space."""
    edit_requested = Signal()
    """Enter, F2 or a double click: the current row is to be edited."""
    delete_requested = Signal()
    closed = Signal()
    """Escape: nothing is to be selected."""
    menu_requested = Signal(QModelIndex, object)
    """A menu for this row, at this `QPoint` of the screen."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Mocks")
        self.setItemDelegate(MocksDelegate(self))
        self.setIndentation(0)  # the delegate sets rules in, so that a selected row reaches across
        self.setRootIsDecorated(False)
        self.setUniformRowHeights(True)
        self.setMouseTracking(True)
        self.setExpandsOnDoubleClick(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        header = self.header()
        header.setAccessibleName("Columns of mocks")
        header.setFont(text_font(px=META_PX))
        header.setFixedHeight(ROW_PX)
        header.setMinimumSectionSize(20)
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    # --- what is drawn -----------------------------------------------------------------------------------

    def drawRow(  # noqa: N802 - Qt's name
        self, painter: QPainter, options: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draws the ground of the row, its cells, and the focus around it."""
        theme = current_theme()
        rect = options.rect
        if self.selectionModel().isSelected(index):
            painter.fillRect(rect, theme.color("selection"))
        super().drawRow(painter, options, index)
        current = self.currentIndex()
        if self.hasFocus() and current.row() == index.row() and current.parent() == index.parent():
            painter.setPen(theme.color("accent"))
            painter.drawRect(rect.adjusted(0, 0, -1, -1))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Fits the columns to the width."""
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Shares the width among the columns; a narrow table leaves out when a mock answers."""
        width = self.viewport().width()
        widths = next(widths for least, widths in _WIDTHS.items() if width >= least)
        header = self.header()
        if header.count() != len(Column):
            return
        for column, px in widths.items():
            header.setSectionHidden(column, px == 0)
            if px:
                header.resizeSection(column, px)
        header.resizeSection(Column.ON, _ON_PX)
        header.resizeSection(Column.ANSWER, max(width - _ON_PX - sum(widths.values()), 60))

    # --- keys and clicks ---------------------------------------------------------------------------------

    def box_rect(self, index: QModelIndex) -> QRect:
        """Where the box of a row is, in the viewport."""
        first = index.siblingAtColumn(Column.ON)
        return _box_rect(self.visualRect(first), index.parent().isValid()).toRect()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click on a box switches, one on the arrow folds; neither changes what is selected."""
        index = self.indexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or not self._heed_first_cell(index, event):
            super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """The second click on a box is a click like the first; elsewhere it edits."""
        index = self.indexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or self._heed_first_cell(index, event):
            return
        super().mouseDoubleClickEvent(event)
        if index.isValid():
            self.edit_requested.emit()

    def _heed_first_cell(self, index: QModelIndex, event: QMouseEvent) -> bool:
        if not index.isValid() or index.column() != Column.ON:
            return False
        cell: Cell = index.data(MockRole.CELL)
        if self.model().hasChildren(index) and event.position().x() >= FOLD_X:
            self.setExpanded(index, not self.isExpanded(index))
        elif cell.checked is not None:
            self.toggle_requested.emit(index)
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Space switches, Enter and F2 edit, Delete deletes, Escape closes; the rest is the tree's own."""
        index = self.currentIndex()
        key = event.key()
        if key == Qt.Key.Key_Escape:
            self.closed.emit()
        elif not index.isValid():
            super().keyPressEvent(event)
        elif key == Qt.Key.Key_Space:
            self.toggle_requested.emit(index)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_F2):
            self.edit_requested.emit()
        elif key == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """The menu of the row under the mouse, or with the Menu key of the current one."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            corner = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
            self.menu_requested.emit(index, corner if by_key else event.globalPos())


def _box_rect(cell: QRect, is_rule: bool) -> QRectF:
    left = cell.left() + (RULE_BOX_X if is_rule else BOX_X)
    return QRectF(left + 0.5, cell.top() + (cell.height() - BOX_PX) // 2 + 0.5, BOX_PX - 1, BOX_PX - 1)


def _paint_arrow(painter: QPainter, cell: QRect, colors: CellColors, *, is_open: bool) -> None:
    painter.setFont(text_font())
    painter.setPen(colors.box)
    painter.drawText(cell.adjusted(ARROW_X, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, "▾" if is_open else "▸")
