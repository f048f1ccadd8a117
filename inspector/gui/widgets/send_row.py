"""Send, Stop waiting, and in words what is to be expected of sending now."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from inspector.gui.widgets.controls import Tone, button, link, set_tone
from inspector.gui.widgets.wrapped_label import set_wrapped, wrapped_label

_LINES = 2


class SendRow(QWidget):
    """The composer's two actions over its outlook."""

    send_requested = Signal()
    stop_requested = Signal()
    connect_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.send = button("Send", self.send_requested.emit, primary=True, shortcut_text="Ctrl+Enter")
        self.stop = button("Stop waiting", self.stop_requested.emit, name="Stop waiting for the last call")
        self.stop.setEnabled(False)
        self.connect_link = link("Connect…", self.connect_requested.emit)
        self._outlook = wrapped_label(Tone.SECONDARY, meta=True)
        # As high as its longest sentence, so that nothing beneath moves when participants come and go.
        self._outlook.setMinimumHeight(_LINES * self._outlook.fontMetrics().lineSpacing())
        actions = QHBoxLayout()
        actions.setSpacing(8)
        for widget in (self.send, self.stop, self.connect_link):
            actions.addWidget(widget)
        actions.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addLayout(actions)
        layout.addWidget(self._outlook)

    def show_outlook(self, text: str, tone: Tone, *, can_send: bool, offer_connect: bool = False) -> None:
        """Says what to expect, and whether there is a connection to send by."""
        set_wrapped(self._outlook, text)
        set_tone(self._outlook, tone)
        self.send.setEnabled(can_send)
        self.send.setAccessibleDescription(text)
        self.send.setToolTip("" if can_send else text)
        self.connect_link.setVisible(offer_connect)

    def outlook(self) -> str:
        """What it says."""
        return self._outlook.accessibleName()
