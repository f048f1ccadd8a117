"""When one rule of a mock acts: its conditions, how soon and how often."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QWidget

from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.models.mock_draft import RuleDraft
from inspector.gui.widgets.conditions_field import ConditionsField
from inspector.gui.widgets.controls import Tone, column
from inspector.gui.widgets.mock_words import FieldWords
from inspector.gui.widgets.often_fields import OftenFields


class MockForm(QScrollArea):
    """The left column of the editor; it scrolls where there are many conditions."""

    changed = Signal()
    """A person changed something."""

    def __init__(self) -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._reach = FieldWords()
        self.conditions = ConditionsField()
        self.often = OftenFields()
        self.setWidget(
            column(self._reach, self.conditions, self.often, None, spacing=14, margins=(12, 8, 12, 8))
        )
        self.conditions.changed.connect(self.changed)
        self.often.changed.connect(self.changed)

    def show_rule(self, rule: RuleDraft, *, is_reached: bool) -> None:
        """Fills the fields; telling it again what stands there moves no caret."""
        unreached = "" if is_reached else "Not reached: a rule above answers every call."
        self._reach.show_words(unreached, Tone.FAINT)
        self.conditions.show_drafts(rule.conditions)
        self.often.show_drafts(rule.delay, rule.often)

    def written(self, rule: RuleDraft) -> RuleDraft:
        """`rule` with what stands in the fields."""
        delay, often = self.often.drafts()
        return msgspec.structs.replace(rule, conditions=self.conditions.drafts(), delay=delay, often=often)

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of each field."""
        self.conditions.show_remarks(remarks)
        self.often.show_remarks(remarks)

    def field(self, field: Field, item: int | None) -> QWidget | None:
        """The widget that a remark is about; None where it is not here."""
        if field in (Field.PATH, Field.VALUE):
            return self.conditions.field(field, item)
        return self.often.field(field) if item is None else None
