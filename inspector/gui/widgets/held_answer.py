"""What a person answers to one call that waits: a reply, or an error with code, message and data."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector.core.calls import utf8_bytes
from inspector.core.payloads import format_size, minify_json
from inspector.gui.models.answer_draft import AnswerKind, code_words
from inspector.gui.models.held_calls import HeldDraft, NotSentError
from inspector.gui.theme import CONTROL_PX
from inspector.gui.widgets.controls import Tone, check_box, line_edit, set_tone
from inspector.gui.widgets.display_text import is_meant_as_json, not_json_words, quick_check
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.payload_editor import PayloadEditor
from inspector.gui.widgets.plain_text import ElidedLabel
from inspector.gui.widgets.segments import Segments

_PAUSE_MS = 120
"""The look at a reply waits this long for the next key."""
_CODE_PX = 110


class HeldAnswer(QWidget):
    """The switch Reply | Error, and the fields of each."""

    changed = Signal()
    """A person changed something."""

    def __init__(self) -> None:
        super().__init__()
        self._is_showing = False
        self.kinds = Segments({AnswerKind.REPLY: "Reply", AnswerKind.ERROR: "Error"}, name="Answer by hand")
        self.compact = check_box("Compact JSON", name="Send JSON compact")
        self._how = ElidedLabel(tone=Tone.SECONDARY, meta=True)
        self.reply = PayloadEditor(name="Answer to the call")
        self.code = line_edit(name="Code of the answer", mono=True)
        self.message = line_edit(name="Message of the answer", mono=True)
        self.data = PayloadEditor(name="Data of the answer")
        self.data.setPlaceholderText("data, if any")
        for editor in (self.reply, self.data):
            editor.setMinimumHeight(CONTROL_PX)
        self._pages = QStackedWidget()
        self._lay_out()
        self._look_soon = QTimer(self)
        self._look_soon.setSingleShot(True)
        self._look_soon.setInterval(_PAUSE_MS)
        self._look_soon.timeout.connect(self._look)
        self.kinds.value_changed.connect(self._changed)
        self.compact.toggled.connect(self._changed)
        for changes in (self.reply.text_changed, self.data.text_changed):
            changes.connect(self._changed)
        for line in (self.code, self.message):
            line.textChanged.connect(self._changed)
        self.show_draft(HeldDraft())

    def _lay_out(self) -> None:
        code_frame = FieldFrame("code", self.code)
        code_frame.setFixedWidth(_CODE_PX)
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(code_frame)
        line.addWidget(FieldFrame("message", self.message), 1)
        error = QWidget()
        fields = QVBoxLayout(error)
        fields.setContentsMargins(0, 0, 0, 0)
        fields.setSpacing(4)
        fields.addLayout(line)
        fields.addWidget(self.data, 1)
        self._pages.addWidget(self.reply)
        self._pages.addWidget(error)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.kinds)
        top.addWidget(self._how, 1)
        top.addWidget(self.compact)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self._pages, 1)

    def show_draft(self, draft: HeldDraft) -> None:
        """Fills the fields."""
        self._is_showing = True
        self.kinds.set_value(draft.kind)
        self.compact.setChecked(draft.compact)
        self.reply.set_text(draft.text)
        self.code.setText(draft.code)
        self.message.setText(draft.message)
        self.data.set_text(draft.data)
        self._is_showing = False
        self._look()

    def draft(self) -> HeldDraft:
        """What stands in the fields."""
        return HeldDraft(
            AnswerKind(self.kinds.value()),
            self.reply.text(),
            self.compact.isChecked(),
            self.code.text().strip(),
            self.message.text(),
            self.data.text(),
        )

    def focus_first(self) -> None:
        """Puts the cursor where the answer is written."""
        is_reply = self.kinds.value() == AnswerKind.REPLY
        (self.reply if is_reply else self.code).setFocus(Qt.FocusReason.OtherFocusReason)

    def show_refusal(self, refusal: NotSentError) -> None:
        """Says why nothing was sent, and marks the place."""
        self._look()
        self._say(str(refusal), Tone.ERROR)
        self.reply.show_error_at(refusal.line, refusal.column)

    def words(self) -> str:
        """How the answer will be sent, or why it was not."""
        return self._how.text()

    def _changed(self) -> None:
        if not self._is_showing:
            self._look_soon.start()
            self._show_kind()
            self.changed.emit()

    def _show_kind(self) -> None:
        is_reply = self.kinds.value() == AnswerKind.REPLY
        self._pages.setCurrentIndex(0 if is_reply else 1)
        self.compact.setVisible(is_reply)

    def _look(self) -> None:
        self._look_soon.stop()
        self._show_kind()
        self.reply.show_error_at(0, 0)
        text = self.reply.text()
        if self.kinds.value() == AnswerKind.ERROR:
            self._say(code_words(self.code.text()), Tone.SECONDARY)
            return
        meant = is_meant_as_json(text)
        self.compact.setEnabled(meant)
        check = quick_check(text) if meant else None
        self.reply.set_json(meant)
        if check is not None and not check.valid:
            self.reply.show_error_at(check.line, check.column)
            self._say(f"! {not_json_words(check)}", Tone.WARNING)
        elif check is not None and self.compact.isChecked():
            self._say(f"✓ sent as compact JSON, {_size(minify_json(text))}", Tone.SECONDARY)
        else:
            self._say(f"sent as it is, {_size(text)}" if text else "sent empty", Tone.SECONDARY)

    def _say(self, words: str, tone: Tone) -> None:
        set_tone(self._how, tone)
        self._how.setText(words)


def _size(text: str) -> str:
    return format_size(utf8_bytes(text))
