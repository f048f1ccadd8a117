"""Calls that wait for a person, in the window: seen at once, answered by hand, gone by themselves."""

import asyncio
import time
from collections.abc import AsyncIterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QLineEdit, QMenu, QPlainTextEdit, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.calls import Outcome
from inspector.core.mocks import Ask, Fail, Mock, PayloadMatch, Reply, Rule, When
from inspector.gui.models.held_calls import HeldColumn
from inspector.gui.models.log_columns import Column
from inspector.session.ports import CancelReason, RpcFailure
from tests.support.fake_room import IncomingCall
from tests.support.sessions import calls
from tests.support.themes import dress
from tests.support.window_world import WindowWorld, window_world

CTRL = Qt.KeyboardModifier.ControlModifier
ASKS = Mock(
    "confirm",
    (
        Rule(Reply('{"ok":true}'), name="small orders", when=When(payload=PayloadMatch(contains="small"))),
        Rule(Fail(1602, "refused"), when=When(payload=PayloadMatch(contains="no"))),
        Rule(Ask()),
    ),
)


@pytest.fixture
async def world(qtbot: QtBot, qapp: QApplication) -> AsyncIterator[WindowWorld]:
    dress(qapp)
    async with window_world(qtbot) as made:
        await made.join()
        made.session.mocks.add([ASKS])
        made.window.activateWindow()
        await made.until(made.window.isActiveWindow, "itself as the active window")
        yield made
        asked = [task for task in asyncio.all_tasks() if task.get_name().startswith("asked")]
    await asyncio.gather(*asked, return_exceptions=True)


class Asked:
    """A call to `confirm`, and the task that waits for its answer."""

    def __init__(self, incoming: IncomingCall, answer: "asyncio.Task[str]") -> None:
        self.incoming = incoming
        self.answer = answer


async def ask(world: WindowWorld, payload: str, timeout_s: float = 30.0) -> Asked:
    """Call `confirm`, and return once the window shows that the call waits."""
    before = world.panels.waiting.waiting()
    incoming = world.server.call("me", "confirm", payload, timeout_s=timeout_s)
    answer = asyncio.create_task(incoming.answer(), name=f"asked {payload}")
    await world.until(lambda: world.panels.waiting.waiting() > before, "the waiting call")
    return Asked(incoming, answer)


def find(world: WindowWorld, kind: type[QWidget], name: str) -> QWidget:
    found = [w for w in world.window.findChildren(kind) if w.accessibleName() == name and w.isVisible()]
    assert found, f"no visible {kind.__name__} called {name!r}"
    return found[0]


def push(world: WindowWorld, name: str) -> None:
    QTest.mouseClick(find(world, QAbstractButton, name), Qt.MouseButton.LeftButton)


def type_reply(world: WindowWorld, text: str) -> QWidget:
    editor = find(world, QPlainTextEdit, "Answer to the call")
    editor.setFocus()
    QTest.keyClicks(editor, text)
    return editor


def tab(world: WindowWorld) -> str:
    return world.window._bottom_panels.tabs.tabText(2)


def row_outcome(world: WindowWorld, row: int = 0) -> str:
    model = world.panels.log.model
    rows = [index for index in range(model.rowCount()) if model.call_in(index) is not None]
    return str(model.index(rows[row], Column.OUTCOME).data()) if row < len(rows) else ""


async def test_a_waiting_call_is_seen_at_once_and_takes_no_focus(world: WindowWorld) -> None:
    field = world.panels.log.bar.field
    field.setFocus()
    await ask(world, "large order", timeout_s=8.0)
    await world.until(lambda: world.panels.waiting_chip.isVisible(), "the chip")
    assert world.panels.waiting_chip.words.text().startswith("1 call waits for you · ")
    assert world.panels.waiting_chip.words.text().endswith(" s left")
    assert tab(world) == "Waiting (1)"
    assert field.hasFocus()
    assert world.panels.mocks.isVisible(), "what was in front stays there"
    await world.until(lambda: row_outcome(world).startswith("◔ waits "), "the time left in the log")
    first = world.panels.waiting_chip.words.text()
    await world.until(lambda: world.panels.waiting_chip.words.text() != first, "the time running")


