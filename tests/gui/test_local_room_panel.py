"""The Local room panel: how the room stands, how to join it, and how it is started and stopped."""

import asyncio
import dataclasses

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.core.problems import Problem, ProblemKind, Side
from inspector.gui.models.join_snippets import MASK, JoinWish, Language
from inspector.gui.models.local_room_facts import LocalRoomFacts, RoomState
from tests.support.local_room_desk import RUNNING, Desk, nameless
from tests.support.themes import dress

TAKEN = Problem(
    kind=ProblemKind.PORT_TAKEN,
    what="Port 7880 of 127.0.0.1 is taken by a LiveKit server.",
    side=Side.HERE,
    next_step="Use that one, or start on another port.",
)
CRASHED = Problem(
    kind=ProblemKind.UNEXPECTED,
    what="The local room was ended by signal 9.",
    side=Side.HERE,
    next_step="Start it again.",
)
SECRET = "a-secret-that-is-one-of-forty-characters"


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Desk:
    dress(qapp)
    return Desk(qtbot)


# --- running ---------------------------------------------------------------------------------------------


def test_the_head_says_how_it_stands(desk: Desk) -> None:
    assert desk.panel.head.words() == (
        "● running 00:04:12 · 4 joined · 1 room · calls only, media is not forwarded"
    )
    desk.panel.show_facts(dataclasses.replace(RUNNING, joined=None, rooms=2))
    assert "2 rooms · calls only" in desk.panel.head.words()


def test_time_goes_on_while_it_is_seen(qtbot: QtBot, desk: Desk) -> None:
    assert desk.panel._tick.isActive()
    desk.panel.hide()
    assert not desk.panel._tick.isActive()


def test_whether_it_is_watched_is_told(qtbot: QtBot, desk: Desk) -> None:
    with qtbot.waitSignal(desk.panel.watched_changed) as told:
        desk.panel.hide()
    assert told.args == [False]
    with qtbot.waitSignal(desk.panel.watched_changed) as told:
        desk.panel.show()
    assert told.args == [True]


def test_it_is_stopped_and_joined_by_a_click(desk: Desk) -> None:
    assert "Join the local room" not in desk.buttons(), "we are in it"
    desk.push("Stop the room")
    desk.panel.show_facts(dataclasses.replace(RUNNING, is_joined=False))
    desk.push("Join the local room")
    assert desk.wishes == ["stop", "join"]


@pytest.mark.parametrize(
    ("line", "copied"),
    [
        ("address", "ws://127.0.0.1:7880"),
        ("key", "devkey"),
        ("secret", "secret"),
        ("token", "http://127.0.0.1:7880/token"),
        ("sandbox", "http://127.0.0.1:7880"),
    ],
)
def test_every_line_is_copied_by_its_link(desk: Desk, line: str, copied: str) -> None:
    desk.push(f"Copy the {line}")
    assert QGuiApplication.clipboard().text() == copied
    assert desk.buttons()[f"Copy the {line}"].text() == "Copied"


def test_a_secret_that_is_one_is_hidden_until_it_is_asked_for(desk: Desk) -> None:
    desk.panel.show_facts(dataclasses.replace(RUNNING, api_secret=SECRET, hides_secret=True))
    assert SECRET not in desk.said()
    assert MASK in desk.said()
    desk.push("Copy the secret")
    assert QGuiApplication.clipboard().text() == SECRET
    desk.push("Show the secret")
    assert SECRET in desk.said()
    desk.push("Hide the secret")
    assert SECRET not in desk.said()


def test_a_secret_of_every_dev_server_is_none(desk: Desk) -> None:
    assert "Show the secret" not in desk.buttons()
    assert "secret" in desk.said()


def test_no_token_endpoint_is_named_where_there_is_none(desk: Desk) -> None:
    assert "Token endpoint, for front ends" in desk.said()
    desk.panel.show_facts(dataclasses.replace(RUNNING, gives_tokens=False))
    assert "Token endpoint" not in desk.said()


def test_other_machines_are_told_how(desk: Desk) -> None:
    assert "rpc-inspector serve --bind" in desk.said()


def test_a_room_of_others_can_be_used_but_not_stopped(desk: Desk) -> None:
    desk.panel.show_facts(LocalRoomFacts(state=RoomState.ELSEWHERE, is_joined=True))
    assert "started by another program" in desk.panel.head.words()
    assert "Another program started this room" in desk.said()
    assert "Stop the room" not in desk.buttons()


# --- joining from another program --------------------------------------------------------------------------


def test_each_language_has_its_snippet_with_a_token_shortened(qtbot: QtBot, desk: Desk) -> None:
    shown = {}
    for language in Language:
        part = desk.panel.body.join.languages.part(language.value)
        qtbot.mouseClick(part, Qt.MouseButton.LeftButton)
        shown[language] = desk.panel.body.join.view.toPlainText()
    assert "from livekit import rtc" in shown[Language.PYTHON]
    assert "from 'livekit-client'" in shown[Language.JAVASCRIPT]
    assert "from '@livekit/rtc-node'" in shown[Language.NODE]
    assert "LIVEKIT_API_SECRET=secret" in shown[Language.ENV]
    for text in shown.values():
        assert "ws://127.0.0.1:7880" in text
        assert "eyJ…" in text


