"""One condition of a rule as a row: subject, operator, value, and what is wrong with them beneath."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QVBoxLayout, QWidget

from inspector.gui.models.condition_draft import (
    OPERATORS,
    ConditionDraft,
    Operator,
    Subject,
    value_choices,
    value_words,
    with_operator,
    with_subject,
)
from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.theme import CONTROL_PX, restyle
from inspector.gui.widgets.controls import Tone, combo_box, label, row, tool_button
from inspector.gui.widgets.field_frame import RingedFrame
from inspector.gui.widgets.mock_words import FieldWords
from inspector.gui.widgets.payload_editor import PayloadEditor
from inspector.gui.widgets.typed_line import TypedLine

SUBJECT_PX = 136
_OPERATOR_PX = 96
_SCHEMA_LINES = 6
_PLACEHOLDERS = {Subject.CALLER: "web-*", Subject.PAYLOAD: "text", Subject.JSON: '"Oslo", 7, true'}


class ConditionRow(QWidget):
    """Shows a `ConditionDraft` and says when a person changed it."""

    changed = Signal()
    remove_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._draft = ConditionDraft(Subject.CALLER, Operator.MATCHES)
        self._is_showing = False
        self.subject = SubjectField()
        self.operator = combo_box(name="Operator")
        self.operator.setFixedWidth(_OPERATOR_PX)
        self.value = TypedLine(name="Value")
        self.choice = combo_box(name="Value")
        self.schema = PayloadEditor(name="JSON Schema")
        self.schema.set_json(True)
        self.schema.setFixedHeight(self.schema.height_for(_SCHEMA_LINES))
        self._fits = label("the payload fits this one", tone=Tone.SECONDARY, meta=True)
        self.remove = tool_button("\N{MULTIPLICATION SIGN}", name="Remove the condition")
        self.remove.setProperty("bare", True)
        self.remove.setFixedWidth(CONTROL_PX)
        self._words = FieldWords(self.value)
        line = row(self.subject, self.operator, self.value, self.choice, self._fits, self.remove, spacing=4)
        inner = line.layout()
        assert isinstance(inner, QHBoxLayout)
        for field in (2, 3, 4):
            inner.setStretch(field, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(line)
        layout.addWidget(self.schema)
        layout.addWidget(self._words)
        self.subject.kind.activated.connect(self._choose_subject)
        self.operator.activated.connect(self._choose_operator)
        self.choice.activated.connect(self._edited)
        self.subject.path.edited.connect(self._edited)
        self.value.edited.connect(self._edited)
        self.schema.text_changed.connect(self._edited)
        self.remove.clicked.connect(self.remove_requested)

    def set_number(self, number: int) -> None:
        """Tells which condition it is, from 1: a screen reader says so with each of its fields."""
        condition = f"Condition {number}"
        self.setAccessibleName(condition)
        self.subject.set_names(condition)
        for widget, what in (
            (self.operator, "operator"),
            (self.operator.view(), "operator"),
            (self.value, "value"),
            (self.choice, "value"),
            (self.choice.view(), "value"),
            (self.schema, "JSON Schema"),
            (self.remove, "remove"),
        ):
            widget.setAccessibleName(f"{condition}: {what}")

    def draft(self) -> ConditionDraft:
        """The condition as it stands in the fields."""
        return self._draft

    def show_draft(self, draft: ConditionDraft) -> None:
        """Fills the fields."""
        self._draft = draft
        self._is_showing = True
        is_schema = draft.subject is Subject.SCHEMA
        choices = value_choices(draft.operator)
        self.subject.show_subject(draft.subject, draft.path)
        _fill(self.operator, [operator.value for operator in OPERATORS[draft.subject]], draft.operator.value)
        self.operator.setVisible(not is_schema)
        self.value.setVisible(not choices and not is_schema)
        self.value.setPlaceholderText(_PLACEHOLDERS.get(draft.subject, ""))
        self.choice.setVisible(bool(choices))
        self.schema.setVisible(is_schema)
        self._fits.setVisible(is_schema)
        if choices:
            _fill(self.choice, list(choices), draft.value)
        elif is_schema:
            self.schema.set_text(draft.value)
        else:
            self.value.show_typed(draft.value)
        self._is_showing = False

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of this condition, or else what its value is taken for."""
        if remarks:
            self._words.show_remarks(remarks)
        else:
            self._words.show_words(value_words(self._draft), Tone.SECONDARY)
        wrong = {remark.field for remark in remarks if remark.is_error}
        self.subject.set_invalid(Field.PATH in wrong)
        for widget in (self.value, self.schema):
            if widget.property("invalid") != (Field.VALUE in wrong):
                widget.setProperty("invalid", Field.VALUE in wrong)
                restyle(widget)

    def main_field(self) -> QWidget:
        """Where one types first."""
        match self._draft.subject:
            case Subject.JSON:
                return self.subject.path
            case Subject.SCHEMA:
                return self.schema
            case _:
                return self.value

    def field(self, field: Field) -> QWidget:
        """The widget that a remark is about."""
        if field is Field.PATH:
            return self.subject.path
        return self.schema if self._draft.subject is Subject.SCHEMA else self.value

    def _choose_subject(self) -> None:
        self._take(with_subject(self._draft, Subject(self.subject.kind.currentText())))

    def _choose_operator(self) -> None:
        self._take(with_operator(self._draft, Operator(self.operator.currentText())))

    def _edited(self) -> None:
        if self._is_showing:
            return
        if self._draft.subject is Subject.SCHEMA:
            value = self.schema.text()
        else:
            choices = value_choices(self._draft.operator)
            value = self.choice.currentText() if choices else self.value.typed()
        path = self.subject.path.typed() if self._draft.subject is Subject.JSON else ""
        self._take(msgspec.structs.replace(self._draft, value=value, path=path))

    def _take(self, draft: ConditionDraft) -> None:
        if draft != self._draft:
            self.show_draft(draft)
            self.changed.emit()


class SubjectField(RingedFrame):
    """What a condition is about; for JSON with the path beside it, in one frame."""

    def __init__(self) -> None:
        super().__init__()
        self.setFixedSize(SUBJECT_PX, CONTROL_PX)
        self.kind = combo_box(name="Subject")
        self.kind.addItems([subject.value for subject in Subject])
        self.kind.setFixedHeight(CONTROL_PX - 2)
        self.path = TypedLine(name="JSONPath", placeholder="$.city")
        self.path.setFixedHeight(CONTROL_PX - 2)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 4, 0)
        layout.setSpacing(4)
        layout.addWidget(self.kind)
        layout.addWidget(self.path, 1)
        self.show_focus_of(self.kind, self.path)

    def set_names(self, condition: str) -> None:
        """Says which condition it belongs to."""
        for widget in (self.kind, self.kind.view()):
            widget.setAccessibleName(f"{condition}: subject")
        self.path.setAccessibleName(f"{condition}: JSONPath")

    def show_subject(self, subject: Subject, path: str) -> None:
        """Shows what the condition is about."""
        self.kind.setCurrentText(subject.value)
        is_json = subject is Subject.JSON
        self.path.setVisible(is_json)
        self.kind.setFixedWidth(_JSON_PX if is_json else SUBJECT_PX - 12)
        self.path.show_typed(path)


_JSON_PX = 46


def _fill(combo: QComboBox, titles: list[str], current: str) -> None:
    if [combo.itemText(i) for i in range(combo.count())] != titles:
        combo.clear()
        combo.addItems(titles)
    combo.setCurrentText(current)
