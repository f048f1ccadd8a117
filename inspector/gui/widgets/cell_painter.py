"""Draws the parts of a table's cell: its text with what follows it, and a box to tick."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen, QPolygonF

from inspector.gui.models.cells import Cell
from inspector.gui.theme import Theme, mono_font, text_font
from inspector.gui.widgets.controls import Tone

BOX_PX = 13
SUFFIX_GAP_PX = 6
_LEAST_TEXT_SHARE = 0.75
_LEAST_SUFFIX_PX = 30
_LEAST_BEFORE_SHORT_PX = 36
_CHECK = (QPointF(3, 6), QPointF(5.2, 8.6), QPointF(9.2, 3.4))


class CellColors:
    """The colours of one cell. On the ground of a selected row faint text would be too faint."""

    def __init__(self, theme: Theme, cell: Cell, *, is_selected: bool) -> None:
        faint = "secondary" if is_selected else "faint"
        roles = {Tone.NORMAL: "text", Tone.FAINT: faint}
        self.text = theme.color(roles.get(cell.tone, cell.tone.value))
        self.suffix = theme.color(roles.get(cell.suffix_tone, cell.suffix_tone.value))
        self.faint = theme.color(faint)


def paint_box(painter: QPainter, box: QRectF, colors: CellColors, *, is_checked: bool) -> None:
    """Draws a box to tick in its square, `BOX_PX` wide."""
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(QPen(colors.faint, 1))
    painter.drawRoundedRect(box, 3, 3)
    if is_checked:
        painter.setPen(QPen(colors.text, 1.6, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        painter.drawPolyline(QPolygonF([box.topLeft() + corner for corner in _CHECK]))
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)


def paint_cell(painter: QPainter, rect: QRect, cell: Cell, colors: CellColors, *, at_right: bool) -> None:
    """Draws the text, then its suffix in what is left; the text has most of the room."""
    font = mono_font() if cell.mono else text_font(bold=cell.bold)
    metrics = QFontMetrics(font)
    suffix_metrics = QFontMetrics(text_font())
    suffix_px = suffix_metrics.horizontalAdvance(cell.suffix) + SUFFIX_GAP_PX if cell.suffix else 0
    room = max(rect.width() - suffix_px, int(rect.width() * _LEAST_TEXT_SHARE))
    shown = _fitted(cell, metrics, room)
    painter.setFont(font)
    painter.setPen(colors.text)
    side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
    flags = side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine
    painter.drawText(rect, flags, shown)
    place = rect.adjusted(metrics.horizontalAdvance(shown) + SUFFIX_GAP_PX if shown else 0, 0, 0, 0)
    if cell.suffix and place.width() >= _LEAST_SUFFIX_PX:
        painter.setFont(text_font())
        painter.setPen(colors.suffix)
        suffix = suffix_metrics.elidedText(cell.suffix, Qt.TextElideMode.ElideRight, place.width())
        painter.drawText(place, flags, suffix)


def _fitted(cell: Cell, metrics: QFontMetrics, room: int) -> str:
    """As much of the text as there is room for; its short form, where it has one, stays whole."""
    if not cell.short or metrics.horizontalAdvance(cell.text) <= room:
        return metrics.elidedText(cell.text, Qt.TextElideMode.ElideRight, room)
    tail = f" · {cell.short}"
    before = room - metrics.horizontalAdvance(tail)
    if before < _LEAST_BEFORE_SHORT_PX:
        return cell.short
    return metrics.elidedText(cell.text.removesuffix(tail), Qt.TextElideMode.ElideRight, before) + tail
