"""The Rooms panel, driven as a person would."""

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.participants import Participant
from inspector.gui.docks.rooms import RoomsPanel
from inspector.session.connection_info import ConnectionState
from tests.support.room_facts import AGENT, LOST, MUTE, NOW, OBSERVER, REFUSED, ROBOT, WEB, connection
from tests.support.themes import dress

DEMO = connection("demo", WEB, ROBOT, AGENT)
STAGING = connection("staging", OBSERVER, identity="qa-bot", url="wss://eu.example.com")


class Clock:
    now = NOW

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication, clock: Clock) -> RoomsPanel:
    dress(qapp)
    panel = RoomsPanel(clock)
    panel.resize(190, 546)
    qtbot.addWidget(panel)
    panel.show()
    qtbot.waitExposed(panel)
    return panel


def place_of(panel: RoomsPanel, connection_id: str, identity: str | None = None) -> QPoint:
    rect = panel.tree.visualRect(panel.model.index_of(connection_id, identity))
    assert rect.isValid()
    return rect.center() + QPoint(0, 4)


def click(qtbot: QtBot, panel: RoomsPanel, connection_id: str, identity: str | None = None) -> None:
    place = place_of(panel, connection_id, identity)
    qtbot.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)


def selected(panel: RoomsPanel) -> str | None:
    return panel.tree.currentIndex().data()  # type: ignore[no-any-return]


def buttons(panel: RoomsPanel) -> dict[str, QPushButton]:
    return {b.text(): b for b in panel.facts.findChildren(QPushButton) if b.isVisible()}


def menu_at(panel: RoomsPanel, place: QPoint, reason: QContextMenuEvent.Reason) -> QMenu:
    where = panel.tree.viewport().mapToGlobal(place)
    QApplication.sendEvent(panel.tree.viewport(), QContextMenuEvent(reason, place, where))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def choose(qtbot: QtBot, menu: QMenu, text: str) -> None:
    action = next(a for a in menu.actions() if a.text() == text)
    qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def test_an_empty_panel_says_what_it_is_for_and_offers_to_connect(qtbot: QtBot, panel: RoomsPanel) -> None:
    shown = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert "No room yet." in shown
    assert "Ctrl+O" in shown
    link = next(b for b in panel.findChildren(QPushButton) if b.text() == "Connect…")

    with qtbot.waitSignal(panel.connect_requested):
        qtbot.mouseClick(link, Qt.MouseButton.LeftButton)


def test_a_double_click_on_a_participant_asks_for_a_call(qtbot: QtBot, panel: RoomsPanel) -> None:
    panel.set_connections((DEMO,))

    with qtbot.waitSignal(panel.call_requested) as asked:
        place = place_of(panel, DEMO.id, "agent-weather")
        qtbot.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)
        qtbot.mouseDClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=place)

    assert asked.args == [DEMO.id, "agent-weather"]


def test_enter_asks_for_a_call_to_who_is_selected_but_not_to_ourselves(
    qtbot: QtBot, panel: RoomsPanel
) -> None:
    panel.set_connections((DEMO,))
    panel.select_connection(DEMO.id)
    calls: list[tuple[str, str]] = []
    panel.call_requested.connect(lambda *args: calls.append(args))

    qtbot.keyClick(panel.tree, Qt.Key.Key_Down)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    assert (selected(panel), calls) == ("inspector", [])

    qtbot.keyClick(panel.tree, Qt.Key.Key_Down)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Return)
    assert calls == [(DEMO.id, "agent-weather")]


def test_typing_finds_a_participant(qtbot: QtBot, panel: RoomsPanel) -> None:
    panel.set_connections((DEMO,))
    panel.select_connection(DEMO.id)

    qtbot.keyClicks(panel.tree, "web")

    assert selected(panel) == "web-frontend"


def test_the_facts_of_a_selected_participant(qtbot: QtBot, panel: RoomsPanel) -> None:
    panel.set_connections((DEMO,))

    click(qtbot, panel, DEMO.id, "agent-weather")

    assert panel.facts.isVisible()
    assert panel.facts.text().splitlines() == [
        "agent-weather agent",
        "name: Weather",
        "kind: agent weather",
        "state: active",
        "protocol: 2, large calls too",
        "Attributes",
        "lk.agent.name: weather",
        "role: backend",
        "Metadata",
        '{"tenant":"acme"}',
    ]
    shown = [label.text() for label in panel.facts.findChildren(QLabel)]
    assert {"Weather", "role: backend", '{"tenant":"acme"}'} <= set(shown)


