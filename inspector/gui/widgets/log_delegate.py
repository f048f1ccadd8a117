"""Draws the cells of the log straight from its rows: quicker than by roles, and with a timeline bar."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QStyledItemDelegate, QStyleOptionViewItem, QTableView

from inspector.core.calls import Outcome
from inspector.core.events import RoomEvent
from inspector.core.log import Row
from inspector.gui.models import row_text
from inspector.gui.models.log_columns import RIGHT_ALIGNED, Column, cell_text
from inspector.gui.models.log_rows import LogRows
from inspector.gui.models.timeline import TimeScale
from inspector.gui.theme import ROW_PX, current_theme
from inspector.gui.widgets.log_look import Face, LogLook

PADDING = 6
"""Pixels on either side of a cell's text."""
_BAR_PX = 6
_LEAST_BAR_PX = 2.0
_ARROW = " → "
_TAG_PX = 17
_TAG_PAD_PX = 4
_TAG_GAP_PX = 4
_LEAST_TAG_PX = 14
_RULE_GAP_PX = 8
_LEAST_NAME_PX = 70
"""A rule's name that is cut is given this much room, or it is not named."""
_A_RULE = "rule"


class LogDelegate(QStyledItemDelegate):
    """Draws one cell for its table. `begin` sets what all cells of one painting have in common."""

    def __init__(self, table: QTableView, rows: LogRows) -> None:
        super().__init__(table)
        self._table = table
        self._rows = rows
        self._look = LogLook(current_theme())
        self._scale = TimeScale(0.0, 0.0)
        self._now = 0.0
        self._focused_row = -1
        self._event_x = 0

    def refresh_look(self) -> None:
        """Takes over the theme in force."""
        self._look = LogLook(current_theme())

    def begin(self, scale: TimeScale, now: float) -> None:
        """Before a painting: the scale of all bars, and the time pending calls are drawn at."""
        self._scale = scale
        self._now = now
        self._focused_row = self._table.currentIndex().row() if self._table.hasFocus() else -1
        self._event_x = self._table.columnViewportPosition(Column.DIRECTION) + PADDING

    def sizeHint(  # noqa: N802
        self,
        option: QStyleOptionViewItem,  # noqa: ARG002
        index: QModelIndex | QPersistentModelIndex,
    ) -> QSize:
        """What fits the text: asked for by a double click on the edge of a column's head."""
        column = Column(index.column())
        entry = self._rows.entry(index.row())
        if not isinstance(entry, Row):
            return QSize(0, ROW_PX)
        text = cell_text(entry, column, self._rows.now(), self._rows.waiting)
        width = self._look.faces[column].advance(text) + 2 * PADDING
        if column is Column.OUTCOME and entry.fault:
            tag_px = self._look.tag_face.advance(row_text.fault_tag(entry))
            width += tag_px + 2 * (_TAG_PAD_PX + _TAG_GAP_PX)
        elif column is Column.OUTCOME and (rule := row_text.rule_text(entry)):
            width += _RULE_GAP_PX + self._look.tag_face.advance(rule)
        return QSize(width, ROW_PX)

    def draw(self, painter: QPainter, rect: QRect, row: int, column: Column, *, selected: bool) -> None:
        """Draws the cell's ground, its text or bar, and its part of the focus ring."""
        entry = self._rows.entry(row)
        if isinstance(entry, Row):
            if selected:
                painter.fillRect(rect, self._look.selection)
            if column is Column.TIMELINE:
                self._draw_bar(painter, rect, entry)
            else:
                self._draw_text(painter, rect, entry, column)
        elif isinstance(entry, RoomEvent):
            self._draw_event(painter, rect, entry)
        if row == self._focused_row:
            self._draw_focus(painter, rect, column)

    def _draw_text(self, painter: QPainter, rect: QRect, row: Row, column: Column) -> None:
        face = self._look.faces[column]
        width = rect.width() - 2 * PADDING
        if column is Column.FLOW:
            text = _flow(face, row, width)
        else:
            text = face.cut(cell_text(row, column, self._now, self._rows.waiting), width)
        if not text:
            return
        x = rect.left() + PADDING
        if column in RIGHT_ALIGNED:
            x += width - face.advance(text)
        _write(painter, face, self._color(row, column), x, rect, text)
        if column is Column.OUTCOME and row.fault:
            self._draw_tag(painter, rect, x + face.advance(text) + _TAG_GAP_PX, row_text.fault_tag(row))
        elif column is Column.OUTCOME and (place := self.rule_rect(rect, row)) is not None:
            shown = self._rule_shown(row, place.width())
            _write(painter, self._look.tag_face, self._look.secondary, place.left(), rect, shown)

    def rule_rect(self, rect: QRect, row: Row) -> QRect | None:
        """Where in the outcome's cell the rule that answered is named; None where it is not."""
        text = row_text.rule_text(row)
        if not text:
            return None
        outcome = self._look.faces[Column.OUTCOME].advance(row_text.outcome_text(row, self._now))
        left = rect.left() + PADDING + outcome + _RULE_GAP_PX
        width = min(rect.right() - PADDING - left, self._look.tag_face.advance(text))
        return QRect(left, rect.top(), width, rect.height()) if width >= _LEAST_TAG_PX else None

    def _rule_shown(self, row: Row, width: int) -> str:
        """The rule's name, or where hardly a word of it is left, that there is one: the tip has it whole."""
        face, name = self._look.tag_face, row_text.rule_text(row)
        is_stump = face.advance(name) > width < _LEAST_NAME_PX
        return face.cut(_A_RULE if is_stump else name, width)

    def _draw_tag(self, painter: QPainter, rect: QRect, x: int, tag: str) -> None:
        """A word in a frame: the local room did something to the call on purpose."""
        face = self._look.tag_face
        room = rect.right() - _TAG_GAP_PX - x - 2 * _TAG_PAD_PX
        shown = face.cut(tag, room)
        if room < _LEAST_TAG_PX or not shown:
            return
        frame = QRectF(x, 0, face.advance(shown) + 2 * _TAG_PAD_PX, _TAG_PX)
        frame.moveTop(rect.top() + (rect.height() - _TAG_PX) // 2)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(self._look.tag)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(frame.adjusted(0.5, 0.5, -0.5, -0.5), 3, 3)
        painter.restore()
        _write(painter, face, self._look.tag, x + _TAG_PAD_PX, rect, shown)

    def _color(self, row: Row, column: Column) -> QColor:
        match column:
            case Column.DIRECTION:
                return self._look.directions[row.direction]
            case Column.OUTCOME if row.id in self._rows.waiting:
                return self._look.tag
            case Column.OUTCOME:
                return self._look.outcomes[row.outcome]
            case Column.TIME | Column.WIRE | Column.SIZE:
                return self._look.secondary
        return self._look.text

    def _draw_event(self, painter: QPainter, rect: QRect, event: RoomEvent) -> None:
        """The line runs across the columns: each cell draws its part, so that any can be drawn alone."""
        if rect.right() < self._event_x:
            return
        painter.save()
        painter.setClipRect(rect, Qt.ClipOperation.IntersectClip)
        text = row_text.event_text(event)
        _write(painter, self._look.event_face, self._look.event, self._event_x, rect, text)
        painter.restore()

    def _draw_bar(self, painter: QPainter, rect: QRect, row: Row) -> None:
        bar = self._scale.bar(row, self._now)
        width = rect.width() - 2 * PADDING
        if width <= 0:
            return
        length = max(bar.length * width, _LEAST_BAR_PX)
        x = rect.left() + PADDING + min(bar.start * width, width - length)
        y = rect.top() + (rect.height() - _BAR_PX) / 2
        failed = row.outcome is Outcome.ERROR
        color = self._look.outcomes[row.outcome] if failed else self._look.directions[row.direction]
        shape = QRectF(x, y, length, _BAR_PX)
        if length < _BAR_PX:
            painter.fillRect(shape, color)
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(shape, 2, 2)
        if bar.cut:
            painter.drawRect(shape.adjusted(length / 2, 0, PADDING, 0))
        painter.restore()

    def _draw_focus(self, painter: QPainter, rect: QRect, column: Column) -> None:
        painter.setPen(self._look.focus)
        painter.drawLine(rect.topLeft(), rect.topRight())
        painter.drawLine(rect.bottomLeft(), rect.bottomRight())
        if column is Column.TIME:
            painter.drawLine(rect.topLeft(), rect.bottomLeft())
        elif column is Column.TIMELINE:
            painter.drawLine(rect.topRight(), rect.bottomRight())


def _flow(face: Face, row: Row, width: int) -> str:
    """Who called whom; where there is too little room, both names give way."""
    text = row_text.flow_text(row)
    if face.advance(text) <= width:
        return text
    caller = row_text.identity_text(row.caller)
    destination = row_text.identity_text(row.destination)
    room = width - face.advance(_ARROW)
    share = max(room // 2, room - face.advance(destination))
    caller = face.cut(caller, share, Qt.TextElideMode.ElideMiddle)
    destination = face.cut(destination, room - face.advance(caller), Qt.TextElideMode.ElideMiddle)
    return f"{caller}{_ARROW}{destination}"


def _write(painter: QPainter, face: Face, color: QColor, x: int, rect: QRect, text: str) -> None:
    painter.setFont(face.font)
    painter.setPen(color)
    painter.drawText(x, rect.top() + (rect.height() - face.height) // 2 + face.ascent, text)
