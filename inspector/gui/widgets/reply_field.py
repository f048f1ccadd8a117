"""The text of a reply, and how it will be sent."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QHBoxLayout

from inspector.core.calls import utf8_bytes
from inspector.core.payloads import format_size
from inspector.gui.models.answer_draft import AnswerDraft, sent_text
from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.widgets.answer_fields import AnswerFields, column_of, text_editor
from inspector.gui.widgets.controls import Tone, label, link, set_tone
from inspector.gui.widgets.display_text import is_meant_as_json, not_json_words, quick_check
from inspector.gui.widgets.mock_words import FieldWords
from inspector.gui.widgets.plain_text import ElidedLabel

_PAUSE_MS = 120
"""The look at a reply waits this long for the next key."""


class ReplyLook(msgspec.Struct, frozen=True):
    """What a look at a reply found."""

    how: str = "sent empty"
    """How it is sent, and its size."""
    verdict: str = ""
    """Whether it is JSON."""
    tone: Tone = Tone.SECONDARY
    other_way: str = ""
    """The other way to send it; empty where both come to the same."""
    is_json: bool = False
    """Whether it is JSON, or begins as if it were meant to be."""
    wrong_at: tuple[int, int] = (0, 0)
    """Line and column (from 1) where such a text stops being JSON; 0 where it does not."""


class ReplyField(AnswerFields):
    """A reply as text; JSON is written on as many lines as one likes, and sent without white space."""

    def __init__(self) -> None:
        super().__init__()
        self.editor = text_editor("Reply")
        self._draft = AnswerDraft()
        self._words = FieldWords(self.editor)
        self._how = ElidedLabel(tone=Tone.SECONDARY, meta=True)
        self._how.setSizePolicy(label().sizePolicy())
        self._verdict = label(meta=True)
        self.other_way = link("", self._send_other_way, name="Send the other way")
        self.other_way.setFont(self._how.font())
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._look)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._how)
        foot.addWidget(self.other_way)
        foot.addStretch(1)
        foot.addWidget(self._verdict)
        layout = column_of(self)
        layout.addWidget(self.editor, 1)
        layout.addWidget(self._words)
        layout.addLayout(foot)
        self.setFocusProxy(self.editor)
        self.editor.text_changed.connect(self._text_changed)
        self._look()

    def show_answer(self, draft: AnswerDraft) -> None:
        """Shows a reply."""
        self._draft = draft
        self.editor.set_text(draft.reply)
        self._look()

    def written(self, draft: AnswerDraft) -> AnswerDraft:
        """`draft` with what stands in the field."""
        return msgspec.structs.replace(draft, reply=self.editor.text(), is_compact=self._draft.is_compact)

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the reply."""
        self._words.show_remarks(r for r in remarks if r.field is Field.REPLY)

    def _text_changed(self) -> None:
        self._timer.start()
        self.changed.emit()

    def _send_other_way(self) -> None:
        self._draft = msgspec.structs.replace(self._draft, is_compact=not self._draft.is_compact)
        self._look()
        self.editor.setFocus()
        self.changed.emit()

    def _look(self) -> None:
        self._timer.stop()
        look = look_at(msgspec.structs.replace(self._draft, reply=self.editor.text()))
        self.editor.set_json(look.is_json)
        self.editor.show_error_at(*look.wrong_at)
        self._how.setText(look.how)
        self._verdict.setText(look.verdict)
        set_tone(self._verdict, look.tone)
        self.other_way.setText(look.other_way)
        self.other_way.setAccessibleName(f"Reply: {look.other_way}")
        self.other_way.setVisible(bool(look.other_way))


def look_at(draft: AnswerDraft) -> ReplyLook:
    """How a reply is sent, and whether it is JSON."""
    text = draft.reply
    if not text:
        return ReplyLook()
    check = quick_check(text)
    if not check.valid:
        how = f"sent as text, {format_size(utf8_bytes(text))}"
        if not is_meant_as_json(text):
            return ReplyLook(how, "not JSON")
        at = (check.line, check.column)
        return ReplyLook(how, f"! {not_json_words(check)}", Tone.WARNING, is_json=True, wrong_at=at)
    size = format_size(utf8_bytes(sent_text(draft)))
    if sent_text(msgspec.structs.replace(draft, is_compact=True)) == text:
        return ReplyLook(f"sent as it is, {size}", "✓ valid JSON", Tone.OK, is_json=True)
    if draft.is_compact:
        return ReplyLook(f"sent as compact JSON, {size}", "✓ valid", Tone.OK, "send as written", is_json=True)
    other_way = "send as compact JSON"
    return ReplyLook(f"sent as written, {size}", "✓ valid", Tone.OK, other_way, is_json=True)
