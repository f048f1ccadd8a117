"""The sent calls as rows: time, method, destination, outcome, duration; the newest in front."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QFont

from inspector.core.durations import format_ms
from inspector.core.payloads import format_size, visible
from inspector.gui.models.call_signs import outcome_sign, sign_text, tone_color
from inspector.gui.models.history import SentCall
from inspector.gui.theme import mono_font, text_font
from inspector.gui.widgets.controls import Tone
from inspector.gui.widgets.plain_text import plain_tooltip

Index = QModelIndex | QPersistentModelIndex


class HistoryColumn(IntEnum):
    """The columns, from the left."""

    TIME = 0
    METHOD = 1
    DESTINATION = 2
    OUTCOME = 3
    MS = 4


_TITLES = ("Time", "Method", "To", "Outcome", "ms")
_MONO = (HistoryColumn.TIME, HistoryColumn.METHOD, HistoryColumn.MS)


class HistoryModel(QAbstractTableModel):
    """Mirrors the sent calls, and changes only the rows that differ."""

    def __init__(self) -> None:
        super().__init__()
        self._calls: list[SentCall] = []

    def call(self, row: int) -> SentCall:
        """The call of a row."""
        return self._calls[row]

    def calls(self) -> list[SentCall]:
        """All of them, the newest in front."""
        return list(self._calls)

    def set_calls(self, newest_first: Sequence[SentCall]) -> None:
        """Follows the history. Usual are one call more in front, one less at the end, or new outcomes."""
        calls = list(newest_first)
        added = _added_in_front(self._calls, calls)
        if added is None:
            self.beginResetModel()
            self._calls = calls
            self.endResetModel()
            return
        if added:
            self.beginInsertRows(QModelIndex(), 0, added - 1)
            self._calls[:0] = calls[:added]
            self.endInsertRows()
        if len(self._calls) > len(calls):
            self.beginRemoveRows(QModelIndex(), len(calls), len(self._calls) - 1)
            del self._calls[len(calls) :]
            self.endRemoveRows()
        for row, call in enumerate(calls):
            if self._calls[row] is not call:
                self._calls[row] = call
                last = len(HistoryColumn) - 1
                self.dataChanged.emit(self.index(row, 0), self.index(row, last))

    def rowCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many calls there are."""
        return 0 if parent is not None and parent.isValid() else len(self._calls)

    def columnCount(self, parent: Index | None = None) -> int:  # noqa: N802 - Qt's name
        """How many columns there are."""
        return 0 if parent is not None and parent.isValid() else len(HistoryColumn)

    def headerData(  # noqa: N802 - Qt's name
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        """The columns' titles."""
        if orientation is Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return _TITLES[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What a cell shows."""
        call = self._calls[index.row()]
        column = HistoryColumn(index.column())
        if role == Qt.ItemDataRole.DisplayRole:
            return _text(call, column)
        if role == Qt.ItemDataRole.ForegroundRole:
            return QColor(tone_color(_tone(call, column)))
        if role == Qt.ItemDataRole.FontRole:
            return _font(column)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column is HistoryColumn.MS else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tooltip(f"{format_size(call.payload_bytes)}\n{call.draft.payload[:400]}")
        return None


def _added_in_front(before: list[SentCall], after: list[SentCall]) -> int | None:
    """How many calls of `after` stand before all of `before`; None where they differ otherwise."""
    if not before or not after:
        return None
    first = before[0].id
    added = next((row for row, call in enumerate(after) if call.id == first), None)
    if added is None:
        return None
    same = all(old.id == new.id for old, new in zip(before, after[added:], strict=False))
    return added if same and len(after) - added <= len(before) else None


def _text(call: SentCall, column: HistoryColumn) -> str:
    match column:
        case HistoryColumn.TIME:
            return datetime.fromtimestamp(call.sent_at).strftime("%H:%M:%S")
        case HistoryColumn.METHOD:
            return visible(call.draft.method)
        case HistoryColumn.DESTINATION:
            return visible(call.draft.destination)
        case HistoryColumn.OUTCOME:
            return sign_text(outcome_sign(call.outcome, call.code))
        case HistoryColumn.MS:
            return format_ms(call.elapsed_ms)


def _tone(call: SentCall, column: HistoryColumn) -> Tone:
    match column:
        case HistoryColumn.OUTCOME:
            return outcome_sign(call.outcome).tone
        case HistoryColumn.METHOD | HistoryColumn.MS:
            return Tone.NORMAL
        case _:
            return Tone.SECONDARY


def _font(column: HistoryColumn) -> QFont:
    return mono_font() if column in _MONO else text_font()
