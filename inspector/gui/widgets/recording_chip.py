"""The toolbar's word on the recording of this run: that it goes on, for how long, where, or why not."""

from __future__ import annotations

import time
from collections.abc import Callable
from enum import Enum

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QPushButton, QSizePolicy

from inspector.gui.theme import CONTROL_PX, restyle
from inspector.gui.widgets.controls import Tone
from inspector.gui.widgets.plain_text import plain_tooltip

_SECOND_MS = 1000


class RecordingState(Enum):
    """How the recording of this run stands, in the words of the chip."""

    NOT_BEGUN = "◌ Recording"
    GOES_ON = "● Recording"
    HAS_GAPS = "▲ Recording, with gaps"
    """The disk was too slow for some of it."""
    ENDED = "✕ Not recording"
    """It could not begin, or not be gone on with."""


_LOSES = {RecordingState.HAS_GAPS, RecordingState.ENDED}


class RecordingChip(QPushButton):
    """`● Recording 00:04:12`; a click is the wish to know more."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._now = now
        self._state = RecordingState.NOT_BEGUN
        self._began: float | None = None
        self.setFixedHeight(CONTROL_PX)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self._tick = QTimer(self)
        self._tick.setInterval(_SECOND_MS)
        self._tick.timeout.connect(self._show_time)
        self.show_state(RecordingState.NOT_BEGUN, "The recording of this run begins.")

    @property
    def state(self) -> RecordingState:
        """What it shows."""
        return self._state

    def show_state(self, state: RecordingState, what: str) -> None:
        """Shows how the recording stands, and says in a sentence what that is about."""
        if self._began is None and state is RecordingState.GOES_ON:
            self._began = self._now()
        self._state = state
        self.setProperty("tone", (Tone.WARNING if state in _LOSES else Tone.NORMAL).value)
        restyle(self)
        self.setToolTip(plain_tooltip(what))
        if state in {RecordingState.GOES_ON, RecordingState.HAS_GAPS}:
            self._tick.start()
        else:
            self._tick.stop()
        self._show_time()

    def _show_time(self) -> None:
        text = self._state.value
        if self._began is not None and self._state is not RecordingState.ENDED:
            text = f"{text} {clock(self._now() - self._began)}"
        self.setText(text)
        self.setAccessibleName(text.partition(" ")[2])


def clock(seconds: float) -> str:
    """`HH:MM:SS`; hours as many as there are."""
    minutes, second = divmod(max(0, int(seconds)), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours:02}:{minute:02}:{second:02}"
