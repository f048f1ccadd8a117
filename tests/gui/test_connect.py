"""The Connect dialog by key, and what it finds out about the server; driven by real keys and clicks."""

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.core.participants import Participant, ParticipantKind
from inspector.gui.dialogs.connect import OpenRoom, ProbeAnswer
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.session.ports import JoinAs
from tests.support.connect_world import DEV, DEV_KEY, UNREACHABLE, Opened, World
from tests.support.room_facts import AGENT, NOW, REFUSED, WEB
from tests.support.themes import dress


@pytest.fixture
def world() -> World:
    return World()


@pytest.fixture
def opened(qtbot: QtBot, qapp: QApplication, world: World) -> Opened:
    dress(qapp)
    return Opened(qtbot, world)


def test_without_any_settings_the_dev_server_is_filled_in_and_enter_joins_it(opened: Opened) -> None:
    opened.qtbot.keyClick(opened.dialog.focusWidget(), Qt.Key.Key_Return)

    assert opened.requested == [
        ConnectionSource(
            url="ws://localhost:7880",
            credentials=DEV_KEY,
            room="demo",
            identity="inspector-7f3a",
            label=DEV.label,
        )
    ]
    assert not opened.dialog.isVisible()


def test_what_is_typed_is_what_is_joined(opened: Opened) -> None:
    opened.type_into("Server", "https://eu.example.com/")
    opened.type_into("API key", " APIq7X ")
    opened.type_into("API secret", "hush-hush")
    opened.type_into("Room", "support-42")
    opened.type_into("Identity", "qa-bot")
    opened.press("More…")
    opened.type_into("Display name", "QA")
    opened.type_into("Metadata", '{"a":1}')
    opened.type_into("Attributes, one key=value a line", "role=tester")
    attributes = opened.field("Attributes, one key=value a line")
    opened.qtbot.keyClick(attributes, Qt.Key.Key_Return)
    opened.qtbot.keyClicks(attributes, "note=a=b")
    opened.qtbot.keyClicks(opened.field("Kind"), "sip")
    opened.qtbot.keyClick(opened.field("Room"), Qt.Key.Key_Return)

    assert opened.requested == [
        ConnectionSource(
            url="wss://eu.example.com",
            credentials=KeyCredentials("APIq7X", "hush-hush"),
            room="support-42",
            identity="qa-bot",
            name="QA",
            metadata='{"a":1}',
            attributes={"role": "tester", "note": "a=b"},
            kind="sip",
            label="typed in",
        )
    ]


def test_every_field_is_reached_by_tab_in_the_order_of_the_page(opened: Opened) -> None:
    opened.field("Server").setFocus()
    names = []
    for _ in range(9):
        focused = QApplication.focusWidget()
        assert focused is not None
        names.append(focused.accessibleName())
        opened.qtbot.keyClick(focused, Qt.Key.Key_Tab)
    assert names == [
        "Server",
        "API key",
        "API secret",
        "Room",
        "Identity",
        "Give the identity a new suffix",
        "More details of the participant",
        "Join as participant",
        "Cancel",
    ]


def test_new_suffix_gives_the_identity_another_end(opened: Opened) -> None:
    opened.press("new suffix")
    assert opened.dialog.form.who.identity() == "inspector-9k2b"

    opened.type_into("Identity", "qa-bot")
    opened.press("new suffix")
    assert opened.dialog.form.who.identity() == "qa-bot-0c0c"


