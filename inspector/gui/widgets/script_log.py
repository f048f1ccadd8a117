"""What the scripts of a mock said: log lines, what they printed, tracebacks, and notes on their workers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QPlainTextEdit, QVBoxLayout, QWidget

from inspector.core.payloads import visible
from inspector.gui.models.row_text import clock_text
from inspector.gui.theme import mono_font
from inspector.gui.widgets.controls import Tone, column, label, rule
from inspector.scripts.log import LINES_KEPT, ScriptLine

HEIGHT_PX = 120
_DRAWN_AFTER_MS = 100


class ScriptLines(Protocol):
    """Where the lines come from; `SessionScripts` is it."""

    def lines(self, path: str) -> tuple[ScriptLine, ...]:
        """What the script at `path` said so far."""

    def on_line(self, callback: Callable[[ScriptLine], None]) -> Callable[[], None]:
        """Calls back with each line that any script says; the result ends it."""


class ScriptLog(QWidget):
    """Shows the newest lines of the scripts it is told of, the oldest first; hidden where there are none."""

    def __init__(self) -> None:
        super().__init__()
        self._scripts: ScriptLines | None = None
        self._paths: frozenset[str] = frozenset()
        self._new: list[ScriptLine] = []
        self._drawing = QTimer(self)
        self._drawing.setSingleShot(True)
        self._drawing.setInterval(_DRAWN_AFTER_MS)
        self._drawing.timeout.connect(self._draw_new)
        self.text = QPlainTextEdit()
        self.text.setAccessibleName("Log of the mock's scripts")
        self.text.setReadOnly(True)
        self.text.setFont(mono_font())
        self.text.setMaximumBlockCount(LINES_KEPT)
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.text.setFixedHeight(HEIGHT_PX)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(rule())
        head = label("Script log", tone=Tone.FAINT, meta=True)
        layout.addWidget(column(head, self.text, margins=(8, 4, 8, 8)))
        self.hide()

    def follow(self, scripts: ScriptLines) -> Callable[[], None]:
        """Shows what these scripts say; the result ends it."""
        self._scripts = scripts
        return scripts.on_line(self._heard)

    def show_scripts(self, paths: frozenset[str]) -> None:
        """Shows the lines of these files, by their whole paths."""
        if paths == self._paths:
            return
        self._paths = paths
        said = [] if self._scripts is None else [line for path in paths for line in self._scripts.lines(path)]
        self._new.clear()
        self.text.setPlainText("\n".join(_shown(line) for line in sorted(said, key=lambda line: line.at)))
        self.text.verticalScrollBar().setValue(self.text.verticalScrollBar().maximum())
        self.setVisible(bool(said))

    def _heard(self, line: ScriptLine) -> None:
        if line.path in self._paths:
            self._new.append(line)
            if not self._drawing.isActive():
                self._drawing.start()

    def _draw_new(self) -> None:
        lines, self._new = self._new[-LINES_KEPT:], []
        if lines:
            self.text.appendPlainText("\n".join(map(_shown, lines)))
            self.show()


def _shown(line: ScriptLine) -> str:
    return f"{clock_text(line.at)}  {visible(line.text)}"
