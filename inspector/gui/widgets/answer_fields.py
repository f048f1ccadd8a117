"""The fields of each kind of answer, one widget a kind; each shows a draft and hands back what was typed."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.gui.models.answer_draft import AnswerDraft, code_words
from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.widgets.controls import Tone, label
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.mock_words import FieldWords
from inspector.gui.widgets.payload_editor import PayloadEditor
from inspector.gui.widgets.plain_text import ElidedLabel
from inspector.gui.widgets.typed_line import TypedLine
from inspector.gui.widgets.wrapped_label import set_wrapped, wrapped_label

_CODE_PX = 120
_TEXT_PX = 56
"""The least height of a text."""


class AnswerFields(QWidget):
    """The fields of one kind of answer."""

    changed = Signal()
    """A person changed something."""

    def show_answer(self, draft: AnswerDraft) -> None:
        """Fills the fields; telling it again what stands there moves no caret."""
        raise NotImplementedError

    def written(self, draft: AnswerDraft) -> AnswerDraft:
        """`draft` with what stands in the fields."""
        raise NotImplementedError

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the fields."""
        raise NotImplementedError

    def field(self, field: Field) -> QWidget:  # noqa: ARG002 - for those with several
        """The widget that a remark is about."""
        return self


class ErrorFields(AnswerFields):
    """Code, message and data of an error."""

    def __init__(self) -> None:
        super().__init__()
        self.code = TypedLine(name="Error code")
        self.message = TypedLine(name="Error message")
        self.data = text_editor("Error data")
        self.data.setPlaceholderText("data, if any")
        self._code_frame = FieldFrame("code", self.code)
        self._code_frame.setFixedWidth(_CODE_PX)
        self._code_words = ElidedLabel(tone=Tone.SECONDARY, meta=True)
        fields = {Field.CODE: self.code, Field.MESSAGE: self.message, Field.DATA: self.data}
        self._words = {field: FieldWords(widget) for field, widget in fields.items()}
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self._code_frame)
        line.addWidget(self._code_words, 1)
        layout = column_of(self)
        layout.addLayout(line)
        layout.addWidget(self._words[Field.CODE])
        layout.addWidget(FieldFrame("message", self.message))
        layout.addWidget(self._words[Field.MESSAGE])
        layout.addWidget(self.data, 1)
        layout.addWidget(self._words[Field.DATA])
        self.setFocusProxy(self.code)
        self.code.edited.connect(self._changed)
        self.message.edited.connect(self.changed)
        self.data.text_changed.connect(self.changed)

    def show_answer(self, draft: AnswerDraft) -> None:
        """Shows an error."""
        self.code.show_typed(draft.code)
        self.message.show_typed(draft.message)
        self.data.set_text(draft.data)
        self._code_words.setText(code_words(draft.code))

    def written(self, draft: AnswerDraft) -> AnswerDraft:
        """`draft` with what stands in the fields."""
        return msgspec.structs.replace(
            draft, code=self.code.typed(), message=self.message.typed(), data=self.data.text()
        )

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of each field."""
        for field, words in self._words.items():
            words.show_remarks(r for r in remarks if r.field is field)
        self._code_frame.set_invalid(any(r.field is Field.CODE and r.is_error for r in remarks))

    def field(self, field: Field) -> QWidget:
        """The widget that a remark is about."""
        return {Field.MESSAGE: self.message, Field.DATA: self.data}.get(field, self.code)

    def _changed(self) -> None:
        self._code_words.setText(code_words(self.code.typed()))
        self.changed.emit()


class TemplateField(AnswerFields):
    """The source of a template."""

    def __init__(self) -> None:
        super().__init__()
        self.editor = text_editor("Template")
        self.editor.setPlaceholderText('{"city": {{ json.city | tojson }}, "n": {{ hits }}}')
        self._words = FieldWords(self.editor)
        layout = column_of(self)
        layout.addWidget(self.editor, 1)
        layout.addWidget(self._words)
        layout.addWidget(_hint(_TEMPLATE_WORDS))
        self.setFocusProxy(self.editor)
        self.editor.text_changed.connect(self.changed)

    def show_answer(self, draft: AnswerDraft) -> None:
        """Shows a template."""
        self.editor.set_text(draft.template)

    def written(self, draft: AnswerDraft) -> AnswerDraft:
        """`draft` with what stands in the field."""
        return msgspec.structs.replace(draft, template=self.editor.text())

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the template."""
        self._words.show_remarks(r for r in remarks if r.field is Field.TEMPLATE)


