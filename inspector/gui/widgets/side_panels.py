"""Panels in one place: one behind the other under tabs, or side by side where there is room for two.

Side by side the first has a place of its own, and the others share the second, under tabs.
"""

from __future__ import annotations

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtWidgets import QSplitter, QTabBar, QVBoxLayout, QWidget

from inspector.gui.theme import HEAD_PX
from inspector.gui.widgets.controls import Head, column, rule

LEAST_PX = 340
"""How narrow each panel may be made."""


class SidePanels(QWidget):
    """Shows panels, each under its title. `changed` tells that a person chose another tab or width."""

    changed = Signal()

    def __init__(self, *titled: tuple[str, QWidget]) -> None:
        super().__init__()
        self._side_by_side = False
        titles = [title for title, _panel in titled]
        (_title, first), *others = titled
        self._tabs = _tab_bar(titles)
        self._tabs.currentChanged.connect(self._tab_chosen)
        self._line = rule()
        self._head = Head(titles[0])
        self._other_tabs = _tab_bar(titles[1:])
        self._other_tabs.currentChanged.connect(self._other_tab_chosen)
        self._other_line = rule()
        self._others = [panel for _title, panel in others]
        self._places = (
            column(self._head, first, spacing=0),
            column(self._other_tabs, self._other_line, *self._others, spacing=0),
        )
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.splitterMoved.connect(lambda _pos, _index: self.changed.emit())
        for place in self._places:
            place.setMinimumWidth(LEAST_PX)
            self._splitter.addWidget(place)
        self._layout = layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._tabs)
        layout.addWidget(self._line)
        layout.addWidget(self._splitter, 1)
        self._arrange()

    @property
    def side_by_side(self) -> bool:
        """Whether the first panel is in sight beside another one."""
        return self._side_by_side

    def set_side_by_side(self, wanted: bool) -> None:
        """Puts the panels side by side, or one behind the other."""
        if wanted != self._side_by_side:
            self._side_by_side = wanted
            self._arrange()

    def bring_to_front(self, index: int) -> None:
        """Shows this panel, counted from 0; the one a person looks at when there are tabs."""
        self._tabs.setCurrentIndex(index)

    def state(self) -> bytes:
        """The tab in front, and the widths side by side."""
        return bytes([self._tabs.currentIndex()]) + bytes(self._splitter.saveState().data())

    def restore_state(self, state: bytes) -> None:
        """Brings back what `state` gave; what is none is ignored."""
        if not state:
            return
        self._tabs.setCurrentIndex(min(state[0], self._tabs.count() - 1))
        self._splitter.restoreState(QByteArray(state[1:]))
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)

    def _tab_chosen(self, index: int) -> None:
        if index > 0:
            self._other_tabs.setCurrentIndex(index - 1)
        self._show_current()
        self.changed.emit()

    def _other_tab_chosen(self, index: int) -> None:
        """Another of those that share the second place; the same is in front once there are tabs again."""
        if self._side_by_side:
            self._tabs.setCurrentIndex(index + 1)
        self._show_current()

    def _arrange(self) -> None:
        for part in (self._tabs, self._line):
            part.setVisible(not self._side_by_side)
        for head in (self._head, self._other_tabs, self._other_line):
            head.setVisible(self._side_by_side)
        self._show_current()

    def _show_current(self) -> None:
        front = self._tabs.currentIndex()
        self._places[0].setVisible(self._side_by_side or front == 0)
        self._places[1].setVisible(self._side_by_side or front > 0)
        for index, panel in enumerate(self._others):
            panel.setVisible(index == self._other_tabs.currentIndex())
        self._splitter.refresh()  # so that the least width is known at once, not at the next event
        self._layout.activate()


def _tab_bar(titles: list[str]) -> QTabBar:
    bar = QTabBar()
    for title in titles:
        bar.addTab(title)
    bar.setAccessibleName("Panels: " + ", ".join(titles))
    bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    bar.setExpanding(False)
    bar.setDrawBase(False)
    bar.setFixedHeight(HEAD_PX - 1)  # with the line below, as high as the heads of the other panels
    return bar
