"""The editor of a fault rule: which calls, what is done to them, how often; it checks as one types."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from inspector.core.fault_labels import KIND_SENTENCES
from inspector.core.faults import CallPart, FaultKind
from inspector.gui.models.fault_draft import FaultDraft, FaultField, FaultRemark, often_words, remarks
from inspector.gui.widgets.controls import Tone, button, column, combo_box, label, line_edit, row, set_tone
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.wrapped_label import set_wrapped, wrapped_label

_KIND_PX = 146
_CODE_PX = 96
_CHANCE_PX = 104
_TIMES_PX = 86


class FaultEditor(QWidget):
    """Shows a draft, and asks for what it comes to when a person saves it. Escape gives it up."""

    draft_changed = Signal()
    save_requested = Signal()
    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Editor of the fault")
        self._is_showing = False
        self.title = label(bold=True)
        self.name = line_edit(name="Fault name", placeholder="optional")
        self.kind = combo_box(name="Fault kind")
        self.kind.addItems([kind.value for kind in FaultKind])
        self.method = line_edit(name="Fault method", placeholder="any", mono=True)
        self.caller = line_edit(name="Fault from", placeholder="any", mono=True)
        self.callee = line_edit(name="Fault to", placeholder="any", mono=True)
        self.code = line_edit(name="Fault error code", mono=True)
        self.message = line_edit(name="Fault error message", placeholder="what the SDK says")
        self.data = line_edit(name="Fault error data", placeholder="none", mono=True)
        self.ms = line_edit(name="Fault delay in milliseconds", mono=True)
        self.part = combo_box(name="Part of the call that is delayed")
        self.part.addItems([part.value for part in CallPart])
        self.chance = line_edit(name="Fault chance in per cent", mono=True)
        self.times = line_edit(name="Fault at most so often", placeholder="∞", mono=True)
        self._sentence = wrapped_label(Tone.SECONDARY, meta=True)
        self.words = wrapped_label(Tone.ERROR, meta=True)
        self.save = button("Save", self.save_requested.emit, name="Save the fault", primary=True)
        self.cancel = button("Cancel", self.cancel_requested.emit, name="Cancel the edit of the fault")
        self._fields: dict[FaultField, QWidget] = {
            FaultField.KIND: self.kind,
            FaultField.NAME: self.name,
            FaultField.METHOD: self.method,
            FaultField.CALLER: self.caller,
            FaultField.CALLEE: self.callee,
            FaultField.CODE: self.code,
            FaultField.MESSAGE: self.message,
            FaultField.DATA: self.data,
            FaultField.MS: self.ms,
            FaultField.PART: self.part,
            FaultField.CHANCE: self.chance,
            FaultField.TIMES: self.times,
        }
        self._frames: dict[FaultField, FieldFrame] = {}
        self._lay_out()
        self._connect()

    def _lay_out(self) -> None:
        unit = {FaultField.MS: "ms", FaultField.CHANCE: "%"}
        captions = {FaultField.MS: "delay", FaultField.CHANCE: "chance", FaultField.CALLER: "from"}
        for field, widget in self._fields.items():
            if isinstance(widget, QLineEdit):
                extras = (label(unit[field], tone=Tone.FAINT, meta=True),) if field in unit else ()
                self._frames[field] = FieldFrame(captions.get(field, field.value), widget, *extras)
        frame = self._frames
        self.kind.setFixedWidth(_KIND_PX)
        frame[FaultField.CODE].setFixedWidth(_CODE_PX)
        frame[FaultField.TIMES].setFixedWidth(_TIMES_PX)
        for narrow in (FaultField.CHANCE, FaultField.MS):
            frame[narrow].setFixedWidth(_CHANCE_PX)
        self._error = column(
            _stretched(row(frame[FaultField.CODE], frame[FaultField.MESSAGE], spacing=6), 1),
            frame[FaultField.DATA],
            spacing=6,
        )
        self._delay = row(
            frame[FaultField.MS], label("of the", tone=Tone.SECONDARY), self.part, None, spacing=6
        )
        body = column(
            row(self.kind, frame[FaultField.CHANCE], frame[FaultField.TIMES], None, spacing=6),
            self._sentence,
            frame[FaultField.METHOD],
            _stretched(row(frame[FaultField.CALLER], label("→"), frame[FaultField.CALLEE], spacing=6), 0, 2),
            self._error,
            self._delay,
            self.words,
            None,
            spacing=6,
            margins=(12, 4, 12, 4),
        )
        scroll = QScrollArea()
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(body)
        head = row(
            self.title, frame[FaultField.NAME], self.cancel, self.save, spacing=6, margins=(12, 6, 12, 4)
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(_stretched(head, 1))
        layout.addWidget(scroll, 1)

    def _connect(self) -> None:
        for widget in self._fields.values():
            if isinstance(widget, QLineEdit):
                widget.textChanged.connect(self._changed)
                widget.returnPressed.connect(self.save_requested)
            elif isinstance(widget, QComboBox):
                widget.currentIndexChanged.connect(self._changed)

    # --- the draft -----------------------------------------------------------------------------------

    def show_draft(self, title: str, draft: FaultDraft) -> None:
        """Fills the fields."""
        self._is_showing = True
        self.title.setText(title)
        self.kind.setCurrentText(draft.kind.value)
        self.part.setCurrentText(draft.part.value)
        for field, widget in self._fields.items():
            if isinstance(widget, QLineEdit):
                widget.setText(getattr(draft, _ATTRIBUTES[field]))
                widget.setCursorPosition(0)
        self._is_showing = False
        self._show_state()

    def draft(self) -> FaultDraft:
        """What stands in the fields."""
        texts = {
            _ATTRIBUTES[field]: widget.text()
            for field, widget in self._fields.items()
            if isinstance(widget, QLineEdit)
        }
        kind, part = FaultKind(self.kind.currentText()), CallPart(self.part.currentText())
        return msgspec.structs.replace(FaultDraft(kind=kind, part=part), **texts)

    def refusal(self) -> FaultRemark | None:
        """The first thing to be mended before the rule can be saved."""
        return next((remark for remark in remarks(self.draft()) if remark.is_error), None)

    def focus_field(self, field: FaultField) -> None:
        """Takes the focus into a field."""
        self._fields[field].setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Escape gives the edit up; fields pass on what they have no use for."""
        if event.key() == Qt.Key.Key_Escape:
            self.cancel_requested.emit()
        else:
            super().keyPressEvent(event)

    def _changed(self) -> None:
        if not self._is_showing:
            self._show_state()
            self.draft_changed.emit()

    def _show_state(self) -> None:
        draft = self.draft()
        set_wrapped(self._sentence, f"{KIND_SENTENCES[draft.kind]} {often_words(draft)}".rstrip())
        self._error.setVisible(draft.kind is FaultKind.ERROR)
        self._delay.setVisible(draft.kind is FaultKind.DELAY)
        self._frames[FaultField.METHOD].setVisible(not draft.kind.is_for_joins)
        said = remarks(draft)
        set_tone(self.words, Tone.ERROR if any(remark.is_error for remark in said) else Tone.WARNING)
        set_wrapped(self.words, "\n".join(f"{'✕' if r.is_error else '!'} {r.message}" for r in said))
        self.words.setVisible(bool(said))
        for field, frame in self._frames.items():
            wrong = [remark.message for remark in said if remark.field is field and remark.is_error]
            frame.set_invalid(bool(wrong))
            self._fields[field].setAccessibleDescription("; ".join(wrong))


_ATTRIBUTES = {
    FaultField.NAME: "name",
    FaultField.METHOD: "method",
    FaultField.CALLER: "caller",
    FaultField.CALLEE: "callee",
    FaultField.CODE: "code",
    FaultField.MESSAGE: "message",
    FaultField.DATA: "data",
    FaultField.MS: "ms",
    FaultField.CHANCE: "chance",
    FaultField.TIMES: "times",
}
"""The parts of a `FaultDraft` that are texts."""


def _stretched(line: QWidget, *items: int) -> QWidget:
    """A `row` some items of which share the width there is."""
    layout = line.layout()
    assert isinstance(layout, QHBoxLayout)
    for item in items:
        layout.setStretch(item, 1)
    return line
