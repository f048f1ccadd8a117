"""One rule as the text that a mocks file has for it, to be edited as that."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.gui.models.field_remarks import FieldRemark
from inspector.gui.widgets.mock_words import FieldWords
from inspector.gui.widgets.payload_editor import PayloadEditor


class RuleText(QWidget):
    """Shows a text, says when a person changed it, and what is wrong with it beneath."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._is_showing = False
        self.editor = PayloadEditor(name="Rule as YAML")
        self._words = FieldWords(self.editor)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(4)
        layout.addWidget(self.editor, 1)
        layout.addWidget(self._words)
        self.editor.text_changed.connect(self._changed)

    def text(self) -> str:
        """The text, exactly."""
        return self.editor.text()

    def show_text(self, text: str) -> None:
        """Shows a text."""
        self._is_showing = True
        self.editor.set_text(text)
        self._is_showing = False

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows all that is said of the rule."""
        self._words.show_remarks(remarks)

    def _changed(self) -> None:
        if not self._is_showing:
            self.changed.emit()
