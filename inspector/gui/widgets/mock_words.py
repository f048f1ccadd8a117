"""What is said of a field of a mock, in words beneath it."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from inspector.core.payloads import visible
from inspector.gui.models.field_remarks import FieldRemark
from inspector.gui.theme import META_PX, text_font
from inspector.gui.widgets.controls import Tone, set_tone
from inspector.gui.widgets.plain_text import breakable


class FieldWords(QLabel):
    """Remarks, each on its line with its sign; takes no room where there is none."""

    def __init__(self, field: QWidget | None = None) -> None:
        """A screen reader tells the words with `field`."""
        super().__init__()
        self._field = field
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setFont(text_font(px=META_PX))
        self.setWordWrap(True)
        policy = self.sizePolicy()
        policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
        self.setSizePolicy(policy)
        self.hide()

    def show_remarks(self, remarks: Iterable[FieldRemark]) -> None:
        """Shows these; an error among them sets the tone."""
        said = tuple(remarks)
        lines = (f"{'✕' if remark.is_error else '!'} {visible(remark.message)}" for remark in said)
        self.show_words("\n".join(lines), Tone.ERROR if any(r.is_error for r in said) else Tone.WARNING)

    def show_words(self, text: str, tone: Tone) -> None:
        """Shows a text; an empty one hides it."""
        set_tone(self, tone)
        self.setText(breakable(text))
        if self._field is not None:
            self._field.setAccessibleDescription(text)
        self.setVisible(bool(text))
