"""The window: a frame that is drawn first, then furnished with the panels; its actions and their keys.

Its imports count towards the time until the first window, so the panels come in from outside, and what only
a furnished window needs is imported where it is used. `QtCore.Qt` is written out for the same reason: its
many enums are made when it is first asked for, which takes 12 ms.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from PySide6 import QtCore
from PySide6.QtCore import QByteArray, QEvent, QObject, Signal
from PySide6.QtGui import QAction, QCloseEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QDockWidget, QHBoxLayout, QMainWindow, QStatusBar, QWidget

if TYPE_CHECKING:
    from inspector.gui.panels import Panels

TITLE = "RPC Inspector"
SIDE_BY_SIDE_PX = 1600
"""From this width on the composer stands beside the details instead of behind them."""
TOOLBAR_PX = 40
ROOMS_PX = 190
BOTTOM_PX = (190, 287, 230)
"""How high each of the panels at the bottom is at first."""
RIGHT_PX = 341
"""How wide details and composer are at first, one behind the other."""
BOTH_RIGHT_PX = 740
"""The same, side by side."""
STATUS_PX = 25
LAYOUT_VERSION = 3
PALETTE_KEYS = "Ctrl+K"
DETAILS, COMPOSER, COMPARE = 0, 1, 2
"""The places in the side panels."""
MOCKS, LOCAL_ROOM, WAITING = 0, 1, 2
"""The places in the panels at the bottom."""


class Layout(NamedTuple):
    """Where everything stood, as Qt's own states."""

    geometry: bytes
    docks: bytes
    side: bytes
    bottom: bytes


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
        self.setDockOptions(QMainWindow.DockOption.AnimatedDocks)
        self._actions: list[QAction] = []
        self._furnished = False
        self._bottom_px = list(BOTTOM_PX)
        self._bottom_front = MOCKS
        self._waiting = 0

    # --- building

    def furnish(self, panels: Panels) -> None:
        """Puts the panels in their places."""
        from inspector.gui.widgets.bottom_panels import BottomPanels
        from inspector.gui.widgets.side_panels import SidePanels

        self.panels = panels
        top = self._make_top()
        self.setMenuWidget(top)
        self.setCentralWidget(panels.log)
        self._side_panels = SidePanels(
            ("Details", panels.details), ("Composer", panels.composer), ("Compare", panels.compare)
        )
        self._side_panels.changed.connect(self.layout_changed)
        self._bottom_panels = BottomPanels(
            ("Mocks", panels.mocks, panels.mocks.head),
            ("Local room", panels.local_room, panels.local_room.head),
            ("Waiting", panels.waiting, panels.waiting.head),
        )
        self._bottom_panels.add_at_end(panels.waiting_chip)
        self._bottom_panels.changed.connect(self._fit_bottom)
        panels.rooms.setMinimumWidth(ROOMS_PX)
        area = QtCore.Qt.DockWidgetArea
        self._rooms = self._dock("Rooms", panels.rooms, area.LeftDockWidgetArea)
        self._side = self._dock("Details and composer", self._side_panels, area.RightDockWidgetArea)
        self._bottom = self._dock("Mocks and local room", self._bottom_panels, area.BottomDockWidgetArea)
        self.setStatusBar(self._make_foot())
        for part in (top, panels.log, self._rooms, self._side, self._bottom):
            part.show()  # the window stands already: Qt would show and place them only at the next event
        panels.log.setFocus()  # else Qt gives the focus to the first button there is, which then looks chosen
        self._furnished = True
        self._arrange()
        self._new_action("Commands", PALETTE_KEYS, self.open_palette)

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
        line.addWidget(self.panels.recording)
        line.addWidget(button("Commands", self.open_palette, shortcut_text=PALETTE_KEYS))
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
        dock.setFeatures(QDockWidget.DockWidgetFeature.NoDockWidgetFeatures)
        dock.setTitleBarWidget(QWidget())  # the panels have heads of their own
        dock.setWidget(panel)
        self.addDockWidget(area, dock)
        panel.installEventFilter(self)
        return dock

    def _arrange(self) -> None:
        self.setCorner(QtCore.Qt.Corner.BottomLeftCorner, QtCore.Qt.DockWidgetArea.BottomDockWidgetArea)
        self.setCorner(QtCore.Qt.Corner.BottomRightCorner, QtCore.Qt.DockWidgetArea.BottomDockWidgetArea)
        self._set_bottom_height(self._bottom_px[self._bottom_front])
        self._place_side_panels()

    def _place_side_panels(self) -> None:
        """Gives details and composer one place, or one each, and the log the rest."""
        side_by_side = self.width() >= SIDE_BY_SIDE_PX
        self._side_panels.set_side_by_side(side_by_side)
        widths = [ROOMS_PX, BOTH_RIGHT_PX if side_by_side else RIGHT_PX]
        self.resizeDocks([self._rooms, self._side], widths, QtCore.Qt.Orientation.Horizontal)

    def _fit_bottom(self) -> None:
        """Gives the panel that comes to the front the height it had when it was there last."""
        self._bottom_px[self._bottom_front] = self._bottom.height()
        self._bottom_front = self._bottom_panels.front
        self._show_chip()
        self._set_bottom_height(self._bottom_px[self._bottom_front])
        self.layout_changed.emit()

    def _set_bottom_height(self, px: int) -> None:
        self.resizeDocks([self._bottom], [px], QtCore.Qt.Orientation.Vertical)

    # --- actions

    def add_action(self, name: str, keys: str, run: Callable[[], object]) -> QAction:
        """An action of the window: reached by its keys and by the command palette."""
        action = self._new_action(name, keys, run)
        self._actions.append(action)
        return action

    def _new_action(self, name: str, keys: str, run: Callable[[], object]) -> QAction:
        action = QAction(name, self)
        if keys:
            action.setShortcuts([QKeySequence(key) for key in keys.split(", ")])
            action.setShortcutContext(QtCore.Qt.ShortcutContext.WindowShortcut)
        action.triggered.connect(lambda _checked=False: run())
        self.addAction(action)
        return action

    def open_palette(self) -> None:
        """Opens the command palette over the window."""
        from inspector.gui.widgets.command_palette import CommandPalette

        CommandPalette(self, self._actions).open_over(self)

    def show_details(self) -> None:
        """Brings the details to the front."""
        self._side_panels.bring_to_front(DETAILS)

    def show_composer(self) -> None:
        """Brings the composer to the front, ready to type."""
        self._side_panels.bring_to_front(COMPOSER)
        self.panels.composer.setFocus()

    def show_compare(self) -> None:
        """Brings the comparison to the front."""
        self._side_panels.bring_to_front(COMPARE)

    def show_mocks(self) -> None:
        """Brings the mocks to the front."""
        self._bottom_panels.bring_to_front(MOCKS)

    def show_local_room(self) -> None:
        """Brings the local room to the front."""
        self._bottom_panels.bring_to_front(LOCAL_ROOM)

    def show_waiting(self) -> None:
        """Brings the calls that wait for an answer to the front."""
        self._bottom_panels.bring_to_front(WAITING)

    def show_waiting_count(self, count: int) -> None:
        """Says how many calls wait, on the tab and, where another panel is in front, beside its head."""
        self._waiting = count
        self._bottom_panels.set_title(WAITING, f"Waiting ({count:,})" if count else "Waiting")
        self._show_chip()

    def _show_chip(self) -> None:
        self.panels.waiting_chip.setVisible(self._waiting > 0 and self._bottom_panels.front != WAITING)

    # --- layout

    def layout_state(self) -> Layout:
        """Where everything stands."""
        return Layout(
            bytes(self.saveGeometry().data()),
            bytes(self.saveState(LAYOUT_VERSION).data()),
            self._side_panels.state(),
            self._bottom_panels.state(),
        )

    def restore_place(self, geometry: bytes) -> None:
        """Puts the window where it was; what Qt does not take is ignored."""
        if geometry:
            self.restoreGeometry(QByteArray(geometry))

    def restore_layout(self, docks: bytes, side: bytes, bottom: bytes) -> None:
        """Gives the panels the sizes they had; what Qt does not take is ignored."""
        self._side_panels.restore_state(side)
        self._bottom_panels.restore_state(bottom)
        layout = self.layout()
        if docks and layout is not None:
            layout.activate()  # else Qt restores into docks that have no sizes yet, and shares out anew
            self.restoreState(QByteArray(docks), LAYOUT_VERSION)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802 - Qt's name
        """Puts the composer beside the details where there is room for both."""
        super().resizeEvent(event)
        if not self._furnished:
            return
        if (event.size().width() >= SIDE_BY_SIDE_PX) != self._side_panels.side_by_side:
            self._place_side_panels()
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
