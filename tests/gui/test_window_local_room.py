"""The window and its own local room, a real process: started, joined, seen through, stopped and crashed."""

import asyncio
import os
import signal
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QListWidget

from inspector.core.calls import Direction
from inspector.core.faults import FaultKind, FaultMatch, FaultRule
from inspector.gui.models.local_room_facts import RoomState
from inspector.gui.models.log_columns import Column
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.session.connection_info import ConnectionState
from tests.support.children import children_of
from tests.support.ports import free_ports
from tests.support.window import ProgramUnderTest
from tests.support.window_room import (
    ROOM,
    at_port,
    head,
    in_room,
    note_of_room,
    said,
    set_rules,
    start_and_join,
    start_room,
)

CTRL = Qt.KeyboardModifier.ControlModifier


def test_it_is_started_joined_and_stopped_from_its_panel(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        await start_and_join(program)
        (info,) = program.session.connections()
        assert (info.identity, info.room) == ("inspector", ROOM)
        await program.until(lambda: "1 joined · 1 room" in head(program), "who is there")
        await program.until(lambda: note_of_room(program) == "1 here · X-ray", "the X-ray in Rooms")
        assert not program.panels.log.table.isColumnHidden(Column.WIRE)
        assert "local room" in program.find(QAbstractButton, f"{ROOM} · inspector").accessibleName()

        await program.click_on(QAbstractButton, "Stop the room")
        await program.until(
            lambda: program.program.local_room.facts.state is RoomState.STOPPED, "the room stopped"
        )
        states = [each.state for each in program.session.connections()]
        assert states == [ConnectionState.LEFT], "nobody tries to get back into a room that was stopped"
        assert program.panels.notices.text == ""
        assert program.find(QAbstractButton, "Start the local room").isEnabled()

        await program.click_on(QAbstractButton, "Join again")
        await program.until(lambda: in_room(program), "the room started and joined again")

    use(act)


def test_a_connection_by_another_name_of_this_machine_is_in_it_too(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        room = await start_room(program)
        source = ConnectionSource(
            url=room.url.replace("127.0.0.1", "localhost"),
            credentials=KeyCredentials("devkey", "secret"),
            room=ROOM,
            identity="by-name",
        )
        program.program.connecting.start(source)
        await program.until(lambda: in_room(program), "the room joined")
        await program.until(lambda: program.program.local_room_desk._shown.is_joined, "that we are in it")
        await set_rules(program, FaultRule(FaultKind.DROP_ACK))
        await program.click_on(QAbstractButton, "Stop the room")
        await program.until(
            lambda: program.program.local_room.facts.state is RoomState.STOPPED, "the room stopped"
        )
        states = [each.state for each in program.session.connections()]
        assert states == [ConnectionState.LEFT]

    use(act)


def test_the_first_action_of_an_empty_window_starts_and_joins_it(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        program.program.local_room.facts = at_port(program, free_ports(1)[0])
        await program.click_on(QAbstractButton, "Start a local room and join it")
        await program.until(lambda: in_room(program), "the inspector in the room")

    use(act)


def test_the_connect_dialog_starts_and_joins_it(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        program.program.local_room.facts = at_port(program, free_ports(1)[0])
        await program.press(Qt.Key.Key_O, CTRL)
        sources = program.find(QListWidget, "Connect by")
        program.click_row(sources, 0)
        await program.type("Room", "lobby")
        await program.type("Identity", "me")
        await program.press(Qt.Key.Key_Return)
        await program.until(lambda: in_room(program), "the room joined")
        (info,) = program.session.connections()
        assert (info.identity, info.room) == ("me", "lobby")

    use(act)


def test_a_launch_with_the_local_room_joins_it_at_once(use: Callable[..., None]) -> None:
    port = free_ports(1)[0]
    source = ConnectionSource(
        url=f"ws://localhost:{port}",
        credentials=KeyCredentials("devkey", "secret"),
        room=ROOM,
        identity="tester",
        local=True,
    )

    async def act(program: ProgramUnderTest) -> None:
        await program.until(lambda: in_room(program), "the room joined")
        assert program.program.local_room.facts.port == port

    use(act, source=source)


def test_the_demo_is_a_click_away_and_fills_the_window(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        program.program.local_room.facts = at_port(program, free_ports(1)[0])
        await program.click_on(QAbstractButton, "Start the demo")
        await program.until(
            lambda: {each.direction for each in program.calls()} >= {Direction.IN, Direction.SEEN},
            "calls of others",
            within_s=40,
        )
        model = program.panels.local_room.body.faults.model
        await program.until(lambda: model.rowCount() > 2, "the demo's faults")
        program.program.start_demo()
        assert program.panels.notices.text == "The demo runs already."

    use(act)


def test_nothing_is_started_unasked(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        program.window.show_local_room()
        assert "No local room runs." in said(program.panels.local_room)
        assert program.program.local_room.facts.state is RoomState.STOPPED

    use(act)
    use(act)  # after a restart, too


def test_a_taken_port_is_said_and_a_free_one_is_a_click_away(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        async with server:
            program.window.show_local_room()
            await program.type("Port of the local room", str(port))
            await program.click_on(QAbstractButton, "Start the local room")
            await program.until(
                lambda: f"Port {port} of 127.0.0.1 is taken" in said(program.panels.local_room), "the problem"
            )
            assert f"Port {port}" in program.panels.notices.text
            await program.click_on(QAbstractButton, "Start on a free port")
            await program.until(lambda: program.program.local_room.is_running, "the room elsewhere")

    use(act)


def test_a_crash_is_said_and_everybody_is_back_after_a_restart(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        await start_and_join(program)
        rule = FaultRule(FaultKind.DELAY, FaultMatch("get_*"), ms=5)
        await set_rules(program, rule)
        room = program.program.local_room._room
        os.kill(room.pid, signal.SIGKILL)  # type: ignore[union-attr]
        await program.until(lambda: "signal 9" in said(program.panels.local_room), "the crash")
        assert "signal 9" in program.panels.notices.text
        await program.click_on(QAbstractButton, "Start the local room")
        await program.until(lambda: program.program.local_room.is_running, "the room again")
        await program.until(
            lambda: in_room(program) and program.session.connections()[0].xray, "the way back", within_s=50
        )
        model = program.panels.local_room.body.faults.model
        await program.until(lambda: model.rules() == (rule,), "its faults again")

    use(act)


def test_the_room_ends_with_the_window(use: Callable[..., None]) -> None:
    pids: list[int] = []

    async def act(program: ProgramUnderTest) -> None:
        await start_and_join(program)
        pids.append(program.program.local_room._room.pid)  # type: ignore[union-attr]

    use(act)
    with pytest.raises(ProcessLookupError):
        os.kill(pids[0], 0)


def test_a_window_closed_while_the_room_starts_leaves_nothing_behind(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        before = set(children_of(os.getpid()))
        program.program.local_room.start(free_ports(1)[0])
        await program.until(lambda: set(children_of(os.getpid())) > before, "the room's process")
        assert program.program.local_room.facts.state is RoomState.STARTING
        await program.close()
        assert set(children_of(os.getpid())) <= before

    use(act)
