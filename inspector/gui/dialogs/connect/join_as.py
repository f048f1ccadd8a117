"""How to join: as a participant or beside; and the warning where a voice agent is about."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QButtonGroup, QFrame, QGridLayout, QRadioButton, QVBoxLayout, QWidget

from inspector.core.payloads import visible
from inspector.gui.widgets.controls import Tone, label, link, radio_button, row
from inspector.gui.widgets.plain_text import breakable
from inspector.session.ports import JoinAs

SENTENCES = {
    JoinAs.PARTICIPANT: "Others meet a standard participant, as the program under test expects.",
    JoinAs.BESIDE: "An agent for itself: voice agents and front ends pass it over.",
}
NEEDS_KEY = " Needs a key."
REASON = (
    "A voice agent takes the first standard participant for its user, and looks again at every session, so {}"
)


class JoinAsFields(QWidget):
    """The two ways with one sentence each. A token has settled it: then the choice only says so."""

    changed = Signal()
    beside_with_key_requested = Signal()
    """The person would rather join beside, and for that go from the token to a key."""

    def __init__(self) -> None:
        super().__init__()
        self._settled: JoinAs | None = None
        self._chosen = JoinAs.PARTICIPANT
        self._note = label("", tone=Tone.SECONDARY)
        self._group = QButtonGroup(self)
        self.buttons: dict[JoinAs, QRadioButton] = {}
        self._sentences = {way: label(text, tone=Tone.SECONDARY) for way, text in SENTENCES.items()}
        grid = QGridLayout()
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(4)
        grid.setColumnMinimumWidth(0, 96)
        grid.setColumnStretch(1, 1)
        for number, way in enumerate(SENTENCES):
            choice = radio_button(way.value.capitalize(), name=f"Join as {way.value}")
            choice.setAccessibleDescription(SENTENCES[way])
            self._group.addButton(choice)
            self.buttons[way] = choice
            grid.addWidget(choice, number, 0)
            grid.addWidget(self._sentences[way], number, 1)
        self.buttons[JoinAs.PARTICIPANT].setChecked(True)
        self.warning = AgentWarning()
        self.warning.way_out.clicked.connect(self._take_way_out)
        self.buttons[JoinAs.BESIDE].toggled.connect(self._toggled)  # one of the two tells of both
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(row(label("Join as", bold=True), self._note, None))
        layout.addLayout(grid)
        layout.addWidget(self.warning)

    def join_as(self) -> JoinAs:
        """The way chosen."""
        return JoinAs.BESIDE if self.buttons[JoinAs.BESIDE].isChecked() else JoinAs.PARTICIPANT

    def chosen(self) -> JoinAs:
        """The way a person chose, also while a token has settled another."""
        return self._chosen

    def set_join_as(self, way: JoinAs) -> None:
        """Chooses a way; a token that has settled it wins while it is there."""
        self._chosen = way
        if self._settled is None:
            self.buttons[way].setChecked(True)

    def leave_open(self) -> None:
        """There is a key: both ways are open, and the one a person chose holds."""
        self._settle(None)
        self.buttons[self._chosen].setChecked(True)

    def settle(self, way: JoinAs) -> None:
        """There is a token: it has settled the way."""
        self._settle(way)
        self.buttons[way].setChecked(True)

    def _settle(self, way: JoinAs | None) -> None:
        self._settled = way
        self._note.setText("" if way is None else "as the token says")
        for other, choice in self.buttons.items():
            choice.setEnabled(way in (None, other))
        beside = SENTENCES[JoinAs.BESIDE] + (NEEDS_KEY if way is JoinAs.PARTICIPANT else "")
        self._sentences[JoinAs.BESIDE].setText(beside)
        self.buttons[JoinAs.BESIDE].setAccessibleDescription(beside)

    def warn_present(self, agents: tuple[str, ...]) -> None:
        """These agents are in the room; nobody: no warning."""
        names = ", ".join(agents)
        words = "An agent is in the room" if len(agents) == 1 else f"{len(agents)} agents are in the room"
        self._warn(f"▲ {words}: {names}." if agents else "", "joining late is no protection.", "Join beside")

    def warn_expected(self, agents: tuple[str, ...], identity: str) -> None:
        """The token dispatches these agents; nobody: no warning."""
        head = f"▲ An agent is expected: the token dispatches {', '.join(agents)}." if agents else ""
        self._warn(head, f"it may take {identity or 'this one'}.", "Join beside with a key")

    def _warn(self, head: str, end: str, way_out: str) -> None:
        self.warning.show_warning(head, end, way_out)
        self.warning.setVisible(bool(head) and self.join_as() is not JoinAs.BESIDE)

    def _toggled(self) -> None:
        if self._settled is None:
            self._chosen = self.join_as()
        beside = self.join_as() is JoinAs.BESIDE
        self.warning.setVisible(bool(self.warning.head.text()) and not beside)
        self.changed.emit()

    def _take_way_out(self) -> None:
        if self._settled is None:
            self.buttons[JoinAs.BESIDE].setChecked(True)
            self.buttons[JoinAs.BESIDE].setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.beside_with_key_requested.emit()


class AgentWarning(QFrame):
    """Says why an agent matters, and offers the way out."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("callout", "warning")
        self.head = label("", bold=True, wrap=True)
        self._reason = label("", wrap=True)
        self.way_out = link("Join beside", lambda: None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 12, 8)
        layout.setSpacing(2)
        layout.addWidget(self.head)
        layout.addWidget(self._reason)
        layout.addWidget(self.way_out)
        self.hide()

    def show_warning(self, head: str, end: str, way_out: str) -> None:
        """Sets the words."""
        self.head.setText(breakable(visible(head)))
        self._reason.setText(breakable(visible(REASON.format(end))))
        self.way_out.setText(way_out)
        self.way_out.setAccessibleName(way_out)
