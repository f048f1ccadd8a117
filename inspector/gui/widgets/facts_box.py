"""A compact box of facts about one thing, at the foot of a panel, with what can be asked for beneath."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from inspector.core.payloads import visible
from inspector.gui.models.room_facts import Fact, Facts, Form, Wish
from inspector.gui.widgets.controls import Tone, button, label, row
from inspector.gui.widgets.plain_text import ElidedLabel, breakable, plain_tooltip

MAX_CHARS = 240
"""A longer text is cut here; its tool tip has more."""


class FactsBox(QWidget):
    """Shows `Facts`. Telling it the same facts again changes nothing on screen."""

    wish_requested = Signal(object)
    """The `Wish` of the button that was pressed."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setAccessibleName(name)
        self.setProperty("footer", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._facts: Facts | None = None
        self._title = ElidedLabel(bold=True, elide=Qt.TextElideMode.ElideMiddle)
        self._note = label(tone=Tone.FAINT, meta=True)
        self._area = _FitScrollArea()
        self._wishes = QHBoxLayout()
        self._wishes.setSpacing(8)
        head = row(self._title, self._note, spacing=6)
        head.layout().setStretch(0, 1)  # type: ignore[union-attr]
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 8, 8, 8)
        layout.setSpacing(4)
        layout.addWidget(head)
        layout.addWidget(self._area)
        layout.addLayout(self._wishes)

    def show_facts(self, facts: Facts | None) -> None:
        """Shows these facts; None hides the box."""
        if facts == self._facts:
            return
        before, self._facts = self._facts, facts
        self.setVisible(facts is not None)
        if facts is None:
            return
        self._title.setText(facts.title)
        self._note.setText(facts.note)
        if before is None or before.lines != facts.lines:
            self._area.show_lines(facts.lines)
        if before is None or before.wishes != facts.wishes:
            self._show_wishes(facts.wishes)

    def text(self) -> str:
        """All that is shown, as lines of text."""
        if self._facts is None:
            return ""
        facts = self._facts
        lines = (f"{fact.label}: {fact.text}" if fact.label else fact.text for fact in facts.lines)
        return "\n".join((f"{facts.title} {facts.note}".strip(), *lines))

    def _show_wishes(self, wishes: tuple[Wish, ...]) -> None:
        while (item := self._wishes.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        for wish in wishes:
            made = button(wish.value, name=wish.value)
            made.clicked.connect(lambda _checked=False, wish=wish: self.wish_requested.emit(wish))
            self._wishes.addWidget(made)
            made.show()  # at once: Qt shows what joins a visible layout only on its next turn
        if wishes:
            self._wishes.addStretch(1)


class _FitScrollArea(QScrollArea):
    """As high as its lines, up to the height its place gives it; scrolls beyond."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName("Facts")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self._lines = QWidget()
        self.setWidget(self._lines)

    def show_lines(self, lines: tuple[Fact, ...]) -> None:
        """Shows these lines in place of those before."""
        self._lines = QWidget()
        grid = QGridLayout(self._lines)
        grid.setContentsMargins(0, 0, 4, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.setColumnStretch(1, 1)
        for number, fact in enumerate(lines):
            for column, (widget, span) in enumerate(_widgets_of(fact)):
                grid.addWidget(widget, number, column, 1, span, Qt.AlignmentFlag.AlignTop)
        self.setWidget(self._lines)
        self.updateGeometry()

    def sizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """The height of all lines at the present width."""
        width = max(self.viewport().width(), 1)
        layout = self._lines.layout()
        height = layout.totalHeightForWidth(width) if layout is not None else 0
        return QSize(super().sizeHint().width(), max(height, 0))

    def minimumSizeHint(self) -> QSize:  # noqa: N802 - Qt's name
        """At least a few lines."""
        return QSize(40, min(self.sizeHint().height(), 60))

    def resizeEvent(self, event: object) -> None:  # noqa: N802 - Qt's name
        """Wrapped lines make another height at another width."""
        super().resizeEvent(event)  # type: ignore[arg-type]
        self.updateGeometry()


def _widgets_of(fact: Fact) -> list[tuple[QWidget, int]]:
    """The labels of one line, each with the number of columns it spans."""
    match fact.form:
        case Form.HEADING:
            return [(label(fact.text, tone=Tone.FAINT, meta=True), 2)]
        case Form.SENTENCE:
            return [(_wrapped(fact), 2)]
        case Form.PAIR:
            return [(ElidedLabel(f"{fact.label}: {fact.text}", tone=fact.tone, meta=True), 2)]
        case Form.FIELD:
            key = label(fact.label, tone=Tone.FAINT, meta=True)
            return [(key, 1), (ElidedLabel(fact.text, tone=fact.tone, meta=True), 1)]


def _wrapped(fact: Fact) -> QLabel:
    """A sentence, whole; a longer text (metadata) is cut, its beginning shown."""
    shown = fact.text if len(fact.text) <= MAX_CHARS else fact.text[:MAX_CHARS] + "…"
    widget = label(breakable(visible(shown, keep_lines=True)), tone=fact.tone, meta=True, wrap=True)
    widget.setToolTip(plain_tooltip(fact.text) if shown != fact.text else "")
    widget.setMinimumWidth(1)
    return widget
