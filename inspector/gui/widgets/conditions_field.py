"""When a rule acts: its conditions as rows, all of which must hold."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QMenu, QVBoxLayout, QWidget

from inspector.gui.models.condition_draft import ConditionDraft, Subject, new_condition
from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.widgets.condition_row import SUBJECT_PX, ConditionRow
from inspector.gui.widgets.controls import Tone, button, label

_SUBJECT_WORDS = {
    Subject.CALLER: "caller: a glob on its identity",
    Subject.PAYLOAD: "payload: its text",
    Subject.JSON: "json: a value at a JSONPath",
    Subject.SCHEMA: "schema: a JSON Schema",
}
_PLACES = (Field.PATH, Field.VALUE)


class ConditionsField(QWidget):
    """Rows that come and go; without any the rule is for every call."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[ConditionRow] = []
        self._title = label(tone=Tone.SECONDARY, meta=True)
        self.add = button("+ condition  ▾", name="Add a condition")
        self.add.setMinimumWidth(SUBJECT_PX)
        menu = QMenu(self.add)
        menu.setAccessibleName("What the condition is about")
        for subject, words in _SUBJECT_WORDS.items():
            menu.addAction(words, partial(self._add, subject))
        self.add.setMenu(menu)
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(4)
        self._layout.addWidget(self._title)
        self._layout.addWidget(self.add, 0, Qt.AlignmentFlag.AlignLeft)
        self._show_title()

    def rows(self) -> tuple[ConditionRow, ...]:
        """The rows, in order."""
        return tuple(self._rows)

    def drafts(self) -> tuple[ConditionDraft, ...]:
        """The conditions as they stand in the rows."""
        return tuple(row.draft() for row in self._rows)

    def show_drafts(self, drafts: tuple[ConditionDraft, ...]) -> None:
        """Shows these conditions; telling it again what stands there moves no caret."""
        while len(self._rows) > len(drafts):
            self._take_row()
        while len(self._rows) < len(drafts):
            self._put_row()
        for row, draft in zip(self._rows, drafts, strict=True):
            if row.draft() != draft or row.isHidden():
                row.show_draft(draft)
                row.show()
        self._show_title()

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the conditions."""
        for index, row in enumerate(self._rows):
            row.show_remarks([r for r in remarks if r.item == index and r.field in _PLACES])

    def field(self, field: Field, item: int | None) -> QWidget:
        """The widget that a remark is about."""
        known = item is not None and item < len(self._rows)
        return self._rows[item].field(field) if known and item is not None else self.add

    def _put_row(self) -> None:
        row = ConditionRow()
        number = len(self._rows) + 1
        row.set_number(number)
        row.hide()
        self._rows.append(row)
        self._layout.insertWidget(number, row)
        row.changed.connect(self.changed)
        row.remove_requested.connect(lambda: self._remove(self._rows.index(row)))

    def _take_row(self) -> None:
        row = self._rows.pop()
        self._layout.removeWidget(row)
        row.hide()
        row.deleteLater()

    def _add(self, subject: Subject) -> None:
        self.show_drafts((*self.drafts(), new_condition(subject)))
        self.changed.emit()
        self._rows[-1].main_field().setFocus(Qt.FocusReason.OtherFocusReason)

    def _remove(self, index: int) -> None:
        drafts = self.drafts()
        self.show_drafts(drafts[:index] + drafts[index + 1 :])
        self.changed.emit()
        after = self._rows[index].remove if index < len(self._rows) else self.add
        after.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_title(self) -> None:
        self._title.setText("When all of these hold" if self._rows else "For every call")
