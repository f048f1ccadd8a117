"""What the Local room panel shows of a room that runs: its address, how to join it, its faults."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedWidget, QWidget

from inspector.core.faults import FaultKind, FaultRule
from inspector.gui.models.fault_draft import FaultDraft, FaultField, draft_of, rule_of
from inspector.gui.models.local_room_facts import LocalRoomFacts
from inspector.gui.widgets.fault_editor import FaultEditor
from inspector.gui.widgets.fault_list import FaultList
from inspector.gui.widgets.join_snippet import JoinSnippet
from inspector.gui.widgets.room_address import RoomAddress

ADDRESS_PX = 330
JOIN_PX = 372
LEAST_ADDRESS_PX, LEAST_JOIN_PX, LEAST_FAULTS_PX = 250, 300, 400


class RoomBody(QWidget):
    """Three parts beside each other; the editor of a fault takes the place of how to join."""

    noted = Signal(str)
    """What could not be done; empty: nothing any more."""

    def __init__(self) -> None:
        super().__init__()
        self._edited: FaultRule | None = None  # the rule in the editor; None: a new one
        self._draft: FaultDraft | None = None  # as it was opened; None: no editor is open
        self.address = RoomAddress()
        self.join = JoinSnippet()
        self.editor = FaultEditor()
        self.faults = FaultList()
        self._middle = QStackedWidget()
        self._middle.addWidget(self.join)
        self._middle.addWidget(self.editor)
        self.faults.setMinimumWidth(LEAST_FAULTS_PX)
        across = QHBoxLayout(self)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(0)
        for part in (self.address, _line(), self._middle, _line()):
            across.addWidget(part)
        across.addWidget(self.faults, 1)
        self.faults.new_requested.connect(self._write_new)
        self.faults.edit_requested.connect(self._edit)
        self.editor.save_requested.connect(self._save)
        self.editor.cancel_requested.connect(self.close_editor)

    def show_facts(self, facts: LocalRoomFacts) -> None:
        """Shows where the room is."""
        self.address.show_facts(facts)
        self.join.show_facts(facts)

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

    # --- one rule ----------------------------------------------------------------------------------------

    def _write_new(self, kind: FaultKind) -> None:
        self._open_editor("New fault", None, FaultDraft(kind=kind))

    def _edit(self, row: int) -> None:
        rule = self.faults.model.rules()[row]
        self._open_editor(f"Fault {row + 1}", rule, draft_of(rule))

    def _open_editor(self, title: str, rule: FaultRule | None, draft: FaultDraft) -> None:
        if self._draft is not None and self.editor.draft() != self._draft:
            self.noted.emit(f"Save or cancel the edit of “{self.editor.title.text()}” first.")
        else:
            self._edited, self._draft = rule, draft
            self.noted.emit("")
            self.editor.show_draft(title, draft)
            self._middle.setCurrentWidget(self.editor)
        self.editor.focus_field(FaultField.METHOD if not draft.kind.is_for_joins else FaultField.CALLEE)

    def _save(self) -> None:
        refusal = self.editor.refusal()
        if refusal is not None:
            self.noted.emit(f"Not saved: {refusal.message}")
            self.editor.focus_field(refusal.field)
            return
        edited, rules = self._edited, self.faults.model.rules()
        rule = rule_of(self.editor.draft(), enabled=edited is None or edited.enabled)
        if edited is not None and edited in rules:
            self.faults.replace(rules.index(edited), rule)
        else:  # new, or gone meanwhile
            self.faults.append(rule)
        self.close_editor()

    def close_editor(self) -> None:
        """Gives the edit up; nothing happens where none is open."""
        if self._draft is None:
            return
        had_focus = self.editor.isAncestorOf(self.window().focusWidget())
        self._edited = self._draft = None
        self.noted.emit("")
        self._middle.setCurrentWidget(self.join)
        if had_focus:
            (self.faults.table if self.faults.model.rowCount() else self.faults.add).setFocus()


def _line() -> QFrame:
    line = QFrame()
    line.setFixedWidth(1)
    line.setProperty("rule", True)
    return line
