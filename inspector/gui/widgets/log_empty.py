"""What the log says while it is empty: what it is for, and the next action."""

from __future__ import annotations

from enum import Enum

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from inspector.gui.theme import text_font
from inspector.gui.widgets.controls import Tone, button, label

_DEMO = "A local room with an agent, a web client and a robot that call each other."
_TITLE_PX = 14
_BUTTON_PX = 156
_CONTENT_PX = 484


class EmptyReason(Enum):
    """Why there is no call to be seen."""

    NOT_CONNECTED = 0
    NO_CALLS = 1
    FILTERED = 2


class LogEmpty(QStackedWidget):
    """One page for each reason."""

    demo_requested = Signal()
    local_room_requested = Signal()
    connect_requested = Signal()
    compose_requested = Signal()
    unfilter_requested = Signal()
    """All calls are wanted again."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._filtered_text = label("", tone=Tone.SECONDARY, wrap=True)
        pages = {
            EmptyReason.NOT_CONNECTED: self._not_connected(),
            EmptyReason.NO_CALLS: self._no_calls(),
            EmptyReason.FILTERED: self._filtered(),
        }
        for reason in EmptyReason:
            self.addWidget(pages[reason])

    def show_reason(self, reason: EmptyReason, text: str = "") -> None:
        """Turns to the page of a reason; a filter's says in `text` what it hides."""
        self._filtered_text.setText(text)
        self.setCurrentIndex(reason.value)

    def _not_connected(self) -> QWidget:
        demo = button("Start the demo", self.demo_requested.emit, primary=True)
        local = button(
            "Start a local room", self.local_room_requested.emit, name="Start a local room and join it"
        )
        connect = button("Connect…", self.connect_requested.emit, shortcut_text="Ctrl+O")
        compose = button("Write a call", self.compose_requested.emit)
        return _page(
            "No calls yet",
            label(
                "Calls appear here as they happen: yours, those that reach you,\n"
                "and in a local room everyone's.",
                tone=Tone.SECONDARY,
            ),
            (demo, _DEMO),
            (local, "The same for programs of yours. No account, no server."),
            (connect, "To a LiveKit server: by token, key, lk project or environment."),
            (compose, "Fill it in now, send it once connected."),
        )

    def _no_calls(self) -> QWidget:
        compose = button(
            "Write a call", self.compose_requested.emit, name="Write a call in the composer", primary=True
        )
        return _page(
            "No calls yet",
            label(
                "Calls appear here as they happen: yours, and those that reach you.\n"
                "A mock answers those that reach you: add one under Mocks.",
                tone=Tone.SECONDARY,
                wrap=True,
            ),
            (compose, "To anyone in the room, or any identity."),
        )

    def _filtered(self) -> QWidget:
        unfilter = button("Clear the filter", self.unfilter_requested.emit)
        return _page("No call matches", self._filtered_text, (unfilter, ""))


def _page(title: str, text: QLabel, *actions: tuple[QPushButton, str]) -> QWidget:
    content = QWidget()
    content.setMaximumWidth(_CONTENT_PX)
    content.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
    heading = label(title, bold=True)
    heading.setFont(text_font(px=_TITLE_PX, bold=True))
    grid = QGridLayout(content)
    grid.setContentsMargins(12, 0, 12, 0)
    grid.setHorizontalSpacing(16)
    grid.setVerticalSpacing(12)
    grid.setColumnStretch(1, 1)
    lines = QVBoxLayout()
    lines.setSpacing(8)
    lines.addWidget(heading)
    lines.addWidget(text)
    grid.addLayout(lines, 0, 0, 1, 2)
    grid.setRowMinimumHeight(1, 4)
    for row, (action, meaning) in enumerate(actions, start=2):
        action.setFixedWidth(_BUTTON_PX)
        grid.addWidget(action, row, 0)
        grid.addWidget(label(meaning, tone=Tone.SECONDARY, wrap=True), row, 1)
    page = QWidget()
    outer = QGridLayout(page)
    outer.setContentsMargins(0, 0, 0, 0)
    outer.addWidget(content, 1, 1)
    for edge, stretch in ((0, 2), (2, 3)):
        outer.setRowStretch(edge, stretch)
        outer.setColumnStretch(edge, 1)
    outer.setColumnStretch(1, 100)
    return page
