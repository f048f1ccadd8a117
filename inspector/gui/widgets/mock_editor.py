"""The editor of one rule of a mock: its head, when it acts on the left, what it answers on the right."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.core.mocks import Mock, Rule
from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.models.mock_cells import is_reached
from inspector.gui.models.mock_draft import (
    MockDraft,
    RuleDraft,
    draft_of,
    draft_of_text,
    has_text,
    mock_of,
    text_of_rule,
)
from inspector.gui.widgets.controls import column, rule
from inspector.gui.widgets.mock_answer import MockAnswer
from inspector.gui.widgets.mock_form import MockForm
from inspector.gui.widgets.mock_line import MockLine
from inspector.gui.widgets.rule_head import RuleHead, RuleView
from inspector.gui.widgets.rule_text import RuleText
from inspector.gui.widgets.try_it import TryIt

FORM_PX = 388
LEAST_PX = (700, 116)
"""Its least size, in which it scrolls. Fixed, so that words beneath fields never move the dock's edge."""
_BODY_PX = 210


class MockEditor(QWidget):
    """Shows a draft and says when a person changed it; keeps nothing itself but what it shows."""

    draft_changed = Signal(object)
    """The `MockDraft` as it is now."""
    rule_chosen = Signal(int)
    rule_enable_requested = Signal(int, bool)
    move_requested = Signal(int, int)
    """A rule (from 0), and how far down it is to go (negative: up)."""
    rule_add_requested = Signal()
    rule_duplicate_requested = Signal(int)
    rule_delete_requested = Signal(int)
    left = Signal()
    """Escape: the person is done here."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Editor of the mock")
        self.setMinimumSize(*LEAST_PX)
        self._draft = MockDraft()
        self._rule = 0
        self._saved: Mock | None = None
        self._shown: MockDraft | None = None
        self.mock_line = MockLine()
        self.head = RuleHead()
        self.form = MockForm()
        self.form.setFixedWidth(FORM_PX)
        self.answer = MockAnswer()
        self.try_it = TryIt()
        self.text = RuleText()
        self._pages = QStackedWidget()
        self._view = RuleView.FORM
        self._scroll = QScrollArea()
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        line = QFrame()
        line.setFixedWidth(1)
        line.setProperty("rule", True)
        body = QWidget()
        body.setMinimumHeight(_BODY_PX)
        columns = QHBoxLayout(body)
        columns.setContentsMargins(0, 0, 0, 0)
        columns.setSpacing(0)
        columns.addWidget(self.form)
        columns.addWidget(line)
        columns.addWidget(self.answer, 1)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._pages.addWidget(body)
        self._pages.addWidget(self.text)
        self._pages.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._scroll.setWidget(column(self._pages, rule(), self.try_it, spacing=0))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.mock_line)
        layout.addWidget(self.head)
        layout.addWidget(self._scroll, 1)

    def _connect(self) -> None:
        for part in (self.mock_line, self.head, self.form, self.answer):
            part.changed.connect(self._changed)
        self.try_it.rule_chosen.connect(self.rule_chosen)
        self.text.changed.connect(self._text_changed)
        self.head.view_chosen.connect(self._choose_view)
        self.head.enable_requested.connect(lambda on: self.rule_enable_requested.emit(self._rule, on))
        self.head.move_requested.connect(lambda by: self.move_requested.emit(self._rule, by))
        self.head.add_requested.connect(self.rule_add_requested)
        self.head.duplicate_requested.connect(lambda: self.rule_duplicate_requested.emit(self._rule))
        self.head.delete_requested.connect(lambda: self.rule_delete_requested.emit(self._rule))

    @property
    def rule(self) -> int:
        """The rule that is shown (from 0)."""
        return self._rule

    def show_mock(self, draft: MockDraft, rule: int, saved: Mock | None, *, with_method: bool = True) -> None:
        """Shows a draft of `saved` (None: a new mock) and one of its rules.

        `with_method` shows the fields of the mock as a whole above those of the rule.
        """
        if saved is not self._saved:
            self._shown = None if saved is None else draft_of(saved)
        self._draft, self._rule, self._saved = draft, rule, saved
        self.mock_line.show_mock(draft.method, draft.identity)
        self.mock_line.setVisible(with_method)
        self._show_fields()
        self._show_view()

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the fields in sight."""
        here = [remark for remark in remarks if remark.rule == self._rule]
        self.mock_line.show_remarks([remark for remark in remarks if remark.rule is None])
        self.form.show_remarks(here)
        self.answer.show_remarks(here)
        self.text.show_remarks(here)
        self._try(remarks)

    def focus_field(self, field: Field, item: int | None = None) -> None:
        """Takes the focus into a field; `item` is the condition or step it belongs to."""
        if field is Field.TEXT:
            self.text.editor.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        widget: QWidget
        if field is Field.METHOD:
            self.mock_line.show()
            widget = self.mock_line.method
        else:
            self._choose_view(RuleView.FORM)
            widget = self.form.field(field, item) or self.answer.field(field, item)
        widget.setFocus(Qt.FocusReason.OtherFocusReason)
        around = widget.parentWidget()
        while around is not None:
            if isinstance(around, QScrollArea):  # that of the editor, and that of steps within it
                around.ensureWidgetVisible(widget)
            around = around.parentWidget()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape leaves the editor; fields pass on what they have no use for."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def _try(self, remarks: Sequence[FieldRemark]) -> None:
        """Has `Try it` go by the draft, as soon as that can be read."""
        try:
            self.try_it.set_mock(mock_of(self._draft, self._saved, self._shown), rule=self._rule)
        except ValueError:
            wrong = next(remark for remark in remarks if remark.is_error and remark.rule is not None)
            refusal = f"rule {(wrong.rule or 0) + 1}, {wrong.message}"
            self.try_it.set_mock(None, rule=self._rule, refusal=refusal)

    def _show_fields(self) -> None:
        shown, base = self._draft.rules[self._rule], self._base()
        enabled = None if base is None else base.enabled
        self.head.show_rule(self._rule, len(self._draft.rules), name=shown.name, enabled=enabled)
        reached = base is None or self._saved is None or is_reached(self._saved, self._rule)
        self.form.show_rule(shown, is_reached=reached)
        self.answer.show_rule(shown)

    def _choose_view(self, view: str) -> None:
        self._view = RuleView(view)
        self._show_view()

    def _show_view(self) -> None:
        """Shows the fields or the text; a text that cannot be read stays until it can."""
        shown, base = self._draft.rules[self._rule], self._base()
        can_change = shown.broken_text is None and has_text(shown, base)
        if shown.broken_text is not None:
            self._view = RuleView.YAML
        elif not can_change:
            self._view = RuleView.FORM
        if self._view is RuleView.YAML and draft_of_text(self.text.text(), shown) != shown:
            # A text that says the same keeps its lines and its caret.
            self.text.show_text(text_of_rule(shown, base) if shown.broken_text is None else shown.broken_text)
        self.head.show_view(self._view, can_change=can_change)
        self._pages.setCurrentIndex(0 if self._view is RuleView.FORM else 1)

    def _base(self) -> Rule | None:
        """The rule in sight as it is saved; None where it never was."""
        known = self._saved is not None and self._rule < len(self._saved.rules)
        return self._saved.rules[self._rule] if self._saved is not None and known else None

    def _text_changed(self) -> None:
        before = msgspec.structs.replace(self._draft.rules[self._rule], broken_text=None)
        self._put(draft_of_text(self.text.text(), before))
        self._show_fields()

    def _changed(self) -> None:
        rule = self.answer.written(self.form.written(self._draft.rules[self._rule]))
        rule = msgspec.structs.replace(rule, name=self.head.name.typed())
        self._put(rule)

    def _put(self, rule: RuleDraft) -> None:
        draft = msgspec.structs.replace(
            self._draft, method=self.mock_line.method.typed(), identity=self.mock_line.identity.typed()
        ).with_rule(self._rule, rule)
        if draft != self._draft:  # a text field may say so of a mere change of its look
            self._draft = draft
            self.draft_changed.emit(draft)
            self._show_view()
