"""The times of a call beside each other, as figures and as bars of one scale."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from inspector.core.durations import format_ms
from inspector.gui.models.call_signs import tone_color
from inspector.gui.models.call_words import Timing
from inspector.gui.theme import META_PX, mono_font
from inspector.gui.widgets.controls import Tone

_ROW_PX = 22
_LABEL_PX = 108
_FIGURE_PX = 72
_GAP_PX = 12
_BAR_PX = 5


class TimingTable(QWidget):
    """Draws the rows; a screen reader gets them as its description."""

    def __init__(self) -> None:
        super().__init__()
        self._rows: tuple[Timing, ...] = ()
        self.setAccessibleName("Timing")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: Sequence[Timing]) -> None:
        """Shows these."""
        if tuple(rows) != self._rows:
            self._rows = tuple(rows)
            self.setFixedHeight(_ROW_PX * len(self._rows))
            self.setAccessibleDescription(", ".join(self.lines()))
            self.update()

    def lines(self) -> list[str]:
        """The rows in words."""
        return [f"{row.what} {_figure(row)}" for row in self._rows]

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for figures and some bar."""
        return QSize(_LABEL_PX + _FIGURE_PX + _GAP_PX + 60, _ROW_PX * len(self._rows))

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draws label, figure and bar of each row."""
        longest = max((row.ms or 0.0 for row in self._rows), default=0.0) or 1.0
        bars_at = _LABEL_PX + _FIGURE_PX + _GAP_PX
        room = max(0, self.width() - bars_at)
        with QPainter(self) as painter:
            for number, row in enumerate(self._rows):
                top = number * _ROW_PX
                self._paint_words(painter, row, top)
                if row.ms is None:
                    continue
                painter.setRenderHint(QPainter.RenderHint.Antialiasing)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(tone_color(row.tone)))
                width = max(3.0, row.ms / longest * room)
                bar = QRectF(bars_at, top + (_ROW_PX - _BAR_PX) / 2, width, _BAR_PX)
                painter.drawRoundedRect(bar, 2, 2)

    def _paint_words(self, painter: QPainter, row: Timing, top: int) -> None:
        middle = Qt.AlignmentFlag.AlignVCenter
        painter.setFont(mono_font(px=META_PX))
        painter.setPen(QColor(tone_color(Tone.SECONDARY)))
        painter.drawText(QRectF(0, top, _LABEL_PX, _ROW_PX), int(middle), row.what)
        painter.setPen(QColor(tone_color(Tone.FAINT if row.ms is None else Tone.NORMAL)))
        figure = QRectF(_LABEL_PX, top, _FIGURE_PX, _ROW_PX)
        painter.drawText(figure, int(middle | Qt.AlignmentFlag.AlignRight), _figure(row))


def _figure(row: Timing) -> str:
    return "never" if row.ms is None else f"{format_ms(row.ms)} ms"
