"""Details and composer share the right of the window: under tabs, or side by side where it is wide."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QSplitter, QTabBar, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.log import CallLog
from inspector.gui.main_window import MainWindow
from inspector.gui.panels import make_panels
from inspector.gui.widgets.side_panels import LEAST_PX
from tests.support.themes import dress

NARROW, WIDE = (1280, 800), (1700, 1000)
Opener = Callable[[tuple[int, int]], MainWindow]


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication) -> Opener:
    """Opens a window as the program does: the frame stands before it is furnished."""
    dress(qapp)

    def open_window(size: tuple[int, int]) -> MainWindow:
        window = MainWindow()
        qtbot.addWidget(window)
        window.resize(*size)
        with qtbot.waitExposed(window):
            window.show()
        window.furnish(make_panels(CallLog(run="test")))
        return window

    return open_window


def settle(window: MainWindow, size: tuple[int, int] | None = None) -> None:
    """Gives the window another size, and lets Qt place everything."""
    if size is not None:
        window.resize(*size)
    QApplication.processEvents()


def tabs(window: MainWindow) -> QTabBar:
    (bar,) = (bar for bar in window.findChildren(QTabBar) if "Details" in bar.accessibleName())
    return bar


def other_tabs(window: MainWindow) -> QTabBar:
    """Those of the panels that share the place beside the details."""
    (bar,) = (
        bar for bar in window.findChildren(QTabBar) if bar.accessibleName().startswith("Panels: Composer")
    )
    return bar


def widths(window: MainWindow) -> tuple[int, ...]:
    panels = window.panels
    return tuple(panel.width() for panel in (panels.rooms, panels.log, panels.details, panels.composer))


def on_screen(window: MainWindow, panel: QWidget) -> bool:
    """Whether all of the panel stands within the window."""
    right = panel.mapTo(window, QPoint(panel.width(), 0)).x()
    return panel.isVisible() and panel.width() >= LEAST_PX and right <= window.width()


def test_a_narrow_window_shows_one_of_them_and_tabs_reach_the_other(opened: Opener) -> None:
    window = opened(NARROW)
    settle(window)
    panels, bar = window.panels, tabs(window)
    assert on_screen(window, panels.details)
    assert not panels.composer.isVisible()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(1).center())
    assert on_screen(window, panels.composer)
    assert not panels.details.isVisible()
    QTest.keyClick(bar, Qt.Key.Key_Left)
    assert on_screen(window, panels.details)


def test_a_wide_window_shows_both_each_under_its_title(opened: Opener) -> None:
    window = opened(NARROW)
    settle(window)
    narrow = widths(window)[:3]
    for _ in range(2):  # there and back again
        settle(window, WIDE)
        assert on_screen(window, window.panels.details)
        assert on_screen(window, window.panels.composer)
        assert not tabs(window).isVisible()
        titles = {label.text() for label in window.findChildren(QLabel) if is_title(label)}
        assert {"Rooms", "Details"} <= titles
        assert other_tabs(window).isVisible()
        assert other_tabs(window).tabText(other_tabs(window).currentIndex()) == "Composer"
        settle(window, NARROW)
        assert tabs(window).isVisible()
        assert not other_tabs(window).isVisible()
        assert widths(window)[:3] == narrow


def test_in_a_wide_window_a_tab_brings_the_comparison_to_the_composers_place(opened: Opener) -> None:
    window = opened(WIDE)
    settle(window)
    bar = other_tabs(window)
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.tabRect(1).center())
    assert on_screen(window, window.panels.compare)
    assert on_screen(window, window.panels.details)
    assert not window.panels.composer.isVisible()
    settle(window, NARROW)
    assert on_screen(window, window.panels.compare), "what was chosen last is in front"


def test_the_log_gets_most_of_a_window_that_opens_wide(opened: Opener) -> None:
    window = opened(WIDE)
    settle(window)
    rooms, log, details, composer = widths(window)
    assert log > max(rooms, details, composer)
    assert on_screen(window, window.panels.composer)


def test_widths_and_tab_are_the_same_in_the_next_window(opened: Opener) -> None:
    first = opened(WIDE)
    settle(first)
    (splitter,) = (s for s in first.findChildren(QSplitter) if s.isAncestorOf(first.panels.composer))
    drag(first, QPoint(first.panels.log.mapTo(first, first.panels.log.rect().topRight()).x() + 1, 300), -100)
    drag(splitter.handle(1), splitter.handle(1).rect().center(), 40)
    first.show_composer()
    settle(first)
    assert first.panels.details.width() > first.panels.composer.width() > LEAST_PX

    second = opened(WIDE)
    layout = first.layout_state()
    second.restore_layout(layout.docks, layout.side, layout.bottom)
    settle(second)
    assert widths(second) == widths(first)
    settle(second, NARROW)
    assert on_screen(second, second.panels.composer)


def test_a_changed_tab_is_a_changed_layout(qtbot: QtBot, opened: Opener) -> None:
    window = opened(NARROW)
    settle(window)
    with qtbot.waitSignal(window.layout_changed):
        window.show_composer()


def is_title(widget: QWidget) -> bool:
    """Whether it is the visible title of a panel."""
    head = widget.parentWidget()
    return widget.isVisible() and head is not None and bool(head.property("head"))


def drag(widget: QWidget, at: QPoint, by: int) -> None:
    """Moves what is under the mouse sideways."""
    QTest.mousePress(widget, Qt.MouseButton.LeftButton, pos=at)
    QTest.mouseMove(widget, at + QPoint(by, 0))
    QTest.mouseRelease(widget, Qt.MouseButton.LeftButton, pos=at + QPoint(by, 0))
