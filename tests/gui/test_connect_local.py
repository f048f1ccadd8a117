"""The local room in the Connect dialog: the first source, which starts the room where it does not run."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.gui.dialogs.connect import OpenRoom
from inspector.gui.dialogs.connect.source_list import SourceKind
from inspector.gui.models.local_room_facts import LocalRoomFacts, RoomState
from inspector.sdk.prefill import Prefill
from inspector.sdk.sources import ConnectionSource
from tests.support.connect_world import DEV, DEV_KEY, EU, Opened, World
from tests.support.themes import dress

RUNNING = LocalRoomFacts(state=RoomState.RUNNING, url="ws://127.0.0.1:40123")


@pytest.fixture
def world(qapp: QApplication) -> World:
    dress(qapp)
    return World()


def test_it_is_offered_first_and_by_keys(qtbot: QtBot, world: World) -> None:
    opened = Opened(qtbot, world)
    opened.dialog.sources.setFocus()
    qtbot.keyClick(opened.dialog.sources, Qt.Key.Key_Home)
    assert opened.titles()[0] == "Local room"
    assert opened.shows("starts with Connect")
    assert opened.shows("ws://127.0.0.1:7880")


def test_joining_asks_for_the_room_to_be_started_first(qtbot: QtBot, world: World) -> None:
    opened = Opened(qtbot, world)
    opened.choose(SourceKind.LOCAL_ROOM)
    opened.type_into("Room", "lobby")
    opened.type_into("Identity", "me")
    assert opened.dialog.connect_button.accessibleDescription() == (
        "Starts the local room and joins lobby as me."
    )
    opened.press("Connect")
    assert opened.requested == [
        ConnectionSource(
            url="", credentials=DEV_KEY, room="lobby", identity="me", label="local room", local=True
        )
    ], "nobody knows its address yet"
    assert not opened.dialog.isVisible()


def test_a_room_that_runs_is_asked_like_any_server(qtbot: QtBot, world: World) -> None:
    world.room = RUNNING
    world.rooms = (OpenRoom("demo", 3, None),)
    opened = Opened(qtbot, world)
    opened.choose(SourceKind.LOCAL_ROOM)
    opened.wait_for("✓ answers, 41 ms")
    opened.wait_for("free in this room")
    assert ("probe", RUNNING.url) in world.asked


def test_it_is_told_when_the_room_starts_meanwhile(qtbot: QtBot, world: World) -> None:
    opened = Opened(qtbot, world)
    opened.choose(SourceKind.LOCAL_ROOM)
    opened.dialog.show_local_room(RUNNING)
    opened.wait_for("✓ answers, 41 ms")
    assert not opened.shows("starts with Connect")


def test_nothing_is_asked_of_a_room_that_does_not_run(qtbot: QtBot, world: World) -> None:
    opened = Opened(qtbot, world)
    opened.choose(SourceKind.LOCAL_ROOM)
    opened.settle()
    assert world.asked == []


def test_a_room_is_offered_where_none_is_filled_in(qtbot: QtBot, world: World) -> None:
    opened = Opened(qtbot, world)
    opened.type_into("Room", "")
    opened.choose(SourceKind.LOCAL_ROOM)
    assert opened.dialog.form.who.room() == "demo"


def test_what_the_machine_offers_is_left_as_it_was(qtbot: QtBot, world: World) -> None:
    world.prefill = Prefill((EU, DEV), ())
    opened = Opened(qtbot, world)
    opened.choose(SourceKind.LOCAL_ROOM)
    opened.choose(SourceKind.KEY)
    assert opened.dialog.form.entry().url == EU.url


def test_it_is_chosen_again_the_next_time(qtbot: QtBot, world: World) -> None:
    first = Opened(qtbot, world)
    first.choose(SourceKind.LOCAL_ROOM)
    second = Opened(qtbot, world, restored=first.dialog.state())
    assert second.dialog.sources.chosen() is SourceKind.LOCAL_ROOM
