"""The panels at the bottom, one behind the other under tabs, and the head of the one in front."""

from __future__ import annotations

import struct

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QApplication, QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from inspector.gui.theme import HEAD_PX
from inspector.gui.widgets.controls import Head, column, rule

LEAST_PX = 140
"""How low the panels may be made."""
_HEAD_LEFT_PX = 2
"""The tabs have room on their right already."""
_STATE = struct.Struct("<B")


class BottomPanels(QWidget):
    """Shows one panel at a time. `changed` tells that a person chose another."""

    changed = Signal()

    def __init__(self, *titled: tuple[str, QWidget, Head]) -> None:
        super().__init__()
        self.tabs = QTabBar()
        self._heads = QStackedWidget()
        self._panels = QStackedWidget()
        for title, panel, head in titled:
            head.title.hide()
            head.set_left_margin(_HEAD_LEFT_PX)
            self.tabs.addTab(title)
            self._heads.addWidget(head)
            self._panels.addWidget(panel)
        self.tabs.setAccessibleName("Panels: " + ", ".join(title for title, _panel, _head in titled))
        self.tabs.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        self.tabs.setFixedHeight(HEAD_PX - 1)  # with the line below, as high as the heads beside it
        self._heads.setFixedHeight(HEAD_PX)
        self._panels.setMinimumHeight(LEAST_PX)
        self.tabs.currentChanged.connect(self._show)
        self._strip = strip = QHBoxLayout()
        strip.setContentsMargins(0, 0, 0, 0)
        strip.setSpacing(0)
        strip.addWidget(column(self.tabs, rule(), spacing=0))
        strip.addWidget(self._heads, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(strip)
        layout.addWidget(self._panels, 1)

    @property
    def front(self) -> int:
        """The panel in front, counted from 0."""
        return self.tabs.currentIndex()

    def bring_to_front(self, index: int) -> None:
        """Shows this panel."""
        self.tabs.setCurrentIndex(index)

    def add_at_end(self, widget: QWidget) -> None:
        """Puts what is to be seen beside the head of any panel at the end of the strip."""
        self._strip.addWidget(widget)

    def set_title(self, index: int, title: str) -> None:
        """Says on its tab what a panel is about now."""
        self.tabs.setTabText(index, title)

    def state(self) -> bytes:
        """Which panel is in front."""
        return _STATE.pack(self.front)

    def restore_state(self, state: bytes) -> None:
        """Brings back what `state` gave; what is none is ignored."""
        if len(state) == _STATE.size:
            self.bring_to_front(min(_STATE.unpack(state)[0], self.tabs.count() - 1))

    def _show(self, index: int) -> None:
        focused = QApplication.focusWidget()
        if focused is not None and self.isAncestorOf(focused):
            self.tabs.setFocus()  # else Qt picks a button of the panel that comes
        self._heads.setCurrentIndex(index)
        self._panels.setCurrentIndex(index)
        self.changed.emit()
