"""Colours for JSON, line by line, within bounds that keep typing fast.

Measured: highlighting costs about 1 s for 1 MiB, so none is done above 256 KiB, nor on lines over 4,000
characters; what is there already is coloured in slices.
"""

from __future__ import annotations

import re
import time

from PySide6.QtCore import QTimer
from PySide6.QtGui import QSyntaxHighlighter, QTextCharFormat, QTextDocument

from inspector.gui.theme import current_theme

MAX_DOCUMENT = 256 * 1024
"""Characters of a document above which nothing is highlighted."""
MAX_LINE = 4000
_SLICE_S = 0.008
_PAUSE_MS = 8

_TOKEN = re.compile(
    r'(?P<string>"(?:[^"\\]|\\.)*")(?P<colon>\s*:)?'
    r"|(?P<number>-?\d[\d.eE+-]*)"
    r"|(?P<literal>\b(?:true|false|null)\b)"
)
_ROLES = {"key": "out", "string": "ok", "number": "text", "literal": "incoming"}


class JsonHighlighter(QSyntaxHighlighter):
    """Colours keys, strings, numbers and literals of a document while it is active."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._active = False
        self._recolors = False
        self._formats: dict[str, QTextCharFormat] = {}
        self._next = 0  # number of the block to be recoloured next
        self._timer = QTimer(self)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self._go_on)
        self.take_theme()
        self.rehighlight()  # now, while it costs nothing, or Qt does it later in one go

    @property
    def is_active(self) -> bool:
        """Whether lines are coloured as they change."""
        return self._active

    @property
    def recolors(self) -> bool:
        """Whether the document is told right now that it changed, though only its colours did."""
        return self._recolors

    def set_active(self, active: bool, *, recolor: bool = True) -> None:
        """Colours from now on, or no more; `recolor` sees to what is there already, in slices."""
        if active == self._active:
            return
        self._active = active
        if recolor:
            self._start_over()

    def take_theme(self) -> None:
        """Takes the colours of the theme in force."""
        theme = current_theme()
        for kind, role in _ROLES.items():
            look = QTextCharFormat()
            look.setForeground(theme.color(role))
            self._formats[kind] = look
        if self._active:
            self._start_over()

    def highlightBlock(self, text: str) -> None:  # noqa: N802 - Qt's name
        """Colours one line."""
        if not self._active or len(text) > MAX_LINE:
            return
        offsets = None if text.isascii() else _utf16_offsets(text)
        for match in _TOKEN.finditer(text):
            kind = match.lastgroup if match.lastgroup != "colon" else "key"
            group = "string" if kind == "key" else kind
            assert kind is not None
            assert group is not None
            start, end = match.span(group)
            if offsets is not None:
                start, end = offsets[start], offsets[end]
            self.setFormat(start, end - start, self._formats[kind])

    def _start_over(self) -> None:
        self._next = 0
        self._timer.start()

    def _go_on(self) -> None:
        until = time.perf_counter() + _SLICE_S
        block = self.document().findBlockByNumber(self._next)
        while block.isValid():
            self._recolors = True
            self.rehighlightBlock(block)
            self._recolors = False
            self._next = block.blockNumber() + 1
            if time.perf_counter() > until:
                return
            block = block.next()
        self._timer.stop()


def _utf16_offsets(text: str) -> list[int]:
    """Qt's position of each character: those beyond the basic plane count twice there."""
    offsets = [0]
    for char in text:
        offsets.append(offsets[-1] + (2 if char > "\uffff" else 1))
    return offsets
