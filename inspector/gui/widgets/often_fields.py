"""How soon and how often a rule answers."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from inspector.gui.models.delay_draft import DelayDraft, OftenDraft, delay_words, often_words
from inspector.gui.models.field_remarks import Field, FieldRemark
from inspector.gui.widgets.controls import Tone, label
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.mock_words import FieldWords
from inspector.gui.widgets.number_line import NumberLine, Stepper
from inspector.gui.widgets.plain_text import ElidedLabel

_WIDE_PX = 136
_NARROW_PX = 96


class OftenFields(QWidget):
    """Delay, give or take; chance and times; and what they come to, in words."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.delay = NumberLine(name="Mock delay in milliseconds", step=50, empty="0")
        self.jitter = NumberLine(name="Mock delay, give or take milliseconds", step=50, empty="0")
        self.chance = NumberLine(name="Rule chance in per cent", step=5, empty="100", most=100)
        self.times = NumberLine(name="Rule times at most", step=1, empty="∞", least=1)
        self._frames = {
            Field.DELAY: _frame("delay", self.delay, "ms", _WIDE_PX),
            Field.JITTER: _frame("±", self.jitter, "ms", _NARROW_PX),
            Field.CHANCE: _frame("chance", self.chance, "%", _WIDE_PX),
            Field.TIMES: _frame("times", self.times, "", _NARROW_PX),
        }
        self._soon = ElidedLabel(tone=Tone.SECONDARY, meta=True)
        self._often = ElidedLabel(tone=Tone.SECONDARY, meta=True)
        self._delay_words = FieldWords(self.delay)
        self._often_words = FieldWords(self.chance)
        layout = QGridLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setHorizontalSpacing(4)
        layout.setVerticalSpacing(4)
        layout.setColumnStretch(2, 1)
        layout.addWidget(label("How soon and how often", tone=Tone.SECONDARY, meta=True), 0, 0, 1, 3)
        layout.addWidget(self._frames[Field.DELAY], 1, 0)
        layout.addWidget(self._frames[Field.JITTER], 1, 1)
        layout.addWidget(self._soon, 1, 2)
        layout.addWidget(self._delay_words, 2, 0, 1, 3)
        layout.addWidget(self._frames[Field.CHANCE], 3, 0)
        layout.addWidget(self._frames[Field.TIMES], 3, 1)
        layout.addWidget(self._often, 3, 2)
        layout.addWidget(self._often_words, 4, 0, 1, 3)
        for line in (self.delay, self.jitter, self.chance, self.times):
            line.edited.connect(self._edited)

    def drafts(self) -> tuple[DelayDraft, OftenDraft]:
        """What stands in the fields."""
        delay = DelayDraft(self.delay.typed(), self.jitter.typed())
        return delay, OftenDraft(self.chance.typed(), self.times.typed())

    def show_drafts(self, delay: DelayDraft, often: OftenDraft) -> None:
        """Fills the fields."""
        self.delay.show_typed(delay.ms)
        self.jitter.show_typed(delay.jitter_ms)
        self.chance.show_typed(often.chance)
        self.times.show_typed(often.times)
        self._show_words()

    def show_remarks(self, remarks: Sequence[FieldRemark]) -> None:
        """Shows what is said of the fields."""
        here = [remark for remark in remarks if remark.item is None]
        self._delay_words.show_remarks(r for r in here if r.field in (Field.DELAY, Field.JITTER))
        self._often_words.show_remarks(r for r in here if r.field in (Field.CHANCE, Field.TIMES))
        for field, frame in self._frames.items():
            frame.set_invalid(any(r.field is field and r.is_error for r in here))

    def field(self, field: Field) -> QWidget | None:
        """The widget that a remark is about; None where it is not here."""
        frame = self._frames.get(field)
        return None if frame is None else frame.field

    def _edited(self) -> None:
        self._show_words()
        self.changed.emit()

    def _show_words(self) -> None:
        delay, often = self.drafts()
        self._soon.setText(delay_words(delay))
        self._often.setText(often_words(often))


def _frame(caption: str, line: NumberLine, unit: str, width: int) -> FieldFrame:
    extras = (label(unit, tone=Tone.FAINT, meta=True),) if unit else ()
    frame = FieldFrame(caption, line, *extras, Stepper(line))
    frame.setFixedWidth(width)
    return frame