async def test_json_is_sent_compact_and_the_row_goes(world: WindowWorld) -> None:
    asked = await ask(world, '{"total": 250}')
    push(world, "Answer the waiting call")
    assert not world.panels.waiting_chip.isVisible(), "the panel in front says it all"
    assert QApplication.focusWidget() is find(world, QPlainTextEdit, "Answer to the call")
    assert "web → confirm" in world.panels.waiting._of.text()
    editor = type_reply(world, '{ "ok": true, "n": 1.0 }')
    await world.until(lambda: "sent as compact JSON, 19 B" in world.panels.waiting.answer.words(), "the look")
    QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)
    assert await asked.answer == '{"ok":true,"n":1.0}'
    await world.until(lambda: world.panels.waiting.waiting() == 0, "the row gone")
    assert tab(world) == "Waiting"
    (call,) = calls(world.session)
    assert (call.outcome, call.response) == (Outcome.OK, '{"ok":true,"n":1.0}')


async def test_broken_json_is_not_sent_until_a_person_wants_it_as_it_is(world: WindowWorld) -> None:
    asked = await ask(world, "")
    push(world, "Answer the waiting call")
    editor = type_reply(world, '{"ok": tru')
    QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)
    assert "Not sent: no JSON from line 1, column 8" in world.panels.waiting.answer.words()
    assert not asked.answer.done()
    box = find(world, QAbstractButton, "Send JSON compact")
    await world.until(box.isEnabled, "that it is meant as JSON")
    QTest.keyClick(box, Qt.Key.Key_Space)
    push(world, "Send the answer")
    assert await asked.answer == '{"ok": tru'


async def test_an_error_is_sent_with_code_message_and_data(world: WindowWorld) -> None:
    asked = await ask(world, "")
    push(world, "Answer the waiting call")
    push(world, "Answer by hand: Error")
    code = find(world, QLineEdit, "Code of the answer")
    code.setFocus()
    QTest.keyClick(code, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(code, "many")
    QTest.keyClick(code, Qt.Key.Key_Return, CTRL)
    assert "the code of an error is a whole number" in world.panels.waiting.answer.words()
    QTest.keyClick(code, Qt.Key.Key_A, CTRL)
    QTest.keyClicks(code, "1777")
    QTest.keyClicks(find(world, QLineEdit, "Message of the answer"), "not today")
    QTest.keyClicks(find(world, QPlainTextEdit, "Data of the answer"), "[1]")
    QTest.keyClick(code, Qt.Key.Key_Return, CTRL)
    with pytest.raises(RpcFailure) as refused:
        await asked.answer
    assert (refused.value.code, refused.value.message, refused.value.data) == (1777, "not today", "[1]")


async def test_saved_answers_are_those_of_the_other_rules_and_of_earlier_calls(world: WindowWorld) -> None:
    first = await ask(world, "one")
    push(world, "Answer the waiting call")
    QTest.keyClick(type_reply(world, "by hand"), Qt.Key.Key_Return, CTRL)
    assert await first.answer == "by hand"
    await world.until(lambda: world.panels.waiting.waiting() == 0, "the row gone")

    second = await ask(world, "two")
    push(world, "Saved answers")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    titles = [action.text() for action in menu.actions()]
    assert titles == [
        'rule 1 "small orders": {"ok":true}',
        'rule 2: error 1602 "refused"',
        "Earlier: by hand",
    ]
    QTest.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(menu.actions()[0]).center())
    push(world, "Send the answer")
    assert await second.answer == '{"ok":true}'


