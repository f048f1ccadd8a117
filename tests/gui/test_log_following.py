"""The log panel follows what is new, unless a person looks at something else or pauses it."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.gui.docks.log import LogPanel
from tests.gui.log_panel_hands import (
    LEFT,
    click,
    is_at_tail,
    middle,
    open_panel,
    press,
    rows_come,
    shows,
    wheel,
)
from tests.support.filled_log import FilledLog


@pytest.fixture
def filled() -> FilledLog:
    return FilledLog()


@pytest.fixture
def panel(filled: FilledLog, qtbot: QtBot, qapp: QApplication) -> Iterator[LogPanel]:
    with open_panel(filled, qtbot, qapp) as panel:
        yield panel


def test_the_log_stays_at_its_newest_call(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    rows_come(qtbot, panel, filled, 100)
    assert is_at_tail(panel)
    panel.resize(748, 300)
    qtbot.waitUntil(lambda: is_at_tail(panel))
    assert panel.bar.follow.text() == "Follow ✓"
    assert panel.pill.isHidden()


def test_scrolling_up_stops_and_the_pill_says_what_is_new_and_goes_back(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    rows_come(qtbot, panel, filled, 100)
    wheel(panel, 5)
    top = panel.table.rowAt(0)
    filled.event()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 101)
    rows_come(qtbot, panel, filled, 37)
    assert panel.table.rowAt(0) == top
    assert panel.bar.follow.text() == "Follow"
    assert panel.pill.isVisible()
    assert panel.pill.text() == "↓ 37 new"
    QTest.mouseClick(panel.pill, LEFT)
    assert is_at_tail(panel)
    assert panel.pill.isHidden()
    rows_come(qtbot, panel, filled, 5)
    assert is_at_tail(panel)


def test_scrolling_down_to_the_newest_call_follows_again(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    rows_come(qtbot, panel, filled, 100)
    wheel(panel, 5)
    rows_come(qtbot, panel, filled, 1)
    wheel(panel, -20)
    assert panel.bar.follow.isChecked()
    assert panel.pill.isHidden()


def test_it_never_scrolls_while_a_row_is_selected(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    rows_come(qtbot, panel, filled, 100)
    click(panel, 95)
    place = middle(panel, 95)
    assert not panel.bar.follow.isChecked()
    rows_come(qtbot, panel, filled, 20)
    assert middle(panel, 95) == place
    wheel(panel, -50)
    assert is_at_tail(panel)
    place = middle(panel, 119)
    rows_come(qtbot, panel, filled, 20)
    assert middle(panel, 119) == place
    assert panel.pill.text() == "↓ 20 new"


def test_escape_lets_go_of_the_row_and_follows_again_at_the_tail(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    rows_come(qtbot, panel, filled, 3)
    click(panel, 1)
    with qtbot.waitSignal(panel.selection_changed) as told:
        press(panel, Qt.Key.Key_Escape)
    assert told.args == [[]]
    assert panel.bar.follow.isChecked()


def test_the_follow_button_stops_and_goes_on(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    rows_come(qtbot, panel, filled, 100)
    QTest.mouseClick(panel.bar.follow, LEFT)
    rows_come(qtbot, panel, filled, 10)
    assert not is_at_tail(panel)
    click(panel, panel.table.rowAt(0))
    QTest.mouseClick(panel.bar.follow, LEFT)
    assert is_at_tail(panel)
    assert panel.table.selected_ids() == []


def test_rows_in_sight_stay_where_they_are_when_the_oldest_are_let_go(
    qtbot: QtBot, qapp: QApplication
) -> None:
    filled = FilledLog(entries=1000)
    panel = LogPanel(filled.log, now=filled.clock)
    qtbot.addWidget(panel)
    panel.resize(748, 545)
    panel.show()
    ids = rows_come(qtbot, panel, filled, 1000)
    click(panel, panel.table.rowAt(0))
    assert panel.select_call(ids[500])
    place = panel.table.visualRect(panel.model.index(500, 0))
    filled.ok("one_more")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 901)
    assert panel.model.row_of_call(ids[500]) == 400
    assert panel.table.visualRect(panel.model.index(400, 0)) == place
    assert panel.table.selected_ids() == [ids[500]]
    panel.close_log()


def test_a_paused_log_counts_what_comes_and_shows_it_afterwards(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    rows_come(qtbot, panel, filled, 3)
    QTest.mouseClick(panel.bar.pause, LEFT)
    assert panel.bar.pause.text() == "Resume"
    assert panel.pill.text() == "Paused"
    rows_come(qtbot, panel, filled, 12)
    assert panel.model.rowCount() == 3
    assert panel.pill.text() == "Paused · 12 new"
    QTest.mouseClick(panel.bar.pause, LEFT)
    assert panel.model.rowCount() == 15
    assert panel.bar.pause.text() == "Pause"
    assert panel.pill.isHidden()


def test_the_pill_of_a_paused_log_resumes_it(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    QTest.mouseClick(panel.bar.pause, LEFT)
    rows_come(qtbot, panel, filled, 2)
    QTest.mouseClick(panel.pill, LEFT)
    assert panel.model.rowCount() == 2
    assert not panel.bar.pause.isChecked()


def test_clear_forgets_settled_calls_and_keeps_pending_ones(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok("settled")
    filled.event()
    filled.pending("under_way")
    shows(qtbot, panel, "settled", "— robot-1 is joining", "under_way")
    QTest.mouseClick(panel.bar.clear, LEFT)
    shows(qtbot, panel, "under_way")
