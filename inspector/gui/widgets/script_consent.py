"""The bar that asks whether the scripts of a mocks file may run; it takes no focus and blocks nothing."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from inspector.core.mocks import Mock
from inspector.core.payloads import visible
from inspector.gui.models.mock_draft import file_name
from inspector.gui.models.mock_scripts import scripts_of
from inspector.gui.widgets.controls import Tone, button, label
from inspector.gui.widgets.plain_text import ElidedLabel, plain_tooltip
from inspector.session.mock_file_state import Allowed, MocksFileState


class ScriptConsent(QWidget):
    """Asks for one file after the other."""

    answered = Signal(str, bool)
    """The path of the file, and whether its scripts may run."""

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bar", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._path = ""
        self._text = ElidedLabel()
        self.allow = button("Allow", lambda: self.answered.emit(self._path, True))
        self.refuse = button("Not now", lambda: self.answered.emit(self._path, False))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 4, 12, 4)
        layout.setSpacing(8)
        layout.addWidget(label("▲", tone=Tone.WARNING))
        layout.addWidget(self._text, 1)
        layout.addWidget(self.allow)
        layout.addWidget(self.refuse)
        for action in (self.allow, self.refuse):
            action.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.hide()

    @property
    def text(self) -> str:
        """What it asks, empty while it asks nothing."""
        return "" if self.isHidden() else self._text.text()

    def show_files(self, states: Iterable[MocksFileState], mocks: Iterable[Mock]) -> None:
        """Asks for the first file whose scripts wait for a word; hides where none does."""
        asking = next((state for state in states if state.scripts is Allowed.ASK), None)
        if asking is None:
            self.hide()
            return
        self._path = asking.path
        name = visible(file_name(asking.path))
        scripts = {path for mock in mocks if mock.source == asking.path for path in scripts_of(mock)}
        self._text.setText(f"{name} wants to run scripts{_listed(scripts)}.")
        self._text.setAccessibleName(self._text.text())
        self.setToolTip(plain_tooltip(f"{asking.path}\nScripts may do whatever your programs may do."))
        self.allow.setAccessibleName(f"Allow the scripts of {name}")
        self.refuse.setAccessibleName(f"Do not allow the scripts of {name} now")
        self.show()


def _listed(paths: Iterable[str]) -> str:
    names = sorted({visible(file_name(path)) for path in paths})
    return f": {', '.join(names)}" if names else ""
