"""How the call sent last from the composer went: `✓ ok 12.4 ms · 311 B · 12:04:15` and its response."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from inspector.core.calls import Call, Outcome
from inspector.core.durations import format_ms
from inspector.core.payloads import format_size
from inspector.gui.models.call_signs import outcome_sign, sign_text
from inspector.gui.widgets.controls import Tone, label, link, set_tone
from inspector.gui.widgets.payload_view import PayloadView
from inspector.gui.widgets.plain_text import ElidedLabel
from inspector.gui.widgets.wrapped_label import set_wrapped, wrapped_label

_TICK_MS = 100
_SHOWN_MESSAGE = 160
"""Characters of an error's message shown here; Details has all of it."""


class LastCall(QWidget):
    """One line on the outcome, and the response or the error's data beneath."""

    details_requested = Signal()

    def __init__(self, now: Callable[[], float]) -> None:
        """`now` gives seconds since the epoch, as `Call.started_at` counts them."""
        super().__init__()
        self._now = now
        self._call: Call | None = None
        self._sign = label(bold=True)
        self._time = label(mono=True, bold=True)
        self._facts = ElidedLabel(tone=Tone.SECONDARY, meta=True)
        self._message = wrapped_label(Tone.SECONDARY)
        self._details = link("Details", self.details_requested.emit, name="Details of the last call")
        self._empty = label("No call sent yet.", tone=Tone.FAINT)
        self.response = PayloadView(name="Response")
        self.response.text.setMinimumHeight(44)
        self._tick = QTimer(self)
        self._tick.setInterval(_TICK_MS)
        self._tick.timeout.connect(self._show_line)
        line = QHBoxLayout()
        line.setSpacing(8)
        for widget in (self._sign, self._time):
            line.addWidget(widget)
        line.addWidget(self._facts, 1)
        line.addWidget(self._details)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._empty)
        layout.addLayout(line)
        layout.addWidget(self._message)
        layout.addWidget(self.response, 1)
        self.show_call(None)

    def call(self) -> Call | None:
        """The call shown."""
        return self._call

    def line(self) -> str:
        """What it says of the outcome."""
        labels = (self._sign.text(), self._time.text(), self._facts.text(), self._message.accessibleName())
        return " ".join(filter(None, labels))

    def show_call(self, call: Call | None) -> None:
        """Shows how a call stands now."""
        self._call = call
        self._empty.setVisible(call is None)
        for widget in (self._sign, self._time, self._facts, self._details):
            widget.setVisible(call is not None)
        message = call.error.message if call is not None and call.error is not None else ""
        self._message.setVisible(bool(message))
        cut = len(message) > _SHOWN_MESSAGE
        set_wrapped(self._message, message[:_SHOWN_MESSAGE] + "…" if cut else message)
        body = _body(call)
        self.response.setVisible(body is not None)
        # It takes its share of the height only while it has a body to show.
        vertical = QSizePolicy.Policy.Expanding if body is not None else QSizePolicy.Policy.Maximum
        self.setSizePolicy(QSizePolicy.Policy.Preferred, vertical)
        if body is not None:
            self.response.show_payload(body)
        self._run_tick()
        self._show_line()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """Ticks while it is seen."""
        super().showEvent(event)
        self._run_tick()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """Rests while it is not."""
        super().hideEvent(event)
        self._tick.stop()

    def _run_tick(self) -> None:
        if self._call is not None and self._call.is_pending and self.isVisible():
            self._tick.start()
        else:
            self._tick.stop()

    def _show_line(self) -> None:
        call = self._call
        if call is None:
            return
        sign = outcome_sign(call.outcome, call.code)
        self._sign.setText(sign_text(sign))
        set_tone(self._sign, sign.tone)
        self._time.setText(self._time_text(call))
        self._facts.setText(_facts(call))

    def _time_text(self, call: Call) -> str:
        if call.is_pending:
            return f"{max(0.0, self._now() - call.started_at):.1f} s"
        return f"{format_ms(call.elapsed_ms)} ms" if call.elapsed_ms is not None else ""


def _body(call: Call | None) -> str | None:
    """What stands beneath the line, None where there is nothing."""
    if call is None:
        return None
    if call.error is not None:
        return call.error.data
    return call.response


def _facts(call: Call) -> str:
    if call.error is not None:
        return call.error.name or ""
    at = datetime.fromtimestamp(call.started_at).strftime("%H:%M:%S")
    if call.is_pending:
        return f"to {call.destination} · {at}"
    if call.outcome is Outcome.OK:
        return f"{format_size(call.response_bytes or 0)} · {at}"
    return f"you stopped waiting · {at}" if call.outcome is Outcome.STOPPED else at
