"""What one rule of a mock answers: a reply as text, or an error with code, message and data."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector.core.calls import utf8_bytes
from inspector.core.payloads import format_size
from inspector.gui.models.mock_draft import AnswerKind, Field, FieldRemark, RuleDraft, code_words
from inspector.gui.theme import CONTROL_PX
from inspector.gui.widgets.controls import Tone, label, line_edit, set_tone
from inspector.gui.widgets.display_text import quick_check
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.mock_words import FieldWords
from inspector.gui.widgets.payload_editor import PayloadEditor
from inspector.gui.widgets.plain_text import ElidedLabel
from inspector.gui.widgets.segments import Segments
from inspector.gui.widgets.wrapped_label import set_wrapped, wrapped_label

_PAUSE_MS = 120
"""The look at a reply waits this long for the next key."""
_CODE_PX = 120


class MockAnswer(QWidget):
    """The switch Reply | Error and the fields of each; what was typed for the other kind stays there.

    An answer of another kind is told in words, and stays until one of the two is chosen instead.
    """

    changed = Signal()
    """A person changed something."""

    def __init__(self) -> None:
        super().__init__()
        self._is_showing = False
        self.kinds = Segments({AnswerKind.REPLY: "Reply", AnswerKind.ERROR: "Error"}, name="Answer")
        self.reply = ReplyField()
        self.error = ErrorFields()
        self._how = ElidedLabel(tone=Tone.SECONDARY, meta=True)
        self._verdict = label(meta=True)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.reply)
        self._pages.addWidget(self.error)
        self.other = wrapped_label(Tone.SECONDARY)
        self.other.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._pages.addWidget(self.other)
        top = QHBoxLayout()
        top.setSpacing(8)
        top.addWidget(self.kinds)
        top.addWidget(self._how, 1)
        top.addWidget(self._verdict)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 6, 12, 6)
        layout.setSpacing(6)
        layout.addLayout(top)
        layout.addWidget(self._pages, 1)
        self.kinds.value_changed.connect(self._changed)
        self.reply.changed.connect(self._changed)
        self.reply.looked.connect(self._show_state)
        self.error.changed.connect(self._changed)

    def show_rule(self, rule: RuleDraft, *, read_only: bool) -> None:
        """Fills the fields; telling it again what stands there moves no caret."""
        self._is_showing = True
        words = f"{rule.other}. A mocks file changes this; Reply or Error takes its place."
        set_wrapped(self.other, words if rule.other else "")
        if rule.kind is AnswerKind.OTHER:
            self.kinds.choose_none()
        else:
            self.kinds.set_value(rule.kind)
        self.kinds.setEnabled(not read_only)
        self.reply.show_text(rule.reply, read_only=read_only)
        self.error.show_rule(rule, read_only=read_only)
        self._is_showing = False
        self._show_kind()

    def written(self, rule: RuleDraft) -> RuleDraft:
        """`rule` with what stands in the fields."""
        return msgspec.structs.replace(
            rule,
            kind=AnswerKind(self.kinds.value() or AnswerKind.OTHER),
            reply=self.reply.editor.text(),
            code=self.error.code.text(),
            message=self.error.message.text(),
            data=self.error.data.text(),
        )

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the fields."""
        self.reply.show_remarks(remarks)
        self.error.show_remarks(remarks)

    def state(self) -> str:
        """What it says of the answer as a whole: how it is sent, or what the code is called."""
        return " ".join(filter(None, (self._how.text(), self._verdict.text())))

    def _changed(self) -> None:
        if not self._is_showing:
            self._show_kind()
            self.changed.emit()

    def _show_kind(self) -> None:
        pages = {AnswerKind.REPLY: self.reply, AnswerKind.ERROR: self.error}
        self._pages.setCurrentWidget(pages.get(AnswerKind(self.kinds.value() or "other"), self.other))
        self._show_state()

    def _show_state(self) -> None:
        match self.kinds.value():
            case AnswerKind.REPLY:
                look = self.reply.look
            case AnswerKind.ERROR:
                look = ReplyLook(code_words(self.error.code.text()))
            case _:
                look = ReplyLook()
        self._how.setText(look.how)
        self._verdict.setText(look.verdict)
        set_tone(self._verdict, look.tone)


class ReplyLook(msgspec.Struct, frozen=True):
    """What a look at a reply found."""

    how: str = ""
    """How it is sent, and its size."""
    verdict: str = ""
    """Whether it is JSON."""
    tone: Tone = Tone.SECONDARY


