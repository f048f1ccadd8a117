"""The log panel while it is empty, and its filter."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.gui.docks.log import LogPanel
from inspector.gui.theme import DARK
from tests.gui.log_panel_hands import LEFT, button_in, open_panel, shows, texts_of, write
from tests.support.filled_log import FilledLog


@pytest.fixture
def filled() -> FilledLog:
    return FilledLog()


@pytest.fixture
def panel(filled: FilledLog, qtbot: QtBot, qapp: QApplication) -> Iterator[LogPanel]:
    with open_panel(filled, qtbot, qapp) as panel:
        yield panel


def test_without_a_connection_an_empty_log_offers_to_connect(qtbot: QtBot, panel: LogPanel) -> None:
    assert "No calls yet" in texts_of(panel.empty)
    with qtbot.waitSignal(panel.connect_requested):
        QTest.mouseClick(button_in(panel.empty, "Connect…  Ctrl+O"), LEFT)
    with qtbot.waitSignal(panel.compose_requested):
        QTest.mouseClick(button_in(panel.empty, "Write a call"), LEFT)


def test_with_a_connection_an_empty_log_offers_a_call_and_names_mocks(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    panel.set_connected(True)
    assert "mock" in texts_of(panel.empty)
    assert "Connect" not in "".join(
        button.text() for button in panel.empty.findChildren(QPushButton) if button.isVisible()
    )
    with qtbot.waitSignal(panel.compose_requested):
        QTest.mouseClick(button_in(panel.empty, "Write a call"), LEFT)


def test_events_stand_above_what_an_empty_log_says(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    filled.event("robot-1")
    shows(qtbot, panel, "— robot-1 is joining")
    assert panel.empty.isVisible()
    assert panel.empty.y() >= panel.table.horizontalHeader().height() + 24
    for _ in range(30):
        filled.event("robot-1")
    qtbot.waitUntil(lambda: panel.empty.isHidden())


def test_the_first_call_takes_the_place_of_what_an_empty_log_says(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok()
    qtbot.waitUntil(lambda: panel.empty.isHidden())
    QTest.mouseClick(panel.bar.clear, LEFT)
    qtbot.waitUntil(lambda: panel.empty.isVisible())


def test_every_control_has_an_accessible_name(panel: LogPanel) -> None:
    for widget in panel.findChildren(QWidget):
        if widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            assert widget.accessibleName(), f"{widget} has no accessible name"


def test_typing_filters_and_says_how_many_there_are(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    filled.ok("get_weather", payload="Oslo")
    filled.event()
    filled.ok("ping")
    write(panel, "oslo")
    shows(qtbot, panel, "get_weather")
    assert panel.bar.field.note == "1 of 2"
    QTest.keyClick(panel.bar.field, Qt.Key.Key_Escape)
    shows(qtbot, panel, "get_weather", "— robot-1 is joining", "ping")
    assert panel.bar.field.note == ""


def test_a_filter_can_be_written_by_others(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    filled.ok("get_weather")
    filled.ok("ping")
    write(panel, "weather")
    panel.set_filter_text("ping")
    shows(qtbot, panel, "ping")
    assert panel.bar.field.text() == "ping"


def test_an_unfinished_quote_is_told_inside_the_field_and_the_last_good_filter_stays(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok("ping")
    filled.ok("get_weather", payload="new york")
    write(panel, "get")
    shows(qtbot, panel, "get_weather")
    QTest.keyClicks(panel.bar.field, ' "new y')
    assert panel.bar.field.note == "✕ the quote is not closed"
    assert panel.bar.field.property("invalid") is True
    assert panel.bar.field.accessibleDescription() == "the quote is not closed"
    shows(qtbot, panel, "get_weather")
    edge = panel.bar.field.grab().toImage().pixelColor(panel.bar.field.width() // 2, 0)
    assert edge == QColor(DARK.error)
    QTest.keyClicks(panel.bar.field, 'ork"')
    qtbot.waitUntil(lambda: panel.bar.field.note == "1 of 2")
    assert panel.bar.field.property("invalid") is False


def test_where_nothing_matches_the_log_says_so_and_offers_the_way_back(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok("ping")
    filled.ok("get_weather")
    panel.set_participant_scope("web-1")
    write(panel, "nothing")
    qtbot.waitUntil(lambda: "The filter hides 2 calls." in texts_of(panel.empty))
    assert "Only calls from or to web-1 are shown." in texts_of(panel.empty)
    QTest.mouseClick(button_in(panel.empty, "Clear the filter"), LEFT)
    shows(qtbot, panel, "ping", "get_weather")
    assert panel.bar.field.text() == ""
    assert panel.bar.scope.isHidden()


def test_a_participant_is_a_chip_that_a_click_removes(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok("ping", destination="robot-1")
    filled.ok("get_weather")
    panel.set_participant_scope("agent-weather")
    shows(qtbot, panel, "get_weather")
    assert panel.bar.scope.text() == "agent-weather  ✕"
    QTest.mouseClick(panel.bar.scope, LEFT)
    shows(qtbot, panel, "ping", "get_weather")
    assert panel.bar.scope.isHidden()


def test_a_chip_shows_a_name_as_it_is(panel: LogPanel) -> None:
    panel.set_participant_scope("<b>a & b</b>\x1b")
    assert panel.bar.scope.text() == "<b>a && b</b>\\u001b  ✕"
    assert "&lt;b&gt;" in panel.bar.scope.toolTip()


def test_down_goes_from_the_filter_to_the_calls(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    filled.ok()
    panel.focus_filter()
    QTest.keyClick(panel.bar.field, Qt.Key.Key_Down)
    assert panel.table.hasFocus()
