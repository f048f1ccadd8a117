"""Moving mocks in the Mocks panel with keys and menu: the first that applies answers, so order counts."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from inspector.core.mocks import Fail, Mock, Reply, Rule
from inspector.gui.docks.mocks import MocksPanel
from inspector.session.mock_set import MockSet

SOURCE = "/somewhere/demo.yaml"
RULES = (Rule(Fail(1602), name="one"), Rule(Reply("2"), name="two"))


class Desk:
    def __init__(self, qtbot: QtBot) -> None:
        self.qtbot = qtbot
        self.panel = MocksPanel()
        self.mocks = MockSet()
        self.mocks.on_changed(lambda: self.panel.set_entries(self.mocks.entries()))
        self.panel.move_requested.connect(self.mocks.move)
        self.panel.replace_requested.connect(self.mocks.replace)
        self.mocks.add([Mock("a"), Mock("b"), Mock("c")])
        self.mocks.set_file(SOURCE, [Mock(name, RULES, source=SOURCE) for name in ("x", "y")], {})

    def click(self, method: str, rule: int | None = None) -> None:
        where = self.place(method, rule)
        self.qtbot.mouseClick(self.panel.table.viewport(), Qt.MouseButton.LeftButton, pos=where)

    def place(self, method: str, rule: int | None = None) -> QPoint:
        mock_id = next(entry.id for entry in self.mocks.entries() if entry.mock.method == method)
        index = self.panel.model.index_of(mock_id, rule)
        self.panel.table.scrollTo(index)
        return self.panel.table.places(index).text.center()

    def alt(self, key: Qt.Key) -> None:
        focused = QApplication.focusWidget()
        assert focused is self.panel.table
        self.qtbot.keyClick(focused, key, Qt.KeyboardModifier.AltModifier)

    def menu(self, method: str) -> QMenu:
        viewport, place = self.panel.table.viewport(), self.place(method)
        asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, viewport.mapToGlobal(place))
        QApplication.sendEvent(viewport, asked)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        return menu

    def order(self, source: str = "") -> str:
        return "".join(e.mock.method for e in self.mocks.entries() if e.mock.source == source)

    def selected(self) -> list[str]:
        entry = self.panel.model.entry_at(self.panel.table.currentIndex())
        return [] if entry is None else [entry.mock.method]


@pytest.fixture
def desk(qtbot: QtBot, show: Callable[..., None]) -> Desk:
    desk = Desk(qtbot)
    show(desk.panel, 1280, 440)
    return desk


def test_alt_with_an_arrow_moves_a_mock_and_it_stays_selected(desk: Desk) -> None:
    desk.click("b")
    desk.alt(Qt.Key.Key_Up)
    assert (desk.order(), desk.selected()) == ("bac", ["b"])
    desk.alt(Qt.Key.Key_Up)
    assert desk.order() == "bac"
    desk.alt(Qt.Key.Key_Down)
    desk.alt(Qt.Key.Key_Down)
    desk.alt(Qt.Key.Key_Down)
    assert (desk.order(), desk.selected()) == ("acb", ["b"])


def test_mocks_of_a_file_move_within_it(desk: Desk) -> None:
    desk.click("y")
    desk.alt(Qt.Key.Key_Down)
    desk.alt(Qt.Key.Key_Up)
    desk.alt(Qt.Key.Key_Up)
    assert (desk.order(SOURCE), desk.order()) == ("yx", "abc")


def test_on_the_row_of_a_rule_it_is_the_rule_that_moves(desk: Desk) -> None:
    desk.click("y", rule=0)
    desk.alt(Qt.Key.Key_Down)
    assert desk.order(SOURCE) == "xy"
    moved = next(entry.mock for entry in desk.mocks.entries() if entry.mock.method == "y")
    assert moved.rules == RULES[::-1]


def test_the_menu_moves_a_mock_and_offers_no_more_than_can_be_done(desk: Desk) -> None:
    menu = desk.menu("a")
    up, down = (next(a for a in menu.actions() if a.text().startswith(f"Move {to}")) for to in ("up", "down"))
    assert not up.isEnabled()

    desk.qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(down).center())

    assert desk.order() == "bac"


def test_a_mock_does_not_go_behind_the_one_that_is_being_written(desk: Desk) -> None:
    desk.panel.new_mock()
    desk.click("c")
    desk.alt(Qt.Key.Key_Down)
    assert desk.order() == "abc"
