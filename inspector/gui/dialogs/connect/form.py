"""Rows of a form: label, field, a hint beside it, and below it what is wrong with it or will come of it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from inspector.gui.theme import CONTROL_PX, restyle
from inspector.gui.widgets.controls import Tone, label
from inspector.gui.widgets.plain_text import ElidedLabel, plain_tooltip

LABEL_PX = 76
HINT_PX = 128


class FormRow:
    """One row. The hint is a fact found out, the error is what a person has to mend."""

    def __init__(self, title: QLabel, field: QWidget, hint: ElidedLabel | None, error: QLabel) -> None:
        self.title = title
        self.field = field
        self.hint = hint
        self.error = error
        self._told = ""

    def say(self, text: str, tone: Tone = Tone.SECONDARY, whole: str = "") -> None:
        """Shows a hint beside the field; `whole` is the long form for the tool tip and screen readers."""
        if self.hint is not None:
            self.hint.setText(text)
            if self.hint.property("tone") != tone.value:
                self.hint.setProperty("tone", tone.value)
                restyle(self.hint)
            if whole:
                self.hint.setToolTip(plain_tooltip(whole))
        self._told = whole or text
        self._describe()

    def set_error(self, text: str | None) -> None:
        """Shows below the field what is wrong with it; None: nothing is."""
        self._show_below(f"✕ {text}" if text else "", Tone.ERROR)

    def set_warning(self, text: str | None) -> None:
        """Shows below the field what will come of it; None: nothing bad."""
        if text or self.error.text().startswith("▲"):  # an error stays
            self._show_below(f"▲ {text}" if text else "", Tone.WARNING)

    def _show_below(self, text: str, tone: Tone) -> None:
        if self.error.text() == text:
            return
        self.error.setText(text)
        self.error.setProperty("tone", tone.value)
        restyle(self.error)
        self.error.setVisible(bool(text))
        self.field.setProperty("invalid", bool(text) and tone is Tone.ERROR)
        restyle(self.field)
        self._describe()

    def _describe(self) -> None:
        """A screen reader says of the field what stands beside and below it."""
        self.field.setAccessibleDescription(self.error.text() or self._told)


class FormGrid(QGridLayout):
    """Rows under each other; the columns of several grids line up, since their widths are fixed."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 0, 0, 0)
        self.setHorizontalSpacing(8)
        self.setVerticalSpacing(0)
        self.setColumnMinimumWidth(0, LABEL_PX)
        self.setColumnMinimumWidth(2, HINT_PX)
        self.setColumnStretch(1, 1)
        self._next = 0

    def add(self, title: str, field: QWidget, *, wide: bool = False) -> FormRow:
        """Adds a row; a `wide` field takes the hint's place too."""
        name = label(title, tone=Tone.SECONDARY)
        name.setFixedHeight(CONTROL_PX)
        name.setBuddy(field)
        error = label("", tone=Tone.ERROR, meta=True, wrap=True)
        error.hide()
        self.addWidget(name, self._next, 0, Qt.AlignmentFlag.AlignTop)
        self.addWidget(field, self._next, 1, 1, 2 if wide else 1)
        hint = None
        if not wide:
            hint = ElidedLabel(meta=True)
            hint.setFixedSize(HINT_PX, CONTROL_PX)
            self.addWidget(hint, self._next, 2)
        self.addWidget(error, self._next + 1, 1, 1, 2)
        self.setRowMinimumHeight(self._next + 2, 8)
        self._next += 3
        return FormRow(name, field, hint, error)
