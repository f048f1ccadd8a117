"""The facts of two calls beside each other, painted: A, B and the difference."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.core.payloads import visible
from inspector.gui.models.call_signs import tone_color
from inspector.gui.models.compared_facts import ComparedFact
from inspector.gui.theme import META_PX, mono_font, text_font
from inspector.gui.widgets.controls import Tone

_ROW_PX = 20
_WHAT_PX = 62


class ComparedTable(QWidget):
    """Draws the rows under the heads A and B; a screen reader gets them as its description."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: Sequence[ComparedFact] = ()
        self.setAccessibleName("Facts of both calls")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[ComparedFact]) -> None:
        """Shows these."""
        self._rows = rows
        self.setFixedHeight(_ROW_PX * (len(rows) + 1))
        self.setAccessibleDescription("; ".join(self.lines()))
        self.update()

    def lines(self) -> list[str]:
        """The rows in words."""
        return [f"{row.what}: A {row.a}, B {row.b}, {row.difference or 'not known'}" for row in self._rows]

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for figures."""
        return QSize(_WHAT_PX + 220, _ROW_PX * (len(self._rows) + 1))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draws the heads, then each row."""
        with QPainter(self) as painter:
            painter.setFont(text_font(px=META_PX, bold=True))
            for place, head in zip(self._places(0)[1:3], ("A", "B"), strict=True):
                self._draw(painter, place, head, Tone.NORMAL)
            for number, row in enumerate(self._rows, 1):
                what, a, b, difference = self._places(number)
                painter.setFont(text_font(px=META_PX))
                self._draw(painter, what, row.what, Tone.SECONDARY, at_right=False)
                painter.setFont(mono_font(px=META_PX))
                self._draw(painter, a, row.a, row.a_tone)
                self._draw(painter, b, row.b, row.b_tone)
                self._draw(painter, difference, row.difference, row.tone)

    def _places(self, number: int) -> tuple[QRectF, QRectF, QRectF, QRectF]:
        top, each = number * _ROW_PX, max(0.0, (self.width() - _WHAT_PX) / 3)
        a, b, difference = (QRectF(_WHAT_PX + part * each, top, each, _ROW_PX) for part in range(3))
        return QRectF(0, top, _WHAT_PX, _ROW_PX), a, b, difference

    def _draw(
        self, painter: QPainter, place: QRectF, text: str, tone: Tone, *, at_right: bool = True
    ) -> None:
        side = Qt.AlignmentFlag.AlignRight if at_right else Qt.AlignmentFlag.AlignLeft
        painter.setPen(QColor(tone_color(tone)))
        shown = painter.fontMetrics().elidedText(
            visible(text), Qt.TextElideMode.ElideRight, int(place.width()) - 4
        )
        painter.drawText(place, int(side | Qt.AlignmentFlag.AlignVCenter), shown)
