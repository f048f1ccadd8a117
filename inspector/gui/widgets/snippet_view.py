"""A short program to look at: line numbers, and its strings in a colour of their own."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat

from inspector.gui.theme import current_theme
from inspector.gui.widgets.code_edit import CodeEdit

_STRING = re.compile(r"\"[^\"]*\"|'[^']*'")


class SnippetView(CodeEdit):
    """Shows a snippet; nothing can be written in it."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)
        self.setReadOnly(True)
        self._highlighter = _Strings(self.document())

    def show_text(self, text: str) -> None:
        """Shows another text from its beginning; the same again leaves the view as it is."""
        if text != self.toPlainText():
            self.setPlainText(text)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another theme brings another colour."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._highlighter.rehighlight()


class _Strings(QSyntaxHighlighter):
    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        look = QTextCharFormat()
        look.setForeground(current_theme().color("ok"))
        for match in _STRING.finditer(text):
            self.setFormat(match.start(), match.end() - match.start(), look)
