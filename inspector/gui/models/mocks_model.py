"""The tree behind the Mocks panel: mocks, and under those with several rules each rule."""

from __future__ import annotations

from enum import IntEnum
from itertools import count

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.core.mocks import Mock
from inspector.gui.models.cells import Cell
from inspector.gui.models.mock_cells import HEADERS, Column, mock_cell, new_cell, rule_cell
from inspector.gui.models.mock_drafts import NEW_ID
from inspector.gui.widgets.plain_text import plain_tooltip
from inspector.session.mock_set import MockEntry

AnyIndex = QModelIndex | QPersistentModelIndex


class MockRole(IntEnum):
    """What the table's delegate asks for."""

    CELL = Qt.ItemDataRole.UserRole + 1
    """The `Cell`."""


class _Row:
    """One mock; `serial` is how the index of a rule finds it."""

    def __init__(self, serial: int, entry: MockEntry) -> None:
        self.serial = serial
        self.entry = entry

    @property
    def rule_rows(self) -> int:
        """How many rows its rules take: a single rule is told by the mock's own row."""
        rules = len(self.entry.mock.rules)
        return rules if rules > 1 else 0


class MocksModel(QAbstractItemModel):
    """Mirrors the mock set. Changes come as the smallest row operations, never as a reset.

    So a view keeps its selection, expansion and scroll position, however busy the mocks are.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._serials = count(1)
        self._rows: list[_Row] = []
        self._by_serial: dict[int, _Row] = {}
        self._by_id: dict[str, _Row] = {}
        self._edited: frozenset[str] = frozenset()
        self._new: MockEntry | None = None

    # --- changes -----------------------------------------------------------------------------------------

    def set_entries(self, entries: tuple[MockEntry, ...]) -> None:
        """Brings the table to these mocks, in this order; a mock being written stays last."""
        wanted = (*entries, *((self._new,) if self._new else ()))
        self._remove_others({entry.id for entry in wanted})
        for position, entry in enumerate(wanted):
            if position >= len(self._rows) or self._rows[position].entry.id != entry.id:
                found = self._position_of(entry.id)
                if found is None:
                    self._insert(position, entry)
                    continue
                self._move_up(found, position)
            self._update(position, entry)

    def update_entry(self, entry: MockEntry) -> None:
        """Shows a mock as it is now; one that is not listed is passed over."""
        position = self._position_of(entry.id)
        if position is not None:
            self._update(position, entry)

    def set_new(self, method: str | None) -> None:
        """Shows the mock that is being written, under `method`; None: there is none."""
        self._new = None if method is None else MockEntry(NEW_ID, Mock(method))
        self.set_entries(tuple(row.entry for row in self._rows if row.entry.id != NEW_ID))

    def set_edited(self, mock_ids: frozenset[str]) -> None:
        """Marks the mocks with unsaved edits."""
        changed, self._edited = self._edited ^ mock_ids, mock_ids
        for mock_id in changed:
            position = self._position_of(mock_id)
            if position is not None:
                cell = self.index(position, Column.METHOD)
                self.dataChanged.emit(cell, cell)

    def _remove_others(self, keep: set[str]) -> None:
        for position in reversed(range(len(self._rows))):
            if self._rows[position].entry.id not in keep:
                self.beginRemoveRows(QModelIndex(), position, position)
                row = self._rows.pop(position)
                del self._by_serial[row.serial], self._by_id[row.entry.id]
                self.endRemoveRows()

    def _insert(self, position: int, entry: MockEntry) -> None:
        row = _Row(next(self._serials), entry)
        self.beginInsertRows(QModelIndex(), position, position)
        self._rows.insert(position, row)
        self._by_serial[row.serial] = self._by_id[entry.id] = row
        self.endInsertRows()

    def _move_up(self, source: int, target: int) -> None:
        self.beginMoveRows(QModelIndex(), source, source, QModelIndex(), target)
        self._rows.insert(target, self._rows.pop(source))
        self.endMoveRows()

    def _update(self, position: int, entry: MockEntry) -> None:
        row = self._rows[position]
        if row.entry == entry:
            return
        before, after = row.rule_rows, _Row(0, entry).rule_rows
        parent = self.index(position, 0)
        if after < before:
            self.beginRemoveRows(parent, after, before - 1)
            row.entry = entry
            self.endRemoveRows()
        elif after > before:
            self.beginInsertRows(parent, before, after - 1)
            row.entry = entry
            self.endInsertRows()
        row.entry = entry
        self.dataChanged.emit(parent, self.index(position, Column.LAST))
        if after:
            last = self.index(after - 1, Column.LAST, parent)
            self.dataChanged.emit(self.index(0, 0, parent), last)

    # --- what stands where -------------------------------------------------------------------------------

    def entry_at(self, index: AnyIndex) -> MockEntry | None:
        """The mock of this row, or the one whose rule this row is."""
        row = self._row_of(index)
        return None if row is None else row.entry

    def rule_at(self, index: AnyIndex) -> int | None:
        """The rule of this row (from 0); None where the row is the mock's own."""
        return index.row() if index.isValid() and index.internalId() else None

    def index_of(self, mock_id: str, rule: int | None = None) -> QModelIndex:
        """The row of a mock, or of one of its rules where those have rows; invalid where there is none."""
        position = self._position_of(mock_id)
        if position is None:
            return QModelIndex()
        parent = self.index(position, 0)
        return parent if rule is None or rule >= self.rowCount(parent) else self.index(rule, 0, parent)

    def _position_of(self, mock_id: str) -> int | None:
        row = self._by_id.get(mock_id)
        return None if row is None else self._rows.index(row)

    def _row_of(self, index: AnyIndex) -> _Row | None:
        if not index.isValid():
            return None
        serial = index.internalId()
        return self._by_serial[serial] if serial else self._rows[index.row()]

    # --- QAbstractItemModel ------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: AnyIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Mocks carry the internal id 0; rules carry their mock's serial."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self._rows[parent.row()].serial if parent.isValid() else 0)

    def parent(self, index: AnyIndex = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """The mock's row of a rule's."""
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        return self.createIndex(self._rows.index(self._by_serial[index.internalId()]), 0, 0)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name
        """Mocks at the top, rules below those that have several."""
        if not parent.isValid():
            return len(self._rows)
        if parent.internalId() or parent.column() > 0:
            return 0
        return self._rows[parent.row()].rule_rows

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: ARG002, B008, N802 - Qt's name
        """The same for mocks and rules."""
        return len(Column)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Boxes can be ticked where there are any."""
        flags = super().flags(index)
        has_box = index.isValid() and index.column() == Column.ON and self._cell(index).checked is not None
        return flags | Qt.ItemFlag.ItemIsUserCheckable if has_box else flags

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Names of the columns; numbers have theirs on the right."""
        if orientation is not Qt.Orientation.Horizontal or section not in HEADERS:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[Column(section)]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == Column.HITS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What the view draws, and what a screen reader says."""
        if not index.isValid():
            return None
        cell = self._cell(index)
        match role:
            case MockRole.CELL:
                return cell
            case Qt.ItemDataRole.DisplayRole:
                return cell.whole
            case Qt.ItemDataRole.CheckStateRole if cell.checked is not None:
                return Qt.CheckState.Checked if cell.checked else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(cell.whole)
            case Qt.ItemDataRole.AccessibleTextRole if cell.checked is not None:
                return "on" if cell.checked else "off"
            case Qt.ItemDataRole.AccessibleTextRole:
                return cell.whole
        return None

    def _cell(self, index: AnyIndex) -> Cell:
        row = self._row_of(index)
        assert row is not None, "only asked for valid indexes"
        column = Column(index.column())
        if row.entry.id == NEW_ID:
            return new_cell(row.entry.mock.method, column)
        if index.internalId():
            return rule_cell(row.entry, index.row(), column)
        return mock_cell(row.entry, column, edited=row.entry.id in self._edited)
