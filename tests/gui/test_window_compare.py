"""Two calls of the log are compared, by keys and by menu."""

import json
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QPushButton

from inspector.core.calls import CallError, Outcome
from inspector.core.log import CallLog
from tests.support.records import a_call
from tests.support.window import ProgramUnderTest

Use = Callable[..., None]
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def answered(log: CallLog, response: object, ms: float = 10.0, **fields: object) -> str:
    text = json.dumps(response)
    call = a_call(log.new_id(), payload='{"city":"Oslo"}', payload_bytes=15, **fields)
    log.open(call)
    log.change(call.id, outcome=Outcome.OK, response=text, response_bytes=len(text), elapsed_ms=ms)
    return call.id


async def until_compared(program: ProgramUnderTest, a: str, b: str, said: str) -> str:
    panel = program.panels.compare
    await program.until(
        lambda: panel.isVisible() and panel.compared() == (a, b) and said in panel.summary.text(), said
    )
    return panel.view.toPlainText()


def test_two_selected_calls_are_compared_the_older_first(use: Use) -> None:
    async def act(program: ProgramUnderTest) -> None:
        log = program.session.log
        first = answered(log, {"city": "Oslo", "sky": "cloudy"}, 100.0, started_at=1e9)
        answered(log, {"other": 1}, method="ping", started_at=1e9 + 1)
        second = answered(log, {"sky": "rain", "city": "Oslo"}, 250.0, started_at=1e9 + 2)
        table = program.panels.log.table
        await program.until(lambda: program.panels.log.model.rowCount() == 3, "the calls")
        program.click_row(table, 2)
        place = table.visualRect(table.model().index(0, 0)).center()
        QTest.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, CTRL, place)
        await program.press(Qt.Key.Key_D, CTRL | SHIFT)

        shown = await until_compared(program, first, second, "~1")
        assert '~   "sky": "cloudy" \u2192 "rain"' in shown
        assert "~1 \u00b7 3 equal" in program.panels.compare.summary.text(), "moved keys are no difference"
        facts = program.panels.compare.facts.lines()
        assert "total: A 100 ms, B 250 ms, +150 ms" in facts

        await program.click_on(QPushButton, "Swap A and B")
        assert '"rain" \u2192 "cloudy"' in await until_compared(program, second, first, "~1")
        await program.click_on(QPushButton, "Copy the comparison")
        copied = QGuiApplication.clipboard().text()
        assert "total: A 250 ms, B 100 ms, \u2212150 ms" in copied
        assert '~   "sky": "rain" \u2192 "cloudy"' in copied

    use(act)


def test_a_call_is_compared_with_the_one_of_its_method_before_it(use: Use) -> None:
    async def act(program: ProgramUnderTest) -> None:
        log = program.session.log
        answered(log, {"city": "Bergen"}, destination="another")
        first = answered(log, {"city": "Oslo"})
        answered(log, "pong", method="ping")
        second = a_call(log.new_id(), payload='{"city":"Rome"}', payload_bytes=15)
        log.open(second)
        error = CallError(1500, "APPLICATION_ERROR", "no such city")
        log.change(second.id, outcome=Outcome.ERROR, error=error, elapsed_ms=3.0)
        await program.until(lambda: program.panels.log.model.rowCount() == 4, "the calls")
        program.click_row(program.panels.log.table, 3)
        await program.press(Qt.Key.Key_P, CTRL)

        shown = await until_compared(program, first, second.id, "equal")
        assert '"no such city"' in shown
        await program.click_on(QAbstractButton, "Compare: Request")
        await program.until(lambda: "Rome" in program.panels.compare.view.toPlainText(), "the requests")

    use(act)


def test_it_says_what_is_missing_where_nothing_can_be_compared(use: Use) -> None:
    async def act(program: ProgramUnderTest) -> None:
        notices = program.panels.notices
        await program.press(Qt.Key.Key_P, CTRL)
        await program.until(lambda: notices.text == "Select a call in the log first.", "what to do")
        answered(program.session.log, 1)
        await program.until(lambda: program.panels.log.model.rowCount() == 1, "the call")
        program.click_row(program.panels.log.table, 0)
        await program.press(Qt.Key.Key_P, CTRL)
        await program.until(lambda: "no earlier call of this method" in notices.text, "that there is none")
        await program.press(Qt.Key.Key_D, CTRL | SHIFT)
        await program.until(lambda: "Select two calls" in notices.text, "what to do")
        assert program.panels.compare.compared() is None

    use(act)


def test_side_by_side_it_shares_the_composers_place(use: Use) -> None:
    async def act(program: ProgramUnderTest) -> None:
        program.window.resize(1700, 900)
        panels = program.panels
        await program.until(lambda: panels.details.isVisible() and panels.composer.isVisible(), "both")
        program.window.show_compare()
        await program.until(lambda: panels.compare.isVisible() and not panels.composer.isVisible(), "compare")
        assert panels.details.isVisible()
        program.window.show_composer()
        await program.until(
            lambda: panels.composer.isVisible() and not panels.compare.isVisible(), "composer"
        )

    use(act)
