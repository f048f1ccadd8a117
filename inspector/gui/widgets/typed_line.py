"""A line to type in that hands back the text it was given exactly, as long as nobody edits it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLineEdit

from inspector.core.payloads import shortened
from inspector.gui.theme import CONTROL_PX, mono_font

_LONG = 4000
"""Characters above which a text is shown in part, and kept: a line of megabytes takes seconds to lay out."""


class TypedLine(QLineEdit):
    """A field of one line; telling it again what stands there moves no caret."""

    edited = Signal()
    """A person changed the text."""

    def __init__(self, *, name: str, placeholder: str = "", mono: bool = True) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setPlaceholderText(placeholder)
        self.setFixedHeight(CONTROL_PX)
        if mono:
            self.setFont(mono_font())
        self._given = self._shown = ""
        self.textEdited.connect(lambda _text: self.edited.emit())

    def typed(self) -> str:
        """The text, exactly."""
        return self._given if self.text() == self._shown else self.text()

    def show_typed(self, text: str) -> None:
        """Shows a text, from its beginning."""
        if text != self.typed():
            self.setText(shortened(text, _LONG))
            self.setCursorPosition(0)
            self._given, self._shown = text, self.text()
            self.setReadOnly(len(text) > _LONG)
            self.setToolTip("Too long to be edited here" if len(text) > _LONG else "")