def test_a_real_secret_is_in_no_snippet_that_is_looked_at(qtbot: QtBot, desk: Desk) -> None:
    desk.panel.show_facts(dataclasses.replace(RUNNING, api_secret=SECRET, hides_secret=True))
    qtbot.mouseClick(desk.panel.body.join.languages.part("env"), Qt.MouseButton.LeftButton)
    assert SECRET not in desk.panel.body.join.view.toPlainText()


def test_copying_asks_for_the_snippet_with_a_token(desk: Desk) -> None:
    desk.retype("Identity to join as", "my-agent")
    desk.retype("Room to join", "lobby")
    desk.push("Copy the snippet with its token")
    assert desk.copied == [JoinWish(Language.PYTHON, "my-agent", "lobby")]
    desk.panel.say_copied("Copied, with a token.")
    assert "Copied, with a token." in desk.said()


def test_enter_in_a_field_copies_too(desk: Desk) -> None:
    desk.retype("Room to join", "lobby")
    desk.press(Qt.Key.Key_Return)
    assert desk.copied == [JoinWish(Language.PYTHON, "web-client-2", "lobby")]


def test_without_an_identity_there_is_nothing_to_copy(desk: Desk) -> None:
    desk.retype("Identity to join as", " ")
    assert not desk.buttons()["Copy the snippet with its token"].isEnabled()
    assert "A token names an identity and a room" in desk.said()


def test_the_python_snippet_is_a_program(desk: Desk) -> None:
    compile(desk.panel.body.join.view.toPlainText(), "snippet", "exec")
    assert asyncio.run.__name__ in desk.panel.body.join.view.toPlainText()


# --- not running -------------------------------------------------------------------------------------------


def test_a_stopped_room_offers_to_be_started(desk: Desk) -> None:
    desk.panel.show_facts(LocalRoomFacts())
    assert "No local room runs." in desk.said()
    assert "Calls only, media is not forwarded." in desk.said()
    desk.push("Start the local room")
    assert desk.wishes == [("start", 7880)]


def test_the_port_is_chosen_beside_it(desk: Desk) -> None:
    desk.panel.show_facts(LocalRoomFacts())
    for text, port in (("7999", 7999), ("", 0)):
        desk.retype("Port of the local room", text)
        desk.press(Qt.Key.Key_Return)
        assert desk.wishes[-1] == ("start", port)
    for text in ("99999", "x", "-1", "7 0"):
        desk.retype("Port of the local room", text)
        assert not desk.buttons()["Start the local room"].isEnabled(), text
        desk.press(Qt.Key.Key_Return)
    assert len(desk.wishes) == 2


@pytest.mark.parametrize("state", [RoomState.STARTING, RoomState.STOPPING])
def test_while_it_is_on_its_way_it_cannot_be_started(desk: Desk, state: RoomState) -> None:
    desk.panel.show_facts(LocalRoomFacts(state=state))
    assert f"The local room is {state.value}…" in desk.said()
    assert not desk.panel.idle.start.isEnabled()


def test_a_taken_port_is_said_and_two_ways_on_are_offered(desk: Desk) -> None:
    desk.panel.show_facts(LocalRoomFacts(state=RoomState.FAILED, problem=TAKEN))
    assert TAKEN.what in desk.said()
    assert TAKEN.next_step in desk.said()
    desk.push("Start on a free port")
    desk.push("Connect to what runs there…")
    desk.push("Start the local room")
    assert desk.wishes == [("start", 0), "connect", ("start", 7880)]


def test_a_crash_is_said_and_the_room_started_again(desk: Desk) -> None:
    desk.panel.show_facts(LocalRoomFacts(state=RoomState.FAILED, problem=CRASHED))
    assert CRASHED.what in desk.said()
    assert "Start on a free port" not in desk.buttons()
    assert desk.panel.idle.start.text() == "Start again"
    assert desk.panel.head.words() == "✕ not running"


def test_every_part_has_a_name_and_is_reached_by_tab(desk: Desk) -> None:
    assert nameless(desk.panel) == []
    reached = set()
    desk.panel.head.setFocus()
    desk.buttons()["Stop the room"].setFocus()
    for _ in range(30):
        focused = QApplication.focusWidget()
        assert focused is not None
        reached.add(focused.accessibleName())
        desk.press(Qt.Key.Key_Tab)
    assert {
        "Stop the room",
        "Copy the address",
        "Copy the sandbox",
        "Join from: Python",
        "Snippet to join from another program",
        "Identity to join as",
        "Room to join",
        "Copy the snippet with its token",
        "Faults file",
        "New fault",
        "Load a faults file…",
    } <= reached
    for facts in (LocalRoomFacts(), LocalRoomFacts(state=RoomState.FAILED, problem=TAKEN)):
        desk.panel.show_facts(facts)
        assert nameless(desk.panel) == []
