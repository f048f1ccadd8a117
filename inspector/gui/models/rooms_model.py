"""The tree behind the Rooms panel: connections, and under each who is in its room."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Hashable, Iterable
from enum import IntEnum
from itertools import count
from typing import TypeVar

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from inspector.core.payloads import visible
from inspector.gui.models.presence import (
    Presence,
    connection_sign,
    head_count,
    host_of,
    participant_sign,
    presences,
    room_name,
    suffix,
)
from inspector.gui.widgets.controls import Tone
from inspector.gui.widgets.plain_text import plain_tooltip
from inspector.session.connection_info import ConnectionInfo, ConnectionState

AnyIndex = QModelIndex | QPersistentModelIndex
RowT = TypeVar("RowT")


class RoomRole(IntEnum):
    """What the tree's delegate asks for beside the display text."""

    SIGN = Qt.ItemDataRole.UserRole + 1
    """The character that stands for a participant's state and kind."""
    TONE = Qt.ItemDataRole.UserRole + 2
    """The `Tone` of the sign (participants) or of the note (connections), as text."""
    NOTE = Qt.ItemDataRole.UserRole + 3
    """The faint words after the name."""


class _ConnectionRow:
    """One connection and its listed participants; `serial` is how an index of a participant finds it."""

    def __init__(self, serial: int, info: ConnectionInfo) -> None:
        self.serial = serial
        self.info = info
        self.distinction = ""
        self.listed: list[Presence] = []


