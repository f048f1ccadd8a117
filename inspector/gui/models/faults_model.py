"""The table of faults: the room's rules in the order in which they are tried, with their hits."""

from __future__ import annotations

from enum import IntEnum

import msgspec
from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.core.fault_labels import parameters_text
from inspector.core.faults import FaultRule, FaultState
from inspector.core.payloads import visible
from inspector.gui.models.cells import Cell
from inspector.gui.widgets.controls import Tone
from inspector.gui.widgets.plain_text import plain_tooltip

AnyIndex = QModelIndex | QPersistentModelIndex
ROOT = QModelIndex()


class FaultColumn(IntEnum):
    """The columns, in order."""

    ON = 0
    METHOD = 1
    FLOW = 2
    FAULT = 3
    PARAMETERS = 4
    HITS = 5


HEADERS = {
    FaultColumn.ON: "On",
    FaultColumn.METHOD: "Method",
    FaultColumn.FLOW: "From → To",
    FaultColumn.FAULT: "Fault",
    FaultColumn.PARAMETERS: "Parameters",
    FaultColumn.HITS: "Hits",
}


class FaultRole(IntEnum):
    """What the table's delegate asks for."""

    CELL = Qt.ItemDataRole.UserRole + 1


class FaultsModel(QAbstractTableModel):
    """Mirrors the room's faults. Changes come as the smallest row operations, never as a reset."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._states: list[FaultState] = []

    def set_states(self, states: tuple[FaultState, ...]) -> None:
        """Brings the table to these faults: what is alike at its beginning and end stays where it is."""
        if len(states) != len(self._states):  # else every row stays a row: edited, switched or moved
            self._fit_rows(states)
        for row, state in enumerate(states):
            if self._states[row] != state:
                self._states[row] = state
                self.dataChanged.emit(self.index(row, 0), self.index(row, FaultColumn.HITS))

    def states(self) -> tuple[FaultState, ...]:
        """The faults shown."""
        return tuple(self._states)

    def rules(self) -> tuple[FaultRule, ...]:
        """Their rules."""
        return tuple(state.rule for state in self._states)

    def _fit_rows(self, states: tuple[FaultState, ...]) -> None:
        """Makes as many rows as there are faults, where they came or went."""
        before, after = [state.rule for state in self._states], [state.rule for state in states]
        first = _alike(before, after)
        tail = _alike(before[first:][::-1], after[first:][::-1])
        if gone := len(before) - tail - first:
            self.beginRemoveRows(ROOT, first, first + gone - 1)
            del self._states[first : first + gone]
            self.endRemoveRows()
        if new := states[first : len(after) - tail]:
            self.beginInsertRows(ROOT, first, first + len(new) - 1)
            self._states[first:first] = new
            self.endInsertRows()

    # --- QAbstractTableModel -----------------------------------------------------------------------------

    def rowCount(self, parent: AnyIndex = ROOT) -> int:  # noqa: N802 - Qt's name
        """One row a rule."""
        return 0 if parent.isValid() else len(self._states)

    def columnCount(self, parent: AnyIndex = ROOT) -> int:  # noqa: N802 - Qt's name
        """As many as there are."""
        return 0 if parent.isValid() else len(FaultColumn)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """Names of the columns; numbers have theirs on the right."""
        if orientation is not Qt.Orientation.Horizontal or section not in HEADERS:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return HEADERS[FaultColumn(section)]
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == FaultColumn.HITS else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def flags(self, index: AnyIndex) -> Qt.ItemFlag:
        """The first column has boxes to tick."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = super().flags(index) | Qt.ItemFlag.ItemNeverHasChildren
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == FaultColumn.ON else flags

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What the view draws, and what a screen reader says."""
        if not index.isValid():
            return None
        state = self._states[index.row()]
        cell = fault_cell(state, FaultColumn(index.column()))
        match role:
            case FaultRole.CELL:
                return cell
            case Qt.ItemDataRole.DisplayRole:
                return cell.whole
            case Qt.ItemDataRole.CheckStateRole if cell.checked is not None:
                return Qt.CheckState.Checked if cell.checked else Qt.CheckState.Unchecked
            case Qt.ItemDataRole.ToolTipRole:
                return plain_tooltip(cell.whole)
            case Qt.ItemDataRole.AccessibleTextRole if cell.checked is not None:
                return f"{'on' if cell.checked else 'off'}, {_summary(index.row(), state)}"
            case Qt.ItemDataRole.AccessibleTextRole:
                return cell.whole
        return None


def fault_cell(state: FaultState, column: FaultColumn) -> Cell:
    """A cell of a rule's row. Faint all over where it is switched off."""
    cell = _cell(state, column)
    return cell if state.rule.enabled else msgspec.structs.replace(cell, tone=Tone.FAINT)


def _cell(state: FaultState, column: FaultColumn) -> Cell:
    rule = state.rule
    match column:
        case FaultColumn.ON:
            return Cell(checked=rule.enabled)
        case FaultColumn.METHOD:
            return Cell(visible(rule.match.method), mono=True)
        case FaultColumn.FLOW:
            return Cell(f"{visible(rule.match.caller)} → {visible(rule.match.callee)}", mono=True)
        case FaultColumn.FAULT:
            return Cell(rule.fault.value, mono=True)
        case FaultColumn.PARAMETERS:
            return Cell(parameters_text(rule), Tone.SECONDARY, suffix=visible(rule.name or ""))
        case FaultColumn.HITS:
            return Cell(f"{state.hits:,}", Tone.NORMAL if state.hits else Tone.FAINT, mono=True)


def _summary(row: int, state: FaultState) -> str:
    rule = state.rule
    who = f"{rule.match.method} from {rule.match.caller} to {rule.match.callee}"
    return visible(f"fault {row + 1}, {rule.name or rule.fault.value}, {who}, {parameters_text(rule)}")


def _alike(one: list[FaultRule], other: list[FaultRule]) -> int:
    """How many rules from the first on are the same."""
    count = 0
    for mine, theirs in zip(one, other, strict=False):
        if mine != theirs:
            break
        count += 1
    return count