@pytest.mark.parametrize(
    ("participant", "sentence"),
    [
        (MUTE, "May not publish data: calls from and to it fail with 1501."),
        (OBSERVER, "Hidden: it can be called, but its own calls fail with 1501."),
        (ROBOT, "Not active yet: a call sent now may end as 1501."),
    ],
)
def test_the_facts_say_what_keeps_calls_from_working(
    qtbot: QtBot, panel: RoomsPanel, participant: Participant, sentence: str
) -> None:
    panel.set_connections((connection("demo", participant),))

    click(qtbot, panel, "inspector@demo", participant.identity)

    assert sentence in panel.facts.text()


def test_the_facts_follow_what_happens(qtbot: QtBot, panel: RoomsPanel) -> None:
    panel.set_connections((DEMO,))
    click(qtbot, panel, DEMO.id, "agent-weather")

    panel.set_connections((connection("demo", WEB, ROBOT, replace(AGENT, attributes={"mood": "good"})),))

    assert "mood: good" in panel.facts.text()
    assert "role: backend" not in panel.facts.text()


def test_facts_from_a_peer_are_plain_text(qtbot: QtBot, panel: RoomsPanel) -> None:
    sly = Participant(
        identity="sly", name="<b>x</b>", metadata="<img src=x>" * 60, attributes={"a": "<i>y</i>"}
    )
    panel.set_connections((connection("demo", sly),))

    click(qtbot, panel, "inspector@demo", "sly")

    for label in panel.facts.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
        assert "<img" not in label.toolTip()
        assert "<b>" not in label.toolTip()


def test_selection_and_expansion_survive_changes(qtbot: QtBot, panel: RoomsPanel) -> None:
    panel.set_connections((DEMO, STAGING))
    click(qtbot, panel, DEMO.id, "web-frontend")
    staging = panel.model.index_of(STAGING.id)
    qtbot.mouseClick(
        panel.tree.viewport(),
        Qt.MouseButton.LeftButton,
        pos=QPoint(14, panel.tree.visualRect(staging).center().y() + 4),
    )
    assert not panel.tree.isExpanded(staging)

    crowd = tuple(Participant(identity=f"bot-{n:03}") for n in range(200))
    panel.set_connections((connection("aaa"), connection("demo", *crowd, WEB), STAGING))

    web = panel.model.index_of(DEMO.id, "web-frontend")
    panel.tree.setCurrentIndex(web)
    panel.set_connections((connection("demo", *crowd[::2], WEB, AGENT), STAGING))
    assert selected(panel) == "web-frontend"
    assert panel.tree.isExpanded(panel.model.index_of(DEMO.id))
    assert not panel.tree.isExpanded(panel.model.index_of(STAGING.id))


def test_when_the_selected_one_leaves_enter_calls_nobody_else(qtbot: QtBot, panel: RoomsPanel) -> None:
    panel.set_connections((DEMO,))
    click(qtbot, panel, DEMO.id, "agent-weather")
    panel.call_requested.connect(lambda *_: pytest.fail("somebody else was called"))

    panel.set_connections((connection("demo", WEB, ROBOT),))

    assert selected(panel) == "demo"
    qtbot.keyClick(panel.tree, Qt.Key.Key_Return)


def test_when_the_selected_one_comes_back_it_is_selected_again(qtbot: QtBot, panel: RoomsPanel) -> None:
    panel.set_connections((DEMO,))
    click(qtbot, panel, DEMO.id, "agent-weather")

    panel.set_connections((connection(state=ConnectionState.REJOINING, problem=LOST, retry_at=NOW + 1),))
    panel.set_connections((DEMO,))

    assert selected(panel) == "agent-weather"
    assert panel.tree.isExpanded(panel.model.index_of(DEMO.id))


