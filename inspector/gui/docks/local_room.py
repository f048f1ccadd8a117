"""The Local room panel: where the room is, how other programs join it, and its faults."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from inspector.core.faults import FaultKind, FaultRule, FaultState
from inspector.gui.models.fault_draft import FaultDraft, FaultField, draft_of, rule_of
from inspector.gui.models.local_room_facts import LocalRoomFacts
from inspector.gui.widgets.fault_editor import FaultEditor
from inspector.gui.widgets.fault_list import FaultList
from inspector.gui.widgets.join_snippet import JoinSnippet
from inspector.gui.widgets.local_room_head import LocalRoomHead
from inspector.gui.widgets.room_address import RoomAddress
from inspector.gui.widgets.room_idle import RoomIdle

ADDRESS_PX = 330
JOIN_PX = 372
LEAST_ADDRESS_PX, LEAST_JOIN_PX, LEAST_FAULTS_PX = 250, 300, 400
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
        self._edited: FaultRule | None = None  # the rule in the editor; None: a new one
        self._draft: FaultDraft | None = None  # as it was opened; None: no editor is open
        self.head = LocalRoomHead()
        self.idle = RoomIdle()
        self.address = RoomAddress()
        self.join = JoinSnippet()
        self.editor = FaultEditor()
        self.faults = FaultList()
        self._middle = QStackedWidget()
        self._pages = QStackedWidget()
        self._lay_out()
        self._connect()
        self._tick = QTimer(self)
        self._tick.setInterval(TICK_MS)
        self._tick.timeout.connect(self._show_state)
        self.show_facts(self._facts)

    def _lay_out(self) -> None:
        self._middle.addWidget(self.join)
        self._middle.addWidget(self.editor)
        self.faults.setMinimumWidth(LEAST_FAULTS_PX)
        running = QWidget()
        across = QHBoxLayout(running)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        for part in (self.address, _line(), self._middle, _line()):
            across.addWidget(part)
        across.addWidget(self.faults, 1)
        self._pages.addWidget(self.idle)
        self._pages.addWidget(running)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.head)
        layout.addWidget(self._pages, 1)

    def _connect(self) -> None:
        self.head.stop_requested.connect(self.stop_requested)
        self.head.join_requested.connect(self.join_requested)
        self.idle.start_requested.connect(self.start_requested)
        self.idle.connect_requested.connect(self.connect_requested)
        self.join.copy_requested.connect(self.snippet_requested)
        self.faults.rules_requested.connect(self.rules_requested)
        self.faults.load_requested.connect(self.load_requested)
        self.faults.save_requested.connect(self.save_requested)
        self.faults.new_requested.connect(self._write_new)
        self.faults.edit_requested.connect(self._edit)
        self.editor.save_requested.connect(self._save)
        self.editor.cancel_requested.connect(self._close_editor)

    # --- facts -------------------------------------------------------------------------------------------

    def show_facts(self, facts: LocalRoomFacts) -> None:
        """Shows how the room stands."""
        went = self._facts.is_there and not facts.is_there
        self._facts = facts
        self.idle.show_facts(facts)
        self.address.show_facts(facts)
        self.join.show_facts(facts)
        self._pages.setCurrentIndex(1 if facts.is_there else 0)
        if went and self._draft is not None:
            self._close_editor()
        self._show_state()

    def show_faults(self, states: tuple[FaultState, ...]) -> None:
        """Shows the faults in force and how often each was done."""
        self.faults.show_states(states)

    def show_file(self, words: str) -> None:
        """Says which file the faults are from, and whether they stand in it."""
        self.faults.show_file(words)

    def say_copied(self, text: str) -> None:
        """Says what came of the wish to copy a snippet."""
        self.join.say_copied(text)

    def show_note(self, text: str) -> None:
        """Says what could not be done, until something else is; empty: nothing."""
        self.head.show_note(text)

    def select_fault(self, title: str) -> bool:
        """Selects the rule that the log calls by `title`; False where there is none."""
        return self._facts.is_there and self.faults.select_title(title)

    def start_button_has_focus(self) -> None:
        """Takes the focus to the button that starts the room."""
        self.idle.start.setFocus()

    # --- one rule ----------------------------------------------------------------------------------------

    def _write_new(self, kind: FaultKind) -> None:
        self._open_editor("New fault", None, FaultDraft(kind=kind))

    def _edit(self, row: int) -> None:
        rule = self.faults.model.rules()[row]
        self._open_editor(f"Fault {row + 1}", rule, draft_of(rule))

    def _open_editor(self, title: str, rule: FaultRule | None, draft: FaultDraft) -> None:
        if self._draft is not None and self.editor.draft() != self._draft:
            self.show_note(f"Save or cancel the edit of “{self.editor.title.text()}” first.")
        else:
            self._edited, self._draft = rule, draft
            self.show_note("")
            self.editor.show_draft(title, draft)
            self._middle.setCurrentWidget(self.editor)
        self.editor.focus_field(FaultField.METHOD if not draft.kind.is_for_joins else FaultField.CALLEE)

    def _save(self) -> None:
        refusal = self.editor.refusal()
        if refusal is not None:
            self.show_note(f"Not saved: {refusal.message}")
            self.editor.focus_field(refusal.field)
            return
        edited, rules = self._edited, self.faults.model.rules()
        rule = rule_of(self.editor.draft(), enabled=edited is None or edited.enabled)
        if edited is not None and edited in rules:
            self.faults.replace(rules.index(edited), rule)
        else:  # new, or gone meanwhile
            self.faults.append(rule)
        self._close_editor()

    def _close_editor(self) -> None:
        had_focus = self.editor.isAncestorOf(self.focusWidget())
        self._edited = self._draft = None
        self.show_note("")
        self._middle.setCurrentWidget(self.join)
        if had_focus:
            (self.faults.table if self.faults.model.rowCount() else self.faults.add).setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """The faults take what is left; in a narrow window the other parts give way."""
        super().resizeEvent(event)
        room = event.size().width() - LEAST_FAULTS_PX
        for part, least, wanted in (
            (self.address, LEAST_ADDRESS_PX, ADDRESS_PX),
            (self._middle, LEAST_JOIN_PX, JOIN_PX),
        ):
            share = room * wanted // (ADDRESS_PX + JOIN_PX)
            part.setFixedWidth(min(max(share, least), wanted))

    # --- the state line ----------------------------------------------------------------------------------

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


def _line() -> QFrame:
    line = QFrame()
    line.setFixedWidth(1)
    line.setProperty("rule", True)
    return line
