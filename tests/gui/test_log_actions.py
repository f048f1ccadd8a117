"""What is done with selected calls: copied, sent again, stopped."""

import json
from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from pytestqt.qtbot import QtBot

from inspector.core.calls import Direction
from inspector.gui.docks.log import LogPanel
from inspector.gui.models.log_columns import Column
from tests.gui.log_panel_hands import (
    CONTROL,
    NO_KEYS,
    SHIFT,
    click,
    middle,
    open_panel,
    press,
    shows,
)
from tests.support.filled_log import FilledLog


@pytest.fixture
def filled() -> FilledLog:
    return FilledLog()


@pytest.fixture
def panel(filled: FilledLog, qtbot: QtBot, qapp: QApplication) -> Iterator[LogPanel]:
    with open_panel(filled, qtbot, qapp) as panel:
        yield panel


def test_control_c_copies_a_line_for_each_call(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    filled.ok("get_weather")
    filled.event()
    filled.failed("ping")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    press(panel, Qt.Key.Key_A, CONTROL)
    with qtbot.waitSignal(panel.noticed) as told:
        press(panel, Qt.Key.Key_C, CONTROL)
    assert told.args == ["Copied 2 calls as text."]
    lines = QGuiApplication.clipboard().text().split("\n")
    assert [line.split("\t")[3:5] for line in lines] == [
        ["get_weather", "ok"],
        ["ping", "error 1502 RESPONSE_TIMEOUT"],
    ]


def test_calls_are_copied_as_records_of_one_line(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    call_id = filled.ok("get_weather", payload='{"city": "Oslo"}')
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    click(panel, 0)
    press(panel, Qt.Key.Key_C, CONTROL | SHIFT)
    record = json.loads(QGuiApplication.clipboard().text())
    assert (record["id"], record["payload"]) == (call_id, '{"city": "Oslo"}')


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize("opened_by", [Qt.Key.Key_Menu, Qt.Key.Key_F10])
def test_the_menu_of_a_call_opens_by_key_and_offers_what_can_be_done(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog, opened_by: Qt.Key
) -> None:
    call_id = filled.ok(payload="sent", response="got")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    click(panel, 0)
    press(panel, opened_by, SHIFT if opened_by is Qt.Key.Key_F10 else NO_KEYS)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    actions = {action.text(): action for action in menu.actions() if action.text()}
    assert list(actions) == [
        "Resend",
        "Edit && resend",
        "Mock it",
        "Show the rule",
        "Stop waiting",
        "Compare the two",
        "Compare with the previous",
        "Copy as text",
        "Copy as JSON",
        "Copy as CSV",
        "Copy as Mermaid diagram",
        "Copy payload",
        "Copy response",
        "Only method:get_weather",
        "Not method:get_weather",
        "Only calls of inspector",
        "Only calls of agent-weather",
    ]
    assert [text for text, action in actions.items() if not action.isEnabled()] == [
        "Show the rule",
        "Stop waiting",
        "Compare the two",
    ]
    with qtbot.waitSignal(panel.resend_requested) as wished:
        actions["Resend"].trigger()
    assert wished.args == [call_id]
    with qtbot.waitSignal(panel.edit_requested) as wished:
        actions["Edit && resend"].trigger()
    assert wished.args == [call_id]
    actions["Copy payload"].trigger()
    assert QGuiApplication.clipboard().text() == "sent"
    actions["Copy response"].trigger()
    assert QGuiApplication.clipboard().text() == "got"
    actions["Only calls of agent-weather"].trigger()
    assert panel.bar.scope.text() == "agent-weather  ✕"
    menu.close()


@pytest.mark.qt_log_ignore("This plugin does not support")
@pytest.mark.parametrize(
    ("column", "wished", "filter_text", "methods"),
    [
        (Column.METHOD, "Only method:ping", "method:ping", ["ping"]),
        (Column.METHOD, "Not method:ping", "-method:ping", ["get_weather", "get_weather"]),
        (Column.OUTCOME, "Only code:1502", "code:1502", ["ping"]),
        (Column.OUTCOME, "Not code:1502", "-code:1502", ["get_weather", "get_weather"]),
        (Column.DIRECTION, "Not dir:out", "-dir:out", []),
        (Column.FLOW, "Only to:agent-weather", "to:agent-weather", ["get_weather", "ping", "get_weather"]),
    ],
)
def test_the_menu_of_a_cell_asks_for_its_value_alone_or_leaves_it_out(
    qtbot: QtBot,
    panel: LogPanel,
    filled: FilledLog,
    column: Column,
    wished: str,
    filter_text: str,
    methods: list[str],
) -> None:
    filled.ok("get_weather")
    filled.failed("ping")
    filled.ok("get_weather")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    QTest.mouseClick(panel.table.viewport(), Qt.MouseButton.LeftButton, pos=middle(panel, 1, column))
    press(panel, Qt.Key.Key_Menu)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    (action,) = (action for action in menu.actions() if action.text() == wished)
    action.trigger()
    menu.close()
    assert panel.bar.field.text() == filter_text
    shows(qtbot, panel, *methods)


def test_a_selection_is_copied_as_csv_and_as_a_diagram(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok("get_weather")
    filled.failed("ping")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    press(panel, Qt.Key.Key_A, CONTROL)
    panel.actions_on_calls.copy_csv.trigger()
    head, *rows = QGuiApplication.clipboard().text().splitlines()
    assert head.startswith("started_at,direction,caller")
    assert [row.split(",")[4] for row in rows] == ["get_weather", "ping"]
    with qtbot.waitSignal(panel.noticed) as told:
        panel.actions_on_calls.copy_diagram.trigger()
    assert told.args == ["Copied 2 calls as a diagram."]
    assert QGuiApplication.clipboard().text().startswith("sequenceDiagram\n")


def test_what_cannot_be_done_with_a_call_is_not_offered(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.pending(direction=Direction.IN)
    filled.pending()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    actions = panel.actions_on_calls
    assert not actions.copy_text.isEnabled()
    click(panel, 0)
    assert not actions.resend.isEnabled()
    assert actions.edit.isEnabled()
    assert not actions.stop.isEnabled()
    click(panel, 1)
    assert actions.resend.isEnabled()
    assert actions.stop.isEnabled()
    assert not actions.copy_response.isEnabled()


def test_stop_waiting_stops_every_selected_call_of_ours_that_is_under_way(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    first, second = filled.pending(), filled.pending()
    filled.ok()
    filled.pending(direction=Direction.IN)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 4)
    press(panel, Qt.Key.Key_A, CONTROL)
    stopped: list[str] = []
    panel.stop_requested.connect(stopped.append)
    panel.actions_on_calls.stop.trigger()
    assert sorted(stopped) == [first, second]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_any_selected_call_can_be_mocked_from_its_menu(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    call_id = filled.ok(direction=Direction.SEEN)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    click(panel, 0)
    press(panel, Qt.Key.Key_Menu, NO_KEYS)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    mock = next(action for action in menu.actions() if action.text() == "Mock it")
    assert mock.shortcut().toString() == "Ctrl+M"
    with qtbot.waitSignal(panel.mock_requested) as asked:
        qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(mock).center())
    assert asked.args == [[call_id]]
