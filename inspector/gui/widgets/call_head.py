"""The head of a call's details: who called whom, when, and how it went."""

from __future__ import annotations

from PySide6.QtGui import QFont
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.core.calls import Call
from inspector.core.log import Row
from inspector.gui.models.call_signs import direction_sign, is_internal, outcome_sign, sign_text
from inspector.gui.models.call_words import outcome_text, parties_text
from inspector.gui.theme import mono_font
from inspector.gui.widgets.controls import Tone, label, set_tone
from inspector.gui.widgets.plain_text import ElidedLabel


class CallHead(QWidget):
    """`→ out get_weather  ✕ 1502 RESPONSE_TIMEOUT` over `inspector → agent-weather  12:04:07 · 15,002 ms`."""

    def __init__(self) -> None:
        super().__init__()
        self._direction = label(mono=True)
        self._method = ElidedLabel(mono=True)
        name_face = mono_font()
        name_face.setWeight(QFont.Weight.DemiBold)
        self._method.setFont(name_face)
        self._internal = label("LiveKit internal", tone=Tone.SEEN, meta=True)
        self._outcome = label()
        self._parties = ElidedLabel(tone=Tone.SECONDARY, meta=True)
        self._time = label(tone=Tone.SECONDARY, meta=True)
        first = QHBoxLayout()
        first.setSpacing(6)
        first.addWidget(self._direction)
        first.addWidget(self._method, 1)
        first.addWidget(self._internal)
        first.addWidget(self._outcome)
        second = QHBoxLayout()
        second.setSpacing(8)
        second.addWidget(self._parties, 1)
        second.addWidget(self._time)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(first)
        layout.addLayout(second)

    def show_call(self, call: Call | Row) -> None:
        """Shows what does not change while it waits."""
        direction = direction_sign(call.direction)
        self._direction.setText(sign_text(direction))
        set_tone(self._direction, direction.tone)
        self._method.setText(call.method or "(no name)")
        self._internal.setVisible(is_internal(call.method))
        self._outcome.setText(outcome_text(call))
        set_tone(self._outcome, outcome_sign(call.outcome).tone)
        self._parties.setText(parties_text(call))

    def show_time(self, text: str) -> None:
        """Shows when it was asked for and how long it took, or takes."""
        self._time.setText(text)

    def words(self) -> str:
        """All that it says."""
        labels = (self._direction, self._method, self._internal, self._outcome, self._parties, self._time)
        return " ".join(each.text() for each in labels if not each.isHidden())
