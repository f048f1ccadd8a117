"""Mocks in the window's own local room, met by a real caller: answered by hand, forwarded, led to."""

import asyncio
from collections.abc import Callable, Iterator

import pytest
from livekit import rtc
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication

from inspector.core.calls import Direction, Outcome
from inspector.core.log import Row
from inspector.core.mocks import Ask, Forward, Mock, Reply, Rule
from tests.support.python_peer import PythonPeer
from tests.support.window import ProgramUnderTest
from tests.support.window_room import ROOM, said, start_and_join

CTRL_SHIFT = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
CTRL = Qt.KeyboardModifier.ControlModifier


def test_a_call_is_answered_by_hand_with_the_keyboard_alone(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        room = await start_and_join(program)
        program.session.mocks.add([Mock("confirm", (Rule(Ask()),))])
        async with PythonPeer.joined(room, ROOM, "web") as web:
            await web.wait_until_active("inspector")
            asked = asyncio.create_task(web.perform("inspector", "confirm", '{"total": 250}'))
            await program.until(lambda: program.panels.waiting.waiting() == 1, "the waiting call")
            await program.until(
                program.panels.waiting_chip.isVisible, "the chip beside the local room's head"
            )
            await program.press(Qt.Key.Key_A, CTRL_SHIFT)
            focused = QApplication.focusWidget()
            assert focused is not None
            assert focused.accessibleName() == "Answer to the call"
            QTest.keyClicks(focused, '{ "ok": true }')
            QTest.keyClick(focused, Qt.Key.Key_Return, CTRL)
            assert await asked == '{"ok":true}'
            await program.until(lambda: program.panels.waiting.waiting() == 0, "the row gone")
            (call,) = program.calls()
            assert (call.outcome, call.response) == (Outcome.OK, '{"ok":true}')

    use(act)


def test_a_call_nobody_answers_in_time_goes_by_itself_and_the_log_says_why(
    use: Callable[..., None],
) -> None:
    async def act(program: ProgramUnderTest) -> None:
        room = await start_and_join(program)
        program.session.mocks.add([Mock("confirm", (Rule(Ask()),))])
        async with PythonPeer.joined(room, ROOM, "web") as web:
            await web.wait_until_active("inspector")
            with pytest.raises(rtc.RpcError) as late:
                await web.perform("inspector", "confirm", "", timeout_s=1.0)
            assert late.value.code == 1502
            await program.until(lambda: program.session.log.counts.errors == 1, "the late call")
            await program.until(lambda: program.panels.waiting.waiting() == 0, "the row gone")
            await program.until(lambda: program.panels.log.select_call(program.calls()[0].id), "its row")
            await program.until(
                lambda: "web saw 1502: nobody answered by hand" in program.panels.details.finding.words(),
                "why it was late",
            )

    use(act)


def test_a_forwarded_call_leads_to_its_other_leg_and_back(use: Callable[..., None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        room = await start_and_join(program)
        program.session.mocks.add([Mock("echo", (Rule(Forward("robot-1")),))])
        async with PythonPeer.joined(room, ROOM, "web") as web, PythonPeer.joined(room, ROOM, "robot-1"):
            await web.wait_until_active("inspector")
            assert await web.perform("inspector", "echo", "on and on") == "on and on"
            await program.until(lambda: program.session.log.counts.ok == 2, "both legs")
            came = next(call for call in program.calls() if call.direction is Direction.IN)
            await program.until(lambda: program.panels.log.select_call(came.id), "its row")
            await program.click_on(QAbstractButton, "Show the call it caused")
            await program.until(lambda: "inspector → robot-1" in said(program.panels.details), "the leg out")
            await program.click_on(QAbstractButton, "Show the call that caused it")
            await program.until(lambda: "web → inspector" in said(program.panels.details), "the leg in")

    use(act)


def shown_calls(program: ProgramUnderTest) -> Iterator[Row]:
    """The calls in the rows of the log."""
    model = program.panels.log.model
    return (call for row in range(model.rowCount()) if (call := model.call_in(row)) is not None)


def test_rows_seen_between_others_become_one_mock_that_answers_them_alike(
    use: Callable[..., None],
) -> None:
    async def act(program: ProgramUnderTest) -> None:
        room = await start_and_join(program)
        async with PythonPeer.joined(room, ROOM, "web") as web, PythonPeer.joined(room, ROOM, "robot-1"):
            await web.wait_until_active("robot-1")
            await web.wait_until_active("inspector")
            for payload in ('{"n": 1}', '{"n": 2}'):
                await web.perform("robot-1", "echo", payload)
            await program.until(lambda: program.session.log.counts.ok == 2, "the calls seen")
            await program.until(lambda: len(list(shown_calls(program))) == 2, "their rows")
            program.panels.log.table.setFocus()
            program.panels.log.table.selectAll()
            await program.press(Qt.Key.Key_M, CTRL)
            await program.until(lambda: len(program.session.mocks) == 1, "the mock")
            assert [rule.action for rule in program.session.mocks.entries()[0].mock.rules] == [
                Reply('{"n": 1}'),
                Reply('{"n": 2}'),
            ]
            assert await web.perform("inspector", "echo", '{"n":2}') == '{"n": 2}'

    use(act)
