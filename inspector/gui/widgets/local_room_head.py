"""The head of the Local room panel: how the room stands, and the button that starts or stops it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout

from inspector.gui.models.call_signs import sign_text
from inspector.gui.models.local_room_facts import LocalRoomFacts, RoomState, state_sign, state_words
from inspector.gui.widgets.controls import Head, Tone, button, label, set_tone
from inspector.gui.widgets.plain_text import ElidedLabel


class LocalRoomHead(Head):
    """`● running 00:04:12 · 4 joined · 1 room · calls only, media is not forwarded   [Stop the room]`."""

    stop_requested = Signal()
    join_requested = Signal()

    def __init__(self) -> None:
        self._join = button("Join it", lambda: self.join_requested.emit(), name="Join the local room")
        self._stop = button("Stop the room", lambda: self.stop_requested.emit())
        super().__init__("Local room", self._join, self._stop)
        self._sign = label("", meta=True)
        self._words = ElidedLabel(tone=Tone.SECONDARY, meta=True)
        self._note = ElidedLabel(tone=Tone.ERROR, meta=True)
        layout = self.layout()
        assert isinstance(layout, QHBoxLayout)
        layout.setStretch(2, 0)
        layout.insertWidget(2, self._sign)
        layout.insertWidget(3, self._words, 1)
        layout.insertWidget(4, self._note, 1)
        self._note.hide()
        self.facts.hide()

    def show_facts(self, facts: LocalRoomFacts, now: float) -> None:
        """Shows how the room stands; `now` in seconds since the epoch."""
        sign = state_sign(facts)
        self._sign.setText(sign_text(sign))
        set_tone(self._sign, sign.tone)
        self._words.setText(state_words(facts, now))
        self._stop.setVisible(facts.state is RoomState.RUNNING)
        self._join.setVisible(facts.is_there and not facts.is_joined)

    def show_note(self, text: str) -> None:
        """Says what could not be done; empty: nothing."""
        self._note.setText(f"✕ {text}" if text else "")
        self._note.setVisible(bool(text))

    def words(self) -> str:
        """All that it says."""
        return " ".join(filter(None, (self._sign.text(), self._words.text(), self._note.text())))
