"""The table of mocks: how its rows are drawn, and which keys and clicks it heeds."""

from __future__ import annotations

from typing import NamedTuple

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
from inspector.gui.models.mocks_model import MockRole, MocksModel
from inspector.gui.theme import META_PX, ROW_PX, current_theme, mono_font, text_font
from inspector.gui.widgets.cell_painter import BOX_PX, CellColors, paint_box, paint_cell

PAD_PX = 6
_EDGE_PX = 12
_STEP_PX = 16
"""How much further in each level begins."""
_BOX_AT, _TEXT_AT = 16, 38
"""From the arrow of a mock on; a rule has its number where its mock has the box, and its box after it."""
_NUMBER_END, _RULE_BOX_AT, _RULE_TEXT_AT = 24, 32, 54

_WIDE_PX, _MIDDLE_PX, _BESIDE_EDITOR_PX, _SLIM_PX = 900, 600, 300, 220
_WIDTHS = {
    _WIDE_PX: {Column.MOCK: 320, Column.WHEN: 200, Column.HITS: 64, Column.LAST: 194},
    _MIDDLE_PX: {Column.MOCK: 230, Column.WHEN: 120, Column.HITS: 56, Column.LAST: 130},
    _BESIDE_EDITOR_PX: {Column.WHEN: 0, Column.ANSWER: 0, Column.HITS: 56, Column.LAST: 72},
    _SLIM_PX: {Column.WHEN: 0, Column.ANSWER: 0, Column.HITS: 56, Column.LAST: 0},
    0: {Column.WHEN: 0, Column.ANSWER: 0, Column.HITS: 0, Column.LAST: 0},
}
"""Widths of the columns from each width of the table on; 0 hides one; one takes what is left."""
_LEAST_REST_PX = 60
OPENED_MOCKS = 50
"""Of so many mocks in a file the rules are shown from the start. Rules of more would bury the mocks, and each
row that comes or goes would have Qt walk all that is shown."""
_RULE_LEVEL = 2
_ENTER = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class Levels(NamedTuple):
    """How deep a row is: in the tree, and on the screen, where the top level may not be shown."""

    level: int
    shown: int


class RowPlaces:
    """Where the parts of a row's first cell are."""

    def __init__(self, cell: QRect, levels: Levels) -> None:
        """`cell` is the place of the cell in the viewport."""
        is_rule = levels.level == _RULE_LEVEL
        left = cell.left() + _EDGE_PX + _STEP_PX * (levels.shown - is_rule)
        text = left + (_BOX_AT, _TEXT_AT, _RULE_TEXT_AT)[levels.level]
        self.arrow = QRect(left, cell.top(), _STEP_PX, cell.height())
        self.number = QRect(left, cell.top(), _NUMBER_END, cell.height())
        box = left + (_RULE_BOX_AT if is_rule else _BOX_AT)
        middle = cell.top() + (cell.height() - BOX_PX) // 2
        self.box = QRectF(box + 0.5, middle + 0.5, BOX_PX - 1, BOX_PX - 1)
        self.text = QRect(text, cell.top(), max(cell.right() - PAD_PX - text, 0), cell.height())


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
        painter.save()
        painter.setClipRect(option.rect)
        if index.column() == Column.MOCK:
            place = RowPlaces(option.rect, self._levels_in(index))
            if cell.checked is not None:
                paint_box(painter, place.box, colors, is_checked=cell.checked)
            if option.state & QStyle.StateFlag.State_Children:
                is_open = bool(option.state & QStyle.StateFlag.State_Open)
                _paint_arrow(painter, place.arrow, colors, is_open=is_open)
            _paint_number(painter, place.number, cell.prefix, colors)
            paint_cell(painter, place.text, cell, colors, at_right=False)
        else:
            rect = option.rect.adjusted(PAD_PX, 0, -PAD_PX, 0)
            paint_cell(painter, rect, cell, colors, at_right=index.column() == Column.HITS)
        painter.restore()

    def _levels_in(self, index: QModelIndex | QPersistentModelIndex) -> Levels:
        table = self.parent()
        assert isinstance(table, MocksTable)
        return table.levels_of(index)


