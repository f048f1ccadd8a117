"""A word, a value and a link that copies it: `address  ws://127.0.0.1:7880  Copy`."""

from __future__ import annotations

from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.gui.models.join_snippets import MASK
from inspector.gui.theme import ROW_PX
from inspector.gui.widgets.controls import Tone, label, link
from inspector.gui.widgets.plain_text import ElidedLabel, plain_tooltip

_NAME_PX = 64
_SAYS_COPIED_MS = 1500


class CopyLine(QWidget):
    """Shows a value, or hides one that is a secret until it is asked for; copies it either way."""

    def __init__(self, name: str, *, mono: bool = True, hint: str = "") -> None:
        """`hint` says in a tool tip what the value is good for."""
        super().__init__()
        self._name = name
        self._value = ""
        self._copied = ""
        self._is_secret = False
        self._is_shown = False
        self.setFixedHeight(ROW_PX)
        caption = label(name, tone=Tone.SECONDARY)
        caption.setFixedWidth(_NAME_PX)
        self.text = ElidedLabel(mono=mono)
        self.reveal = link("Show", self._toggle, name=f"Show the {name}")
        self.copy = link("Copy", self._copy, name=f"Copy the {name}")
        self.copy.setToolTip(plain_tooltip(hint))
        self.reveal.hide()
        self._reset = QTimer(self)
        self._reset.setSingleShot(True)
        self._reset.setInterval(_SAYS_COPIED_MS)
        self._reset.timeout.connect(lambda: self.copy.setText("Copy"))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(caption)
        layout.addWidget(self.text, 1)
        layout.addWidget(self.reveal)
        layout.addWidget(self.copy)

    def show_value(self, value: str, *, copied: str = "", is_secret: bool = False) -> None:
        """Shows `value`; `copied` is what is copied where that is another text."""
        if value != self._value or is_secret != self._is_secret:
            self._is_shown = False
        self._value, self._copied, self._is_secret = value, copied or value, is_secret
        self.reveal.setVisible(is_secret)
        self._show()

    def _show(self) -> None:
        hidden = self._is_secret and not self._is_shown
        self.text.setText(MASK if hidden else self._value)
        self.text.setAccessibleName(f"{self._name}: {'hidden' if hidden else self._value}")
        self.reveal.setText("Hide" if self._is_shown else "Show")
        self.reveal.setAccessibleName(f"{'Hide' if self._is_shown else 'Show'} the {self._name}")

    def _toggle(self) -> None:
        self._is_shown = not self._is_shown
        self._show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._copied)
        self.copy.setText("Copied")
        self._reset.start()
