"""Brings large text into a text edit bit by bit, so that the window stays alive meanwhile.

Measured: `setPlainText` of 10 MB holds the window for 1.4 s; slices of 48 KiB take 5 to 15 ms each.
"""

from __future__ import annotations

import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from inspector.gui.widgets.display_text import TextReader

FIRST_SLICE = 16 * 1024
"""Characters on screen at once: more than a page."""
_MIN_SLICE = 4 * 1024
_MAX_SLICE = 48 * 1024
_SLICE_S = 0.008
"""How long one slice may take; slices grow and shrink towards it (highlighting makes them slow)."""
_PAUSE_MS = 8
"""Between two slices, for keys, paint and calls."""


class SlicedText(QObject):
    """Fills one text edit; undo starts anew behind what it fills in."""

    finished = Signal()

    def __init__(self, edit: QPlainTextEdit) -> None:
        super().__init__(edit)
        self._edit = edit
        self._source = TextReader("")
        self._slice = FIRST_SLICE
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._fill_on)

    @property
    def is_filling(self) -> bool:
        """Whether there is more to come."""
        return self._timer.isActive()

    def fill(self, source: TextReader) -> None:
        """Shows the beginning at once, the rest in slices; `finished` follows in any case."""
        self.stop()
        self._source = source
        self._slice = FIRST_SLICE
        self._edit.document().setUndoRedoEnabled(False)
        self._edit.setPlainText(source.read(FIRST_SLICE))
        if source.at_end:
            self._finish()
        else:
            self._timer.start()

    def stop(self) -> None:
        """Leaves the rest out: something else is to be shown."""
        self._timer.stop()

    def _fill_on(self) -> None:
        began = time.perf_counter()
        cursor = QTextCursor(self._edit.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(self._source.read(self._slice))
        took = max(time.perf_counter() - began, 1e-4)
        self._slice = max(_MIN_SLICE, min(_MAX_SLICE, int(self._slice * _SLICE_S / took)))
        if self._source.at_end:
            self._finish()

    def _finish(self) -> None:
        self.stop()
        self._source = TextReader("")
        self._edit.document().setUndoRedoEnabled(True)
        self.finished.emit()
