"""The window as a person uses it, by keys and mouse, against a real server."""

import asyncio
import json
import time
from collections.abc import Callable, Coroutine
from functools import partial
from typing import Any

import pytest
from livekit import rtc
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QDialog, QLineEdit, QPlainTextEdit, QWidget

from inspector.core.calls import Direction, Outcome
from inspector.session.connection_info import ConnectionState
from tests.support.livekit_server import LiveKitServer
from tests.support.ports import free_ports
from tests.support.python_peer import PythonPeer
from tests.support.window import ProgramUnderTest

CTRL = Qt.KeyboardModifier.ControlModifier
Act = Callable[[ProgramUnderTest], Coroutine[Any, Any, None]]


def text_of(widget: QWidget) -> str:
    """All words a panel shows."""
    from PySide6.QtWidgets import QLabel

    labels = [part.text() for part in widget.findChildren(QLabel) if part.isVisible()]
    edits = [part.toPlainText() for part in widget.findChildren(QPlainTextEdit) if part.isVisible()]
    return "\n".join([*labels, *edits])


async def write_call(program: ProgramUnderTest, to: str, method: str, payload: str) -> None:
    """Writes a call in the composer with the keyboard."""
    await program.press(Qt.Key.Key_N, CTRL)
    await program.until(lambda: program.panels.composer.isVisible(), "the composer")
    await program.type("Destination", to)
    await program.type("Method", method)
    await program.type("Payload", payload, QPlainTextEdit)


async def send(program: ProgramUnderTest) -> None:
    """Sends what the composer holds with Ctrl+Enter and waits until the log has it."""
    before = program.session.log.counts.calls
    await program.press(Qt.Key.Key_Return, CTRL)
    await program.until(lambda: program.session.log.counts.calls > before, "the call in the log")


def test_connect_by_key_and_see_who_is_there(
    use: Callable[[Act], None], livekit_server: LiveKitServer, room_name: str
) -> None:
    async def act(program: ProgramUnderTest) -> None:
        async with PythonPeer.joined(livekit_server, room_name, "agent-1", kind="agent"):
            for identity in ("first", "second"):
                await program.press(Qt.Key.Key_O, CTRL)
                await program.until(lambda: dialog_is_open(), "the connect dialog")
                await program.type("Server", livekit_server.url)
                await program.type("API key", livekit_server.api_key)
                await program.type("API secret", livekit_server.api_secret)
                await program.type("Room", room_name)
                await program.type("Identity", identity)
                await program.press(Qt.Key.Key_Return)
                await program.until(partial(joined, program, identity), f"{identity} in the room")
            everybody = ("first", "second", "agent-1")
            await program.until(
                lambda: all(who in rooms_text(program) for who in everybody), "everybody in Rooms"
            )
            assert [info.room for info in program.session.connections()] == [room_name] * 2

    use(act)


def test_a_refused_connection_says_why_and_can_be_tried_again(
    use: Callable[[Act], None], livekit_server: LiveKitServer, room_name: str
) -> None:
    port = free_ports(1)[0]

    async def act(program: ProgramUnderTest) -> None:
        await program.press(Qt.Key.Key_O, CTRL)
        await program.until(lambda: dialog_is_open(), "the connect dialog")
        await program.type("Server", f"ws://127.0.0.1:{port}")
        await program.type("API key", "devkey")
        await program.type("API secret", "secret")
        await program.type("Room", room_name)
        await program.press(Qt.Key.Key_Return)
        await program.until(lambda: states(program) == [ConnectionState.FAILED], "the failure")
        await program.until(lambda: named(QAbstractButton, "Try again"), "a way on")
        assert f"127.0.0.1:{port}" in text_of(program.panels.rooms)
        await program.click_on(QAbstractButton, "Try again")
        await program.until(lambda: ConnectionState.CONNECTING in states(program), "the new try")
        await program.until(lambda: states(program) == [ConnectionState.FAILED], "the second failure")

    use(act)


