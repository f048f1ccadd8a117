"""`Copy ▾`: the parts of a call, as text for the clipboard."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QMenu, QPushButton

from inspector.core.calls import Call, to_json
from inspector.gui.models.call_words import error_text
from inspector.gui.widgets.controls import button


class CopyMenu:
    """A button and its menu; what a call lacks is not offered."""

    def __init__(self) -> None:
        self.button: QPushButton = button("Copy ▾", name="Copy parts of the call")
        self.menu = QMenu(self.button)
        self.menu.setAccessibleName("Copy")
        self._call: Call | None = None
        self.payload = self._action("Payload", lambda call: call.payload)
        self.response = self._action("Response", lambda call: call.response)
        self.error = self._action("Error", lambda call: error_text(call.error) if call.error else None)
        self.record = self._action("JSON record", to_json)
        self.button.setMenu(self.menu)

    def show_call(self, call: Call | None) -> None:
        """Offers the parts of this call."""
        self._call = call
        self.button.setEnabled(call is not None)
        if call is not None:
            self.payload.setVisible(call.payload is not None)
            self.response.setVisible(call.response is not None)
            self.error.setVisible(call.error is not None)

    def _action(self, text: str, part: Callable[[Call], str | None]) -> QAction:
        action = self.menu.addAction(text)
        action.triggered.connect(lambda _checked=False: self._copy(part))
        return action

    def _copy(self, part: Callable[[Call], str | None]) -> None:
        if self._call is not None and (text := part(self._call)) is not None:
            QGuiApplication.clipboard().setText(text)
