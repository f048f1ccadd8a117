"""The steps of a sequence: one answer a row, and what comes after the last."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from inspector.core.mocks import Then
from inspector.gui.models.answer_draft import StepDraft
from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.widgets.answer_fields import column_of
from inspector.gui.widgets.controls import Tone, button, label, row
from inspector.gui.widgets.mock_words import FieldWords
from inspector.gui.widgets.segments import Segments
from inspector.gui.widgets.step_row import StepRow

_LEAST_PX = 120


class SequenceField(QWidget):
    """Rows of steps that come, go and move."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._rows: list[StepRow] = []
        self.add = button("+ step", self._add, name="Add a step")
        self.then = Segments(
            {Then.REPEAT_LAST: "the last again", Then.CYCLE: "from the first again"},
            name="After the last step",
        )
        self._words = FieldWords(self.add)
        self._body = QWidget()
        self._layout = QVBoxLayout(self._body)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._layout.addStretch(1)
        self._scroll = QScrollArea()
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setWidgetResizable(True)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setMinimumHeight(_LEAST_PX)
        self._scroll.setWidget(self._body)
        after = label("after the last step:", tone=Tone.SECONDARY, meta=True)
        layout = column_of(self)
        layout.addWidget(self._scroll, 1)
        layout.addWidget(self._words)
        layout.addWidget(row(self.add, None, after, self.then))
        self.then.value_changed.connect(lambda _value: self.changed.emit())

    def rows(self) -> tuple[StepRow, ...]:
        """The rows, in order."""
        return tuple(self._rows)

    def written(self) -> tuple[tuple[StepDraft, ...], Then]:
        """What stands in the fields."""
        return tuple(row.draft() for row in self._rows), Then(self.then.value())

    def show_steps(self, steps: tuple[StepDraft, ...], then: Then) -> None:
        """Fills the fields; telling it again what stands there moves no caret."""
        while len(self._rows) > len(steps):
            self._take_row()
        while len(self._rows) < len(steps):
            self._put_row()
        for index, (row_, step) in enumerate(zip(self._rows, steps, strict=True)):
            row_.show_step(index, step, count=len(steps))
            row_.show()
        self.then.set_value(then.value)

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of each step."""
        for index, row_ in enumerate(self._rows):
            row_.show_remarks([remark for remark in remarks if remark.item == index])
        self._words.show_remarks(r for r in remarks if r.field is Field.STEPS)

    def field(self, field: Field, item: int | None) -> QWidget:
        """The widget that a remark is about."""
        if item is None or item >= len(self._rows):
            return self.add
        return self._rows[item].field(field)

    def _put_row(self) -> None:
        row_ = StepRow()
        row_.hide()
        self._layout.insertWidget(len(self._rows), row_)
        self._rows.append(row_)
        row_.changed.connect(self.changed)
        row_.remove_requested.connect(lambda: self._remove(self._rows.index(row_)))
        row_.move_requested.connect(lambda by: self._move(self._rows.index(row_), by))

    def _take_row(self) -> None:
        row_ = self._rows.pop()
        self._layout.removeWidget(row_)
        row_.hide()
        row_.deleteLater()

    def _add(self) -> None:
        steps, then = self.written()
        fresh = StepDraft() if not steps else msgspec.structs.replace(StepDraft(), delay=steps[-1].delay)
        self.show_steps((*steps, fresh), then)
        self.changed.emit()
        self._rows[-1].focus()
        self._show_row(len(self._rows) - 1)

    def _remove(self, index: int) -> None:
        steps, then = self.written()
        self.show_steps(steps[:index] + steps[index + 1 :], then)
        self.changed.emit()
        after = self._rows[min(index, len(self._rows) - 1)].remove if self._rows else self.add
        after.setFocus(Qt.FocusReason.OtherFocusReason)

    def _move(self, index: int, by: int) -> None:
        steps, then = self.written()
        target = index + by
        if not 0 <= target < len(steps):
            return
        moved = list(steps)
        moved.insert(target, moved.pop(index))
        self.show_steps(tuple(moved), then)
        self.changed.emit()
        self._rows[target].focus_mover(by)
        self._show_row(target)

    def _show_row(self, index: int) -> None:
        self._layout.activate()
        body = self._body
        body.resize(body.width(), body.sizeHint().height())  # else there is only later where to scroll to
        self._scroll.ensureWidgetVisible(self._rows[index])
