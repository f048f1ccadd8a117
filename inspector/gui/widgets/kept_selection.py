"""Keeps the selected calls selected where the model starts over, as far as they are shown again."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QObject, Signal
from PySide6.QtWidgets import QTableView

from inspector.gui.models.log_columns import Column
from inspector.gui.models.log_model import LogModel


class SelectionSource(Protocol):
    """Who knows which calls are selected."""

    def selected_ids(self) -> list[str]:
        """Their ids, the current one last."""


class KeptSelection(QObject):
    """Watches a model. After a reset it selects again what was selected, also what a search finds later."""

    restored = Signal()
    """The selection is what it can be again; what was told of it before may be untrue."""

    def __init__(self, table: QTableView, model: LogModel, source: SelectionSource) -> None:
        super().__init__(table)
        self._table = table
        self._model = model
        self._source = source
        self._missing: list[str] = []
        self._current: str | None = None
        self._selects = False
        model.modelAboutToBeReset.connect(self._remember)
        model.modelReset.connect(self._restore)
        model.rowsInserted.connect(self._restore_more)
        model.search_changed.connect(self._restore_more)

    @property
    def is_open(self) -> bool:
        """Whether calls are still to be selected again: till then the selection is not what it will be."""
        return self._selects or bool(self._missing)

    def gives_way(self) -> None:
        """Somebody selects something else, and that counts. (Qt's own signal also comes when rows do.)"""
        self._missing = []

    def _remember(self) -> None:
        selected = self._source.selected_ids()
        if self._current not in self._missing:
            self._current = selected[-1] if selected else None
        # What an earlier search has not found yet may be found by this one.
        self._missing = list(dict.fromkeys((*self._missing, *selected)))

    def _restore_more(self) -> None:
        if self._missing:
            self._restore()

    def _restore(self) -> None:
        rows = {call_id: self._model.row_of_call(call_id) for call_id in self._missing}
        self._missing = [call_id for call_id, row in rows.items() if row is None]
        self._selects = True
        self._select([row for row in rows.values() if row is not None])
        if self._current is not None and (row := rows.get(self._current)) is not None:
            index = self._model.index(row, Column.TIME)
            flag = QItemSelectionModel.SelectionFlag.NoUpdate
            self._table.selectionModel().setCurrentIndex(index, flag)
            self._table.scrollTo(index)
        self._selects = False
        if not self._missing or not self._model.is_searching:
            self._missing = []
            self.restored.emit()

    def _select(self, rows: list[int]) -> None:
        selection = QItemSelection()
        for row in rows:
            selection.select(self._model.index(row, 0), self._model.index(row, Column.TIMELINE))
        self._table.selectionModel().select(selection, QItemSelectionModel.SelectionFlag.Select)
