"""What the log panel draws, and how wide its columns are."""

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QFontMetrics, QImage, QPaintEvent, QRegion
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.calls import Direction, Outcome
from inspector.gui.docks.log import LogPanel
from inspector.gui.models.log_columns import Column
from inspector.gui.theme import DARK, LIGHT, apply_theme, mono_font
from tests.gui.log_panel_hands import LEFT, NO_KEYS, click, open_panel, pixels, rows_come
from tests.support.filled_log import START, FilledLog


@pytest.fixture
def filled() -> FilledLog:
    return FilledLog()


@pytest.fixture
def panel(filled: FilledLog, qtbot: QtBot, qapp: QApplication) -> Iterator[LogPanel]:
    with open_panel(filled, qtbot, qapp) as panel:
        yield panel


def test_bars_have_the_colour_of_the_direction_or_of_the_error(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok(direction=Direction.IN)
    filled.now = START + 1
    filled.failed()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    assert DARK.incoming in pixels(panel, 0, Column.TIMELINE)
    assert DARK.error in pixels(panel, 1, Column.TIMELINE)


def test_a_selected_row_is_filled_and_a_focused_one_has_a_ring(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    panel.show_wire(True)
    rows_come(qtbot, panel, filled, 2)
    click(panel, 0)
    panel.table.setFocus()
    for column in Column:
        assert {DARK.selection, DARK.accent} <= pixels(panel, 0, column)
        assert not {DARK.selection, DARK.accent} & pixels(panel, 1, column)
    panel.focus_filter()
    assert DARK.accent not in pixels(panel, 0, Column.METHOD)


def test_the_ring_moves_whole_also_to_an_event_which_is_never_selected(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    rows_come(qtbot, panel, filled, 1)
    filled.event("agent")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    panel.table.setFocus()
    click(panel, 0)
    for row in (1, 0):
        QApplication.processEvents()
        painted = PaintedRegion(panel.table.viewport())
        click(panel, row)
        assert panel.table.currentIndex().row() == row
        QApplication.processEvents()
        for column in Column:
            for either in (0, 1):
                cell = panel.table.visualRect(panel.model.index(either, column))
                assert painted.region.contains(cell.center())


class PaintedRegion(QObject):
    """What was painted of a widget since this was made."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.region = QRegion()
        widget.installEventFilter(self)

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if isinstance(event, QPaintEvent):
            self.region += event.region()
        return False


def test_another_theme_is_taken_over(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog, qapp: QApplication
) -> None:
    filled.ok()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    assert DARK.text in pixels(panel, 0, Column.METHOD)
    apply_theme(qapp, LIGHT)
    assert LIGHT.text in pixels(panel, 0, Column.METHOD)
    assert DARK.text not in pixels(panel, 0, Column.METHOD)


def test_the_text_of_an_event_runs_across_the_columns(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.event("a-participant-with-a-rather-long-identity-so-that-it-needs-room")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    assert DARK.faint not in pixels(panel, 0, Column.TIME)
    for column in (Column.DIRECTION, Column.FLOW, Column.METHOD):
        assert len(pixels(panel, 0, column)) > 1


def test_a_pending_call_in_sight_ticks_until_it_settles(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    call_id = filled.pending()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    before = pixels(panel, 0, Column.OUTCOME)
    assert panel.model.is_ticking
    filled.now = START + 8.8
    with qtbot.waitSignal(panel.model.pending_ticked):
        pass
    assert panel.model.data(panel.model.index(0, Column.OUTCOME)) == "… 8.8 s"
    filled.end(call_id, Outcome.STOPPED)
    qtbot.waitUntil(lambda: not panel.model.is_ticking)
    assert pixels(panel, 0, Column.OUTCOME) != before


def test_a_hidden_log_does_not_tick(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    filled.pending()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    panel.hide()
    qtbot.waitUntil(lambda: not panel.model.is_ticking)


def test_nothing_is_cut_at_the_width_it_was_drawn_for(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    rows_come(qtbot, panel, filled, 100)
    for width in (748, 700, 1200):
        panel.resize(width, 545)
        qtbot.waitUntil(lambda: panel.table.horizontalScrollBar().maximum() == 0)
        assert panel.table.columnWidth(Column.TIMELINE) >= 50


def test_widths_that_a_person_set_are_kept(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    header = panel.table.horizontalHeader()
    edge = QPoint(header.sectionViewportPosition(Column.METHOD) - 1, header.height() // 2)
    with qtbot.waitSignal(panel.state_changed):
        QTest.mousePress(header.viewport(), LEFT, NO_KEYS, edge)
        QTest.mouseMove(header.viewport(), edge + QPoint(-40, 0))
        QTest.mouseRelease(header.viewport(), LEFT, NO_KEYS, edge + QPoint(-40, 0))
    width = panel.table.columnWidth(Column.FLOW)
    state = panel.state()
    other = LogPanel(filled.log, now=filled.clock)
    qtbot.addWidget(other)
    assert other.restore_state(state)
    other.resize(1400, 545)
    other.show()
    assert other.table.columnWidth(Column.FLOW) == width
    assert other.table.columnWidth(Column.METHOD) > panel.table.columnWidth(Column.METHOD)
    other.close_log()


def test_a_double_click_on_the_edge_of_a_column_makes_room_for_its_longest_text_in_sight(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    method = "a_method_with_a_name_that_is_rather_long"
    filled.ok(method)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    cut = panel.table.columnWidth(Column.METHOD)
    header = panel.table.horizontalHeader()
    edge = QPoint(header.sectionViewportPosition(Column.OUTCOME) - 1, header.height() // 2)
    QTest.mouseDClick(header.viewport(), LEFT, NO_KEYS, edge)
    text_px = QFontMetrics(mono_font()).horizontalAdvance(method)
    assert panel.table.columnWidth(Column.METHOD) >= text_px > cut


@pytest.mark.parametrize("state", [b"", b"nonsense", b"log-columns-2:", b"log-columns-2:\x00nonsense"])
def test_widths_that_cannot_be_read_are_left_alone(panel: LogPanel, state: bytes) -> None:
    before = [panel.table.columnWidth(column) for column in Column]
    assert not panel.restore_state(state)
    assert [panel.table.columnWidth(column) for column in Column] == before


def test_a_faulted_call_has_a_tag_behind_its_outcome(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok(fault="1 delay")
    filled.ok()
    filled.pending(fault="2 drop_request")
    filled.ok(fault="a name far too long for the column of outcomes")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 4)
    for row, has_tag in enumerate((True, False, True, True)):
        assert (DARK.warning in pixels(panel, row, Column.OUTCOME)) is has_tag, row
    index = panel.model.index(0, Column.OUTCOME)
    assert "fault 1 delay" in str(panel.model.data(index, Qt.ItemDataRole.ToolTipRole))
    assert "fault 1 delay" in str(panel.model.data(index, Qt.ItemDataRole.AccessibleTextRole))


def test_the_wire_has_its_column_once_there_is_something_in_it(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    filled.ok(wire="v1")
    filled.ok(wire="server-api")
    filled.ok()
    qtbot.waitUntil(lambda: panel.model.rowCount() == 3)
    assert panel.table.isColumnHidden(Column.WIRE)
    panel.show_wire(True)
    assert [panel.model.data(panel.model.index(row, Column.WIRE)) for row in range(3)] == ["v1", "API", ""]
    assert DARK.secondary in pixels(panel, 0, Column.WIRE)
    assert panel.table.columnWidth(Column.TIMELINE) >= 50
    state = panel.state()
    panel.show_wire(False)
    assert panel.restore_state(state)
    assert panel.table.isColumnHidden(Column.WIRE), "what was seen in an earlier run does not show it"


def test_at_the_windows_first_size_names_are_not_cut(
    qtbot: QtBot, panel: LogPanel, filled: FilledLog
) -> None:
    panel.show_wire(True)
    panel.resize(747, 400)
    filled.ok(caller="web-frontend", destination="agent-weather", fault="3 error", wire="v2")
    qtbot.waitUntil(lambda: panel.model.rowCount() == 1)
    assert panel.table.sizeHintForIndex(panel.model.index(0, Column.FLOW)).width() <= panel.table.columnWidth(
        Column.FLOW
    )


def test_of_a_rules_name_no_stump_is_shown(qtbot: QtBot, panel: LogPanel, filled: FilledLog) -> None:
    names = ("slow for the web", "the rest of them all")
    for name in names:
        filled.ok(mock="get_weather", rule=name)
    qtbot.waitUntil(lambda: panel.model.rowCount() == 2)
    cells = [panel.model.index(row, Column.OUTCOME) for row in range(2)]

    def drawn() -> list[QImage]:
        return [panel.table.viewport().grab(panel.table.visualRect(cell)).toImage() for cell in cells]

    narrow = drawn()
    assert narrow[0] == narrow[1], "that there is a rule is all there is room for"
    assert DARK.secondary in pixels(panel, 0, Column.OUTCOME)
    for cell, name in zip(cells, names, strict=True):
        assert name in str(panel.model.data(cell, Qt.ItemDataRole.ToolTipRole))
    panel.table.setColumnWidth(Column.OUTCOME, 200)
    wide = drawn()
    assert wide[0] != wide[1]
