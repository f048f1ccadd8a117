"""The window and its own local room, a real process: started, joined, seen through, stopped and crashed."""

import asyncio
import dataclasses
import os
import signal
import sys
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest
from livekit import rtc
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel, QLineEdit, QListWidget, QWidget

from inspector.core.calls import Direction, Outcome
from inspector.core.faults import FaultKind, FaultMatch, FaultRule
from inspector.gui.models.local_room_facts import LocalRoomFacts, RoomState
from inspector.gui.models.log_columns import Column
from inspector.gui.models.rooms_model import RoomRole
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.process.launcher import LocalRoomProcess
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.token_facts import read_token
from inspector.session.connection_info import ConnectionState
from tests.support.children import children_of
from tests.support.ports import free_ports
from tests.support.python_peer import PythonPeer
from tests.support.servers import Server
from tests.support.window import ProgramUnderTest, drive, running_program

CTRL = Qt.KeyboardModifier.ControlModifier
ROOM = "demo"
Act = Callable[[ProgramUnderTest], Coroutine[Any, Any, None]]


class WindowsRoom(Server):
    """The local room of a window under test, as peers see it."""

    def __init__(self, program: ProgramUnderTest) -> None:
        self._program = program

    @property
    def url(self) -> str:
        """Where it is."""
        return self._program.program.local_room.facts.url


