"""Calls selected in the log panel, by key and mouse."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inspector.gui.docks.log import LogPanel
from inspector.gui.models.log_columns import Column
from tests.gui.log_panel_hands import CONTROL, SHIFT, click, middle, open_panel, press, rows_come, write
from tests.support.filled_log import FilledLog


@pytest.fixture
def filled() -> FilledLog:
    return FilledLog()


@pytest.fixture
def panel(filled: FilledLog, qtbot: QtBot, qapp: QApplication) -> Iterator[LogPanel]:
    with open_panel(filled, qtbot, qapp) as panel:
        yield panel


def test_the_keyboard_passes_over_events(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    filled.event()
    first = filled.ok()
    filled.event()
    filled.event()
    second = filled.ok()
    filled.event()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 6)
    told: list[list[str]] = []
    panel.selection_changed.connect(told.append)
    for key in ("Home", "Down", "Down", "Up", "End", "PageUp"):
        press(panel, Qt.Key[f"Key_{key}"])
    assert told == [[first], [second], [first], [second], [first]]


def test_the_first_key_selects_the_newest_call_in_sight(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    ids = rows_come(qtbot, panel, filled, 100)
    press(panel, Qt.Key.Key_Down)
    assert panel.table.selected_ids() == [ids[-1]]
    press(panel, Qt.Key.Key_Escape)
    press(panel, Qt.Key.Key_Home)
    assert panel.table.selected_ids() == [ids[0]]


def test_no_row_gets_the_ring_because_the_window_came_back(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    panel.table.setFocus()
    ids = rows_come(qtbot, panel, filled, 3)
    other = QWidget()
    qtbot.addWidget(other)
    other.show()
    other.activateWindow()
    qtbot.waitUntil(other.isActiveWindow)
    panel.activateWindow()
    qtbot.waitUntil(panel.table.hasFocus)
    assert not panel.table.currentIndex().isValid()
    press(panel, Qt.Key.Key_Down)
    assert panel.table.selected_ids() == [ids[-1]]


def test_several_calls_are_selected_and_the_last_one_is_told_last(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    ids = rows_come(qtbot, panel, filled, 5)
    click(panel, 3)
    click(panel, 1, CONTROL)
    assert panel.table.selected_ids() == [ids[3], ids[1]]
    click(panel, 4)
    press(panel, Qt.Key.Key_Up, SHIFT)
    press(panel, Qt.Key.Key_Up, SHIFT)
    assert panel.table.selected_ids() == [ids[3], ids[4], ids[2]]
    press(panel, Qt.Key.Key_A, CONTROL)
    assert sorted(panel.table.selected_ids()) == sorted(ids)


def test_a_click_on_an_event_selects_nothing_and_does_not_stop_following(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok()
    filled.event()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    click(panel, 1)
    assert panel.table.selected_ids() == []
    assert panel.bar.follow.isChecked()


def test_letters_typed_in_the_table_do_not_search_it_row_by_row(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    rows_come(qtbot, panel, filled, 3)
    first_letter = str(panel.model.data(panel.model.index(1, Column.TIME)))[0]
    panel.table.setFocus()
    QTest.keyClicks(panel.table, first_letter)
    assert panel.table.selected_ids() == []


def test_a_selected_call_stays_selected_through_a_filter_that_shows_it(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok("ping")
    kept = filled.ok("get_weather")
    for _ in range(20_000):
        filled.ok("get_filler")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 20_002)
    assert panel.select_call(kept)
    told: list[list[str]] = []
    panel.selection_changed.connect(told.append)
    write(panel, "get")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 20_001 and not panel.model.is_searching)
    assert panel.table.selected_ids() == [kept]
    assert told == []
    place = panel.table.visualRect(panel.model.index(0, 0))
    assert panel.table.viewport().rect().contains(place.center())
    panel.clear_filter()
    assert panel.table.selected_ids() == [kept]
    assert told == []


def test_a_selection_is_not_told_in_parts_while_a_search_finds_it_again(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    old = filled.ok("get_old")
    for _ in range(20_000):
        filled.ok("get_filler")
    new = filled.ok("get_new")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 20_002)
    click(panel, 20_001)
    panel.table.scrollToTop()
    click(panel, 0, CONTROL)
    assert panel.table.selected_ids() == [new, old]
    told: list[list[str]] = []
    panel.selection_changed.connect(told.append)
    write(panel, "get")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 20_002 and not panel.model.is_searching)
    assert panel.table.selected_ids() == [new, old]
    assert told == []


def test_a_selected_call_stays_in_its_place_while_a_search_finds_older_ones(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    for _ in range(20_000):
        filled.ok("get_filler")
    new = filled.ok("get_new")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 20_001)
    assert panel.select_call(new)
    with qtbot.waitSignal(panel.model.modelReset):
        write(panel, "get")
    row = panel.model.row_of_call(new)
    assert row is not None
    assert row < 20_000
    place = middle(panel, row)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 20_001)
    assert middle(panel, 20_000) == place


def test_a_selected_call_that_a_filter_hides_is_not_selected_any_more(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok("ping")
    hidden = filled.ok("get_weather")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    assert panel.select_call(hidden)
    with qtbot.waitSignal(panel.selection_changed) as told:
        write(panel, "ping")
    assert told.args == [[]]
    assert panel.bar.follow.isChecked()


def test_a_call_is_selected_before_the_next_tick_has_shown_it(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    rows_come(qtbot, panel, filled, 2)
    call_id = filled.pending()
    with qtbot.waitSignal(panel.selection_changed) as told:
        assert panel.select_call(call_id)
    assert told.args == [[call_id]]


def test_a_call_that_cannot_be_seen_is_explained(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    call_id = filled.ok("ping")
    write(panel, "get")
    qtbot.waitUntil(lambda: not panel.model.is_searching)
    with qtbot.waitSignal(panel.noticed) as told:
        assert not panel.select_call(call_id)
    assert "hidden" in str(told.args)
    with qtbot.waitSignal(panel.noticed) as told:
        assert not panel.select_call("run-99")
    assert "no longer" in str(told.args)


def test_the_next_error_is_found_from_the_selected_call_and_comes_round(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    with qtbot.waitSignal(panel.noticed) as told:
        assert not panel.next_error()
    assert told.args == ["None of the calls shown has failed."]
    filled.ok()
    first = filled.failed()
    filled.ok()
    second = filled.failed()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 4)
    found = []
    for _ in range(3):
        assert panel.next_error()
        found += panel.table.selected_ids()
    assert found == [first, second, first]
