"""A field for a token that never shows the part that makes it valid."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from inspector.gui.theme import mono_font

MASK = "•"
MASK_LENGTH = 12
HEIGHT_PX = 66


class TokenField(QPlainTextEdit):
    """Takes a token by pasting or typing; shows its signature as dots.

    What stands before the signature is no secret: anybody can read it. With the signature the text on screen,
    in a picture or in a screen reader's hands would open the room.
    """

    token_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._token = ""
        self.setAccessibleName("Token")
        self.setPlaceholderText("Paste an access token: eyJ…")
        self.setFont(mono_font())
        self.setTabChangesFocus(True)
        self.setUndoRedoEnabled(False)  # or undo would bring the whole token back on screen
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.setFixedHeight(HEIGHT_PX)
        self.document().setDocumentMargin(4)
        self.textChanged.connect(self._edited)

    def token(self) -> str:
        """The whole token."""
        return self._token

    def set_token(self, token: str) -> None:
        """Takes a token, in place of the one before."""
        self._token = "".join(token.split())
        self.blockSignals(True)
        self.setPlainText(masked(self._token))
        self.blockSignals(False)
        self.token_changed.emit()

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 - Qt's name
        """What is pasted or dropped takes the place of all that was there: tokens come whole."""
        self.set_token(source.text())

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """A new token takes the place of the old one, so that one is selected."""
        super().focusInEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self.selectAll()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """A token that was typed is masked once it is complete."""
        super().focusOutEvent(event)
        if self.toPlainText() != masked(self._token):
            self.set_token(self._token)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter is the dialog's: a token has no lines."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
            return
        super().keyPressEvent(event)

    def _edited(self) -> None:
        text = "".join(self.toPlainText().split())
        if text == masked(self._token):
            return
        self._token = text
        self.token_changed.emit()


def masked(token: str) -> str:
    """The token with its signature as dots."""
    head, dot, _signature = token.rpartition(".")
    return f"{head}.{MASK * MASK_LENGTH}" if dot and "." in head else token
