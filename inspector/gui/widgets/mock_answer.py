"""What one rule of a mock answers: the switch between the kinds of answers, and the fields of each."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from inspector.gui.models.answer_draft import AnswerKind
from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.models.mock_draft import RuleDraft
from inspector.gui.widgets.answer_fields import (
    ASK_WORDS,
    NO_ANSWER_WORDS,
    AnswerFields,
    ErrorFields,
    ForwardFields,
    ScriptField,
    TemplateField,
    WordsOnly,
)
from inspector.gui.widgets.answer_words import KIND_WORDS
from inspector.gui.widgets.controls import Tone, label
from inspector.gui.widgets.reply_field import ReplyField
from inspector.gui.widgets.segments import Segments
from inspector.gui.widgets.sequence_field import SequenceField


class MockAnswer(QWidget):
    """Shows the answer of a rule; what was typed for another kind stays there."""

    changed = Signal()
    """A person changed something."""

    def __init__(self) -> None:
        super().__init__()
        self._is_showing = False
        self.kinds = Segments({kind: KIND_WORDS[kind] for kind in AnswerKind}, name="Answer", tight=True)
        self.reply = ReplyField()
        self.error = ErrorFields()
        self.sequence = SequenceField()
        self._fields: dict[AnswerKind, AnswerFields] = {
            AnswerKind.REPLY: self.reply,
            AnswerKind.TEMPLATE: TemplateField(),
            AnswerKind.ERROR: self.error,
            AnswerKind.SCRIPT: ScriptField(),
            AnswerKind.ASK: WordsOnly(ASK_WORDS),
            AnswerKind.FORWARD: ForwardFields(),
            AnswerKind.NO_ANSWER: WordsOnly(NO_ANSWER_WORDS),
        }
        self._pages = QStackedWidget()
        for page in self._fields.values():
            self._pages.addWidget(page)
            page.changed.connect(self._changed)
        self._pages.addWidget(self.sequence)
        self.sequence.changed.connect(self._changed)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(6)
        layout.addWidget(label("Answer", tone=Tone.SECONDARY, meta=True))
        layout.addWidget(self.kinds, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addWidget(self._pages, 1)
        self.kinds.value_changed.connect(self._changed)

    def show_rule(self, rule: RuleDraft) -> None:
        """Fills the fields; telling it again what stands there moves no caret."""
        self._is_showing = True
        self.kinds.set_value(rule.answer.kind)
        for page in self._fields.values():
            page.show_answer(rule.answer)
        self.sequence.show_steps(rule.steps, rule.then)
        self._is_showing = False
        self._show_kind()

    def written(self, rule: RuleDraft) -> RuleDraft:
        """`rule` with what stands in the fields."""
        answer = msgspec.structs.replace(rule.answer, kind=self._kind())
        for page in self._fields.values():
            answer = page.written(answer)
        steps, then = self.sequence.written()
        return msgspec.structs.replace(rule, answer=answer, steps=steps, then=then)

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the fields."""
        for page in self._fields.values():
            page.show_remarks([remark for remark in remarks if remark.item is None])
        self.sequence.show_remarks(remarks)

    def field(self, field: Field, item: int | None) -> QWidget:
        """The widget that a remark on the shown kind is about."""
        page = self._fields.get(self._kind())
        return self.sequence.field(field, item) if page is None else page.field(field)

    def _kind(self) -> AnswerKind:
        return AnswerKind(self.kinds.value())

    def _changed(self) -> None:
        if not self._is_showing:
            self._show_kind()
            self.changed.emit()

    def _show_kind(self) -> None:
        self._pages.setCurrentWidget(self._fields.get(self._kind(), self.sequence))