async def test_a_half_typed_answer_survives_other_calls_coming_and_going(world: WindowWorld) -> None:
    first = await ask(world, "first")
    second = await ask(world, "second")
    push(world, "Answer the waiting call")
    table = world.panels.waiting.table
    QTest.keyClick(table, Qt.Key.Key_Down)
    editor = type_reply(world, "half an ans")
    third = await ask(world, "third")
    first.incoming.cancel(CancelReason.RESPONSE_TIMEOUT)
    await world.until(lambda: world.panels.waiting.waiting() == 2, "the first gone")
    with pytest.raises(RpcFailure, match="1502"):
        await first.answer
    assert editor.hasFocus()
    QTest.keyClicks(editor, "wer")
    QTest.mouseClick(
        table.viewport(),
        Qt.MouseButton.LeftButton,
        pos=table.visualRect(table.model().index(1, HeldColumn.CALLER)).center(),
    )
    assert world.panels.waiting.answer.draft().text == ""
    table.setFocus()
    QTest.keyClick(table, Qt.Key.Key_Up)
    assert world.panels.waiting.answer.draft().text == "half an answer"
    push(world, "Send the answer")
    assert await second.answer == "half an answer"
    assert not third.answer.done()


async def test_an_answer_that_is_being_written_when_time_is_up_goes_to_no_other_call(
    world: WindowWorld,
) -> None:
    first = await ask(world, "first")
    second = await ask(world, "second")
    push(world, "Answer the waiting call")
    editor = type_reply(world, "for the first")
    first.incoming.cancel(CancelReason.RESPONSE_TIMEOUT)
    await world.until(lambda: world.panels.waiting.waiting() == 1, "the first gone")
    assert "Too late" in world.panels.waiting._of.text()
    assert editor.hasFocus()
    QTest.keyClick(editor, Qt.Key.Key_Return, CTRL)
    assert not second.answer.done()
    with pytest.raises(RpcFailure, match="1502"):
        await first.answer
    assert calls(world.session)[0].code == 1502

    QTest.keyClick(editor, Qt.Key.Key_Escape)
    assert world.panels.waiting.table.hasFocus()
    assert "Too late" not in world.panels.waiting._of.text()
    assert world.panels.waiting.answer.draft().text == ""
    world.desk.waiting.begin_answer()
    push(world, "Saved answers")
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.actions()[-1].text() == "Written too late for confirm: for the first"
    menu.close()


async def test_what_nobody_was_writing_to_makes_room_for_the_next_call(world: WindowWorld) -> None:
    first = await ask(world, "first")
    await ask(world, "second")
    first.incoming.cancel(CancelReason.RESPONSE_TIMEOUT)
    await world.until(lambda: world.panels.waiting.waiting() == 1, "the first gone")
    with pytest.raises(RpcFailure, match="1502"):
        await first.answer
    assert world.panels.waiting.payload.payload() == "second"


async def test_the_task_bar_asks_for_attention_only_where_the_window_is_behind(
    world: WindowWorld, monkeypatch: pytest.MonkeyPatch
) -> None:
    alerted: list[QWidget] = []
    monkeypatch.setattr(QApplication, "alert", lambda window, *_: alerted.append(window))
    await ask(world, "in front")
    assert alerted == []
    other = QWidget()
    other.show()
    other.activateWindow()
    await world.until(lambda: not world.window.isActiveWindow(), "the window behind")
    await ask(world, "behind")
    assert alerted == [world.window]
    other.close()


async def test_nobody_is_there_once_the_window_goes(world: WindowWorld) -> None:
    world.let_window_go()
    with pytest.raises(RpcFailure, match="nobody to ask"):
        await world.server.call("me", "confirm", "").answer()


async def test_150_waiting_calls_tick_without_holding_up_the_window(world: WindowWorld) -> None:
    for number in range(150):
        incoming = world.server.call("me", "confirm", f"order {number}")
        asyncio.create_task(incoming.answer(), name=f"asked {number}")  # noqa: RUF006 - ended by the fixture
    await world.until(lambda: world.panels.waiting.waiting() == 150, "all of them")
    push(world, "Answer the waiting call")
    before = time.process_time()  # not the wall's: others may use the machine
    for _ in range(20):
        world.desk.waiting.tick()
        QApplication.processEvents()
    assert time.process_time() - before < 20 * 0.03, "a tick, ten a second, with all it draws anew"
