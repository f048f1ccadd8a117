"""What the Local room panel says while none runs: what one is for, how to start it, why it is not there."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.core.problems import Problem, ProblemKind
from inspector.core.rpc_errors import Finding
from inspector.gui.models.local_room_facts import LocalRoomFacts, RoomState
from inspector.gui.widgets.controls import Tone, button, label, line_edit, link, row
from inspector.gui.widgets.field_frame import FieldFrame
from inspector.gui.widgets.finding_box import FindingBox

ANY_PORT = 0
MAX_PORT = 65535
_TEXT = (
    "A LiveKit-compatible server inside this program: your programs join it unchanged, every call between\n"
    "them shows in the log, and faults can be done to calls on purpose. Calls only, media is not forwarded."
)
_PORT_PX = 108
_FINDING_PX = 620
_TITLES = {
    RoomState.STARTING: "The local room is starting…",
    RoomState.STOPPING: "The local room is stopping…",
    RoomState.FAILED: "The local room does not run.",
}


class RoomIdle(QWidget):
    """One page for the states in which there is nothing to join."""

    start_requested = Signal(int)
    """On this port; 0 takes any that is free."""
    connect_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._state = RoomState.STOPPED
        self._title = label("", tone=Tone.SECONDARY)
        self.port = line_edit(name="Port of the local room", placeholder="any free", mono=True)
        self.start = button("Start the local room", self._start, primary=True)
        self.start_anywhere = link("Start on a free port", lambda: self.start_requested.emit(ANY_PORT))
        self.connect_there = link("Connect to what runs there…", self.connect_requested.emit)
        self.finding = FindingBox(self.start_anywhere, self.connect_there)
        self.finding.setMaximumWidth(_FINDING_PX)
        self._text = label(_TEXT, tone=Tone.FAINT)
        port = FieldFrame("port", self.port)
        port.setFixedWidth(_PORT_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(8)
        layout.addWidget(self._title)
        layout.addWidget(self._text)
        layout.addWidget(self.finding)
        layout.addWidget(row(self.start, port, None))
        layout.addStretch(1)
        self.port.textChanged.connect(self._show_button)
        self.port.returnPressed.connect(self._start)

    def show_facts(self, facts: LocalRoomFacts) -> None:
        """Shows these; the port is what was tried last."""
        if facts.state is not self._state or not self.port.text():
            self.port.setText(str(facts.port))
        self._state = facts.state
        self._title.setText(_TITLES.get(facts.state, "No local room runs."))
        self._text.setVisible(facts.problem is None)
        taken = facts.problem is not None and facts.problem.kind is ProblemKind.PORT_TAKEN
        self.start_anywhere.setVisible(taken)
        self.connect_there.setVisible(taken)
        self.finding.show_finding(None if facts.problem is None else _finding(facts.problem), Tone.ERROR)
        self._show_button()

    def _wanted_port(self) -> int | None:
        text = self.port.text().strip()
        if not text:
            return ANY_PORT
        return int(text) if text.isascii() and text.isdigit() and int(text) <= MAX_PORT else None

    def _show_button(self) -> None:
        busy = self._state in (RoomState.STARTING, RoomState.STOPPING)
        port = self._wanted_port()
        self.start.setText("Start again" if self._state is RoomState.FAILED else "Start the local room")
        self.start.setEnabled(port is not None and not busy)
        self.start.setToolTip("" if port is not None else f"A port is a number up to {MAX_PORT}")

    def _start(self) -> None:
        port = self._wanted_port()
        if port is not None and self.start.isEnabled():
            self.start_requested.emit(port)


def _finding(problem: Problem) -> Finding:
    return Finding(f"✕ {problem.what}", problem.detail or "", (problem.next_step,))