class ReplyField(QWidget):
    """The text of a reply, and how it will be sent."""

    changed = Signal()
    looked = Signal()
    """`look` is another one; some moments after the text."""

    def __init__(self) -> None:
        super().__init__()
        self.editor = _text_editor("Reply")
        self.look = ReplyLook()
        self._words = FieldWords(self.editor)
        self._is_read_only = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._look)
        layout = _column(self)
        layout.addWidget(self.editor, 1)
        layout.addWidget(self._words)
        self.setFocusProxy(self.editor)
        self.editor.text_changed.connect(self._text_changed)
        self.editor.state_changed.connect(lambda: _guard(self.editor, self._is_read_only))
        self._look()

    def show_text(self, text: str, *, read_only: bool) -> None:
        """Shows a reply."""
        self._is_read_only = read_only
        self.editor.set_text(text)
        _guard(self.editor, read_only)
        self._look()

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the reply."""
        self._words.show_remarks(r for r in remarks if r.field is Field.REPLY)

    def _text_changed(self) -> None:
        self._timer.start()
        self.changed.emit()

    def _look(self) -> None:
        self._timer.stop()
        text = self.editor.text()
        size = format_size(utf8_bytes(text))
        check = quick_check(text) if text else None
        meant = text.lstrip()[:1] in ("{", "[")
        self.editor.set_json(check is not None and (check.valid or meant))
        self.editor.show_error_at(0, 0)
        if check is None:
            self.look = ReplyLook("sent empty")
        elif check.valid:
            self.look = ReplyLook(f"sent as it is, {size}", "✓ valid JSON", Tone.OK)
        elif meant:
            self.editor.show_error_at(check.line, check.column)
            where = f"! no JSON from line {check.line}, column {check.column}"
            self.look = ReplyLook(f"sent as text, {size}", where, Tone.WARNING)
        else:
            self.look = ReplyLook(f"sent as text, {size}", "not JSON")
        self.looked.emit()


class ErrorFields(QWidget):
    """Code, message and data of an error."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.code = line_edit(name="Error code", mono=True)
        self.message = line_edit(name="Error message", mono=True)
        self.data = _text_editor("Error data")
        self.data.setPlaceholderText("data, if any")
        self._is_read_only = False
        self._code_frame = FieldFrame("code", self.code)
        self._code_frame.setFixedWidth(_CODE_PX)
        fields = {Field.CODE: self.code, Field.MESSAGE: self.message, Field.DATA: self.data}
        self._words = {field: FieldWords(widget) for field, widget in fields.items()}
        line = QHBoxLayout()
        line.setSpacing(6)
        line.addWidget(self._code_frame)
        line.addWidget(FieldFrame("message", self.message), 1)
        layout = _column(self)
        layout.addLayout(line)
        layout.addWidget(self._words[Field.CODE])
        layout.addWidget(self._words[Field.MESSAGE])
        layout.addWidget(self.data, 1)
        layout.addWidget(self._words[Field.DATA])
        self.setFocusProxy(self.code)
        self.code.textChanged.connect(self.changed)
        self.message.textChanged.connect(self.changed)
        self.data.text_changed.connect(self.changed)
        self.data.state_changed.connect(lambda: _guard(self.data, self._is_read_only))

    def show_rule(self, rule: RuleDraft, *, read_only: bool) -> None:
        """Shows an error."""
        self._is_read_only = read_only
        for line, text in ((self.code, rule.code), (self.message, rule.message)):
            line.setReadOnly(read_only)
            if line.text() != text:
                line.setText(text)
                line.setCursorPosition(0)
        self.data.set_text(rule.data)
        _guard(self.data, read_only)

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of each field."""
        for field, words in self._words.items():
            words.show_remarks(r for r in remarks if r.field is field)
        self._code_frame.set_invalid(any(r.field is Field.CODE and r.is_error for r in remarks))


def _text_editor(name: str) -> PayloadEditor:
    editor = PayloadEditor(name=name)
    editor.setMinimumHeight(CONTROL_PX)
    return editor


def _guard(editor: PayloadEditor, read_only: bool) -> None:
    """Keeps a text from being typed in; the editor itself only knows of texts that are still arriving."""
    if read_only:
        editor.setReadOnly(True)
    elif not editor.is_in_parts and not editor.is_filling:
        editor.setReadOnly(False)


def _column(widget: QWidget) -> QVBoxLayout:
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    return layout