def test_call_by_hand_resend_edit_and_find_it_again_after_a_restart(
    use: Callable[[Act], None], livekit_server: LiveKitServer, room_name: str
) -> None:
    payload = '{"city": "Oslo"}'

    async def first_run(program: ProgramUnderTest) -> None:
        async with PythonPeer.joined(livekit_server, room_name, "peer") as peer:
            await program.join(livekit_server, room_name)
            await program.until(lambda: "peer" in rooms_text(program), "the peer")
            await write_call(program, "peer", "echo", payload)
            await send(program)
            await program.until(lambda: "ok" in text_of(program.panels.composer), "the outcome")
            (call,) = program.calls()
            assert (call.outcome, call.response) == (Outcome.OK, payload)
            assert call.elapsed_ms is not None

            await program.until(lambda: "ok" in log_cell(program, "Outcome"), "the row settled")
            program.click_row(program.panels.log.table, row_of(program, call.id))
            await program.until(lambda: '"city": "Oslo"' in text_of(program.panels.details), "the details")
            await program.press(Qt.Key.Key_R, CTRL)
            await program.until(lambda: program.session.log.counts.ok == 2, "the call sent again")

            await program.click_on(QAbstractButton, "Edit & resend")
            await program.until(lambda: program.panels.composer.isVisible(), "the composer")
            await program.type("Method", "boom")
            await send(program)
            await program.until(lambda: "1500" in text_of(program.panels.composer), "the error")
            assert [seen.method for seen in peer.seen] == ["echo", "echo", "boom"]
            await program.type("Payload", "a draft never sent", QPlainTextEdit)

    async def second_run(program: ProgramUnderTest) -> None:
        await program.until(lambda: program.panels.composer.draft().payload, "the draft")
        assert program.panels.composer.draft().payload == "a draft never sent"
        assert program.panels.composer.draft().method == "boom"
        await program.press(Qt.Key.Key_N, CTRL)
        await program.until(lambda: "boom" in history_text(program), "the sent calls")

    use(first_run)
    use(second_run)


def test_pending_calls_tick_and_can_be_stopped(
    use: Callable[[Act], None], livekit_server: LiveKitServer, room_name: str
) -> None:
    async def act(program: ProgramUnderTest) -> None:
        async with PythonPeer.joined(livekit_server, room_name, "peer"):
            await program.join(livekit_server, room_name)
            await program.until(lambda: "peer" in rooms_text(program), "the peer")
            await write_call(program, "peer", "slow", "60")
            await program.type("Timeout", "90s")
            await send(program)
            await program.until(lambda: "pending" in text_of(program.panels.composer), "the pending call")
            first = log_cell(program, "Outcome")
            await program.until(lambda: log_cell(program, "Outcome") != first, "the tick")
            await program.click_on(QAbstractButton, "Stop waiting for the last call")
            await program.until(lambda: program.calls()[0].outcome is Outcome.STOPPED, "the stopped call")

    use(act)


def test_an_absent_destination_is_said_and_called_all_the_same(
    use: Callable[[Act], None], livekit_server: LiveKitServer, room_name: str
) -> None:
    async def act(program: ProgramUnderTest) -> None:
        await program.join(livekit_server, room_name)
        await write_call(program, "nobody", "echo", "")
        await program.type("Ack timeout", "500ms")
        await program.until(lambda: "not listed yet" in text_of(program.panels.composer), "the forecast")
        await send(program)
        await program.until(lambda: "1501" in text_of(program.panels.composer), "the error")
        await program.until(lambda: "1501" in log_cell(program, "Outcome"), "the error in the log")
        await program.press(Qt.Key.Key_F8)
        await program.until(
            lambda: "Nobody acknowledged the call" in text_of(program.panels.details), "the explanation"
        )

    use(act)