class ScriptField(AnswerFields):
    """The file of a script."""

    def __init__(self) -> None:
        super().__init__()
        self.path = TypedLine(name="Script", placeholder="quote.py")
        self._frame = FieldFrame("file", self.path)
        self._words = FieldWords(self.path)
        layout = column_of(self)
        layout.addWidget(self._frame)
        layout.addWidget(self._words)
        layout.addWidget(_sentences(_SCRIPT_WORDS))
        layout.addStretch(1)
        self.setFocusProxy(self.path)
        self.path.edited.connect(self.changed)

    def show_answer(self, draft: AnswerDraft) -> None:
        """Shows where a script is."""
        self.path.show_typed(draft.script)

    def written(self, draft: AnswerDraft) -> AnswerDraft:
        """`draft` with what stands in the field."""
        return msgspec.structs.replace(draft, script=self.path.typed())

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the script."""
        here = [r for r in remarks if r.field is Field.SCRIPT]
        self._words.show_remarks(here)
        self._frame.set_invalid(any(r.is_error for r in here))


class ForwardFields(AnswerFields):
    """Whom a call is passed on to."""

    def __init__(self) -> None:
        super().__init__()
        self.to = TypedLine(name="Forward to", placeholder="agent-1, @agent or a glob")
        self.method = TypedLine(name="Forward method", placeholder="the one that was called")
        self.connection = TypedLine(name="Forward connection", placeholder="the one that was called")
        self._frames = {
            Field.TO: FieldFrame("to", self.to),
            Field.TO_METHOD: FieldFrame("method", self.method),
            Field.CONNECTION: FieldFrame("connection", self.connection),
        }
        self._words = {field: FieldWords(frame.field) for field, frame in self._frames.items()}
        layout = column_of(self)
        for field, frame in self._frames.items():
            layout.addWidget(frame)
            layout.addWidget(self._words[field])
        layout.addWidget(_sentences(_FORWARD_WORDS))
        layout.addStretch(1)
        self.setFocusProxy(self.to)
        for line in (self.to, self.method, self.connection):
            line.edited.connect(self.changed)

    def show_answer(self, draft: AnswerDraft) -> None:
        """Shows whom a call is passed on to."""
        self.to.show_typed(draft.to)
        self.method.show_typed(draft.method)
        self.connection.show_typed(draft.connection)

    def written(self, draft: AnswerDraft) -> AnswerDraft:
        """`draft` with what stands in the fields."""
        return msgspec.structs.replace(
            draft, to=self.to.typed(), method=self.method.typed(), connection=self.connection.typed()
        )

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of each field."""
        for field, frame in self._frames.items():
            here = [r for r in remarks if r.field is field]
            self._words[field].show_remarks(here)
            frame.set_invalid(any(r.is_error for r in here))

    def field(self, field: Field) -> QWidget:
        """The widget that a remark is about."""
        return self._frames[field].field if field in self._frames else self.to


class WordsOnly(AnswerFields):
    """A kind of answer that has no fields: what will happen, in words."""

    def __init__(self, text: str) -> None:
        super().__init__()
        layout = column_of(self)
        layout.addWidget(_sentences(text))
        layout.addStretch(1)

    def show_answer(self, draft: AnswerDraft) -> None:
        """There is nothing to fill in."""

    def written(self, draft: AnswerDraft) -> AnswerDraft:
        """Nothing was typed."""
        return draft

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """There is nothing to say."""


ASK_WORDS = (
    "The call waits here until you answer it: with text, JSON or an error. Nothing takes the focus "
    "meanwhile. Where nobody answers, the caller gets 1502 when its time is up.\n"
    "`rpc-inspector respond` asks in its terminal; without a terminal it answers 1500."
)
NO_ANSWER_WORDS = (
    "The caller hears nothing, and gets 1502 when its time is up: 15 s after it asked, unless it asked for "
    "another timeout."
)
_TEMPLATE_WORDS = (
    "Jinja, with payload, json, caller, method, request_id, hits, now, uuid, random_int and vars. What it "
    "makes is sent as it is."
)
_SCRIPT_WORDS = (
    "The Python file has `async def respond(call)`. What it returns is the answer: a string as it is, a "
    "mapping or list as JSON; RpcError(code, message, data) refuses the call. call has payload, json, "
    "caller, method, request_id, timeout and hits."
)
_FORWARD_WORDS = (
    "The payload goes there with the time that its caller has left; the answer, or the error, comes back "
    "unchanged."
)


def text_editor(name: str) -> PayloadEditor:
    """A text of several lines that may be low."""
    editor = PayloadEditor(name=name)
    editor.setMinimumHeight(_TEXT_PX)
    return editor


def column_of(widget: QWidget) -> QVBoxLayout:
    """A layout for the fields of `widget`, one beneath the other."""
    layout = QVBoxLayout(widget)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(4)
    return layout


def _sentences(text: str) -> QWidget:
    words = wrapped_label(Tone.SECONDARY)
    set_wrapped(words, text)
    words.setAlignment(Qt.AlignmentFlag.AlignTop)
    return words


def _hint(text: str) -> QWidget:
    words = label(text, tone=Tone.SECONDARY, meta=True, wrap=True)
    policy = words.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Ignored)
    words.setSizePolicy(policy)
    return words