def test_joining_beside_is_joining_as_an_agent(opened: Opened) -> None:
    opened.press("More…")
    beside = opened.field("Join as beside")
    opened.qtbot.mouseClick(beside, Qt.MouseButton.LeftButton, pos=QPoint(8, beside.height() // 2))
    assert not opened.field("Kind").isEnabled()
    opened.press("Connect")

    assert (opened.requested[0].join_as, opened.requested[0].kind) == (JoinAs.BESIDE, "agent")


def test_connect_says_what_is_missing_and_goes_to_the_first_of_it(opened: Opened) -> None:
    opened.type_into("Server", "htp://x")
    opened.type_into("API secret", "")
    opened.type_into("Room", "")

    button = opened.dialog.connect_button
    assert "Missing: server, API secret, room." in button.toolTip()
    assert button.accessibleDescription() == "Missing: server, API secret, room."
    opened.press("Connect")

    assert opened.requested == []
    assert opened.dialog.isVisible()
    assert opened.shows("where LiveKit takes ws:// or wss://")
    assert opened.shows("Give the API secret.")
    assert opened.shows("Name a room")
    assert opened.dialog.focusWidget() is opened.field("Server")
    opened.type_into("Room", "r")
    assert not opened.shows("Name a room")


def test_an_attribute_that_is_none_is_said_beside_its_field(opened: Opened) -> None:
    opened.press("More…")
    opened.type_into("Attributes, one key=value a line", "role")
    opened.press("Connect")

    assert opened.shows("Line 1 is no attribute: write key=value.")
    assert opened.requested == []


def test_escape_closes_and_asks_for_nothing(opened: Opened) -> None:
    opened.qtbot.keyClick(opened.dialog.focusWidget(), Qt.Key.Key_Escape)

    assert not opened.dialog.isVisible()
    assert opened.requested == []


def test_it_does_not_block_the_window(opened: Opened) -> None:
    assert opened.dialog.windowModality() is Qt.WindowModality.NonModal


def test_says_whether_the_server_answers(opened: Opened, world: World) -> None:
    opened.wait_for("✓ answers, 41 ms")

    world.probe_answer = ProbeAnswer(problem=UNREACHABLE)
    opened.type_into("Server", "ws://localhost:9")
    assert not opened.shows("answers")
    opened.wait_for("✕ no answer")
    assert UNREACHABLE.next_step in opened.field("Server").accessibleDescription()


def test_asks_once_a_person_pauses_and_not_at_every_letter(opened: Opened, world: World) -> None:
    opened.settle()
    world.asked.clear()

    opened.type_into("Server", "wss://eu.example.com")
    opened.settle()

    assert world.asked == [
        ("probe", "wss://eu.example.com"),
        ("rooms", "wss://eu.example.com", "devkey", "secret"),
    ]


def test_an_answer_to_an_older_question_is_not_shown(opened: Opened, world: World) -> None:
    opened.settle()
    world.held = []
    opened.type_into("Server", "wss://old.example.com")
    opened.settle()
    opened.type_into("Server", "wss://new.example.com")

    for answer in world.held:
        answer()

    assert not opened.shows("answers")


def test_offers_the_rooms_and_says_who_is_there(qtbot: QtBot, qapp: QApplication, world: World) -> None:
    world.rooms = (OpenRoom("support-42", 2, NOW - 600), OpenRoom("lobby"))
    world.people = (AGENT, WEB)
    opened = Opened(qtbot, world)
    opened.wait_for("not open yet")  # the room filled in at first

    room = opened.dialog.form.who.room_field
    qtbot.keyClick(room, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    qtbot.waitUntil(room.view().isVisible)
    assert [room.itemText(i) for i in range(room.count())] == ["lobby", "support-42"]
    qtbot.keyClick(room.view(), Qt.Key.Key_End)
    qtbot.keyClick(room.view(), Qt.Key.Key_Return)

    assert opened.dialog.form.who.room() == "support-42"
    opened.wait_for("2 here since")
    opened.wait_for("✓ free in this room")
    opened.type_into("Identity", "web-frontend")
    assert opened.shows("already there")
    assert opened.shows("▲ The older one would be removed from the room.")
    opened.press("new suffix")
    assert not opened.shows("The older one would be removed")


def test_warns_of_an_agent_in_the_room_and_offers_to_join_beside(
    qtbot: QtBot, qapp: QApplication, world: World
) -> None:
    world.rooms, world.people = (OpenRoom("demo", 0),), (AGENT,)  # a server does not count agents
    opened = Opened(qtbot, world)
    opened.wait_for("▲ An agent is in the room: agent-weather.")
    assert opened.shows("1 here")
    assert opened.shows("joining late is no protection")

    opened.press("Join beside")

    assert not opened.shows("An agent is in the room")
    opened.press("Connect")
    assert opened.requested[0].join_as is JoinAs.BESIDE


def test_an_agent_that_stands_beside_is_no_reason_to_warn(
    qtbot: QtBot, qapp: QApplication, world: World
) -> None:
    attributes = {"lk.publish_on_behalf": "inspector-1"}
    beside = Participant(identity="inspector-1", kind=ParticipantKind.AGENT, attributes=attributes)
    world.rooms, world.people = (OpenRoom("demo", 1),), (beside,)
    opened = Opened(qtbot, world)
    opened.wait_for("✓ free in this room")

    assert not opened.shows("agent is in the room")


def test_says_where_the_server_refuses_the_key(qtbot: QtBot, qapp: QApplication, world: World) -> None:
    world.rooms = REFUSED
    opened = Opened(qtbot, world)
    opened.wait_for(REFUSED.what)

    opened.type_into("API secret", "another")
    assert not opened.shows(REFUSED.what)
