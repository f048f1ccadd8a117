"""Says that calls wait for a person, beside whatever head is in front at the bottom of the window."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.gui.widgets.controls import Tone, button, label, make_head


class WaitingChip(QWidget):
    """`2 calls wait for you · 6.2 s left`, and the way there."""

    answer_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        make_head(self)
        self.words = label(tone=Tone.WARNING, meta=True)
        self.answer = button("Answer", self.answer_requested.emit, name="Answer the waiting call")
        self.answer.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 12, 0)
        layout.setSpacing(8)
        layout.addWidget(self.words)
        layout.addWidget(self.answer)
        self.hide()

    def show_words(self, words: str) -> None:
        """Says how many wait, and how long they still can."""
        self.words.setText(words)
