"""Two calls beside each other: their facts, and what differs in request and answer."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from inspector.core.calls import Call
from inspector.core.compare import CallDiff, ComparedAs, Diff, compare_calls
from inspector.gui.models.compared_facts import compared_facts
from inspector.gui.models.folded_diff import folded_lines, plain_text, summary
from inspector.gui.widgets.background import Background
from inspector.gui.widgets.compared_table import ComparedTable
from inspector.gui.widgets.controls import EmptyState, Tone, button, label
from inspector.gui.widgets.diff_view import DiffView
from inspector.gui.widgets.segments import Segments
from inspector.gui.widgets.wrapped_label import set_wrapped, wrapped_label

_EDGE_PX = 12
_AS_JSON = "Keys are compared by name; order and spacing are not."
_AS_TEXT = "One of them is no JSON: compared line by line."


class _Part(StrEnum):
    REQUEST = "request"
    ANSWER = "answer"


class ComparePanel(QWidget):
    """Compares two calls. Large payloads are compared beside the window."""

    copied = Signal(str)
    """A sentence on what was copied, for the status line."""

    def __init__(self) -> None:
        super().__init__()
        self._pair: tuple[Call, Call] | None = None
        self._diff: CallDiff | None = None
        self._comparing = Background[CallDiff](self, self._show_diff)
        self.facts = ComparedTable()
        self.part = Segments({_Part.REQUEST: "Request", _Part.ANSWER: "Response"}, name="Compare")
        self.part.set_value(_Part.ANSWER)
        self.part.value_changed.connect(lambda _part: self._show_part())
        self.summary = label(tone=Tone.SECONDARY, meta=True, mono=True)
        self.view = DiffView()
        self.how = wrapped_label(Tone.SECONDARY, meta=True)
        self.swap = button("Swap", self._swap, name="Swap A and B")
        self.copy = button("Copy", self._copy, name="Copy the comparison")
        self._pages = QStackedLayout(self)
        self._pages.addWidget(self._made())
        empty = EmptyState(
            "Nothing to compare yet.",
            "Select two calls in the log and press Ctrl+Shift+D, or one and Ctrl+P: that compares it with the"
            " call of its method before it.",
        )
        self._pages.addWidget(empty)
        self._pages.setCurrentIndex(1)

    def compared(self) -> tuple[str, str] | None:
        """Ids of A and B."""
        return None if self._pair is None else (self._pair[0].id, self._pair[1].id)

    def show_calls(self, a: Call, b: Call) -> None:
        """Compares these two."""
        self._pair, self._diff = (a, b), None
        self.facts.show_rows(compared_facts(a, b))
        self.summary.setText("comparing\N{HORIZONTAL ELLIPSIS}")
        self.view.show_lines(())
        self._pages.setCurrentIndex(0)
        self._comparing.start(lambda: compare_calls(a, b))

    def _made(self) -> QWidget:
        page = QWidget()
        layout = QVBoxLayout(page)
        layout.setContentsMargins(_EDGE_PX, _EDGE_PX, _EDGE_PX, _EDGE_PX)
        layout.setSpacing(8)
        layout.addWidget(self.facts)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.part)
        line.addWidget(self.summary, 1)
        layout.addLayout(line)
        layout.addWidget(self.view, 1)
        layout.addWidget(self.how)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self.swap)
        foot.addWidget(self.copy)
        foot.addStretch(1)
        layout.addLayout(foot)
        return page

    def _show_diff(self, diff: CallDiff) -> None:
        self._diff = diff
        if diff.answer.is_same and not diff.request.is_same:
            self.part.set_value(_Part.REQUEST)
        self._show_part()

    def _shown(self) -> Diff | None:
        if self._diff is None:
            return None
        return self._diff.request if self.part.value() == _Part.REQUEST else self._diff.answer

    def _show_part(self) -> None:
        diff = self._shown()
        if diff is None:
            return
        if diff.compared_as is ComparedAs.NOTHING:
            self.summary.setText("nothing on either side")
            self.view.show_lines(())
            set_wrapped(self.how, "")
            return
        self.summary.setText(summary(diff))
        self.view.show_lines(folded_lines(diff))
        set_wrapped(self.how, _AS_JSON if diff.compared_as is ComparedAs.JSON else _AS_TEXT)

    def _swap(self) -> None:
        if self._pair is not None:
            a, b = self._pair
            self.show_calls(b, a)

    def _copy(self) -> None:
        diff = self._shown()
        if diff is None:
            return
        parts = [*self.facts.lines(), "", plain_text(diff)]
        QGuiApplication.clipboard().setText("\n".join(parts))
        self.copied.emit("Copied the comparison.")
