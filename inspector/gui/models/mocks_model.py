"""The tree behind the Mocks panel: files, their mocks, and under those with several rules each rule."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from itertools import count

import msgspec
from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.core.mocks import Mock
from inspector.gui.models.cells import Cell
from inspector.gui.models.mock_cells import HEADERS, Column, mock_cell, new_cell, rule_cell
from inspector.gui.models.mock_drafts import NEW_ID
from inspector.gui.models.mock_file_cells import file_cell, file_title
from inspector.gui.models.mock_rows import OWN, MockGroup, MockRow, rule_rows, sources_in_order
from inspector.gui.widgets.plain_text import plain_tooltip
from inspector.session.mock_file_state import MocksFileState
from inspector.session.mock_set import MockEntry

AnyIndex = QModelIndex | QPersistentModelIndex


_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
_RULE_FLAGS = _FLAGS | Qt.ItemFlag.ItemNeverHasChildren


class MockRole(IntEnum):
    """What the table's delegate asks for."""

    CELL = Qt.ItemDataRole.UserRole + 1
    """The `Cell`."""


class MocksModel(QAbstractItemModel):
    """Mirrors the mock set and its files. Changes come as the smallest row operations, never as a reset.

    So a view keeps its selection, expansion and scroll position, however busy the mocks are. The group of
    the mocks made here is always there, and the last.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._serials = count(1)
        own = MockGroup(next(self._serials), OWN)
        self._groups: list[MockGroup] = [own]
        self._by_serial: dict[int, MockGroup | MockRow] = {own.serial: own}
        self._by_id: dict[str, MockRow] = {}
        self._states: tuple[MocksFileState, ...] = ()
        self._entries: tuple[MockEntry, ...] = ()
        self._edited: frozenset[str] = frozenset()
        self._new: MockEntry | None = None

    # --- changes -----------------------------------------------------------------------------------------

    def set_files(self, states: tuple[MocksFileState, ...]) -> None:
        """Shows how the files stand."""
        self._states = states
        self._set_groups()
        by_path = {state.path: state for state in states}
        for group in self._groups:
            if group.state != by_path.get(group.source):
                group.state = by_path.get(group.source)
                self._tell_changed(self._group_index(group))

    def set_entries(self, entries: tuple[MockEntry, ...]) -> None:
        """Brings the table to these mocks, in this order; a mock being written stays last."""
        self._entries = entries
        wanted: dict[str, list[MockEntry]] = {}
        for entry in (*entries, *((self._new,) if self._new else ())):
            wanted.setdefault(entry.mock.source, []).append(entry)
        self._set_groups(keep=self._groups)
        for group in self._groups:
            self._remove_others(group, {entry.id for entry in wanted.get(group.source, ())})
        for group in self._groups:
            self._fill(group, wanted.get(group.source, []))
        self._set_groups()

    def update_entry(self, entry: MockEntry) -> None:
        """Shows a mock as it is now; one that is not listed is passed over."""
        row = self._by_id.get(entry.id)
        if row is not None:
            self._update(row, entry)

    def set_new(self, method: str | None) -> None:
        """Shows the mock that is being written, under `method`; None: there is none."""
        self._new = None if method is None else MockEntry(NEW_ID, Mock(method))
        self.set_entries(self._entries)

    def set_edited(self, mock_ids: frozenset[str]) -> None:
        """Marks the mocks with unsaved edits, and their files."""
        changed, self._edited = self._edited ^ mock_ids, mock_ids
        for mock_id in changed:
            row = self._by_id.get(mock_id)
            if row is not None:
                cell = self.index_of(mock_id)
                self.dataChanged.emit(cell, cell)
                self._tell_changed(self._group_index(row.group))

    def _set_groups(self, keep: Iterable[MockGroup] = ()) -> None:
        """Brings the groups to what is there; those to `keep` may be empty for now."""
        wanted = sources_in_order(self._states, self._entries)
        kept = {group.source for group in keep}.union(wanted)
        for position in reversed(range(len(self._groups))):
            group = self._groups[position]
            if group.source not in kept:
                self.beginRemoveRows(QModelIndex(), position, position)
                del self._groups[position], self._by_serial[group.serial]
                self.endRemoveRows()
        for position, source in enumerate(wanted):
            found = next((i for i, group in enumerate(self._groups) if group.source == source), None)
            if found is None:
                self.beginInsertRows(QModelIndex(), position, position)
                group = MockGroup(next(self._serials), source)
                self._groups.insert(position, group)
                self._by_serial[group.serial] = group
                self.endInsertRows()
            elif found > position:
                self.beginMoveRows(QModelIndex(), found, found, QModelIndex(), position)
                self._groups.insert(position, self._groups.pop(found))
                self.endMoveRows()
        self._set_titles()

    def _set_titles(self) -> None:
        sources = [group.source for group in self._groups]
        for group in self._groups:
            title = file_title(group.source, sources)
            if title != group.title:
                group.title = title
                self._tell_changed(self._group_index(group))

    def _fill(self, group: MockGroup, entries: list[MockEntry]) -> None:
        for position, entry in enumerate(entries):
            if position >= len(group.rows) or group.rows[position].entry.id != entry.id:
                row = self._by_id.get(entry.id)
                if row is None:
                    self._insert(group, position, entry)
                    continue
                self._move_up(row, position)
            self._update(group.rows[position], entry)

    def _remove_others(self, group: MockGroup, keep: set[str]) -> None:
        for position in reversed(range(len(group.rows))):
            if group.rows[position].entry.id not in keep:
                self.beginRemoveRows(self._group_index(group), position, position)
                row = group.rows.pop(position)
                del self._by_serial[row.serial], self._by_id[row.entry.id]
                self.endRemoveRows()

    def _insert(self, group: MockGroup, position: int, entry: MockEntry) -> None:
        row = MockRow(next(self._serials), group, entry)
        self.beginInsertRows(self._group_index(group), position, position)
        group.rows.insert(position, row)
        self._by_serial[row.serial] = self._by_id[entry.id] = row
        self.endInsertRows()

    def _move_up(self, row: MockRow, target: int) -> None:
        source, parent = row.position, self._group_index(row.group)
        self.beginMoveRows(parent, source, source, parent, target)
        row.group.rows.insert(target, row.group.rows.pop(source))
        self.endMoveRows()

    def _update(self, row: MockRow, entry: MockEntry) -> None:
        if row.entry is entry or row.entry == entry:
            return
        before, after = row.rule_rows, rule_rows(entry)
        parent = self.index_of(entry.id)
        if after < before:
            self.beginRemoveRows(parent, after, before - 1)
            row.rule_rows = after
            self.endRemoveRows()
        # A call changes no more than these two; drawn again they are a fifth of the row.
        is_used = msgspec.structs.replace(row.entry, use=entry.use) == entry
        first = Column.HITS if is_used else Column.MOCK
        row.entry = entry
        self.dataChanged.emit(parent.siblingAtColumn(first), parent.siblingAtColumn(Column.LAST))
        if row.rule_rows:
            last = self.index(row.rule_rows - 1, Column.LAST, parent)
            self.dataChanged.emit(self.index(0, first, parent), last)
        if after > before:
            self.beginInsertRows(parent, before, after - 1)
            row.rule_rows = after
            self.endInsertRows()

    def _tell_changed(self, row: QModelIndex) -> None:
        self.dataChanged.emit(row, row.siblingAtColumn(Column.LAST))

    # --- what stands where -------------------------------------------------------------------------------

    @property
    def has_files(self) -> bool:
        """Whether there is any group but that of the mocks made here."""
        return len(self._groups) > 1

    def own_index(self) -> QModelIndex:
        """The row over the mocks made here."""
        return self._group_index(self._groups[-1])

    def source_at(self, index: AnyIndex) -> str | None:
        """The file whose own row this is; empty for the row over the mocks made here."""
        node = self._node(index)
        return node.source if isinstance(node, MockGroup) else None

    def state_at(self, index: AnyIndex) -> MocksFileState | None:
        """How the file of this row stands, or the file whose mock or rule this row is."""
        node = self._node(index)
        group = node.group if isinstance(node, MockRow) else node
        return None if group is None else group.state

    def entry_at(self, index: AnyIndex) -> MockEntry | None:
        """The mock of this row, or the one whose rule this row is; None on the row of a file."""
        node = self._node(index)
        return node.entry if isinstance(node, MockRow) else None

    def rule_at(self, index: AnyIndex) -> int | None:
        """The rule of this row (from 0); None where the row is the mock's own."""
        above = self._by_serial.get(index.internalId()) if index.isValid() else None
        return index.row() if isinstance(above, MockRow) else None

    def place_after(self, index: AnyIndex, by: int) -> int | None:
        """Where (from 0) among the mocks of its source a mock would be `by` places further down.

        None where there is no such place, and for what is no saved mock.
        """
        row = self._node(index)
        if not isinstance(row, MockRow) or row.entry.id == NEW_ID or self.rule_at(index) is not None:
            return None
        saved = sum(each.entry.id != NEW_ID for each in row.group.rows)
        to = row.position + by
        return to if 0 <= to < saved else None

    def index_of_file(self, source: str) -> QModelIndex:
        """The row of a file; invalid where there is none."""
        group = next((group for group in self._groups if group.source == source), None)
        return QModelIndex() if group is None else self._group_index(group)

    def index_of(self, mock_id: str, rule: int | None = None) -> QModelIndex:
        """The row of a mock, or of one of its rules where those have rows; invalid where there is none."""
        row = self._by_id.get(mock_id)
        if row is None:
            return QModelIndex()
        parent = self.createIndex(row.position, 0, row.group.serial)
        return parent if rule is None or rule >= self.rowCount(parent) else self.index(rule, 0, parent)

    def _group_index(self, group: MockGroup) -> QModelIndex:
        return self.createIndex(self._groups.index(group), 0, 0)

    def _node(self, index: AnyIndex) -> MockGroup | MockRow | None:
        """The group or the mock of a row; for a rule its mock."""
        if not index.isValid():
            return None
        if not index.internalId():
            return self._groups[index.row()]
        above = self._by_serial[index.internalId()]
        return above if isinstance(above, MockRow) else above.rows[index.row()]

    # --- QAbstractItemModel ------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: AnyIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Files carry the internal id 0; mocks carry their file's serial, rules their mock's."""
        if not (0 <= column < len(Column) and 0 <= row < self.rowCount(parent)):
            return QModelIndex()
        node = self._node(parent)
        return self.createIndex(row, column, 0 if node is None else node.serial)

    def parent(self, index: AnyIndex = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """The file's row of a mock's, the mock's of a rule's."""
        if not index.isValid() or not index.internalId():
            return QModelIndex()
        above = self._by_serial[index.internalId()]
        if isinstance(above, MockGroup):
            return self._group_index(above)
        return self.createIndex(above.position, 0, above.group.serial)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802 - Qt's name
        """Files at the top, mocks below them, rules below those that have several."""
        if not parent.isValid():
            return len(self._groups)
        if parent.column() > 0:
            return 0
        serial = parent.internalId()
        if not serial:
            return len(self._groups[parent.row()].rows)
        above = self._by_serial[serial]
        return above.rows[parent.row()].rule_rows if isinstance(above, MockGroup) else 0

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: ARG002, B008, N802 - Qt's name
        """The same for every row."""
        return len(Column)

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """Boxes can be ticked where there are any. A layout asks for every row, so no cell is made for it."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        above = self._by_serial.get(index.internalId())
        flags = _RULE_FLAGS if isinstance(above, MockRow) else _FLAGS
        has_box = index.column() == Column.MOCK and above is not None and not self._is_new(above, index.row())
        return flags | Qt.ItemFlag.ItemIsUserCheckable if has_box else flags

    def _is_new(self, above: MockGroup | MockRow, row: int) -> bool:
        return isinstance(above, MockGroup) and above.rows[row].entry.id == NEW_ID

    def hasChildren(self, parent: AnyIndex = QModelIndex()) -> bool:  # noqa: B008, N802 - Qt's name
        """As `rowCount` has it."""
        return self.rowCount(parent) > 0

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
                return plain_tooltip(self.source_at(index) or cell.whole)
            case Qt.ItemDataRole.AccessibleTextRole if cell.checked is not None:
                return f"{cell.whole}, {'on' if cell.checked else 'off'}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return cell.whole
        return None

    def _cell(self, index: AnyIndex) -> Cell:
        node = self._node(index)
        assert node is not None, "only asked for valid indexes"
        column = Column(index.column())
        if isinstance(node, MockGroup):
            edited = bool(node.source) and any(row.entry.id in self._edited for row in node.rows)
            return file_cell(node.title, node.state, column, edited=edited)
        if node.entry.id == NEW_ID:
            return new_cell(node.entry.mock.method, column)
        rule = self.rule_at(index)
        if rule is not None:
            return rule_cell(node.entry, rule, column)
        return mock_cell(node.entry, column, edited=node.entry.id in self._edited)
