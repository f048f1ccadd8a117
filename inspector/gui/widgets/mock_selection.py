"""Which mock, and which of its rules, is selected: kept by id, whatever happens to the rows."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import msgspec
from PySide6.QtCore import QModelIndex, QObject, Signal

from inspector.gui.models.mocks_model import MocksModel
from inspector.gui.widgets.mocks_table import MocksTable


class Place(msgspec.Struct, frozen=True):
    """A row of the table by what it shows."""

    mock_id: str
    rule: int | None = None
    """The rule (from 0) where it is a rule's row."""


class MockSelection(QObject):
    """Mirrors the selection of a table; what Qt selects by itself when rows go does not count."""

    changed = Signal()
    """A person selected something else."""

    def __init__(self, table: MocksTable, model: MocksModel) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._place: Place | None = None
        self._source: str | None = None
        self._neighbour: str | None = None
        self._is_kept = False
        table.selectionModel().selectionChanged.connect(self._selection_changed)

    @property
    def place(self) -> Place | None:
        """What is selected."""
        return self._place

    @property
    def mock_id(self) -> str | None:
        """The mock that is selected, or whose rule is."""
        return None if self._place is None else self._place.mock_id

    @property
    def source(self) -> str | None:
        """The file whose own row is selected; empty for the row over the mocks made here."""
        return self._source

    def choose(self, place: Place | None) -> None:
        """Selects a row, or nothing; does not say so. Within `kept` the row may be yet to come."""
        self._place, self._source, self._neighbour = place, None, None
        if not self._is_kept:
            with self.kept():
                pass

    def expect_removal(self) -> None:
        """The selected mock is about to go: the one below it takes over, or else the one above."""
        index = self._index()
        own = index if self._model.rule_at(index) is None else index.parent()
        near = (self._model.entry_at(own.siblingAtRow(own.row() + step)) for step in (1, -1))
        self._neighbour = next((entry.id for entry in near if entry is not None), None)

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Whatever happens to the rows meanwhile, the same is selected afterwards, as far as it is there."""
        if self._is_kept:
            yield
            return
        self._is_kept = True
        try:
            yield
            self._restore()
        finally:
            self._is_kept = False

    def _restore(self) -> None:
        index = self._index()
        if not index.isValid() and self._neighbour is not None:
            self._place, self._neighbour = Place(self._neighbour), None
            index = self._index()
        if not index.isValid():
            self._place = self._source = None
            self._table.clearSelection()
        elif self._table.selectionModel().selectedRows() != [index]:
            self._table.setCurrentIndex(index)
            self._table.scrollTo(index)

    def _index(self) -> QModelIndex:
        place = self._place
        if place is not None:
            return self._model.index_of(place.mock_id, place.rule)
        return QModelIndex() if self._source is None else self._model.index_of_file(self._source)

    def _selection_changed(self) -> None:
        if self._is_kept:
            return
        rows = self._table.selectionModel().selectedRows()
        entry = self._model.entry_at(rows[0]) if rows else None
        self._place = None if entry is None else Place(entry.id, self._model.rule_at(rows[0]))
        self._source = self._model.source_at(rows[0]) if rows else None
        self._neighbour = None
        self.changed.emit()
