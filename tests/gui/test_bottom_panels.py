"""The panels at the bottom of the window: one behind the other, each at its own height."""

from collections.abc import Callable, Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.core.log import CallLog
from inspector.gui.main_window import BOTTOM_PX, LOCAL_ROOM, MOCKS, WAITING, MainWindow
from inspector.gui.panels import make_panels
from inspector.gui.widgets.bottom_panels import BottomPanels
from tests.support.themes import dress

Opener = Callable[[], MainWindow]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication) -> Iterator[Opener]:
    dress(qapp)
    windows: list[MainWindow] = []

    def open_window() -> MainWindow:
        window = MainWindow()
        window.resize(1280, 800)
        window.furnish(make_panels(CallLog("run")))
        qtbot.addWidget(window)
        window.show()
        qtbot.waitExposed(window)
        QApplication.processEvents()
        windows.append(window)
        return window

    yield open_window
    for window in windows:
        window.panels.log.close_log()


def bottom(window: MainWindow) -> BottomPanels:
    return window.findChildren(BottomPanels)[0]


def click_tab(window: MainWindow, index: int) -> None:
    tabs = bottom(window).tabs
    QTest.mouseClick(tabs, Qt.MouseButton.LeftButton, pos=tabs.tabRect(index).center())
    QApplication.processEvents()


def test_a_tab_brings_its_panel_and_its_head(opened: Opener) -> None:
    window = opened()
    panels = window.panels
    assert panels.mocks.isVisible()
    assert panels.mocks.head.isVisible()
    click_tab(window, LOCAL_ROOM)
    assert panels.local_room.isVisible()
    assert panels.local_room.head.isVisible()
    assert not panels.mocks.isVisible()
    assert not panels.mocks.head.isVisible()


def test_tabs_are_reached_and_changed_by_keys(opened: Opener) -> None:
    window = opened()
    tabs = bottom(window).tabs
    tabs.setFocus()
    QTest.keyClick(tabs, Qt.Key.Key_Right)
    assert window.panels.local_room.isVisible()
    assert tabs.accessibleName() == "Panels: Mocks, Local room, Waiting"


def test_each_panel_has_a_height_of_its_own(opened: Opener) -> None:
    window = opened()
    assert bottom(window).height() == BOTTOM_PX[MOCKS]
    click_tab(window, LOCAL_ROOM)
    assert bottom(window).height() == BOTTOM_PX[LOCAL_ROOM]
    click_tab(window, MOCKS)
    assert bottom(window).height() == BOTTOM_PX[MOCKS]


def test_the_tab_in_front_comes_back_with_the_next_window(qtbot: QtBot, opened: Opener) -> None:
    first = opened()
    with qtbot.waitSignal(first.layout_changed):
        click_tab(first, LOCAL_ROOM)
    layout = first.layout_state()
    second = opened()
    second.restore_layout(layout.docks, layout.side, layout.bottom)
    QApplication.processEvents()
    assert second.panels.local_room.isVisible()
    assert bottom(second).height() == bottom(first).height()


@pytest.mark.parametrize("state", [b"", b"\xff", b"nonsense"])
def test_a_state_that_is_none_does_no_harm(opened: Opener, state: bytes) -> None:
    window = opened()
    window.restore_layout(b"", b"", state)
    assert bottom(window).front in (MOCKS, LOCAL_ROOM, WAITING)


def test_the_local_room_takes_no_more_than_the_window_has(opened: Opener) -> None:
    window = opened()
    click_tab(window, LOCAL_ROOM)
    assert (window.width(), window.height()) == (1280, 800)


def test_the_focus_of_a_panel_that_goes_stays_with_the_tabs(opened: Opener) -> None:
    window = opened()
    window.activateWindow()
    window.panels.mocks.head.new_requested.emit()
    QApplication.processEvents()
    assert window.panels.mocks.isAncestorOf(window.focusWidget())
    window.show_local_room()
    assert window.focusWidget() is bottom(window).tabs