def test_a_new_connection_is_selected_and_a_failure_is_explained_with_what_next(
    qtbot: QtBot, panel: RoomsPanel
) -> None:
    panel.set_connections((DEMO,))
    click(qtbot, panel, DEMO.id, "web-frontend")
    panel.set_connections((DEMO, connection("prod", state=ConnectionState.CONNECTING)))
    assert selected(panel) == "prod"

    failed = connection("prod", state=ConnectionState.FAILED, problem=REFUSED)
    panel.set_connections((DEMO, failed))

    assert REFUSED.what in panel.facts.text()
    assert REFUSED.next_step in panel.facts.text()
    assert list(buttons(panel)) == ["Try again", "Remove"]
    with qtbot.waitSignal(panel.retry_requested) as retried:
        qtbot.mouseClick(buttons(panel)["Try again"], Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(panel.remove_requested) as removed:
        qtbot.mouseClick(buttons(panel)["Remove"], Qt.MouseButton.LeftButton)
    assert (retried.args, removed.args) == ([failed.id], [failed.id])


def test_one_that_rejoins_counts_down_and_can_be_tried_now(
    qtbot: QtBot, panel: RoomsPanel, clock: Clock
) -> None:
    rejoining = connection(state=ConnectionState.REJOINING, problem=LOST, retry_at=NOW + 8)
    panel.set_connections((rejoining,))
    assert "rejoins in 8 s" in panel.facts.text()

    clock.now += 3.5
    qtbot.waitUntil(lambda: "rejoins in 5 s" in panel.facts.text())

    with qtbot.waitSignal(panel.retry_requested) as tried:
        buttons(panel)["Try now"].setFocus()
        qtbot.keyClick(buttons(panel)["Try now"], Qt.Key.Key_Space)
    assert tried.args == [rejoining.id]


def test_the_menu_of_a_participant(qtbot: QtBot, panel: RoomsPanel) -> None:
    panel.set_connections((DEMO,))

    def menu() -> QMenu:
        return menu_at(panel, place_of(panel, DEMO.id, "web-frontend"), QContextMenuEvent.Reason.Mouse)

    assert [a.text() for a in menu().actions()] == ["Call…", "Copy identity", "Filter the log by it"]
    with qtbot.waitSignal(panel.call_requested) as called:
        choose(qtbot, menu(), "Call…")
    assert called.args == [DEMO.id, "web-frontend"]
    with qtbot.waitSignal(panel.filter_requested) as filtered:
        choose(qtbot, menu(), "Filter the log by it")
    assert filtered.args == ["web-frontend"]
    choose(qtbot, menu(), "Copy identity")
    assert QGuiApplication.clipboard().text() == "web-frontend"


def test_the_menu_key_opens_the_menu_of_the_selected_connection(qtbot: QtBot, panel: RoomsPanel) -> None:
    panel.set_connections((DEMO,))
    panel.select_connection(DEMO.id)

    menu = menu_at(panel, QPoint(0, 0), QContextMenuEvent.Reason.Keyboard)
    assert [a.text() for a in menu.actions() if a.text()] == ["Copy room name", "Leave demo", "Remove"]

    with qtbot.waitSignal(panel.leave_requested) as left:
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Down)
        qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert left.args == [DEMO.id]


def test_one_that_left_can_be_joined_again_or_removed(qtbot: QtBot, panel: RoomsPanel) -> None:
    left = connection(state=ConnectionState.LEFT)
    panel.set_connections((left,))

    def menu() -> QMenu:
        return menu_at(panel, place_of(panel, left.id), QContextMenuEvent.Reason.Mouse)

    with qtbot.waitSignal(panel.retry_requested) as joined:
        choose(qtbot, menu(), "Join again")
    with qtbot.waitSignal(panel.remove_requested) as removed:
        choose(qtbot, menu(), "Remove")
    assert (joined.args, removed.args) == ([left.id], [left.id])


def test_copy_takes_the_identity_as_it_is(qtbot: QtBot, panel: RoomsPanel) -> None:
    panel.set_connections((connection("demo", Participant(identity="a\u202eb")),))
    click(qtbot, panel, "inspector@demo", "a\u202eb")

    qtbot.keyClick(panel.tree, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)

    assert QGuiApplication.clipboard().text() == "a\u202eb"


def test_a_click_on_the_arrow_and_the_arrow_keys_fold_a_room(qtbot: QtBot, panel: RoomsPanel) -> None:
    panel.set_connections((DEMO,))
    room = panel.model.index_of(DEMO.id)
    arrow = QPoint(14, panel.tree.visualRect(room).center().y() + 4)
    assert panel.tree.isExpanded(room)

    qtbot.mouseClick(panel.tree.viewport(), Qt.MouseButton.LeftButton, pos=arrow)
    assert not panel.tree.isExpanded(room)
    qtbot.keyClick(panel.tree, Qt.Key.Key_Right)
    assert panel.tree.isExpanded(room)


def test_removing_the_last_connection_brings_the_empty_state_back(panel: RoomsPanel) -> None:
    panel.set_connections((DEMO,))
    panel.set_connections(())

    assert not panel.tree.isVisible()
    assert not panel.facts.isVisible()


def test_everything_that_takes_the_focus_has_a_name(panel: RoomsPanel) -> None:
    panel.set_connections((connection(state=ConnectionState.FAILED, problem=REFUSED),))

    nameless = [
        w
        for w in panel.findChildren(QWidget)
        if w.focusPolicy() is not Qt.FocusPolicy.NoFocus and not w.accessibleName()
    ]
    assert nameless == []


@pytest.mark.parametrize("width", [150, 190, 400])
def test_nothing_is_wider_than_the_panel(qtbot: QtBot, panel: RoomsPanel, width: int) -> None:
    long = Participant(
        identity="i" * 80, name="n" * 200, metadata="m" * 3000, attributes={"k" * 90: "v" * 900}
    )
    panel.resize(width, 546)
    panel.set_connections((connection("r" * 90, long),))
    click(qtbot, panel, f"inspector@{'r' * 90}", long.identity)

    assert panel.width() == width
    assert panel.facts.height() <= 546 // 2
    assert panel.tree.horizontalScrollBar().maximum() == 0