def test_a_mock_made_by_hand_answers_and_is_switched_while_connected(
    use: Callable[[Act], None], livekit_server: LiveKitServer, room_name: str
) -> None:
    async def act(program: ProgramUnderTest) -> None:
        await program.join(livekit_server, room_name)
        await program.click_on(QAbstractButton, "New mock")
        await program.type("Mock method", "get_weather")
        await program.type("Reply", '{"temp_c":21}', QPlainTextEdit)
        await program.click_on(QAbstractButton, "Save the mock")
        await program.until(lambda: len(program.session.mocks) == 1, "the mock")
        async with PythonPeer.joined(livekit_server, room_name, "caller") as caller:
            await caller.wait_until_active("inspector")
            assert await caller.perform("inspector", "get_weather", "{}") == '{"temp_c":21}'
            await program.until(lambda: program.session.log.counts.ok == 1, "the inbound call")
            (call,) = program.calls()
            assert (call.direction, call.caller, call.payload) == (Direction.IN, "caller", "{}")
            assert (call.response, call.mock) == ('{"temp_c":21}', "get_weather")

            table = program.panels.mocks.table
            program.click_row(table, 0, 1)
            table.setFocus()
            QTest.keyClick(table, Qt.Key.Key_Space)
            await program.until(lambda: not program.session.mocks.entries()[0].mock.enabled, "the mock off")
            with pytest.raises(rtc.RpcError) as refused:
                await caller.perform("inspector", "get_weather", "{}")
            assert refused.value.code == 1400
            QTest.keyClick(table, Qt.Key.Key_Space)
            await program.until(lambda: program.session.mocks.entries()[0].mock.enabled, "the mock on")
            assert await caller.perform("inspector", "get_weather", "{}") == '{"temp_c":21}'

    use(act)

    async def next_run(program: ProgramUnderTest) -> None:
        await program.until(lambda: len(program.session.mocks) == 1, "the mock kept")
        assert program.session.mocks.entries()[0].mock.method == "get_weather"

    use(next_run)


def test_mocks_answer_again_after_the_server_was_killed(
    use: Callable[[Act], None], own_livekit_server: LiveKitServer, room_name: str
) -> None:
    async def act(program: ProgramUnderTest) -> None:
        from tests.support.mocks import reply

        program.session.mocks.add((reply("get_weather", "mild"),))
        connection = await program.join(own_livekit_server, room_name)
        await asyncio.to_thread(own_livekit_server.kill)
        await program.until(lambda: connection.state is not ConnectionState.CONNECTED, "the loss")
        await asyncio.to_thread(own_livekit_server.start)
        await program.until(
            lambda: connection.state is ConnectionState.CONNECTED, "the way back", within_s=60
        )
        async with PythonPeer.joined(own_livekit_server, room_name, "caller") as caller:
            await caller.wait_until_active("inspector")
            assert await caller.perform("inspector", "get_weather") == "mild"

    use(act)


def test_select_copy_filter_and_clear_the_log(
    use: Callable[[Act], None], livekit_server: LiveKitServer, room_name: str
) -> None:
    async def act(program: ProgramUnderTest) -> None:
        async with PythonPeer.joined(livekit_server, room_name, "peer"):
            await program.join(livekit_server, room_name)
            await program.until(lambda: "peer" in rooms_text(program), "the peer")
            for method, payload in (("echo", "apples"), ("boom", "pears")):
                await write_call(program, "peer", method, payload)
                await send(program)
            await program.until(lambda: program.session.log.counts.pending == 0, "both outcomes")

            table = program.panels.log.table
            await program.until(lambda: len(shown_calls(program)) == 2, "both rows")
            await program.press(Qt.Key.Key_F, CTRL)
            await program.type("Filter the log", "pears")
            await program.until(lambda: shown_calls(program) == ["boom"], "the filtered log")
            program.click_row(table, table.model().rowCount() - 1)
            QTest.keyClick(table, Qt.Key.Key_C, CTRL)
            copied = QGuiApplication.clipboard().text()
            assert "boom" in copied
            assert "echo" not in copied

            await program.click_on(QAbstractButton, "Clear the log")
            await program.until(lambda: program.session.log.counts.calls == 0, "the empty log")

    use(act)


def test_closing_with_calls_pending_leaves_the_room_within_two_seconds(
    use: Callable[[Act], None], livekit_server: LiveKitServer, room_name: str
) -> None:
    closed_at: list[float] = []

    async def act(program: ProgramUnderTest) -> None:
        async with PythonPeer.joined(livekit_server, room_name, "peer") as peer:
            await program.join(livekit_server, room_name)
            await program.until(lambda: "peer" in rooms_text(program), "the peer")
            await write_call(program, "peer", "slow", "60")
            for _ in range(3):
                await send(program)
            await peer.wait_until_called("slow")
            closed_at.append(time.monotonic())
            await program.close()
            assert time.monotonic() - closed_at[0] < 2
            assert {call.outcome for call in program.calls()} == {Outcome.LOST}
            await peer.wait_until_gone("inspector")

    use(act)


