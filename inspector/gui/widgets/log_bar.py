"""The bar above the log: whose calls, the filter, and pause, follow and clear."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QWidget

from inspector.core.payloads import visible
from inspector.gui.theme import HEAD_PX, text_font
from inspector.gui.widgets.controls import button
from inspector.gui.widgets.filter_field import FilterField
from inspector.gui.widgets.plain_text import plain_tooltip

_SCOPE_TEXT_PX = 140


class LogBar(QWidget):
    """Emits what is wished; what is so, it is told."""

    scope_cleared = Signal()
    """The calls of everybody are wanted again."""
    pause_wished = Signal(bool)
    follow_wished = Signal(bool)
    clear_wished = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("bar", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEAD_PX)
        self.field = FilterField()
        self.scope = button("", self.scope_cleared.emit, name="Show the calls of everybody")
        self.scope.hide()
        self.pause = _toggle("Pause", "Resume", "Pause the log; calls are still received and counted")
        self.follow = _toggle("Follow", "Follow ✓", "Follow the newest call")
        self.clear = button("Clear", self.clear_wished.emit, name="Clear the log of settled calls and events")
        self.clear.setToolTip("Forgets settled calls and events; pending calls stay")
        self.pause.clicked.connect(self.pause_wished)
        self.follow.clicked.connect(self.follow_wished)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(8, 0, 8, 0)
        layout.setSpacing(8)
        layout.addWidget(self.scope)
        layout.addWidget(self.field, 1)
        for action in (self.pause, self.follow, self.clear):
            layout.addWidget(action)

    def show_scope(self, identity: str | None) -> None:
        """Says whose calls are shown; None is everybody."""
        self.scope.setVisible(identity is not None)
        if identity is None:
            return
        name = visible(identity)
        metrics = QFontMetrics(text_font())
        shown = metrics.elidedText(name, Qt.TextElideMode.ElideMiddle, _SCOPE_TEXT_PX)
        # An ampersand would be taken for the mark of a shortcut.
        self.scope.setText(f"{shown}  ✕".replace("&", "&&"))
        self.scope.setAccessibleName(f"Only calls of {name}; press to show the calls of everybody")
        self.scope.setToolTip(
            plain_tooltip(f"Only calls from or to {identity}.\nClick for those of everybody.")
        )

    def show_paused(self, paused: bool) -> None:
        """Says whether the log is paused."""
        _set(self.pause, paused, "Resume" if paused else "Pause")

    def show_follows(self, follows: bool) -> None:
        """Says whether the log follows what comes."""
        _set(self.follow, follows, "Follow ✓" if follows else "Follow")


def _toggle(off: str, on: str, name: str) -> QPushButton:
    """A checkable button as wide as the wider of its texts, so that nothing beside it moves."""
    widget = button(off, name=name)
    widget.setCheckable(True)
    widget.setToolTip(name)
    metrics = QFontMetrics(text_font())
    wider = max(metrics.horizontalAdvance(off), metrics.horizontalAdvance(on))
    widget.setFixedWidth(wider + 22)
    return widget


def _set(widget: QPushButton, checked: bool, text: str) -> None:
    widget.setChecked(checked)
    if widget.text() != text:
        widget.setText(text)
