"""The table of mocks, as it gets narrower and lower."""

from collections.abc import Callable

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.core.mocks import Mock, Reply, Rule
from inspector.gui.models.mock_cells import Column
from inspector.gui.models.mocks_model import MocksModel
from inspector.gui.widgets.mocks_table import MocksTable
from inspector.session.mock_set import MockEntry

LEAST_NAME_PX = 140


@pytest.fixture
def table(show: Callable[..., None]) -> MocksTable:
    table, model = MocksTable(), MocksModel()
    table.show_model(model)
    model.set_entries(tuple(MockEntry(str(n), Mock(f"method_{n}", (Rule(Reply("")),))) for n in range(9)))
    table.fit_columns()
    show(table, 384, 300)
    return table


@pytest.mark.parametrize(
    ("width", "beside"),
    [(384, {Column.HITS, Column.LAST}), (240, {Column.HITS}), (190, set())],
    ids=["as drawn", "narrow", "very narrow"],
)
def test_names_keep_their_room_in_a_narrow_table(table: MocksTable, width: int, beside: set[Column]) -> None:
    table.resize(width, 300)
    header = table.header()
    assert {column for column in Column if not header.isSectionHidden(column)} == {Column.MOCK, *beside}
    assert header.sectionSize(Column.MOCK) >= LEAST_NAME_PX


def test_the_selected_row_stays_in_sight_when_the_table_gets_lower(qtbot: QtBot, table: MocksTable) -> None:
    last = table.model().index(8, 0, table.rootIndex())
    table.setCurrentIndex(last)
    table.resize(384, 150)
    QApplication.processEvents()
    qtbot.waitUntil(lambda: table.viewport().rect().contains(table.visualRect(last)))


def test_a_table_that_was_scrolled_away_from_the_selected_row_stays_there(table: MocksTable) -> None:
    table.resize(384, 150)
    table.setCurrentIndex(table.model().index(8, 0, table.rootIndex()))
    table.scrollToTop()
    table.resize(384, 120)
    assert table.verticalScrollBar().value() == 0
