"""A field that takes any text and offers some: typing narrows the offer, and never has to be in it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QLineEdit, QToolButton, QWidget

from inspector.gui.theme import CONTROL_PX, mono_font
from inspector.gui.widgets.choices import Choice, ChoiceDelegate, ChoiceModel
from inspector.gui.widgets.field_frame import FieldFrame

_SHOWN_CHOICES = 12
_POPUP_PX = 240


class PickField(FieldFrame):
    """A caption, a line to type in, and an arrow that opens all there is to choose."""

    text_changed = Signal(str)
    send_pressed = Signal()
    """Ctrl+Enter was pressed, be the offer open or not (open, it keeps keys from everybody else)."""

    def __init__(
        self, caption: str, *extras: QWidget, name: str, mono: bool = False, sign: QWidget | None = None
    ) -> None:
        self.line = _Line()
        self.line.setAccessibleName(name)
        if mono:
            self.line.setFont(mono_font())
        self._arrow = QToolButton()
        self._arrow.setText("▾")
        self._arrow.setProperty("bare", True)
        self._arrow.setFixedSize(18, CONTROL_PX - 2)
        self._arrow.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Down in the line does the same
        self._arrow.setAccessibleName(f"{name}: choices")
        super().__init__(caption, self.line, *extras, self._arrow, sign=sign)
        self._model = ChoiceModel()
        self._completer = QCompleter(self._model, self)
        self._completer.setCompletionRole(Qt.ItemDataRole.EditRole)
        self._completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(_SHOWN_CHOICES)
        popup = self._completer.popup()
        assert popup is not None
        popup.setMinimumWidth(_POPUP_PX)  # Qt makes it as wide as the line, too narrow for a long identity
        popup.setProperty("choices", True)
        popup.setItemDelegate(ChoiceDelegate(self))
        popup.setAccessibleName(f"{name}: choices")
        self.line.setCompleter(self._completer)
        self.line.textChanged.connect(self.text_changed)
        self.line.choices_wanted.connect(self.offer_all)
        self.line.send_pressed.connect(self._send_pressed)
        self._arrow.clicked.connect(self.offer_all)

    def text(self) -> str:
        """The text, exactly."""
        return self.line.text()

    def set_text(self, text: str) -> None:
        """Shows another text, from its beginning."""
        if text != self.line.text():
            self.line.setText(text)
            self.line.setCursorPosition(0)

    def set_choices(self, choices: Sequence[Choice]) -> None:
        """Offers these."""
        self._model.set_choices(choices)

    def choices(self) -> tuple[Choice, ...]:
        """What is offered."""
        return self._model.choices()

    def offer_all(self) -> None:
        """Opens the offer, whatever is typed."""
        self.line.setFocus(Qt.FocusReason.PopupFocusReason)
        self._completer.setCompletionPrefix("")
        self._completer.complete()

    def _send_pressed(self) -> None:
        popup = self._completer.popup()
        if popup is not None:
            popup.hide()
        self.send_pressed.emit()


class _Line(QLineEdit):
    """A line in which Down asks for the choices."""

    choices_wanted = Signal()
    send_pressed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Down opens the choices; they take the keys from there."""
        if is_send_key(event):
            self.send_pressed.emit()
        elif event.key() == Qt.Key.Key_Down and not event.modifiers():
            self.choices_wanted.emit()
        else:
            super().keyPressEvent(event)


def is_send_key(event: QKeyEvent) -> bool:
    """Whether a key is Ctrl+Enter, on the main block or on the number pad."""
    control = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
    return control and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