def test_an_unexpected_exception_is_reported_once_and_the_window_goes_on(
    use: Callable[[Act], None], livekit_server: LiveKitServer, room_name: str
) -> None:
    async def act(program: ProgramUnderTest) -> None:
        async def fails() -> None:
            msg = f"out of the blue, with {livekit_server.token(room_name, 'x')}"
            raise ValueError(msg)

        program.session.tasks.spawn(fails(), "a task that fails")
        program.window.add_action("Fail in a slot", "Ctrl+Alt+F", lambda: [].pop())
        await program.until(lambda: dialog_is_open(), "the report")
        report = program.find(QPlainTextEdit, "Report of the failure").toPlainText()
        assert "ValueError: out of the blue" in report
        assert "a task that fails" in report
        assert "livekit 1." in report
        assert "eyJ" not in report
        await program.click_on(QAbstractButton, "Copy report")
        assert QGuiApplication.clipboard().text() == report
        await program.click_on(QAbstractButton, "Go on")
        await program.press(Qt.Key.Key_F, CTRL | Qt.KeyboardModifier.AltModifier)
        await program.until(lambda: len(program.reports) == 2, "the slot's exception")
        assert "pop from empty list" in program.reports[1]
        await program.click_on(QAbstractButton, "Go on")
        await program.join(livekit_server, room_name)  # still alive
        program.reports.clear()

    use(act)


def test_every_control_has_a_name_and_the_palette_runs_commands(use: Callable[[Act], None]) -> None:
    async def act(program: ProgramUnderTest) -> None:
        program.panels.mocks.new_mock()
        await program.press(Qt.Key.Key_K, CTRL)
        await program.until(lambda: named(QLineEdit, "Find a command"), "the palette")
        QTest.keyClicks(program.find(QLineEdit, "Find a command"), "connect room")
        QTest.keyClick(program.find(QLineEdit, "Find a command"), Qt.Key.Key_Return)
        await program.until(lambda: dialog_is_open(), "the connect dialog")
        nameless = [
            widget
            for widget in QApplication.allWidgets()
            if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus
            and widget.isVisible()
            and not widget.accessibleName()
        ]
        assert nameless == []

    use(act)


# --- what the window shows ---


def dialog_is_open() -> bool:
    return any(
        isinstance(widget, QDialog) and widget.isVisible() for widget in QApplication.topLevelWidgets()
    )


def named(kind: type[QWidget], name: str) -> bool:
    everywhere = QApplication.allWidgets()
    return any(isinstance(w, kind) and w.isVisible() and w.accessibleName() == name for w in everywhere)


def joined(program: ProgramUnderTest, identity: str) -> bool:
    return any(
        info.identity == identity and info.state is ConnectionState.CONNECTED
        for info in program.session.connections()
    )


def states(program: ProgramUnderTest) -> list[ConnectionState]:
    return [info.state for info in program.session.connections()]


def rooms_text(program: ProgramUnderTest) -> str:
    model = program.panels.rooms.model
    lines = []
    for row in range(model.rowCount()):
        parent = model.index(row, 0)
        lines.append(str(parent.data()))
        lines += [str(model.index(child, 0, parent).data()) for child in range(model.rowCount(parent))]
    return "\n".join(lines)


def row_of(program: ProgramUnderTest, call_id: str) -> int:
    row = program.panels.log.model.row_of_call(call_id)
    assert row is not None
    return row


def log_cell(program: ProgramUnderTest, title: str) -> str:
    model = program.panels.log.table.model()
    titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    return str(model.index(model.rowCount() - 1, titles.index(title)).data())


def shown_calls(program: ProgramUnderTest) -> list[str]:
    model = program.panels.log.table.model()
    titles = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
    method = titles.index("Method")
    cells = [model.index(row, method).data() for row in range(model.rowCount())]
    return [str(cell) for cell in cells if cell]


def history_text(program: ProgramUnderTest) -> str:
    return json.dumps([call.draft.method for call in program.panels.composer.history()])
