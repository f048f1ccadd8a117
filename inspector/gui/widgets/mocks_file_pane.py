"""What stands in the editor's place while the row of a file is selected: the file, and how it stands."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.core.payloads import visible
from inspector.gui.models.mock_draft import file_name
from inspector.gui.models.mock_file_cells import MADE_HERE, counted
from inspector.gui.models.row_text import clock_text
from inspector.gui.widgets.controls import Tone, button, label, row
from inspector.gui.widgets.plain_text import ElidedLabel
from inspector.session.mock_file_state import Allowed, MocksFileState

_SCRIPTS = {
    Allowed.NONE: "",
    Allowed.ASK: "Its scripts wait for a word of yours: until then their calls get 1500.",
    Allowed.YES: "Its scripts may run.",
    Allowed.NO: "! Its scripts may not run: their calls get 1500.",
}


class MocksFilePane(QWidget):
    """Facts and actions of one file."""

    close_requested = Signal(str)
    allow_scripts_requested = Signal(str, bool)

    def __init__(self) -> None:
        super().__init__()
        self._state: MocksFileState | None = None
        self._name = label(bold=True)
        self._path = ElidedLabel(tone=Tone.FAINT, mono=True, elide=Qt.TextElideMode.ElideMiddle)
        self._facts = label(tone=Tone.SECONDARY, wrap=True)
        self._scripts = label(tone=Tone.SECONDARY, wrap=True)
        self.allow = button("Allow scripts", self._switch_scripts)
        self.close_file = button("Close file", self._close)
        self._actions = row(self.allow, self.close_file, None)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 12, 12, 12)
        layout.setSpacing(4)
        for part in (self._name, self._path, self._facts, self._scripts, self._actions):
            layout.addWidget(part)
        layout.addStretch(1)

    def show_file(self, source: str, state: MocksFileState | None, mocks: int) -> None:
        """Shows a file with that many mocks; empty for the mocks made here, which are no file's."""
        self._state = state
        self._name.setText(visible(file_name(source)) if source else MADE_HERE)
        self._path.setText(source)
        self._path.setVisible(bool(source))
        loaded = "" if state is None else f", loaded at {clock_text(state.loaded_at)}"
        self._facts.setText(counted(mocks, "mock") + loaded)
        scripts = Allowed.NONE if state is None else state.scripts
        self._scripts.setText(_SCRIPTS[scripts])
        self._scripts.setVisible(scripts is not Allowed.NONE)
        self._actions.setVisible(state is not None)
        self.allow.setVisible(scripts is not Allowed.NONE)
        self.allow.setText("Stop scripts" if scripts is Allowed.YES else "Allow scripts")
        self.allow.setAccessibleName(f"{self.allow.text()} of {self._name.text()}")
        self.close_file.setAccessibleName(f"Close {self._name.text()}")

    def _switch_scripts(self) -> None:
        if self._state is not None:
            yes = self._state.scripts is not Allowed.YES
            self.allow_scripts_requested.emit(self._state.path, yes)

    def _close(self) -> None:
        if self._state is not None:
            self.close_requested.emit(self._state.path)
