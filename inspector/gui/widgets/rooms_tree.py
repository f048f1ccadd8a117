"""The tree of connections and participants: how its rows are drawn, and which keys and clicks it heeds."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFontMetrics,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
)
from PySide6.QtWidgets import (
    QAbstractItemView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTreeView,
    QWidget,
)

from inspector.gui.models.rooms_model import RoomRole
from inspector.gui.theme import ROW_PX, Theme, current_theme, text_font

ARROW_X = 12
ROOM_X = 24
SIGN_X = 28
NAME_X = 45
NOTE_GAP = 6
RIGHT_PX = 10
ROOM_GAP_PX = 8
"""Space above a room's row, which parts the rooms."""
NAME_SHARE = 0.64
"""A name is not cut below this share of the row for the sake of its note."""


class RoomDelegate(QStyledItemDelegate):
    """Draws a room's row (arrow, bold name, state) and a participant's (sign, identity, faint words)."""

    def sizeHint(  # noqa: N802 - Qt's name
        self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> QSize:
        """24 px a row, and the gap above a room."""
        gap = 0 if index.parent().isValid() else ROOM_GAP_PX
        return QSize(option.rect.width(), ROW_PX + gap)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draws plain text only: names come from peers."""
        theme = current_theme()
        rect = QRect(option.rect)
        rect.setTop(rect.bottom() + 1 - ROW_PX)
        painter.save()
        _paint_ground(painter, option, rect, theme)
        if index.parent().isValid():
            sign, tone = index.data(RoomRole.SIGN), theme.color(_role(index.data(RoomRole.TONE)))
            painter.setFont(text_font())
            painter.setPen(tone)
            painter.drawText(rect.adjusted(SIGN_X, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, sign)
            faint = sign == "◌"
            _paint_name(painter, rect, NAME_X, index, theme, faint=faint, note=theme.color("faint"))
        else:
            expanded = bool(option.state & QStyle.StateFlag.State_Open)
            painter.setFont(text_font())
            painter.setPen(theme.color("secondary"))
            if option.state & QStyle.StateFlag.State_Children:
                arrow = "▾" if expanded else "▸"
                painter.drawText(rect.adjusted(ARROW_X, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, arrow)
            painter.setFont(text_font(bold=True))
            note = theme.color(_role(index.data(RoomRole.TONE)))
            _paint_name(painter, rect, ROOM_X, index, theme, faint=False, note=note)
        painter.restore()


def _role(tone: str) -> str:
    return "text" if tone == "normal" else tone


def _paint_ground(painter: QPainter, option: QStyleOptionViewItem, rect: QRect, theme: Theme) -> None:
    state = option.state
    if state & QStyle.StateFlag.State_Selected:
        painter.fillRect(rect, theme.color("selection"))
    elif state & QStyle.StateFlag.State_MouseOver:
        painter.fillRect(rect, theme.color("raised"))
    if state & QStyle.StateFlag.State_HasFocus:
        painter.setPen(theme.color("accent"))
        painter.drawRect(rect.adjusted(0, 0, -1, -1))


def _paint_name(
    painter: QPainter,
    rect: QRect,
    left: int,
    index: QModelIndex | QPersistentModelIndex,
    theme: Theme,
    *,
    faint: bool,
    note: QColor,
) -> None:
    """Draws the name, then its note; the name is cut in its middle, the note at its end."""
    name, words = index.data(Qt.ItemDataRole.DisplayRole), index.data(RoomRole.NOTE)
    room = rect.width() - left - RIGHT_PX
    metrics = QFontMetrics(painter.font())
    note_metrics = QFontMetrics(text_font())
    wanted = note_metrics.horizontalAdvance(words) + NOTE_GAP if words else 0
    name_width = min(metrics.horizontalAdvance(name) + 1, max(room - wanted, int(room * NAME_SHARE)))
    shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, name_width)
    painter.setPen(theme.color("faint" if faint else "text"))
    flags = Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(rect.adjusted(left, 0, 0, 0), flags, shown)
    note_left = left + metrics.horizontalAdvance(shown) + NOTE_GAP
    painter.setFont(text_font())
    painter.setPen(note)
    cut = note_metrics.elidedText(
        words, Qt.TextElideMode.ElideRight, max(rect.width() - note_left - RIGHT_PX, 0)
    )
    painter.drawText(rect.adjusted(note_left, 0, 0, 0), flags, cut)


class RoomsTree(QTreeView):
    """Rooms and who is in them. Says what was activated and where a menu was asked for."""

    row_activated = Signal(QModelIndex)
    """Enter or a double click on a participant."""
    menu_requested = Signal(QModelIndex, object)
    """A menu for this row, at this `QPoint` of the screen."""
    copy_requested = Signal(QModelIndex)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Rooms and participants")
        self.setHeaderHidden(True)
        self.setIndentation(0)  # the delegate indents, so that a selected row reaches across
        self.setRootIsDecorated(False)
        self.setItemDelegate(RoomDelegate(self))
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A click on a room's arrow folds it."""
        index = self.indexAt(event.position().toPoint())
        if (
            index.isValid()
            and not index.parent().isValid()
            and event.button() is Qt.MouseButton.LeftButton
            and event.position().x() < ROOM_X
        ):
            self.setExpanded(index, not self.isExpanded(index))
            self.setCurrentIndex(index)
            return
        super().mousePressEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802 - Qt's name
        """A double click on a participant activates it; on a room it folds."""
        super().mouseDoubleClickEvent(event)
        index = self.indexAt(event.position().toPoint())
        if event.button() is Qt.MouseButton.LeftButton and index.parent().isValid():
            self.row_activated.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter activates, Copy takes the identity; the rest is the tree's own."""
        index = self.currentIndex()
        if index.isValid() and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if index.parent().isValid():
                self.row_activated.emit(index)
            else:
                self.setExpanded(index, not self.isExpanded(index))
        elif index.isValid() and event.matches(QKeySequence.StandardKey.Copy):
            self.copy_requested.emit(index)
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802 - Qt's name
        """The menu of the row under the mouse, or with the Menu key of the current one."""
        by_key = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_key else self.indexAt(event.pos())
        if index.isValid():
            rect = self.visualRect(index)
            position = self.viewport().mapToGlobal(rect.bottomLeft()) if by_key else event.globalPos()
            self.menu_requested.emit(index, position)
