"""The toolbar's chips, driven as a person would."""

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QMenu, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.gui.widgets.chips import ConnectionChips
from inspector.session.connection_info import ConnectionInfo, ConnectionState
from tests.support.room_facts import LOST, NOW, REFUSED, connection
from tests.support.themes import dress

DEMO = connection("demo")
STAGING = connection("staging", identity="qa-bot", url="wss://eu.example.com")


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> QWidget:
    """A toolbar of 900 px with chips and a button after them."""
    dress(qapp)
    bar = QWidget()
    layout = QHBoxLayout(bar)
    layout.addWidget(ConnectionChips(lambda: NOW))
    layout.addWidget(QPushButton("+ Connect"))
    layout.addStretch(1)
    bar.resize(900, 40)
    qtbot.addWidget(bar)
    bar.show()
    qtbot.waitExposed(bar)
    return bar


@pytest.fixture
def chips(bar: QWidget) -> ConnectionChips:
    return bar.findChild(ConnectionChips)  # type: ignore[return-value]


def open_menu(qtbot: QtBot, button: QWidget) -> QMenu:
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(qtbot: QtBot, menu: QMenu, text: str) -> None:
    action = next(a for a in menu.actions() if text in a.text())
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def many(count: int) -> tuple[ConnectionInfo, ...]:
    return tuple(connection(f"room-number-{n}", identity=f"inspector-{n}") for n in range(count))


def test_says_so_where_nothing_is_connected(chips: ConnectionChips) -> None:
    words = [label.text() for label in chips.findChildren(QLabel) if label.isVisible()]
    assert words == ["not connected"]

    chips.set_connections((DEMO,))
    assert not any(label.isVisible() for label in chips.findChildren(QLabel))


@pytest.mark.parametrize(
    ("info", "words"),
    [
        (DEMO, "connected"),
        (connection(state=ConnectionState.CONNECTING), "connecting…"),
        (connection(state=ConnectionState.RECONNECTING), "reconnecting…"),
        (connection(state=ConnectionState.REJOINING, problem=LOST, retry_at=NOW + 4), "rejoins in 4 s"),
        (connection(state=ConnectionState.LEFT), "left"),
        (connection(state=ConnectionState.FAILED, problem=REFUSED), f"failed: {REFUSED.what}"),
    ],
)
def test_a_chip_says_its_state_in_words(chips: ConnectionChips, info: ConnectionInfo, words: str) -> None:
    chips.set_connections((info,))

    chip = chips.chip(info.id)
    assert chip.accessibleName() == f"demo · inspector, localhost:7880, {words}"
    assert words in chip.toolTip()


def test_each_state_has_a_sign_of_its_own_beside_its_colour(chips: ConnectionChips) -> None:
    signs = set()
    for state in (ConnectionState.CONNECTED, ConnectionState.CONNECTING, ConnectionState.LEFT):
        chips.set_connections((connection(state=state),))
        signs.add(chips.chip(DEMO.id).sign().char)
    chips.set_connections((connection(state=ConnectionState.FAILED, problem=REFUSED),))
    signs.add(chips.chip(DEMO.id).sign().char)
    assert len(signs) == 4


def test_a_chip_follows_its_connection_without_being_made_anew(chips: ConnectionChips) -> None:
    chips.set_connections((DEMO, STAGING))
    chip = chips.chip(DEMO.id)

    chips.set_connections((connection("demo", state=ConnectionState.RECONNECTING), STAGING))

    assert chips.chip(DEMO.id) is chip
    assert "reconnecting…" in chip.accessibleName()


def test_a_removed_connection_takes_its_chip_along(chips: ConnectionChips) -> None:
    chips.set_connections((DEMO, STAGING))
    gone = chips.chip(DEMO.id)

    chips.set_connections((STAGING,))

    assert not gone.isVisible()
    assert chips.chip(STAGING.id).isVisible()


def test_the_menu_of_a_chip(qtbot: QtBot, chips: ConnectionChips) -> None:
    chips.set_connections((DEMO,))
    chip = chips.chip(DEMO.id)

    texts = [a.text() for a in open_menu(qtbot, chip).actions() if a.text()]
    assert texts == ["connected", "Show in Rooms", "Leave", "Remove"]
    for text, signal in (
        ("Show in Rooms", chips.show_requested),
        ("Leave", chips.leave_requested),
        ("Remove", chips.remove_requested),
    ):
        with qtbot.waitSignal(signal) as asked:
            choose(qtbot, open_menu(qtbot, chip), text)
        assert asked.args == [DEMO.id]


def test_a_failed_one_is_tried_again_by_keyboard(qtbot: QtBot, chips: ConnectionChips) -> None:
    chips.set_connections((connection(state=ConnectionState.FAILED, problem=REFUSED),))
    chip = chips.chip(DEMO.id)
    chip.setFocus()
    qtbot.keyClick(chip, Qt.Key.Key_Space)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)

    with qtbot.waitSignal(chips.retry_requested) as asked:
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert asked.args == [DEMO.id]


def test_many_chips_push_nothing_out_and_stay_within_reach(
    qtbot: QtBot, bar: QWidget, chips: ConnectionChips
) -> None:
    infos = many(20)
    chips.set_connections(infos)
    connect = next(b for b in bar.findChildren(QPushButton) if b.text() == "+ Connect")
    everything = chips.findChild(QToolButton)
    assert everything is not None
    qtbot.waitUntil(everything.isVisible)

    assert bar.width() == 900
    assert connect.geometry().right() <= 900
    assert connect.width() >= connect.sizeHint().width()
    assert everything.text() == "20 ▾"
    with qtbot.waitSignal(chips.show_requested) as asked:
        choose(qtbot, open_menu(qtbot, everything), "room-number-19")
    assert asked.args == [infos[19].id]


def test_a_few_chips_in_a_narrow_bar_are_cut_before_they_scroll(
    qtbot: QtBot, bar: QWidget, chips: ConnectionChips
) -> None:
    bar.resize(520, 40)
    chips.set_connections(many(3))
    qtbot.waitUntil(lambda: chips.chip(many(3)[2].id).width() > 90)

    everything = chips.findChild(QToolButton)
    assert everything is not None
    assert not everything.isVisible()
    right = max(chips.chip(i.id).mapTo(bar, QPoint(chips.chip(i.id).width(), 0)).x() for i in many(3))
    assert right <= 520


def test_the_wheel_and_the_focus_bring_hidden_chips_into_view(
    qtbot: QtBot, bar: QWidget, chips: ConnectionChips
) -> None:
    infos = many(20)
    chips.set_connections(infos)
    first, last = chips.chip(infos[0].id), chips.chip(infos[19].id)
    qtbot.waitUntil(lambda: first.width() > 0 and last.visibleRegion().isEmpty())

    QTest.wheelEvent(bar.windowHandle(), QPointF(first.mapTo(bar, QPoint(5, 5))), QPoint(0, -240))
    assert first.visibleRegion().isEmpty()

    last.setFocus()
    assert last.visibleRegion().boundingRect().width() == last.width()


def test_tab_goes_through_the_chips_in_their_order(qtbot: QtBot, chips: ConnectionChips) -> None:
    chips.set_connections((DEMO, STAGING))
    first = chips.chip(DEMO.id)
    first.setFocus()

    qtbot.keyClick(first, Qt.Key.Key_Tab)

    assert QApplication.focusWidget() is chips.chip(STAGING.id)
