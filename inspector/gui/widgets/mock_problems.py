"""The box beneath the tree of mocks: what is wrong with the files, one problem at a time."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from inspector.core.documents import FileProblem, Severity
from inspector.core.payloads import visible
from inspector.gui.models.mock_draft import file_name
from inspector.gui.models.row_text import clock_text
from inspector.gui.theme import TEXT_PX, mono_font
from inspector.gui.widgets.controls import Tone, column, label, link, row, rule, set_tone
from inspector.gui.widgets.plain_text import plain_tooltip
from inspector.gui.widgets.wrapped_label import set_wrapped, wrapped_label
from inspector.session.mock_file_state import MocksFileState

_LINE_PX = 16
_LINES = 3
"""A longer message is cut, and whole in its tool tip."""


class _Shown(msgspec.Struct, frozen=True):
    problem: FileProblem
    path: str
    still: str
    """What answers all the same."""

    @property
    def is_error(self) -> bool:
        return self.problem.severity is Severity.ERROR


class MockProblems(QWidget):
    """Hidden where all is well; errors come before warnings."""

    open_requested = Signal(str)
    """The file with the problem is to be opened, by its path."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Problems of mocks files")
        self._all: list[_Shown] = []
        self._at = 0
        self._sign = label()
        self.place = link("", self._open, name="Open the file")
        self.place.setFont(mono_font(px=TEXT_PX))
        self._count = label(tone=Tone.FAINT, meta=True)
        self.before = link("◂", lambda: self._step(-1), name="Previous problem")
        self.after = link("▸", lambda: self._step(1), name="Next problem")
        self.message = wrapped_label()
        self.message.setMinimumHeight(_LINE_PX)
        self.message.setMaximumHeight(_LINES * _LINE_PX)
        self._still = wrapped_label(Tone.FAINT, meta=True)
        self._still.setMinimumHeight(_LINE_PX)
        first = row(self._sign, self.place, None, self._count, self.before, self.after, spacing=6)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(rule())
        layout.addWidget(column(first, self.message, self._still, spacing=2, margins=(12, 6, 12, 8)))
        self.hide()

    def show_files(self, states: Iterable[MocksFileState]) -> None:
        """Shows what is wrong; the problem in sight stays there, but for a warning where there are errors."""
        in_sight = self._all[self._at].problem if self._all else None
        found = [_Shown(problem, state.path, _still(state)) for state in states for problem in state.problems]
        self._all = sorted(found, key=lambda shown: not shown.is_error)
        places = (at for at, shown in enumerate(self._all) if shown.problem == in_sight)
        self._at = next(places, min(self._at, max(len(self._all) - 1, 0)))
        if self._all and self._all[0].is_error and not self._all[self._at].is_error:
            self._at = 0
        self._show()

    def show_file(self, path: str) -> None:
        """Goes to the first problem of a file, where it has one."""
        self._at = next((at for at, shown in enumerate(self._all) if shown.path == path), self._at)
        self._show()

    def _step(self, by: int) -> None:
        self._at = (self._at + by) % len(self._all)
        self._show()

    def _open(self) -> None:
        self.open_requested.emit(self._all[self._at].path)

    def _show(self) -> None:
        self.setVisible(bool(self._all))
        if not self._all:
            return
        shown = self._all[self._at]
        problem = shown.problem
        self._sign.setText("✕ Problem" if shown.is_error else "! Warning")
        set_tone(self._sign, Tone.ERROR if shown.is_error else Tone.WARNING)
        place = f"{visible(file_name(shown.path))}:{problem.line}:{problem.column}"
        self.place.setText(place.replace("&", "&&"))
        self.place.setAccessibleName(f"Open {place}")
        self.place.setToolTip(plain_tooltip(f"Open {shown.path}"))
        set_wrapped(self.message, problem.message)
        self.message.setToolTip(plain_tooltip(problem.message))
        set_wrapped(self._still, shown.still)
        self._still.setVisible(bool(shown.still))
        self._count.setText(f"{self._at + 1} of {len(self._all)}")
        for widget in (self._count, self.before, self.after):
            widget.setVisible(len(self._all) > 1)


def _still(state: MocksFileState) -> str:
    if state.is_current:
        return ""
    return f"The version loaded at {clock_text(state.loaded_at)} keeps answering."