class RoomsModel(QAbstractItemModel):
    """Mirrors the session's connections. Changes come as the smallest row operations, never as a reset.

    So a view keeps its selection, expansion and scroll position whatever happens in the rooms.
    """

    def __init__(self, now: Callable[[], float] = time.time, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._now = now
        self._serials = count(1)
        self._rows: list[_ConnectionRow] = []
        self._by_serial: dict[int, _ConnectionRow] = {}

    # --- changes -----------------------------------------------------------------------------------

    def set_connections(self, connections: tuple[ConnectionInfo, ...]) -> None:
        """Brings the tree to these connections, in this order."""
        known = {row.info.id: row for row in self._rows}
        wanted = [known.get(info.id) or _ConnectionRow(next(self._serials), info) for info in connections]
        self._by_serial = {row.serial: row for row in (*self._rows, *wanted)}
        self._sync(QModelIndex(), self._rows, wanted, lambda row: row.info.id)
        self._by_serial = {row.serial: row for row in self._rows}
        distinctions = _distinctions(connections)
        ours = _our_identities(connections)
        for position, info in enumerate(connections):
            row = self._rows[position]
            before = (row.info, row.distinction)
            row.info, row.distinction = info, distinctions[info.id]
            others_of_ours = ours[info.target.url, info.room] - {info.identity}
            index = self.index(position, 0)
            self._sync(index, row.listed, list(presences(info, others_of_ours)), _identity_of)
            if before != (row.info, row.distinction):
                self.dataChanged.emit(index, index)

    def tick(self) -> bool:
        """Has what depends on the time drawn again; whether there is any."""
        waiting = [i for i, row in enumerate(self._rows) if row.info.state is ConnectionState.REJOINING]
        for position in waiting:
            index = self.index(position, 0)
            self.dataChanged.emit(index, index)
        return bool(waiting)

    def _sync(
        self, parent: QModelIndex, rows: list[RowT], wanted: list[RowT], key: Callable[[RowT], Hashable]
    ) -> None:
        """Turns `rows` into `wanted` by removing, moving, inserting and changing rows under `parent`."""
        self._remove_others(parent, rows, {key(row) for row in wanted}, key)
        present = {key(row) for row in rows}
        changed: list[int] = []
        position = 0
        while position < len(wanted):
            row = wanted[position]
            if position < len(rows) and key(rows[position]) == key(row):
                if rows[position] != row:
                    rows[position] = row
                    changed.append(position)
                position += 1
            elif key(row) in present:
                self._move_up(parent, rows, [key(r) for r in rows].index(key(row), position), position)
            else:
                end = position
                while end < len(wanted) and key(wanted[end]) not in present:
                    end += 1
                self.beginInsertRows(parent, position, end - 1)
                rows[position:position] = wanted[position:end]
                self.endInsertRows()
                position = end
        if changed:
            self.dataChanged.emit(self.index(changed[0], 0, parent), self.index(changed[-1], 0, parent))

    def _remove_others(
        self, parent: QModelIndex, rows: list[RowT], keep: set[Hashable], key: Callable[[RowT], Hashable]
    ) -> None:
        last = len(rows) - 1
        while last >= 0:
            if key(rows[last]) in keep:
                last -= 1
                continue
            first = last
            while first > 0 and key(rows[first - 1]) not in keep:
                first -= 1
            self.beginRemoveRows(parent, first, last)
            del rows[first : last + 1]
            self.endRemoveRows()
            last = first - 1

    def _move_up(self, parent: QModelIndex, rows: list[RowT], source: int, target: int) -> None:
        self.beginMoveRows(parent, source, source, parent, target)
        rows.insert(target, rows.pop(source))
        self.endMoveRows()

    # --- what stands where -----------------------------------------------------------------------------

    def connection_at(self, index: AnyIndex) -> ConnectionInfo | None:
        """The connection of this row, or the one whose participant this row is."""
        row = self._row_of(index)
        return None if row is None else row.info

    def presence_at(self, index: AnyIndex) -> Presence | None:
        """The participant of this row; None where it is a connection's."""
        row = self._row_of(index)
        if row is None or index.internalId() == 0:
            return None
        return row.listed[index.row()]

    def index_of(self, connection_id: str, identity: str | None = None) -> QModelIndex:
        """The row of a connection, or of a participant under it; invalid where there is none."""
        for position, row in enumerate(self._rows):
            if row.info.id == connection_id:
                parent = self.index(position, 0)
                if identity is None:
                    return parent
                for place, presence in enumerate(row.listed):
                    if presence.participant.identity == identity:
                        return self.index(place, 0, parent)
        return QModelIndex()

    def _row_of(self, index: AnyIndex) -> _ConnectionRow | None:
        if not index.isValid():
            return None
        serial = index.internalId()
        return self._rows[index.row()] if serial == 0 else self._by_serial[serial]

    # --- QAbstractItemModel ------------------------------------------------------------------------------

    def index(self, row: int, column: int, parent: AnyIndex = QModelIndex()) -> QModelIndex:  # noqa: B008
        """Top rows carry the internal id 0; participants carry their connection's serial."""
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        serial = self._rows[parent.row()].serial if parent.isValid() else 0
        return self.createIndex(row, column, serial)

    def parent(self, index: AnyIndex = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        """The connection's row of a participant's."""
        if not index.isValid() or index.internalId() == 0:
            return QModelIndex()
        return self.createIndex(self._rows.index(self._by_serial[index.internalId()]), 0, 0)

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: B008, N802
        """Connections at the top, participants below each."""
        if not parent.isValid():
            return len(self._rows)
        return len(self._rows[parent.row()].listed) if parent.internalId() == 0 else 0

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:  # noqa: ARG002, B008, N802
        """One; the delegate draws sign, name and note in it."""
        return 1

    def data(self, index: AnyIndex, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        """What the view draws, and what a screen reader says."""
        row = self._row_of(index)
        if row is None:
            return None
        if index.internalId() == 0:
            return self._connection_data(row, role)
        return _participant_data(row.listed[index.row()], role)

    def _connection_data(self, row: _ConnectionRow, role: int) -> object:
        sign = connection_sign(row.info, self._now())
        connected = row.info.state is ConnectionState.CONNECTED
        here = f"{head_count(row.listed)} here"
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return room_name(row.info)
            case RoomRole.NOTE:
                xray = "X-ray" if connected and row.info.xray else ""
                return " · ".join(filter(None, (here if connected else sign.words, xray, row.distinction)))
            case RoomRole.TONE:
                return (Tone.FAINT if connected else sign.tone).value
            case Qt.ItemDataRole.ToolTipRole:
                where = f"{row.info.identity} in {room_name(row.info)} on {host_of(row.info.target.url)}"
                return plain_tooltip(f"{where}\n{sign.words}")
            case Qt.ItemDataRole.AccessibleTextRole:
                words = (f"Room {room_name(row.info)}", visible(row.info.identity), sign.words)
                facts = (here, "X-ray") if row.info.xray else (here,)
                return ", ".join((*words, *facts) if connected else words)
        return None


def _participant_data(presence: Presence, role: int) -> object:
    participant = presence.participant
    sign = participant_sign(participant)
    match role:
        case Qt.ItemDataRole.DisplayRole:
            return visible(participant.identity)
        case RoomRole.SIGN:
            return sign.char
        case RoomRole.TONE:
            return sign.tone.value
        case RoomRole.NOTE:
            return suffix(presence)
        case Qt.ItemDataRole.ToolTipRole:
            lines = (participant.identity, participant.name, f"{participant.kind}, {participant.state}")
            return plain_tooltip("\n".join(filter(None, lines)))
        case Qt.ItemDataRole.AccessibleTextRole:
            words = (visible(participant.identity), suffix(presence), participant.state.value)
            return ", ".join(dict.fromkeys(filter(None, words)))
    return None


def _identity_of(presence: Presence) -> str:
    return presence.participant.identity


def _our_identities(connections: Iterable[ConnectionInfo]) -> dict[tuple[str, str], frozenset[str]]:
    """The identities this program has in each room of each server."""
    found: dict[tuple[str, str], frozenset[str]] = {}
    for info in connections:
        key = (info.target.url, info.room)
        found[key] = found.get(key, frozenset()) | {info.identity}
    return found


def _distinctions(connections: tuple[ConnectionInfo, ...]) -> dict[str, str]:
    """What tells connections of equally named rooms apart: our identity there, else the server."""
    by_room = Counter(info.room for info in connections)
    by_identity = Counter((info.room, info.identity) for info in connections)
    found: dict[str, str] = {}
    for info in connections:
        if by_room[info.room] == 1:
            found[info.id] = ""
        elif by_identity[info.room, info.identity] == 1:
            found[info.id] = visible(info.identity)
        else:
            found[info.id] = host_of(info.target.url)
    return found
