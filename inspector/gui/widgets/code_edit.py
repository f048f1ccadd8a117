"""The face of payload text: monospaced, with line numbers and a tinted current line."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import (
    QFocusEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
    QTextOption,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from inspector.gui.theme import META_PX, current_theme, mono_font

_GUTTER_PAD_PX = 8
_MIN_DIGITS = 2


class CodeEdit(QPlainTextEdit):
    """Plain text with line numbers. Tab leaves it, as it leaves every field; lines wrap at any character."""

    def __init__(self, *, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setFont(mono_font())
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAnywhere)
        self.document().setDocumentMargin(3)
        self._continued: Sequence[int] = ()
        self._marks: list[QTextEdit.ExtraSelection] = []
        self._gutter = _Gutter(self)
        self.blockCountChanged.connect(self._fit_gutter)
        self.updateRequest.connect(self._scroll_gutter)
        self.cursorPositionChanged.connect(self._show_marks)
        self._fit_gutter()

    def set_continued(self, blocks: Sequence[int]) -> None:
        """Names the blocks, in ascending order, that carry on a line cut for display: they bear no number."""
        self._continued = blocks
        self._fit_gutter()

    def is_continued(self, block: int) -> bool:
        """Whether a block carries on the one before it."""
        index = bisect_left(self._continued, block)
        return index < len(self._continued) and self._continued[index] == block

    def set_marks(self, marks: list[QTextEdit.ExtraSelection]) -> None:
        """Shows marks besides the current line: hits of a search, the place of an error."""
        self._marks = marks
        self._show_marks()

    def line_number(self, block: int) -> int:
        """The number of the line that a block belongs to, from 1."""
        return block + 1 - bisect_right(self._continued, block)

    def height_for(self, lines: int) -> int:
        """Height that shows so many lines without scrolling."""
        margins = 2 * (self.frameWidth() + int(self.document().documentMargin()))
        return lines * self.fontMetrics().lineSpacing() + margins + 2

    def gutter_px(self) -> int:
        """Width of the strip of line numbers."""
        digits = max(_MIN_DIGITS, len(str(self.line_number(self.blockCount() - 1))))
        return self.fontMetrics().horizontalAdvance("0") * digits + 2 * _GUTTER_PAD_PX

    def paint_gutter(self, painter: QPainter, area: QRect) -> None:
        """Draws the numbers of the lines within `area`."""
        theme = current_theme()
        painter.setFont(mono_font(px=META_PX))
        right = self._gutter.width() - _GUTTER_PAD_PX
        height = self.fontMetrics().lineSpacing()
        current = self.textCursor().blockNumber() if self._tints_current_line() else -1
        block = self.firstVisibleBlock()
        while block.isValid():
            box = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if box.top() > area.bottom():
                break
            number = block.blockNumber()
            if not self.is_continued(number):
                painter.setPen(theme.color("text" if number == current else "faint"))
                place = QRect(0, int(box.top()), right, height)
                painter.drawText(place, Qt.AlignmentFlag.AlignRight, str(self.line_number(number)))
            block = block.next()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """No more than it must have: the layout around says how high it gets."""
        return QSize(super().sizeHint().width(), self.minimumHeight() or self.height_for(3))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """Qt's own would be several lines."""
        return QSize(super().minimumSizeHint().width(), self.height_for(1))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Keeps the strip of numbers at the left edge."""
        super().resizeEvent(event)
        inner = self.contentsRect()
        self._gutter.setGeometry(QRect(inner.left(), inner.top(), self.gutter_px(), inner.height()))

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """The current line is tinted while one can type in it."""
        super().focusInEvent(event)
        self._show_marks()

    def focusOutEvent(self, event: QFocusEvent) -> None:  # noqa: N802 - Qt's name
        """The tint goes with the focus."""
        super().focusOutEvent(event)
        self._show_marks()

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802 - Qt's name
        """Another theme brings another tint."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.PaletteChange:
            self._show_marks()

    def _tints_current_line(self) -> bool:
        return self.hasFocus() and not self.isReadOnly()

    def _show_marks(self) -> None:
        marks = list(self._marks)
        if self._tints_current_line():
            tint = QTextCharFormat()
            tint.setBackground(current_theme().color("raised"))
            tint.setProperty(QTextFormat.Property.FullWidthSelection, True)
            cursor = self.textCursor()
            cursor.clearSelection()
            marks.insert(0, mark(cursor, tint))
        self.setExtraSelections(marks)
        self._gutter.update()

    def _fit_gutter(self) -> None:
        self.setViewportMargins(self.gutter_px(), 0, 0, 0)
        inner = self.contentsRect()
        self._gutter.setGeometry(QRect(inner.left(), inner.top(), self.gutter_px(), inner.height()))

    def _scroll_gutter(self, area: QRect, dy: int) -> None:
        if dy:
            self._gutter.scroll(0, dy)
        else:
            self._gutter.update(0, area.y(), self._gutter.width(), area.height())


class _Gutter(QWidget):
    """The strip of line numbers; the text edit knows what stands in it."""

    def __init__(self, edit: CodeEdit) -> None:
        super().__init__(edit)
        self._edit = edit

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """As wide as the numbers are."""
        return QSize(self._edit.gutter_px(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802 - Qt's name
        """Draws the numbers on the ground of the text."""
        with QPainter(self) as painter:
            self._edit.paint_gutter(painter, event.rect())


def mark(cursor: QTextCursor, look: QTextCharFormat) -> QTextEdit.ExtraSelection:
    """A mark for `CodeEdit.set_marks`."""
    selection = QTextEdit.ExtraSelection()
    selection.cursor = cursor
    selection.format = look
    return selection
