"""The two timeouts of a call, and what becomes of them as a sentence."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.core.durations import format_duration, parse_duration
from inspector.core.limits import DEFAULT_ACK_TIMEOUT_S, DEFAULT_TIMEOUT_S, budgets, seconds_text
from inspector.gui.widgets.controls import Tone, line_edit, set_tone
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.wrapped_label import set_wrapped, wrapped_label


class DurationField(FieldFrame):
    """Takes `500ms`, `15s`, `2m` or plain seconds; empty means the default that it shows faintly."""

    text_changed = Signal()

    def __init__(self, caption: str, default_s: float, *, name: str) -> None:
        self._line = line_edit(name=name, placeholder=seconds_text(default_s), mono=True)
        super().__init__(caption, self._line)
        self._line.setToolTip(f"{name}: 500ms, 15s, 2m or seconds. Empty: {seconds_text(default_s)}.")
        self._line.textChanged.connect(self._check)

    def text(self) -> str:
        """As typed."""
        return self._line.text()

    def set_text(self, text: str) -> None:
        """Shows a text."""
        self._line.setText(text)

    def seconds(self) -> float | None:
        """The duration in seconds, None where the field is empty.

        Raises:
            ValueError: it is no duration; the text says why.
        """
        return parse_duration(self.text()) if self.text().strip() else None

    def problem(self) -> str:
        """Why the text cannot be used, empty where it can."""
        try:
            self.seconds()
        except ValueError as error:
            return str(error)
        return ""

    def _check(self) -> None:
        self.set_invalid(bool(self.problem()))
        self.text_changed.emit()


class TimeoutFields(QWidget):
    """`timeout [15 s] ack [7 s]` and the budget beneath."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.timeout = DurationField("timeout", DEFAULT_TIMEOUT_S, name="Timeout")
        self.ack = DurationField("ack", DEFAULT_ACK_TIMEOUT_S, name="Ack timeout")
        self._sentence = wrapped_label(Tone.SECONDARY, meta=True)
        fields = QHBoxLayout()
        fields.setSpacing(6)
        fields.addWidget(self.timeout)
        fields.addWidget(self.ack)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(fields)
        layout.addWidget(self._sentence)
        for field in (self.timeout, self.ack):
            field.text_changed.connect(self._tell)
        self._tell()

    def set_seconds(self, timeout_s: float | None, ack_timeout_s: float | None) -> None:
        """Shows durations in seconds; None is the default, an empty field."""
        for field, seconds in ((self.timeout, timeout_s), (self.ack, ack_timeout_s)):
            field.set_text("" if seconds is None else format_duration(seconds))

    def problem(self) -> str:
        """Why the fields cannot be used, empty where they can."""
        for caption, field in (("timeout", self.timeout), ("ack", self.ack)):
            if problem := field.problem():
                return f"{caption}: {problem}."
        return ""

    def sentence(self) -> str:
        """What stands beneath the fields."""
        return self._sentence.accessibleName()

    def _tell(self) -> None:
        problem = self.problem()
        text = f"✕ {problem}" if problem else budgets(self.timeout.seconds(), self.ack.seconds()).sentence()
        set_wrapped(self._sentence, text)
        tone = Tone.ERROR if problem else Tone.SECONDARY
        set_tone(self._sentence, tone)
        self.changed.emit()
