"""The window: a frame that is drawn first, then furnished with the panels; its actions and their keys.

Its imports count towards the time until the first window, so the panels come in from outside, and what only
a furnished window needs is imported where it is used. `QtCore.Qt` is written out for the same reason: its
many enums are made when it is first asked for, which takes 12 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6 import QtCore
from PySide6.QtCore import QByteArray, QChildEvent, QEvent, QObject, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import (
    QDockWidget,
    QHBoxLayout,
    QMainWindow,
    QStatusBar,
    QTabBar,
    QTabWidget,
    QWidget,
)

if TYPE_CHECKING:
    from inspector.gui.panels import Panels

TITLE = "RPC Inspector"
SIDE_BY_SIDE_PX = 1600
"""From this width on the composer stands beside the details instead of behind them."""
TOOLBAR_PX = 40
ROOMS_PX = 190
_LEAST_PX = {"Rooms": ROOMS_PX, "Details": 340, "Composer": 340, "Mocks": 0}
"""How narrow a dock may be made."""
MOCKS_PX = 190
RIGHT_PX = 370
STATUS_PX = 25
LAYOUT_VERSION = 1


class MainWindow(QMainWindow):
    """Shows the panels; closing it is a wish, since rooms have to be left first."""

    exit_requested = Signal()
    connect_requested = Signal()
    layout_changed = Signal()

    panels: Panels
    """What it is furnished with."""

    def __init__(self) -> None:
        super().__init__()
        self.setWindowTitle(TITLE)
        self.resize(1280, 800)
        self.setDockOptions(QMainWindow.DockOption.AllowTabbedDocks | QMainWindow.DockOption.AnimatedDocks)
        self._actions: list[QAction] = []
        self._side_by_side = False
        self._furnished = False

    # --- building

    def furnish(self, panels: Panels) -> None:
        """Puts the panels in their places."""
        self.panels = panels
        self.setTabPosition(QtCore.Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self.setMenuWidget(self._make_top())
        self.setCentralWidget(panels.log)
        self._rooms = self._dock("Rooms", panels.rooms, QtCore.Qt.DockWidgetArea.LeftDockWidgetArea)
        right = QtCore.Qt.DockWidgetArea.RightDockWidgetArea
        self._details = self._dock("Details", _below_tabs(panels.details), right)
        self._composer = self._dock("Composer", _below_tabs(panels.composer), right)
        self._mocks = self._dock("Mocks", panels.mocks, QtCore.Qt.DockWidgetArea.BottomDockWidgetArea)
        self._furnished = True
        self._side_by_side = self.width() >= SIDE_BY_SIDE_PX
        self._arrange()
        self.setStatusBar(self._make_foot())

    def _make_top(self) -> QWidget:
        from inspector.gui.widgets.controls import button, column, label

        bar = QWidget()
        bar.setProperty("bar", True)
        bar.setAttribute(QtCore.Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(TOOLBAR_PX)
        line = QHBoxLayout(bar)
        line.setContentsMargins(12, 0, 12, 0)
        line.setSpacing(8)
        line.addWidget(label(TITLE, bold=True))
        line.addWidget(self.panels.chips, 1)
        line.addWidget(button("+ Connect", self.connect_requested.emit, name="Connect to a room"))
        line.addStretch(0)
        line.addWidget(button("Commands", self.open_palette, shortcut_text="Ctrl+K"))
        return column(bar, self.panels.notices, spacing=0)

    def _make_foot(self) -> QStatusBar:
        foot = QStatusBar()
        foot.setSizeGripEnabled(False)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setFixedHeight(STATUS_PX)
        foot.addWidget(self.panels.status, 1)
        return foot

    def _dock(self, title: str, panel: QWidget, area: QtCore.Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock-{title.lower()}")
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        dock.setTitleBarWidget(QWidget())  # the panels have heads of their own, or stand behind tabs
        dock.setWidget(panel)
        dock.setAllowedAreas(QtCore.Qt.DockWidgetArea.AllDockWidgetAreas)
        dock.dockLocationChanged.connect(lambda _area: self.layout_changed.emit())
        self.addDockWidget(area, dock)
        panel.installEventFilter(self)
        panel.setMinimumWidth(_LEAST_PX[title])
        return dock

    def _arrange(self) -> None:
        self.setCorner(QtCore.Qt.Corner.BottomLeftCorner, QtCore.Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(QtCore.Qt.Corner.BottomRightCorner, QtCore.Qt.DockWidgetArea.BottomDockWidgetArea)
        self._place_composer()
        self.resizeDocks([self._rooms, self._details], [ROOMS_PX, RIGHT_PX], QtCore.Qt.Orientation.Horizontal)
        self.resizeDocks([self._mocks], [MOCKS_PX], QtCore.Qt.Orientation.Vertical)

    def _place_composer(self) -> None:
        if self._side_by_side:
            self.removeDockWidget(self._composer)
            self.splitDockWidget(self._details, self._composer, QtCore.Qt.Orientation.Horizontal)
            self._composer.show()
        else:
            self.tabifyDockWidget(self._details, self._composer)
            self._details.raise_()

    # --- actions

    def add_action(self, name: str, keys: str, run: Callable[[], object]) -> QAction:
        """An action of the window: reached by its keys and by the command palette."""
        action = QAction(name, self)
        if keys:
            action.setShortcuts([QKeySequence(key) for key in keys.split(", ")])
            action.setShortcutContext(QtCore.Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)
        self._actions.append(action)
        return action

    def open_palette(self) -> None:
        """Opens the command palette over the window."""
        from inspector.gui.widgets.command_palette import CommandPalette

        CommandPalette(self, self._actions).open_over(self)

    def show_details(self) -> None:
        """Brings the details to the front."""
        self._details.raise_()

    def show_composer(self) -> None:
        """Brings the composer to the front, ready to type."""
        self._composer.raise_()
        self.panels.composer.setFocus()

    # --- layout

    def layout_state(self) -> tuple[bytes, bytes]:
        """Qt's own states of the window's place and of its docks."""
        return bytes(self.saveGeometry().data()), bytes(self.saveState(LAYOUT_VERSION).data())

    def restore_place(self, geometry: bytes) -> None:
        """Puts the window where it was; what Qt does not take is ignored."""
        if geometry:
            self.restoreGeometry(QByteArray(geometry))

    def restore_layout(self, layout: bytes) -> None:
        """Puts the docks where they were; what Qt does not take is ignored."""
        if layout:
            self.restoreState(QByteArray(layout), LAYOUT_VERSION)

    def childEvent(self, event: QChildEvent) -> None:  # noqa: N802 - Qt's name
        """Gives the tab bar that Qt makes for docks its name and look, and lets Tab reach it."""
        super().childEvent(event)
        bar = event.child()
        if event.polished() and isinstance(bar, QTabBar):
            bar.setAccessibleName("Panels: " + ", ".join(bar.tabText(i) for i in range(bar.count())))
            bar.setFocusPolicy(QtCore.Qt.FocusPolicy.TabFocus)
            bar.setExpanding(False)
            bar.setDrawBase(False)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Puts the composer beside the details where there is room for both."""
        super().resizeEvent(event)
        if not self._furnished:
            return
        wide = event.size().width() >= SIDE_BY_SIDE_PX
        if wide != self._side_by_side:
            self._side_by_side = wide
            self._place_composer()
        self.layout_changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        """A panel that changes its size means that a person moved a separator."""
        if event.type() == QEvent.Type.Resize:
            self.layout_changed.emit()
        return super().eventFilter(watched, event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802 - Qt's name
        """Asks for the end instead of ending: rooms are left first."""
        event.ignore()
        self.exit_requested.emit()


def _below_tabs(panel: QWidget) -> QWidget:
    """A panel under the line that parts it from the tabs above."""
    from inspector.gui.widgets.controls import column, rule

    return column(rule(), panel, spacing=0)