class MocksTable(QTreeView):
    """Files, their mocks, and the rules of those that have several beneath them.

    As long as there is no file, the mocks made here stand at the top.
    """

    toggle_requested = Signal(QModelIndex)
    """A click on a row's box, or Space."""
    move_requested = Signal(QModelIndex, int)
    """Alt with an arrow key: the current row is to go down by so many places (negative: up)."""
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
        self._groups: MocksModel | None = None
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
        header.setProperty("wide", True)
        header.setAccessibleName("Columns of mocks")
        header.setFont(text_font(px=META_PX))
        header.setFixedHeight(ROW_PX)
        header.setMinimumSectionSize(20)
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)

    # --- what is there -----------------------------------------------------------------------------------

    def show_model(self, model: MocksModel) -> None:
        """Shows the mocks of `model`."""
        self._groups = model
        self.setModel(model)
        model.rowsInserted.connect(self._rows_inserted)
        self.fit_groups()

    def fit_groups(self) -> None:
        """Shows the row over the mocks made here only where it tells them from those of files."""
        model = self._groups
        assert model is not None, "there is a model by now"
        own = model.own_index()
        root = QModelIndex() if model.has_files else own
        if self.rootIndex() != root:
            self.setRootIndex(root)
        is_hidden = model.has_files and not model.rowCount(own)
        if self.isRowHidden(own.row(), QModelIndex()) != is_hidden:  # even the same again lays all rows out
            self.setRowHidden(own.row(), QModelIndex(), is_hidden)
        self.expand(own)

    def _rows_inserted(self, parent: QModelIndex, first: int, last: int) -> None:
        model = self._groups
        assert model is not None
        if parent.isValid() and model.rowCount(parent) > OPENED_MOCKS:
            return
        for row in range(first, last + 1):
            self.expand(model.index(row, 0, parent))

    def levels_of(self, index: QModelIndex | QPersistentModelIndex) -> Levels:
        """How deep a row is."""
        above = index.parent()
        level = 0 if not above.isValid() else 2 if above.parent().isValid() else 1
        return Levels(level, level - self.rootIndex().isValid())

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
        """Fits the columns to the width; a selected row stays in sight, as when the log opens beneath."""
        super().resizeEvent(event)
        self.fit_columns()
        current = self.currentIndex()
        was_in_sight = current.isValid() and 0 <= self.visualRect(current).top() < event.oldSize().height()
        if was_in_sight and self.selectionModel().isSelected(current):
            self.scrollTo(current)

    def fit_columns(self) -> None:
        """Shares the width among the columns; a narrow table leaves out all but the names."""
        width = self.viewport().width()
        widths = next(widths for least, widths in _WIDTHS.items() if width >= least)
        header = self.header()
        if header.count() != len(Column):
            return
        for column in Column:
            px = widths.get(column)
            header.setSectionHidden(column, px == 0)
            if px:
                header.resizeSection(column, px)
        rest = max(width - sum(widths.values()), _LEAST_REST_PX)
        header.resizeSection(next(column for column in Column if column not in widths), rest)

    # --- keys and clicks ---------------------------------------------------------------------------------

    def places(self, index: QModelIndex) -> RowPlaces:
        """Where the parts of a row are, in the viewport."""
        first = index.siblingAtColumn(Column.MOCK)
        return RowPlaces(self.visualRect(first), self.levels_of(first))

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
        if not index.isValid() or index.column() != Column.MOCK:
            return False
        places, at = self.places(index), event.position()
        cell: Cell = index.data(MockRole.CELL)
        if self.model().hasChildren(index) and _is_across(places.arrow.toRectF(), at.x()):
            self.setExpanded(index, not self.isExpanded(index))
        elif cell.checked is not None and _is_across(places.box.adjusted(-4, 0, 4, 0), at.x()):
            self.toggle_requested.emit(index)
        else:
            return False
        return True

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Space switches, Enter and F2 edit, Delete deletes, Alt with an arrow moves, Escape closes.

        On a file Space and Enter fold. The rest is the tree's own.
        """
        index = self.currentIndex()
        if event.key() == Qt.Key.Key_Escape:
            self.closed.emit()
        elif not index.isValid() or not self._heed_key(index, event):
            super().keyPressEvent(event)

    def _heed_key(self, index: QModelIndex, event: QKeyEvent) -> bool:
        key = event.key()
        if key in (Qt.Key.Key_Up, Qt.Key.Key_Down) and event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self.move_requested.emit(index, -1 if key == Qt.Key.Key_Up else 1)
        elif key in (Qt.Key.Key_Space, *_ENTER) and not index.parent().isValid():
            self.setExpanded(index, not self.isExpanded(index))
        elif key == Qt.Key.Key_Space:
            self.toggle_requested.emit(index)
        elif key in (*_ENTER, Qt.Key.Key_F2):
            self.edit_requested.emit()
        elif key == Qt.Key.Key_Delete:
            self.delete_requested.emit()
        else:
            return False
        return True

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """The menu of the row under the mouse, or with the Menu key of the current one."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            corner = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
            self.menu_requested.emit(index, corner if by_key else event.globalPos())


def _is_across(place: QRectF, x: float) -> bool:
    return place.left() <= x <= place.right()


def _paint_arrow(painter: QPainter, place: QRect, colors: CellColors, *, is_open: bool) -> None:
    painter.setFont(text_font())
    painter.setPen(colors.faint)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter, "▾" if is_open else "▸")


def _paint_number(painter: QPainter, place: QRect, number: str, colors: CellColors) -> None:
    painter.setFont(mono_font())
    painter.setPen(colors.faint)
    painter.drawText(place, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, number)
