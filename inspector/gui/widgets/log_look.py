"""The fonts, measures and colours a row of the log is drawn with, made once for a theme."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics

from inspector.core.calls import Direction, Outcome
from inspector.gui.models.log_columns import Column
from inspector.gui.theme import META_PX, Theme, mono_font, text_font

_MONO = frozenset({Column.TIME, Column.METHOD, Column.MS, Column.SIZE})


class Face:
    """A font, how high it stands, and its texts cut to a width."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        metrics = QFontMetrics(font)
        self.ascent = metrics.ascent()
        self.height = metrics.height()
        self.advance: Callable[[str], int] = lru_cache(maxsize=8192)(metrics.horizontalAdvance)
        self._elided = lru_cache(maxsize=8192)(metrics.elidedText)

    def cut(self, text: str, width: int, mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> str:
        """`text`, with an ellipsis where it is wider than `width` pixels."""
        return text if self.advance(text) <= width else self._elided(text, mode, max(width, 0))


class LogLook:
    """What the delegate needs to know of a theme."""

    def __init__(self, theme: Theme) -> None:
        text, mono = Face(text_font()), Face(mono_font())
        self.faces = {column: mono if column in _MONO else text for column in Column}
        self.event_face = Face(text_font(px=META_PX))
        self.tag_face = self.event_face
        self.selection = theme.color("selection")
        self.focus = theme.color("accent")
        self.text = theme.color("text")
        self.secondary = theme.color("secondary")
        self.event = theme.color("faint")
        self.tag = theme.color("warning")
        self.directions: dict[Direction, QColor] = {
            Direction.OUT: theme.color("out"),
            Direction.IN: theme.color("incoming"),
            Direction.SEEN: theme.color("seen"),
        }
        self.outcomes: dict[Outcome, QColor] = {
            Outcome.PENDING: theme.color("secondary"),
            Outcome.OK: theme.color("ok"),
            Outcome.ERROR: theme.color("error"),
            Outcome.STOPPED: theme.color("secondary"),
            Outcome.LOST: theme.color("warning"),
        }