@pytest.fixture
def use(qapp: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Runs the program, has a coroutine use it, and ends it as a person does."""
    for variable in ("LIVEKIT_URL", "LIVEKIT_TOKEN", "LIVEKIT_API_KEY", "LIVEKIT_API_SECRET"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run(act: Act, **launch: Any) -> None:
        async def script() -> None:
            async with running_program(**launch) as program:
                await act(program)

        drive(qapp, script)

    return run


async def start_room(program: ProgramUnderTest) -> WindowsRoom:
    """Starts the room from its panel, at a port of the test's own."""
    program.window.show_local_room()
    await program.type("Port of the local room", str(free_ports(1)[0]))
    program.click(program.find(QAbstractButton, "Start the local room"))
    await program.until(lambda: program.program.local_room.is_running, "the room")
    return WindowsRoom(program)


async def start_and_join(program: ProgramUnderTest) -> WindowsRoom:
    """The same, and joins it by one click."""
    room = await start_room(program)
    program.click(program.find(QAbstractButton, "Join the local room"))
    await program.until(lambda: in_room(program), "the inspector in the room")
    await program.until(lambda: program.session.connections()[0].xray, "the X-ray")
    return room


def in_room(program: ProgramUnderTest) -> bool:
    return any(info.state is ConnectionState.CONNECTED for info in program.session.connections())


def said(widget: QWidget) -> str:
    labels = [label.text() for label in widget.findChildren(QLabel) if label.isVisible()]
    return "\n".join(labels).replace("\u200b", "")


def head(program: ProgramUnderTest) -> str:
    return program.panels.local_room.head.words()


def note_of_room(program: ProgramUnderTest) -> str:
    model = program.panels.rooms.model
    return str(model.index(0, 0).data(RoomRole.NOTE))


async def set_rules(program: ProgramUnderTest, *rules: FaultRule) -> None:
    program.program.local_room_desk.set_rules(rules)
    model = program.panels.local_room.body.faults.model
    await program.until(lambda: model.rules() == rules, "the faults in force")


# --- started, joined, stopped ------------------------------------------------------------------------------


def test_it_is_started_joined_and_stopped_from_its_panel(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        await start_and_join(program)
        (info,) = program.session.connections()
        assert (info.identity, info.room) == ("inspector", ROOM)
        await program.until(lambda: "1 joined · 1 room" in head(program), "who is there")
        await program.until(lambda: note_of_room(program) == "1 here · X-ray", "the X-ray in Rooms")
        assert not program.panels.log.table.isColumnHidden(Column.WIRE)
        assert "local room" in program.find(QAbstractButton, f"{ROOM} · inspector").accessibleName()

        program.click(program.find(QAbstractButton, "Stop the room"))
        await program.until(
            lambda: program.program.local_room.facts.state is RoomState.STOPPED, "the room stopped"
        )
        states = [each.state for each in program.session.connections()]
        assert states == [ConnectionState.LEFT], "nobody tries to get back into a room that was stopped"
        assert program.panels.notices.text == ""
        assert program.find(QAbstractButton, "Start the local room").isEnabled()

        program.click(program.find(QAbstractButton, "Join again"))
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
        program.click(program.find(QAbstractButton, "Stop the room"))
        await program.until(
            lambda: program.program.local_room.facts.state is RoomState.STOPPED, "the room stopped"
        )
        states = [each.state for each in program.session.connections()]
        assert states == [ConnectionState.LEFT]

    use(act)


def test_the_first_action_of_an_empty_window_starts_and_joins_it(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        program.program.local_room.facts = at_port(program, free_ports(1)[0])
        program.click(program.find(QAbstractButton, "Start a local room and join it"))
        await program.until(lambda: in_room(program), "the inspector in the room")

    use(act)


def at_port(program: ProgramUnderTest, port: int) -> LocalRoomFacts:
    """The facts of a room whose port nobody else's test has."""
    return dataclasses.replace(program.program.local_room.facts, url=f"ws://127.0.0.1:{port}")


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
        program.click(program.find(QAbstractButton, "Start the demo"))
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
            program.click(program.find(QAbstractButton, "Start the local room"))
            await program.until(
                lambda: f"Port {port} of 127.0.0.1 is taken" in said(program.panels.local_room), "the problem"
            )
            assert f"Port {port}" in program.panels.notices.text
            program.click(program.find(QAbstractButton, "Start on a free port"))
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
        program.click(program.find(QAbstractButton, "Start the local room"))
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


# --- other programs in it ----------------------------------------------------------------------------------


def test_a_copied_snippet_lets_another_program_in(use: Callable[..., None], tmp_path: Path) -> None:
    async def act(program: ProgramUnderTest) -> None:
        await start_and_join(program)
        await program.type("Identity to join as", "my-agent")
        program.click(program.find(QAbstractButton, "Copy the snippet with its token"))
        text = QGuiApplication.clipboard().text()
        token = text.split('TOKEN = "')[1].split('"')[0]
        facts = read_token(token)
        assert (facts.identity, facts.room) == ("my-agent", ROOM)
        assert "holds until" in said(program.panels.local_room)
        script = tmp_path / "joins.py"
        script.write_text(text)
        child = await asyncio.create_subprocess_exec(
            sys.executable, str(script), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.DEVNULL
        )
        try:
            assert child.stdout is not None
            line = await asyncio.wait_for(child.stdout.readline(), 20)
            assert line.decode().strip() == f"my-agent is in {ROOM}"
            await program.until(lambda: "2 joined" in head(program), "the other one")
        finally:
            child.kill()
            await child.wait()

    use(act)


def test_calls_between_others_are_seen_and_a_fault_is_marked_and_switched_off(
    use: Callable[..., None],
) -> None:
    async def act(program: ProgramUnderTest) -> None:
        room = await start_and_join(program)
        async with PythonPeer.joined(room, ROOM, "web") as web, PythonPeer.joined(room, ROOM, "robot-1"):
            await web.wait_until_active("robot-1")
            await set_rules(
                program, FaultRule(FaultKind.ERROR, FaultMatch("echo", "web", "robot-*"), code=1401)
            )
            with pytest.raises(rtc.RpcError):
                await web.perform("robot-1", "echo", '{"n":1}')
            await program.until(lambda: program.session.log.counts.faulted == 1, "the faulted call")
            (call,) = [each for each in program.calls() if each.direction is Direction.SEEN]
            assert (call.fault, call.wire, call.code) == ("1 error", "v2", 1401)
            await program.until(lambda: program.panels.log.select_call(call.id), "its row")
            await program.until(
                lambda: "1 faulted" in said(program.panels.status), "the faulted call counted"
            )
            assert "seen" in said(program.panels.status)
            assert "The local room did this on purpose." in said(program.panels.details)
            assert "by the room" in said(program.panels.details)

            program.click(program.find(QAbstractButton, "About 1401"))
            assert "Without a fault 1401 means" in said(program.panels.details)
            program.window.show_mocks()
            program.click(program.find(QAbstractButton, "Show the fault"))
            assert program.panels.local_room.body.faults.table.row() == 0
            assert program.panels.local_room.isVisible()
            program.click(program.find(QAbstractButton, "Switch it off"))
            model = program.panels.local_room.body.faults.model
            await program.until(lambda: not model.rules()[0].enabled, "the fault off")
            assert await web.perform("robot-1", "echo", "again") == "again"
            await program.until(lambda: program.session.log.counts.ok == 1, "the call that went well")

    use(act)


def test_a_call_to_a_method_nobody_registered_is_mocked_by_ctrl_m(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        room = await start_and_join(program)
        async with PythonPeer.joined(room, ROOM, "web") as web:
            await web.wait_until_active("inspector")
            with pytest.raises(rtc.RpcError) as refused:
                await web.perform("inspector", "get_location", "{}")
            assert refused.value.code == 1400
            await program.until(lambda: program.calls() and not program.calls()[0].is_pending, "the call")
            (call,) = program.calls()
            assert (call.direction, call.unmatched, call.outcome) == (Direction.IN, True, Outcome.ERROR)
            await program.until(lambda: program.panels.log.select_call(call.id), "its row")
            assert program.find(QAbstractButton, "Mock this method").isVisible()

            await program.press(Qt.Key.Key_M, CTRL)
            await program.until(lambda: len(program.session.mocks) == 1, "the mock")
            assert program.panels.mocks.isVisible()
            focused = QApplication.focusWidget()
            assert focused is not None
            assert focused.accessibleName() == "Reply"
            QTest.keyClicks(focused, "[59.9]")
            QTest.keyClick(focused, Qt.Key.Key_S, CTRL)
            await program.until(
                lambda: "[59.9]" in str(program.session.mocks.entries()[0].mock.rules), "the reply saved"
            )
            assert await web.perform("inspector", "get_location", "{}") == "[59.9]"
            await program.press(Qt.Key.Key_M, CTRL)
            assert len(program.session.mocks) == 1, "there is one already"

    use(act)


def test_a_room_that_another_program_started_is_shown_and_its_faults_set(
    use: Callable[..., None],
) -> None:
    async def act(program: ProgramUnderTest) -> None:
        other = await LocalRoomProcess.start(RoomServerOptions(keys={"k": "s" * 32}, port=0))
        try:
            source = ConnectionSource(
                url=other.url, credentials=KeyCredentials("k", "s" * 32), room=ROOM, identity="me"
            )
            program.window.show_local_room()
            program.program.connecting.start(source)
            await program.until(lambda: "started by another program" in head(program), "the other room")
            panel = program.panels.local_room
            assert other.url in said(panel)
            assert "s" * 32 not in said(panel)
            await set_rules(program, FaultRule(FaultKind.DROP_ACK))
            await program.until(lambda: "1 joined" in head(program), "who is there")
            program.program.session.tasks.spawn(program.session.leave("me@demo"), "leave")
            await program.until(lambda: "No local room runs." in said(panel), "our own, which does not run")
        finally:
            await other.stop()

    use(act)


def test_what_is_typed_into_a_fault_is_done_to_calls(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        room = await start_and_join(program)
        add = program.find(QAbstractButton, "New fault")
        program.click(add)
        menu = QApplication.activePopupWidget()
        assert menu is not None
        for _ in range(5):
            QTest.keyClick(menu, Qt.Key.Key_Down)
        QTest.keyClick(menu, Qt.Key.Key_Return)
        await program.until(lambda: program.panels.local_room.body.editor.isVisible(), "the editor")
        await program.type("Fault method", "echo", QLineEdit)
        await program.type("Fault delay in milliseconds", "150", QLineEdit)
        await program.press(Qt.Key.Key_Return)
        model = program.panels.local_room.body.faults.model
        await program.until(lambda: model.rowCount() == 1, "the fault in force")
        async with PythonPeer.joined(room, ROOM, "web") as web, PythonPeer.joined(room, ROOM, "robot-1"):
            await web.wait_until_active("robot-1")
            assert await web.perform("robot-1", "echo", "x") == "x"
        await program.until(lambda: model.states()[0].hits == 1, "its hit")
        (call,) = [each for each in program.calls() if each.direction is Direction.SEEN]
        assert call.elapsed_ms is not None
        assert call.elapsed_ms >= 150

    use(act)
