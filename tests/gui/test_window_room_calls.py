"""Other programs in the window's own local room: let in by a snippet, seen, faulted, mocked."""

import asyncio
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from livekit import rtc
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit

from inspector.core.calls import Direction, Outcome
from inspector.core.faults import FaultKind, FaultMatch, FaultRule
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.process.launcher import LocalRoomProcess
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.token_facts import read_token
from tests.support.python_peer import PythonPeer
from tests.support.window import ProgramUnderTest
from tests.support.window_room import ROOM, head, said, set_rules, start_and_join

CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_copied_snippet_lets_another_program_in(use: Callable[..., None], tmp_path: Path) -> None:
    async def act(program: ProgramUnderTest) -> None:
        await start_and_join(program)
        await program.type("Identity to join as", "my-agent")
        await program.click_on(QAbstractButton, "Copy the snippet with its token")
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

            await program.click_on(QAbstractButton, "About 1401")
            assert "Without a fault 1401 means" in said(program.panels.details)
            program.window.show_mocks()
            await program.click_on(QAbstractButton, "Show the fault")
            assert program.panels.local_room.body.faults.table.row() == 0
            assert program.panels.local_room.isVisible()
            await program.click_on(QAbstractButton, "Switch it off")
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
