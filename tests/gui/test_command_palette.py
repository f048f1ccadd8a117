"""Every action by name: found by typing, run by Enter or a click."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QListWidget, QWidget
from pytestqt.qtbot import QtBot

from inspector.gui.widgets.command_palette import CommandPalette


class Actions:
    """A window with actions, and what was run of them."""

    def __init__(self, window: QWidget) -> None:
        self.window = window
        self.ran: list[str] = []
        self._actions: list[QAction] = []
        for name, keys in (("Connect to a room…", "Ctrl+O"), ("Clear the log", ""), ("Filter the log", "F3")):
            action = QAction(name, window)
            action.setShortcut(keys)
            action.triggered.connect(lambda _checked=False, name=name: self.ran.append(name))
            self._actions.append(action)

    def disable(self, number: int) -> None:
        self._actions[number].setEnabled(False)

    def open(self, qtbot: QtBot) -> CommandPalette:
        palette = CommandPalette(self.window, self._actions)
        palette.open_over(self.window)
        qtbot.waitUntil(palette.isVisible)
        return palette


@pytest.fixture
def actions(show: Callable[..., None]) -> Actions:
    window = QWidget()
    show(window, 800, 600)
    return Actions(window)


def field(palette: CommandPalette) -> QLineEdit:
    return palette.findChildren(QLineEdit)[0]


def offered(palette: CommandPalette) -> list[str]:
    (listed,) = palette.findChildren(QListWidget)
    return [listed.item(row).text() for row in range(listed.count())] if listed.isVisible() else []


def test_words_in_any_order_narrow_it_down_and_enter_runs(qtbot: QtBot, actions: Actions) -> None:
    palette = actions.open(qtbot)
    assert offered(palette) == ["Connect to a room…", "Clear the log", "Filter the log"]
    tall = palette.height()
    QTest.keyClicks(field(palette), "LOG fil")
    assert offered(palette) == ["Filter the log"]
    assert palette.height() < tall
    QTest.keyClick(field(palette), Qt.Key.Key_Return)
    assert actions.ran == ["Filter the log"]


def test_arrows_go_round_and_nothing_found_is_said(qtbot: QtBot, actions: Actions) -> None:
    palette = actions.open(qtbot)
    QTest.keyClick(field(palette), Qt.Key.Key_Up)
    QTest.keyClick(field(palette), Qt.Key.Key_Return)
    assert actions.ran == ["Filter the log"]
    palette = actions.open(qtbot)
    QTest.keyClicks(field(palette), "fly")
    assert offered(palette) == []
    QTest.keyClick(field(palette), Qt.Key.Key_Return)
    assert palette.isVisible()
    assert actions.ran == ["Filter the log"]
    palette.close()


def test_a_click_runs_and_what_is_disabled_is_not_offered(qtbot: QtBot, actions: Actions) -> None:
    actions.disable(0)
    palette = actions.open(qtbot)
    assert offered(palette) == ["Clear the log", "Filter the log"]
    (listed,) = palette.findChildren(QListWidget)
    row = listed.visualItemRect(listed.item(0))
    QTest.mouseClick(listed.viewport(), Qt.MouseButton.LeftButton, pos=row.center())
    assert actions.ran == ["Clear the log"]


def test_the_keys_are_said_to_a_screen_reader(qtbot: QtBot, actions: Actions) -> None:
    palette = actions.open(qtbot)
    (listed,) = palette.findChildren(QListWidget)
    said = [listed.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)]
    assert said == ["Connect to a room…, Ctrl+O", "Clear the log"]
    palette.close()


def test_a_closed_palette_is_gone(qtbot: QtBot, actions: Actions) -> None:
    palette = actions.open(qtbot)
    with qtbot.waitSignal(palette.destroyed):
        QTest.keyClick(field(palette), Qt.Key.Key_Escape)
    assert not [w for w in QApplication.topLevelWidgets() if isinstance(w, CommandPalette)]
