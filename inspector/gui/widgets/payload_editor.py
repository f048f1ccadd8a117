"""Where a payload is written. What is sent is exactly the text set or typed, byte for byte.

A text document is not a faithful copy of every text: it knows one kind of line end, and one line of some
ten thousand characters takes a visible moment per key. So the editor keeps the text it was given as long as
nobody has typed, and shows what it cannot hold in parts, to be read and sent but not typed in.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QMimeData, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QApplication

from inspector.gui.theme import current_theme
from inspector.gui.widgets.code_edit import CodeEdit, mark
from inspector.gui.widgets.display_text import DisplayReader, TextReader
from inspector.gui.widgets.json_highlighter import MAX_DOCUMENT, JsonHighlighter
from inspector.gui.widgets.sliced_text import SlicedText

LONG_LINE = 20_000
"""Characters of a line above which the text is shown in parts: a key in it would take over 30 ms."""
_UNDOABLE = 256 * 1024
"""Characters up to which a replaced text comes back with Ctrl+Z."""
_PASTED_AT_ONCE = 32 * 1024

# What a text document turns into its own kind of line end.
_NOT_KEPT = re.compile("[\r\u2029\ufdd0\ufdd1]")


class PayloadEditor(CodeEdit):
    """Edits a payload of any size."""

    text_changed = Signal()
    """The payload is another one, by typing or because it was set."""
    state_changed = Signal()
    """A large text has arrived whole, or the text is now shown in parts, or no longer."""

    def __init__(self, *, name: str) -> None:
        super().__init__(name=name)
        self._given: str | None = ""
        self._typed: str | None = None
        self._in_parts = False
        self._settling = False  # from the moment a text is set until the document shows all of it
        self._json = False
        self._highlighter = JsonHighlighter(self.document())
        self._slices = SlicedText(self)
        self._slices.finished.connect(self._filled)
        self.document().contentsChanged.connect(self._changed)

    @property
    def is_in_parts(self) -> bool:
        """Whether the text is shown in parts because of a very long line."""
        return self._in_parts

    @property
    def is_filling(self) -> bool:
        """Whether a large text is still on its way in; it can be sent meanwhile."""
        return self._slices.is_filling

    @property
    def keeps_given_text(self) -> bool:
        """Whether it stands for a text whose line ends change with the first key."""
        return self._given is not None and not self._in_parts and bool(_NOT_KEPT.search(self._given))

    def text(self) -> str:
        """The payload, exactly."""
        if self._given is not None:
            return self._given
        if self._typed is None:
            # Not toPlainText: it turns no-break spaces into spaces.
            self._typed = self.document().toRawText().replace("\u2029", "\n")
        return self._typed

    def set_text(self, text: str, *, undoable: bool = False) -> None:
        """Puts `text` in place of what stands there; `undoable` lets Ctrl+Z bring that back."""
        if text == self.text():
            return
        was_in_parts = self._in_parts
        self._settling = True
        self._given, self._typed = text, None
        self._in_parts = _has_long_line(text)
        self.set_continued(())
        self.set_marks([])
        self._slices.stop()
        self._highlighter.set_active(False, recolor=False)
        if undoable and not was_in_parts and not self._in_parts and len(text) <= _UNDOABLE:
            self._replace_undoably(text)
            self._filled()
        else:
            self._set_writable(False)
            self._slices.fill(DisplayReader(text) if self._in_parts else TextReader(_with_line_feeds(text)))
        self.text_changed.emit()
        self.state_changed.emit()

    def set_json(self, on: bool) -> None:
        """Colours the text as JSON, or not."""
        self._json = on
        self._color()

    def show_error_at(self, line: int, column: int) -> None:
        """Underlines where the text stops being JSON (from 1); line 0 takes the mark away."""
        block = self.document().findBlockByNumber(line - 1)
        if line < 1 or not block.isValid() or self._in_parts:
            self.set_marks([])
            return
        look = QTextCharFormat()
        look.setUnderlineStyle(QTextCharFormat.UnderlineStyle.WaveUnderline)
        look.setUnderlineColor(current_theme().color("error"))
        cursor = QTextCursor(block)
        cursor.movePosition(QTextCursor.MoveOperation.Right, n=min(column - 1, max(0, block.length() - 2)))
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        if not cursor.hasSelection():
            cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock, QTextCursor.MoveMode.KeepAnchor)
        self.set_marks([mark(cursor, look)])

    def insertFromMimeData(self, source: QMimeData) -> None:  # noqa: N802 - Qt's name
        """Pastes plain text; a large one comes in slices, so that the window stays alive."""
        pasted = _with_line_feeds(source.text())
        if len(pasted) <= _PASTED_AT_ONCE and not _has_long_line(pasted):
            super().insertFromMimeData(source)
            return
        cursor = self.textCursor()
        before, after = self._around(cursor.selectionStart(), cursor.selectionEnd())
        self.set_text(before + pasted + after)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Types; a text shown in parts gives way once all of it is selected and typed over."""
        if self._in_parts and self._selects_all() and (new := _typed_over(event)) is not None:
            self.set_text(new)
            self.moveCursor(QTextCursor.MoveOperation.End)
            return
        super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another theme brings other colours."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange and hasattr(self, "_highlighter"):
            self._highlighter.take_theme()

    def _around(self, start: int, end: int) -> tuple[str, str]:
        """The text before `start` and behind `end`, both in Qt's count of UTF-16 units."""
        raw = self.text().encode("utf-16-le", "surrogatepass")
        before = raw[: start * 2].decode("utf-16-le", "surrogatepass")
        return before, raw[end * 2 :].decode("utf-16-le", "surrogatepass")

    def _replace_undoably(self, text: str) -> None:
        cursor = QTextCursor(self.document())
        cursor.beginEditBlock()
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(_with_line_feeds(text))
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _filled(self) -> None:
        self._settling = False
        self._set_writable(not self._in_parts)
        self._color()
        if self._given is not None and not self._in_parts and not _NOT_KEPT.search(self._given):
            self._typed, self._given = self._given, None
        self.state_changed.emit()

    def _changed(self) -> None:
        """Somebody typed: from now on the document is the payload."""
        if self._settling or self._highlighter.recolors:
            return
        kept = self.keeps_given_text
        self._given = self._typed = None
        self._color()
        self.text_changed.emit()
        if kept:
            self.state_changed.emit()

    def _color(self) -> None:
        small = self.document().characterCount() <= MAX_DOCUMENT
        self._highlighter.set_active(self._json and small and not self._in_parts)

    def _set_writable(self, writable: bool) -> None:
        flags = Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        self.setTextInteractionFlags(Qt.TextInteractionFlag.TextEditorInteraction if writable else flags)

    def _selects_all(self) -> bool:
        cursor = self.textCursor()
        last = self.document().characterCount() - 1
        return cursor.selectionStart() == 0 and cursor.selectionEnd() == last


def _typed_over(event: QKeyEvent) -> str | None:
    """What takes the place of a text that is selected whole; None for keys that change nothing."""
    if event.matches(QKeySequence.StandardKey.Paste):
        return QApplication.clipboard().text()
    if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
        return ""
    return event.text() if event.text().isprintable() and event.text() else None


def _with_line_feeds(text: str) -> str:
    """The text with the one kind of line end that a document has."""
    return _NOT_KEPT.sub("\n", text.replace("\r\n", "\n"))


def _has_long_line(text: str) -> bool:
    at = 0
    while at + LONG_LINE < len(text):
        line_end = text.rfind("\n", at, at + LONG_LINE + 1)
        if line_end < 0:
            return True
        at = line_end + 1
    return False
