"""The editor of one mock: which calls it answers on the left, the answer of one of its rules on the right."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from inspector.core.mocks import Mock
from inspector.gui.models.mock_draft import Field, FieldRemark, MockDraft
from inspector.gui.widgets.mock_answer import MockAnswer
from inspector.gui.widgets.mock_form import MockForm

FORM_PX = 360
ANSWER_PX = 250
LEAST_PX = 116
"""Its height may be as little as this. Fixed, so that words beneath a field never move the dock's edge."""


class MockEditor(QWidget):
    """Shows a draft and says when a person changed it; keeps nothing itself but what it shows."""

    draft_changed = Signal(object)
    """The `MockDraft` as it is now."""
    rule_chosen = Signal(int)
    rule_enable_requested = Signal(int, bool)
    left = Signal()
    """Escape: the person is done here."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Editor of the mock")
        self.setMinimumSize(FORM_PX + ANSWER_PX, LEAST_PX)
        self._draft = MockDraft()
        self._rule = 0
        self.form = MockForm()
        self.form.setFixedWidth(FORM_PX)
        self.answer = MockAnswer()
        line = QFrame()
        line.setFixedWidth(1)
        line.setProperty("rule", True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.form)
        layout.addWidget(line)
        layout.addWidget(self.answer, 1)
        self.form.changed.connect(self._changed)
        self.answer.changed.connect(self._changed)
        self.form.rule_chosen.connect(self.rule_chosen)
        self.form.rule_enable_requested.connect(self.rule_enable_requested)

    @property
    def rule(self) -> int:
        """The rule that is shown (from 0)."""
        return self._rule

    def show_mock(self, draft: MockDraft, rule: int, saved: Mock | None) -> None:
        """Shows a draft of `saved` (None: a new mock) and one of its rules."""
        self._draft, self._rule = draft, rule
        self.form.show_mock(draft, rule, saved)
        self.answer.show_rule(draft.rules[rule], read_only=saved is not None and bool(saved.source))

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the fields in sight."""
        here = [remark for remark in remarks if remark.rule in (None, self._rule)]
        self.form.show_remarks(here)
        self.answer.show_remarks(here)

    def focus_field(self, field: Field) -> None:
        """Takes the focus into a field."""
        widgets: dict[Field, QWidget] = {
            Field.METHOD: self.form.method,
            Field.IDENTITY: self.form.identity,
            Field.DELAY: self.form.delay,
            Field.JITTER: self.form.jitter,
            Field.REPLY: self.answer.reply.editor,
            Field.CODE: self.answer.error.code,
            Field.MESSAGE: self.answer.error.message,
            Field.DATA: self.answer.error.data,
        }
        widgets[field].setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape leaves the editor; fields pass on what they have no use for."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _changed(self) -> None:
        written = self.form.written(self._draft, self._rule)
        rule = self.answer.written(written.rules[self._rule])
        rules = (*written.rules[: self._rule], rule, *written.rules[self._rule + 1 :])
        draft = MockDraft(written.method, written.identity, rules)
        if draft != self._draft:  # a text field may say so of a mere change of its look
            self._draft = draft
            self.draft_changed.emit(draft)
