"""How large a payload is, where RPC v1 ends, and what its destination takes."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from inspector.core.destinations import takes_large_payloads
from inspector.core.limits import PAYLOAD_V1_BYTES
from inspector.core.participants import Participant
from inspector.core.payloads import format_size
from inspector.gui.theme import current_theme
from inspector.gui.widgets.controls import Tone, label, set_tone

_TICK_AT = 0.92
"""Where on the bar 15 KiB is; the rest shows that there is a beyond."""


class Takes(StrEnum):
    """What a destination takes, in the words of the meter."""

    ANY_SIZE = "v2: no limit here"
    V1 = "v1: 15 KiB"
    V1_UNLISTED = "not listed: counts as v1"
    UNKNOWN = "its RPC version is not known"
    NOBODY = ""


def takes(participant: Participant | None, *, named: bool) -> Takes:
    """What a destination takes: the participant that is listed, or nobody listed under the name given."""
    if not named:
        return Takes.NOBODY
    if participant is None:
        return Takes.V1_UNLISTED
    large = takes_large_payloads(participant)
    if large is None:
        return Takes.UNKNOWN
    return Takes.ANY_SIZE if large else Takes.V1


def forecast(payload_bytes: int, destination: Takes) -> str:
    """What to expect of this size there, empty where nothing stands against it. Nothing is ever blocked."""
    if payload_bytes <= PAYLOAD_V1_BYTES or destination not in (Takes.V1, Takes.V1_UNLISTED):
        return ""
    why = "a v1 destination" if destination is Takes.V1 else "one not listed yet"
    return f"{payload_bytes:,} bytes to {why}: expect 1402."


class ByteMeter(QWidget):
    """`1.2 kB of 15 KiB [===   |] v2: no limit here`."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Payload size")
        self._size = label("", tone=Tone.SECONDARY, meta=True)
        self._bar = _Bar()
        self._takes = label("", tone=Tone.SECONDARY, meta=True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self._size)
        layout.addWidget(self._bar, 1)
        layout.addWidget(self._takes)
        self.show_size(0, Takes.NOBODY)

    def show_size(self, payload_bytes: int, destination: Takes) -> None:
        """Shows a size, and what the destination takes."""
        over = payload_bytes > PAYLOAD_V1_BYTES
        size = format_size(payload_bytes)
        self._size.setText(f"{size}, over 15 KiB" if over else f"{size} of 15 KiB")
        self._takes.setText(destination.value)
        self._takes.setVisible(bool(destination.value))
        warns = bool(forecast(payload_bytes, destination))
        for widget in (self._size, self._takes):
            tone = Tone.WARNING if warns else Tone.SECONDARY
            set_tone(widget, tone)
        self._bar.show_share(payload_bytes / PAYLOAD_V1_BYTES, warns)
        self.setAccessibleDescription(f"{self._size.text()}. {destination.value}".strip())

    def words(self) -> str:
        """What it says, left and right."""
        return " ".join(filter(None, (self._size.text(), self._takes.text())))


class _Bar(QWidget):
    """The bar with its tick."""

    def __init__(self) -> None:
        super().__init__()
        self._share = 0.0
        self._warns = False
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_share(self, share: float, warns: bool) -> None:
        """Fills the bar; 1 is the tick."""
        self._share = share
        self._warns = warns
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Room for bar and tick."""
        return QSize(40, 12)

    def paintEvent(self, _event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draws ground, filling and tick."""
        theme = current_theme()
        middle = self.height() / 2
        with QPainter(self) as painter:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color("raised"))
            painter.drawRoundedRect(QRectF(0, middle - 3, self.width(), 6), 3, 3)
            filled = min(self._share * _TICK_AT, 1.0) * self.width()
            if filled > 0:
                painter.setBrush(theme.color("warning" if self._warns else "secondary"))
                painter.drawRoundedRect(QRectF(0, middle - 3, max(filled, 6), 6), 3, 3)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setBrush(theme.color("text"))
            painter.drawRect(QRectF(round(self.width() * _TICK_AT), middle - 6, 1, 12))
