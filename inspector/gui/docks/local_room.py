"""The Local room panel: where the room is, how other programs join it, and its faults."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from inspector.core.faults import FaultState
from inspector.gui.models.local_room_facts import LocalRoomFacts
from inspector.gui.widgets.local_room_head import LocalRoomHead
from inspector.gui.widgets.room_idle import RoomIdle

if TYPE_CHECKING:
    from inspector.gui.widgets.room_body import RoomBody

TICK_MS = 1000


class LocalRoomPanel(QWidget):
    """Shows `LocalRoomFacts` and `FaultState`s, and emits what a person wishes of the room."""

    start_requested = Signal(int)
    """On this port; 0 takes any that is free."""
    stop_requested = Signal()
    join_requested = Signal()
    connect_requested = Signal()
    """The connect dialog is wanted, for the server that has the room's port."""
    snippet_requested = Signal(object)
    """A `JoinWish` to be put on the clipboard, with a token."""
    rules_requested = Signal(object)
    """A tuple of `FaultRule`s to be in force."""
    load_requested = Signal(object)
    """The `Path` of a faults file."""
    save_requested = Signal(object)
    watched_changed = Signal(bool)
    """Whether anybody sees what is shown here."""

    def __init__(self, now: Callable[[], float] = time.time) -> None:
        super().__init__()
        self._now = now
        self._facts = LocalRoomFacts()
        self.head = LocalRoomHead()
        self.idle = RoomIdle()
        self._pages = QStackedWidget()
        self._pages.addWidget(self.idle)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._pages, 1)
        self.head.stop_requested.connect(self.stop_requested)
        self.head.join_requested.connect(self.join_requested)
        self.idle.start_requested.connect(self.start_requested)
        self.idle.connect_requested.connect(self.connect_requested)
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_state)
        self.show_facts(self._facts)

    @cached_property
    def body(self) -> RoomBody:
        """What is shown of a room that runs: made when there is one, which few starts of the window need."""
        from inspector.gui.widgets.room_body import RoomBody

        body = RoomBody()
        body.noted.connect(self.show_note)
        body.join.copy_requested.connect(self.snippet_requested)
        body.faults.rules_requested.connect(self.rules_requested)
        body.faults.load_requested.connect(self.load_requested)
        body.faults.save_requested.connect(self.save_requested)
        self._pages.addWidget(body)
        return body

    def show_facts(self, facts: LocalRoomFacts) -> None:
        """Shows how the room stands."""
        went = self._facts.is_there and not facts.is_there
        self._facts = facts
        self.idle.show_facts(facts)
        if facts.is_there:
            self.body.show_facts(facts)
        elif went:
            self.body.close_editor()
        self._pages.setCurrentWidget(self.body if facts.is_there else self.idle)
        self._show_state()

    def show_faults(self, states: tuple[FaultState, ...]) -> None:
        """Shows the faults in force and how often each was done."""
        self.body.faults.show_states(states)

    def show_file(self, words: str) -> None:
        """Says which file the faults are from, and whether they stand in it."""
        self.body.faults.show_file(words)

    def say_copied(self, text: str) -> None:
        """Says what came of the wish to copy a snippet."""
        self.body.join.say_copied(text)

    def show_note(self, text: str) -> None:
        """Says what could not be done, until something else is; empty: nothing."""
        self.head.show_note(text)

    def select_fault(self, title: str) -> bool:
        """Selects the rule that the log calls by `title`; False where there is none."""
        return self._facts.is_there and self.body.faults.select_title(title)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802 - Qt's name
        """What is seen is kept fresh."""
        super().showEvent(event)
        self._tick.start()
        self._show_state()
        self.watched_changed.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802 - Qt's name
        """What is not, rests."""
        super().hideEvent(event)
        self._tick.stop()
        self.watched_changed.emit(False)

    def _show_state(self) -> None:
        self.head.show_facts(self._facts, self._now())
