"""One step of a sequence as a row: kind of answer, its main field, and beneath it the rest and its delay."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from inspector.gui.models.answer_draft import AnswerDraft, AnswerKind, StepDraft, given
from inspector.gui.models.delay_draft import DelayDraft
from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.theme import CONTROL_PX
from inspector.gui.widgets.answer_fields import column_of
from inspector.gui.widgets.answer_words import KIND_WORDS
from inspector.gui.widgets.controls import Tone, combo_box, label, row, tool_button
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.mock_words import FieldWords
from inspector.gui.widgets.number_line import NumberLine
from inspector.gui.widgets.typed_line import TypedLine

_NUMBER_PX = 18
_KIND_PX = 104
_CODE_PX = 64
_DELAY_PX = 132
_JITTER_PX = 84
_BENEATH = (Field.DATA, Field.TO_METHOD, Field.CONNECTION)
_PARTS: dict[Field, str] = {
    Field.REPLY: "reply",
    Field.TEMPLATE: "template",
    Field.CODE: "code",
    Field.MESSAGE: "message",
    Field.DATA: "data",
    Field.SCRIPT: "script",
    Field.TO: "to",
    Field.TO_METHOD: "method",
    Field.CONNECTION: "connection",
}
"""The part of an `AnswerDraft` that each field shows."""
_PLACEHOLDERS = {
    Field.REPLY: "empty reply",
    Field.TEMPLATE: "{{ json.city }}",
    Field.MESSAGE: "message",
    Field.DATA: "data, if any",
    Field.SCRIPT: "quote.py",
    Field.TO: "agent-1, @agent or a glob",
    Field.TO_METHOD: "same method",
    Field.CONNECTION: "same connection",
}


class StepRow(QWidget):
    """Shows a `StepDraft` and says when a person changed it."""

    changed = Signal()
    remove_requested = Signal()
    move_requested = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._draft = StepDraft()
        self._number = label(tone=Tone.FAINT, mono=True)
        self._number.setFixedWidth(_NUMBER_PX)
        self._number.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.kind = combo_box(name="Kind of answer")
        self.kind.setFixedWidth(_KIND_PX)
        for kind, words in KIND_WORDS.items():
            if kind is not AnswerKind.SEQUENCE:
                self.kind.addItem(words, kind.value)
        self.lines = {
            field: TypedLine(name=field.value, placeholder=_PLACEHOLDERS.get(field, "")) for field in _PARTS
        }
        self.lines[Field.CODE].setFixedWidth(_CODE_PX)
        self.delay = NumberLine(name="delay in milliseconds", step=50, empty="the rule's")
        self.jitter = NumberLine(name="delay, give or take milliseconds", step=50, empty="0")
        self.up = _small("↑", "Move the step up")
        self.down = _small("↓", "Move the step down")
        self.remove = _small("\N{MULTIPLICATION SIGN}", "Remove the step")
        self._words = FieldWords(self.kind)
        self._lay_out()
        self.kind.activated.connect(self._edited)
        for line in (*self.lines.values(), self.delay, self.jitter):
            line.edited.connect(self._edited)
        self.up.clicked.connect(lambda: self.move_requested.emit(-1))
        self.down.clicked.connect(lambda: self.move_requested.emit(1))
        self.remove.clicked.connect(self.remove_requested)

    def _lay_out(self) -> None:
        delay = FieldFrame("delay", self.delay)
        delay.setFixedWidth(_DELAY_PX)
        jitter = FieldFrame("±", self.jitter, label("ms", tone=Tone.FAINT, meta=True))
        jitter.setFixedWidth(_JITTER_PX)
        above = [line for field, line in self.lines.items() if field not in _BENEATH]
        beneath = [self.lines[field] for field in _BENEATH]
        indent = QWidget()
        indent.setFixedWidth(_NUMBER_PX)
        self._gap, self._gap_beneath = QWidget(), QWidget()
        tools = (self.up, self.down, self.remove)
        first = _line((self._number, self.kind), (*above, self._gap), tools)
        second = _line((indent, delay, jitter), (*beneath, self._gap_beneath))
        layout = column_of(self)
        layout.addWidget(first)
        layout.addWidget(second)
        layout.addWidget(self._words)

    def draft(self) -> StepDraft:
        """The step as it stands in the fields."""
        return self._draft

    def show_step(self, index: int, step: StepDraft, *, count: int) -> None:
        """Fills the fields of step `index` (from 0) of `count`."""
        self._draft = step
        self._number.setText(str(index + 1))
        self._name_all(f"Step {index + 1}")
        self.up.setEnabled(index > 0)
        self.down.setEnabled(index + 1 < count)
        self.kind.setCurrentIndex(self.kind.findData(step.answer.kind.value))
        for field, line in self.lines.items():
            line.show_typed(getattr(step.answer, _PARTS[field]))
        self.delay.show_typed(step.delay.ms)
        self.jitter.show_typed(step.delay.jitter_ms)
        self._show_fields()

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the step."""
        self._words.show_remarks(remarks)

    def field(self, field: Field) -> QWidget:
        """The widget that a remark is about."""
        fields: dict[Field, QWidget] = {**self.lines, Field.DELAY: self.delay, Field.JITTER: self.jitter}
        return fields.get(field, self.kind)

    def focus(self) -> None:
        """Takes the focus to where one chooses the kind of answer."""
        self.kind.setFocus(Qt.FocusReason.OtherFocusReason)

    def focus_mover(self, by: int) -> None:
        """Takes the focus to the arrow that was pressed, or to the other at an end."""
        wanted, other = (self.up, self.down) if by < 0 else (self.down, self.up)
        (wanted if wanted.isEnabled() else other).setFocus(Qt.FocusReason.OtherFocusReason)

    def _name_all(self, step: str) -> None:
        self.setAccessibleName(step)
        self.kind.setAccessibleName(f"{step}: kind of answer")
        self.kind.view().setAccessibleName(f"{step}: kind of answer")
        for field, line in self.lines.items():
            line.setAccessibleName(f"{step}: {field.value}")
        self.delay.setAccessibleName(f"{step}: delay in milliseconds")
        self.jitter.setAccessibleName(f"{step}: delay, give or take milliseconds")
        for tool, what in ((self.up, "move up"), (self.down, "move down"), (self.remove, "remove")):
            tool.setAccessibleName(f"{step}: {what}")

    def _edited(self) -> None:
        kind = AnswerKind(self.kind.currentData())
        typed = {_PARTS[field]: line.typed() for field, line in self.lines.items()}
        answer: AnswerDraft = msgspec.structs.replace(self._draft.answer, kind=kind, **typed)
        self._draft = StepDraft(answer, DelayDraft(self.delay.typed(), self.jitter.typed()))
        self._show_fields()
        self.changed.emit()

    def _show_fields(self) -> None:
        parts = given(self._draft.answer)
        shown = {field for field, part in _PARTS.items() if part in parts}
        for field, line in self.lines.items():
            line.setVisible(field in shown)
        self._gap.setVisible(not shown)
        self._gap_beneath.setVisible(shown.isdisjoint(_BENEATH))


def _line(*groups: tuple[QWidget, ...]) -> QWidget:
    """Widgets side by side; those of the second group share the width there is."""
    line = row(*(widget for group in groups for widget in group), spacing=4)
    layout = line.layout()
    assert isinstance(layout, QHBoxLayout)
    for item in range(len(groups[0]), len(groups[0]) + len(groups[1])):
        layout.setStretch(item, 1)
    return line


def _small(text: str, name: str) -> QToolButton:
    tool = tool_button(text, name=name)
    tool.setProperty("bare", True)
    tool.setFixedWidth(CONTROL_PX - 4)
    return tool
