"""Text from peers in places where Qt would read it as rich text, or where it is longer than its place."""

from __future__ import annotations

import re
from html import escape

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QSizePolicy

from inspector.core.payloads import visible
from inspector.gui.theme import META_PX, TEXT_PX, mono_font, text_font
from inspector.gui.widgets.controls import Tone

_LONG_WORD = re.compile(r"\S{20,}")
TOOLTIP_CHARS = 2000
"""Longer tool tips are cut: they would cover the screen."""


def plain_tooltip(text: str) -> str:
    """`text` as a tool tip that shows it as it is: Qt would take a tag in it for markup."""
    if not text:
        return ""
    shown = text if len(text) <= TOOLTIP_CHARS else text[:TOOLTIP_CHARS] + "…"
    return f"<span style='white-space:pre-wrap'>{escape(visible(shown, keep_lines=True))}</span>"


def breakable(text: str) -> str:
    """`text` for a label that wraps: words too long for a line (JSON, identifiers) may break anywhere."""
    return _LONG_WORD.sub(lambda word: "\u200b".join(word[0]), text)


class ElidedLabel(QLabel):
    """One line of plain text that gives way: cut with an ellipsis, whole in its tool tip."""

    def __init__(
        self,
        text: str = "",
        *,
        tone: Tone = Tone.NORMAL,
        bold: bool = False,
        meta: bool = False,
        mono: bool = False,
        elide: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__()
        px = META_PX if meta else TEXT_PX
        self.setFont(mono_font(px=px) if mono else text_font(px=px, bold=bold))
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone.value)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._elide = elide
        self.setText(text)

    def setText(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Shows the first line of `text`, control characters made visible."""
        super().setText(visible(text))
        self._update_tooltip()

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As narrow as an ellipsis."""
        return QSize(self.fontMetrics().horizontalAdvance("…"), super().minimumSizeHint().height())

    def resizeEvent(self, event: object) -> None:  # noqa: N802, ARG002
        """The tool tip is there only where something is cut."""
        self._update_tooltip()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802, ARG002
        """Draws as much as fits."""
        painter = QPainter(self)
        rect = self.contentsRect()
        metrics = QFontMetrics(self.font())
        shown = metrics.elidedText(self.text(), self._elide, rect.width())
        self.style().drawItemText(
            painter,
            rect,
            int(self.alignment()),
            self.palette(),
            self.isEnabled(),
            shown,
            self.foregroundRole(),
        )

    def _update_tooltip(self) -> None:
        fits = self.fontMetrics().horizontalAdvance(self.text()) <= self.contentsRect().width()
        self.setToolTip("" if fits else plain_tooltip(self.text()))
