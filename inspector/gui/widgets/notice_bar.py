"""A line under the toolbar for news that belong to no dock: what happened and what to do, until dismissed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.gui.widgets.controls import Tone, button, label


class NoticeBar(QWidget):
    """Shows one notice at a time, never modal; the newest takes the place of an older one."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bar", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._sign = label("▲", tone=Tone.WARNING)
        self._text = label("", wrap=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(8)
        layout.addWidget(self._sign)
        layout.addWidget(self._text, 1)
        layout.addWidget(button("Dismiss", self.hide, name="Dismiss the notice", flat=True))
        self.hide()

    @property
    def text(self) -> str:
        """What it says, empty while it shows nothing."""
        return "" if self.isHidden() else self._text.text()

    def show_notice(self, text: str) -> None:
        """Shows a notice."""
        self._text.setText(text)
        self._text.setAccessibleName(text)
        self.show()
