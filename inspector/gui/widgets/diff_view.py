"""Shows a comparison: line numbers, signs, and a tinted ground where the two differ."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent
from PySide6.QtGui import QColor, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextOption
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit

from inspector.core.diff_lines import LineKind
from inspector.gui.models.folded_diff import SIGNS, ShownLine
from inspector.gui.theme import current_theme, mono_font

_ROLES = {LineKind.CHANGED: "warning", LineKind.REMOVED: "error", LineKind.ADDED: "ok"}
_TINT = 38
"""How much of the colour the ground has, of 255."""


class DiffView(QPlainTextEdit):
    """Read-only text, so that it can be selected and searched by the keys that people know."""

    def __init__(self) -> None:
        super().__init__()
        self.setReadOnly(True)
        self.setAccessibleName("What differs")
        self.setFont(mono_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setWordWrapMode(QTextOption.WrapMode.NoWrap)
        self.setTabChangesFocus(True)
        self._lines: Sequence[ShownLine] = ()

    def show_lines(self, lines: Sequence[ShownLine]) -> None:
        """Shows these in place of what was there."""
        self._lines = lines
        width = max((len(line.number) for line in lines), default=0)
        texts = [f"{line.number:>{width}} {_sign(line)} {line.text}" for line in lines]
        self.setPlainText("\n".join(texts))
        self._tint()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another theme brings other tints."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._tint()

    def _tint(self) -> None:
        marks = []
        for number, line in enumerate(self._lines):
            role = "faint" if line.kind is None else _ROLES.get(line.kind)
            if role is None:
                continue
            cursor = QTextCursor(self.document().findBlockByNumber(number))
            if (
                line.kind is None
            ):  # letters are coloured where they are selected, a whole line's ground anyway
                cursor.select(QTextCursor.SelectionType.LineUnderCursor)
            mark = QTextEdit.ExtraSelection()
            mark.cursor = cursor
            mark.format = _format(role, is_tinted=line.kind is not None)
            marks.append(mark)
        self.setExtraSelections(marks)


def _format(role: str, *, is_tinted: bool) -> QTextCharFormat:
    color = current_theme().color(role)
    chars = QTextCharFormat()
    if is_tinted:
        ground = QColor(color)
        ground.setAlpha(_TINT)
        chars.setBackground(ground)
        chars.setProperty(QTextBlockFormat.Property.FullWidthSelection, True)
    else:
        chars.setForeground(color)
    return chars


def _sign(line: ShownLine) -> str:
    return " " if line.kind is None else SIGNS[line.kind]
