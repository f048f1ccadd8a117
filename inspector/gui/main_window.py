"""The window: a frame that is drawn first, then furnished with the panels; its actions and their keys.

Its imports count towards the time until the first window, so the panels come in from outside.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QEvent, QObject, Qt, Signal
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

from inspector.gui.widgets.command_palette import CommandPalette
from inspector.gui.widgets.controls import button, column, label, rule

if TYPE_CHECKING:
    from inspector.gui.panels import Panels

TITLE = "RPC Inspector"
SIDE_BY_SIDE_PX = 1600
"""From this width on the composer stands beside the details instead of behind them."""
TOOLBAR_PX = 40
ROOMS_PX = 190
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
        self.setTabPosition(Qt.DockWidgetArea.AllDockWidgetAreas, QTabWidget.TabPosition.North)
        self._actions: list[QAction] = []
        self._side_by_side = False
        self._furnished = False
        self._bar = QHBoxLayout()
        self._top = self._make_top()
        self.setMenuWidget(self._top)

    # --- building

    def _make_top(self) -> QWidget:
        bar = QWidget()
        bar.setProperty("bar", True)
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        bar.setFixedHeight(TOOLBAR_PX)
        bar.setLayout(self._bar)
        self._bar.setContentsMargins(12, 0, 12, 0)
        self._bar.setSpacing(8)
        self._bar.addWidget(label(TITLE, bold=True))
        self._bar.addWidget(button("+ Connect", self.connect_requested.emit, name="Connect to a room"))
        self._bar.addStretch(0)
        self._bar.addWidget(button("Commands", self.open_palette, shortcut_text="Ctrl+K"))
        return column(bar, spacing=0)

    def furnish(self, panels: Panels) -> None:
        """Puts the panels in their places."""
        self.panels = panels
        self._bar.insertWidget(1, panels.chips, 1)
        top = self._top.layout()
        assert top is not None
        top.addWidget(panels.notices)
        self.setCentralWidget(panels.log)
        self._rooms = self._dock("Rooms", panels.rooms, Qt.DockWidgetArea.LeftDockWidgetArea)
        right = Qt.DockWidgetArea.RightDockWidgetArea
        self._details = self._dock("Details", _below_tabs(panels.details), right)
        self._composer = self._dock("Composer", _below_tabs(panels.composer), right)
        self._mocks = self._dock("Mocks", panels.mocks, Qt.DockWidgetArea.BottomDockWidgetArea)
        self._furnished = True
        self._side_by_side = self.width() >= SIDE_BY_SIDE_PX
        self._arrange()
        self.setStatusBar(self._make_foot())

    def _make_foot(self) -> QStatusBar:
        foot = QStatusBar()
        foot.setSizeGripEnabled(False)
        foot.setContentsMargins(0, 0, 0, 0)
        foot.setFixedHeight(STATUS_PX)
        foot.addWidget(self.panels.status, 1)
        return foot

    def _dock(self, title: str, panel: QWidget, area: Qt.DockWidgetArea) -> QDockWidget:
        dock = QDockWidget(title, self)
        dock.setObjectName(f"dock-{title.lower()}")
        dock.setFeatures(QDockWidget.DockWidgetFeature.DockWidgetMovable)
        dock.setTitleBarWidget(QWidget())  # the panels have heads of their own, or stand behind tabs
        dock.setWidget(panel)
        dock.setAllowedAreas(Qt.DockWidgetArea.AllDockWidgetAreas)
        dock.dockLocationChanged.connect(lambda _area: self.layout_changed.emit())
        self.addDockWidget(area, dock)
        panel.installEventFilter(self)
        panel.setMinimumWidth(ROOMS_PX if panel is self.panels.rooms else 0)
        return dock

    def _arrange(self) -> None:
        self.setCorner(Qt.Corner.BottomLeftCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(Qt.Corner.BottomRightCorner, Qt.DockWidgetArea.BottomDockWidgetArea)
        self._place_composer()
        self.resizeDocks([self._rooms, self._details], [ROOMS_PX, RIGHT_PX], Qt.Orientation.Horizontal)
        self.resizeDocks([self._mocks], [MOCKS_PX], Qt.Orientation.Vertical)

    def _place_composer(self) -> None:
        if self._side_by_side:
            self.removeDockWidget(self._composer)
            self.splitDockWidget(self._details, self._composer, Qt.Orientation.Horizontal)
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
            action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)
        self._actions.append(action)
        return action

    def open_palette(self) -> None:
        """Opens the command palette over the window."""
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

    def name_tab_bars(self) -> None:
        """Gives the tab bars that Qt makes for docks their accessible names and lets Tab reach them."""
        for bar in self.findChildren(QTabBar):
            if not bar.accessibleName():
                bar.setAccessibleName("Panels: " + ", ".join(bar.tabText(i) for i in range(bar.count())))
                bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
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
        self.name_tab_bars()
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
    return column(rule(), panel, spacing=0)
