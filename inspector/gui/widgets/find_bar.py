"""A small bar that finds text in a payload, opened by Ctrl+F in it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QTextCharFormat, QTextCursor, QTextDocument
from PySide6.QtWidgets import QHBoxLayout, QTextEdit, QWidget

from inspector.gui.theme import current_theme
from inspector.gui.widgets.code_edit import CodeEdit, mark
from inspector.gui.widgets.controls import Tone, label, line_edit, tool_button

MAX_HITS = 1000
_MARKED_HITS = 200


class FindBar(QWidget):
    """Counts and visits what is looked for, without regard to case."""

    closed = Signal()

    def __init__(self, edit: CodeEdit, *, name: str) -> None:
        super().__init__()
        self._edit = edit
        self._hits: list[QTextCursor] = []
        self._at = 0
        self._field = line_edit(name=f"Find in {name}", placeholder="find", mono=True)
        self._count = label(tone=Tone.SECONDARY, meta=True)
        before = tool_button("↑", name="Previous hit")
        after = tool_button("↓", name="Next hit")
        close = tool_button("✕", name="Close the search")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(self._field, 1)
        layout.addWidget(self._count)
        for widget in (before, after, close):
            widget.setFixedWidth(26)
            widget.setProperty("bare", True)
            layout.addWidget(widget)
        self._field.textChanged.connect(self.find_again)
        before.clicked.connect(lambda: self._visit(self._at - 1))
        after.clicked.connect(lambda: self._visit(self._at + 1))
        close.clicked.connect(self.close_bar)

    def open_bar(self) -> None:
        """Shows the bar and takes the focus."""
        selected = self._edit.textCursor().selectedText()
        if selected and "\u2029" not in selected:
            self._field.setText(selected)
        self.show()
        self._field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self._field.selectAll()
        self.find_again()

    def close_bar(self) -> None:
        """Hides the bar and its marks, leaves the hit selected, and gives the focus back."""
        self.hide()
        self._edit.set_marks([])
        if self._hits:
            self._edit.setTextCursor(self._hits[self._at])
        self._edit.setFocus(Qt.FocusReason.OtherFocusReason)
        self.closed.emit()

    def count_text(self) -> str:
        """What it says of its hits."""
        return self._count.text()

    def find_again(self) -> None:
        """Looks through the text as it is now, and goes to the first hit."""
        if not self.isVisible():
            return
        self._hits = _hits(self._edit.document(), self._field.text())
        self._visit(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802 - Qt's name
        """Enter goes on, with Shift back; Escape closes."""
        if event.key() == Qt.Key.Key_Escape:
            self.close_bar()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
            self._visit(self._at + (-1 if back else 1))
        else:
            super().keyPressEvent(event)

    def _visit(self, at: int) -> None:
        if not self._hits:
            self._edit.set_marks([])
            self._count.setText("no hits" if self._field.text() else "")
            return
        self._at = at % len(self._hits)
        more = "+" if len(self._hits) == MAX_HITS else ""
        self._count.setText(f"{self._at + 1} of {len(self._hits):,}{more}")
        there = QTextCursor(self._hits[self._at])
        there.clearSelection()  # a selection would cover the mark
        self._edit.setTextCursor(there)
        self._edit.centerCursor()
        self._edit.set_marks(self._marks())

    def _marks(self) -> list[QTextEdit.ExtraSelection]:
        """The hits around the one visited, so that a thousand hits cost no more than a screenful."""
        theme = current_theme()
        other, here = QTextCharFormat(), QTextCharFormat()
        other.setBackground(theme.color("selection"))
        here.setBackground(theme.color("accent"))
        here.setForeground(theme.color("accent_text"))
        first = max(0, self._at - _MARKED_HITS // 2)
        around = enumerate(self._hits[first : first + _MARKED_HITS], first)
        return [mark(hit, here if index == self._at else other) for index, hit in around]


def _hits(document: QTextDocument, wanted: str) -> list[QTextCursor]:
    hits: list[QTextCursor] = []
    if not wanted:
        return hits
    hit = document.find(wanted, 0)
    while not hit.isNull() and len(hits) < MAX_HITS:
        hits.append(hit)
        hit = document.find(wanted, hit)
    return hits
