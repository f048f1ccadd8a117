"""The table of calls: keyboard, selection and drawing of the log."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from PySide6.QtCore import QEvent, QModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QTableView, QWidget

from inspector.core.log import Row
from inspector.gui.models.log_columns import Column
from inspector.gui.models.log_model import LogModel
from inspector.gui.models.timeline import scale_of
from inspector.gui.theme import ROW_PX
from inspector.gui.widgets.column_widths import ColumnWidths
from inspector.gui.widgets.kept_selection import KeptSelection
from inspector.gui.widgets.log_delegate import LogDelegate
from inspector.gui.widgets.row_table import set_up_rows

SELECTED_IDS = 1_000
"""Of a larger selection, the newest that are told one by one and survive a change of filter."""
_WINDOW_CAME_BACK = (Qt.FocusReason.ActiveWindowFocusReason, Qt.FocusReason.PopupFocusReason)
_Move = QAbstractItemView.CursorAction
_FIRST_MOVES = {
    Qt.Key.Key_Up: _Move.MoveUp,
    Qt.Key.Key_Down: _Move.MoveDown,
    Qt.Key.Key_PageUp: _Move.MovePageUp,
    Qt.Key.Key_PageDown: _Move.MovePageDown,
    Qt.Key.Key_Home: _Move.MoveHome,
    Qt.Key.Key_End: _Move.MoveEnd,
}
_DOWNWARD = frozenset({_Move.MoveDown, _Move.MoveNext, _Move.MovePageDown, _Move.MoveHome})


class LogTable(QTableView):
    """Shows a `LogModel`. Only calls can be selected; the keyboard passes over events."""

    selection_changed = Signal()
    """Other calls are selected, or another of them is the current one."""
    menu_requested = Signal(QPoint)
    """A context menu is wanted at this point of the screen."""
    rule_requested = Signal(str)
    """Id of a call whose rule, named in its row, was clicked."""
    resized = Signal()
    """There is more or less room for rows."""
    _delegate: LogDelegate | None = None  # Qt may tell of a style before there is one

    def __init__(self, model: LogModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._told: list[str] = []
        self.setAccessibleName("Calls")
        self.setModel(model)
        self._delegate = LogDelegate(self, model)
        self.setItemDelegate(self._delegate)
        self._set_up_view()
        self.widths = ColumnWidths(self)
        self._kept = KeptSelection(self, model, self)
        self._kept.restored.connect(self._tell_selection)
        selection = self.selectionModel()
        selection.selectionChanged.connect(self._tell_selection)
        selection.currentChanged.connect(self._tell_selection)
        selection.currentRowChanged.connect(self._update_focused_rows)
        model.pending_ticked.connect(self._update_timeline)

    def _set_up_view(self) -> None:
        set_up_rows(self, columns_name="Columns of the log")
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setMouseTracking(True)
        columns = self.horizontalHeader()
        columns.setStretchLastSection(True)
        columns.setResizeContentsPrecision(0)

    def sizeHint(self) -> QSize:  # noqa: N802
        """As drawn at 1280 x 800."""
        return QSize(748, 440)

    def _update_focused_rows(self, current: QModelIndex, previous: QModelIndex) -> None:
        """Draws the focus ring anew across whole rows: of one not selected Qt updates a single cell."""
        for index in (current, previous):
            top = self.rowViewportPosition(index.row())
            if index.isValid() and top >= -ROW_PX:
                self.viewport().update(0, top, self.viewport().width(), ROW_PX)

    # Selection.

    def selected_calls(self) -> Iterator[Row]:
        """The selected calls, newest first. Only what is asked for is looked at: it may be a million."""
        selection = self.selectionModel().selection()
        parts = [selection.at(place) for place in range(selection.size())]
        ranges = {(part.top(), part.bottom()) for part in parts}
        for top, bottom in sorted(ranges, reverse=True):
            for row in range(bottom, top - 1, -1):
                call = self._model.call_in(row)
                if call is not None:
                    yield call

    def current_call(self) -> Row | None:
        """The selected call that was selected last."""
        current = self.currentIndex()
        if self.selectionModel().isSelected(current):
            return self._model.call_in(current.row())
        return next(self.selected_calls(), None)

    def selected_ids(self) -> list[str]:
        """Ids of the selected calls, from the oldest; the current one comes last. 1,000 at most."""
        current = self.current_call()
        if current is None:
            return []
        newest = [call.id for call in islice(self.selected_calls(), SELECTED_IDS) if call.id != current.id]
        return [*reversed(newest), current.id]

    def has_selected_calls(self) -> bool:
        """Whether any call is selected; Qt also counts an event that was clicked."""
        return self.current_call() is not None

    def select_row(self, row: int) -> None:
        """Makes one row the selection and brings it into sight."""
        self._kept.gives_way()
        self.selectRow(row)
        self.scrollTo(self._model.index(row, Column.TIME))

    def clearSelection(self) -> None:  # noqa: N802
        """Selects nothing."""
        self._kept.gives_way()
        super().clearSelection()

    def _tell_selection(self) -> None:
        if self._kept.is_open:
            return
        ids = self.selected_ids()
        if ids != self._told:
            self._told = ids
            self.selection_changed.emit()

    # Mouse and keyboard.

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Selects."""
        self._kept.gives_way()
        super().mousePressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """A click on the rule that answered asks for it."""
        super().mouseReleaseEvent(event)
        is_plain = event.button() is Qt.MouseButton.LeftButton and not event.modifiers()
        if is_plain and (call := self._call_by_rule_at(event.position().toPoint())) is not None:
            self.rule_requested.emit(call.id)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Shows by the pointer what can be clicked."""
        super().mouseMoveEvent(event)
        is_link = self._call_by_rule_at(event.position().toPoint()) is not None
        shape = Qt.CursorShape.PointingHandCursor if is_link else Qt.CursorShape.ArrowCursor
        self.viewport().setCursor(shape)

    def _call_by_rule_at(self, point: QPoint) -> Row | None:
        """The call whose rule is named at a point of the viewport."""
        index = self.indexAt(point)
        if index.column() != Column.OUTCOME or self._delegate is None:
            return None
        call = self._model.call_in(index.row())
        place = None if call is None else self._delegate.rule_rect(self.visualRect(index), call)
        return call if place is not None and place.contains(point) else None

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        """Escape lets go of the selection; the menu key and Shift+F10 open the menu of the current row."""
        self._kept.gives_way()
        shift_f10 = event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
        if event.key() == Qt.Key.Key_Escape and self.has_selected_calls():
            self.clearSelection()
        elif event.key() == Qt.Key.Key_Menu or shift_f10:
            self.menu_requested.emit(self._point_of_current_row())
        elif event.key() in _FIRST_MOVES and not event.modifiers() and not self.has_selected_calls():
            self._select_first(_FIRST_MOVES[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _select_first(self, action: QAbstractItemView.CursorAction) -> None:
        """Where no call is selected, a key that moves selects the one with the ring, or goes to an end."""
        row = self.currentIndex().row()
        if row < 0 or action in (_Move.MoveHome, _Move.MoveEnd):
            row = self._target_row(action, row)
        found = self._call_row_near(row, downward=action in _DOWNWARD)
        if found is not None:
            self.select_row(found)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Letters typed here do nothing: Qt would ask a million rows for their text. The filter searches."""

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Asks for the menu where the mouse is, or at the current row where a key wants it."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        self.menu_requested.emit(self._point_of_current_row() if by_key else event.globalPos())

    def _point_of_current_row(self) -> QPoint:
        rect = self.visualRect(self._model.index(self.currentIndex().row(), Column.FLOW))
        seen = rect.intersected(self.viewport().rect())
        return self.viewport().mapToGlobal(seen.bottomLeft() if not seen.isEmpty() else QPoint(0, 0))

    def moveCursor(  # noqa: N802
        self,
        cursorAction: QAbstractItemView.CursorAction,  # noqa: N803 - Qt names it in calls
        modifiers: Qt.KeyboardModifier,  # noqa: ARG002
    ) -> QModelIndex:
        """Moves by rows: Home and End go to the first and last call, events are passed over."""
        current = self.currentIndex()
        row = self._target_row(cursorAction, current.row())
        found = self._call_row_near(row, downward=cursorAction in _DOWNWARD)
        return current if found is None else self._model.index(found, max(current.column(), 0))

    def _target_row(self, action: QAbstractItemView.CursorAction, row: int) -> int:
        last = self._model.rowCount() - 1
        if row < 0 and action not in (_Move.MoveHome, _Move.MoveEnd):
            return self.rows_in_sight().stop - 1
        page = max(1, self.viewport().height() // ROW_PX - 1)
        moves = {
            _Move.MoveUp: row - 1,
            _Move.MovePrevious: row - 1,
            _Move.MoveDown: row + 1,
            _Move.MoveNext: row + 1,
            _Move.MovePageUp: row - page,
            _Move.MovePageDown: row + page,
            _Move.MoveHome: 0,
            _Move.MoveEnd: last,
        }
        return min(max(moves.get(action, row), 0), last)

    def _call_row_near(self, row: int, *, downward: bool) -> int | None:
        """The row of the next call from `row` in a direction, else in the other."""
        below, above = range(row, self._model.rowCount()), range(row, -1, -1)
        for rows in (below, above) if downward else (above, below):
            for found in rows:
                if self._model.call_in(found) is not None:
                    return found
        return None

    # Drawing.

    def rows_in_sight(self) -> range:
        """The rows of which at least a part can be seen."""
        count = self._model.rowCount()
        if not count:
            return range(0)
        first, last = self.rowAt(0), self.rowAt(self.viewport().height() - 1)
        return range(max(first, 0), (last if last >= 0 else count - 1) + 1)

    def lay_out_now(self) -> None:
        """Has rows and scroll bar be where they belong, which Qt otherwise does a moment later."""
        self.executeDelayedItemsLayout()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        """Draws all bars on one scale, which the rows in sight give.

        Cell by cell from here, not by Qt, which lets other threads run before each: where calls come by the
        hundred a second a page took three times as long, and the calls waited for it.
        """
        rows, now = self.rows_in_sight(), self._model.now()
        calls = [call for row in rows if (call := self._model.call_in(row)) is not None]
        if self._delegate is not None:
            self._delegate.begin(scale_of(calls, now), now)
            self._draw_cells(self._delegate, event.rect(), rows)
        self._model.watch(rows.start, rows.stop - 1)

    def _draw_cells(self, delegate: LogDelegate, dirty: QRect, rows: range) -> None:
        painter = QPainter(self.viewport())
        columns = [
            (column, left, width)
            for column in Column
            if not self.isColumnHidden(column)
            and (left := self.columnViewportPosition(column)) <= dirty.right()
            and left + (width := self.columnWidth(column)) > dirty.left()
        ]
        selected = self._selected_among(rows)
        for row in rows:
            top = self.rowViewportPosition(row)
            if dirty.top() - ROW_PX < top <= dirty.bottom():
                for column, left, width in columns:
                    cell = QRect(left, top, width, ROW_PX)
                    delegate.draw(painter, cell, row, column, selected=row in selected)
        painter.end()

    def _selected_among(self, rows: range) -> set[int]:
        selection = self.selectionModel().selection()
        found: set[int] = set()
        for part in (selection.at(place) for place in range(selection.size())):
            found.update(range(max(part.top(), rows.start), min(part.bottom() + 1, rows.stop)))
        return found

    def _update_timeline(self) -> None:
        """The bars of pending calls have grown, and the scale with them."""
        left = self.columnViewportPosition(Column.TIMELINE)
        viewport = self.viewport()
        viewport.update(QRect(left, 0, viewport.width() - left, viewport.height()))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Fits the columns."""
        super().resizeEvent(event)
        self.widths.fit()
        self.resized.emit()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        """Qt makes a row the current one; where only the window came back, nobody asked for its ring."""
        had_current = self.currentIndex().isValid()
        super().focusInEvent(event)
        if not had_current and event.reason() in _WINDOW_CAME_BACK:
            self.selectionModel().clearCurrentIndex()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """Where nothing is seen, nothing ticks."""
        super().hideEvent(event)
        self._model.watch(0, -1)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """Takes over another theme."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.PaletteChange, QEvent.Type.StyleChange) and self._delegate:
            self._delegate.refresh_look()
            self.viewport().update()
