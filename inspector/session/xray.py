"""The X-ray of every room our connections are in: one stream for each room that has any."""

from __future__ import annotations

from collections.abc import Callable

from inspector.core.calls import Call, Direction, Outcome, Source
from inspector.core.faults import FaultState
from inspector.core.listeners import Listeners, Report
from inspector.core.log import CallLog, Row
from inspector.session.connection import Connection
from inspector.session.connection_info import IN_ROOM, ConnectionState, RejoinPolicy
from inspector.session.ports import Clock, OpenXray
from inspector.session.room_xray import RoomXray
from inspector.tasks import TaskOwner


class Xray:
    """Tells each room's X-ray of our connections and calls there; a listener of the log."""

    def __init__(
        self,
        log: CallLog,
        tasks: TaskOwner,
        clock: Clock,
        policy: RejoinPolicy,
        open_xray: OpenXray | None,
        report: Report,
    ) -> None:
        self._log = log
        self._tasks = tasks
        self._clock = clock
        self._policy = policy
        self._open = open_xray
        self._rooms: dict[tuple[str, str], RoomXray] = {}
        self._room_of: dict[str, RoomXray] = {}
        self._states: dict[str, ConnectionState] = {}
        self._faults = Listeners[Callable[[str], None]](report)
        log.subscribe(self)

    def faults(self, connection_id: str) -> tuple[FaultState, ...] | None:
        """The faults of the local room a connection is in; None where there is no X-ray."""
        room = self._room_of.get(connection_id)
        return None if room is None else room.faults

    def on_faults(self, callback: Callable[[str], None]) -> Callable[[], None]:
        """Calls back with the url of a server whose faults, or their hits, changed; the result ends it."""
        return self._faults.add(callback)

    def connection_changed(self, connection: Connection) -> None:
        """A connection is in another state; anything else of it does not matter here."""
        state, before = connection.state, self._states.get(connection.id)
        if state is before:
            return
        self._states[connection.id] = state
        if state is ConnectionState.CONNECTED and before not in IN_ROOM:
            self._enter(connection)
        elif state is ConnectionState.REJOINING and connection.id in self._room_of:
            self._room_of[connection.id].away(connection)
        elif state in (ConnectionState.LEFT, ConnectionState.FAILED):
            del self._states[connection.id]
            self._leave(connection)

    def sent(self, call_id: str) -> None:
        """A call of ours goes out."""
        call = self._log.get(call_id)
        room = None if call is None else self._followed_room(call.connection)
        if call is not None and room is not None:
            room.own_sent(call)

    def close(self) -> None:
        """Ends every stream; what only X-ray knew of is lost."""
        for room in self._rooms.values():
            room.close()

    # What the log tells (`LogListener`).

    def entry_added(self, index: int) -> None:
        """A call that reached us has its row."""
        entry = self._log[index]
        if isinstance(entry, Row) and entry.direction is Direction.IN:
            call, room = self._own(entry)
            if call is not None and room is not None:
                room.own_arrived(call)

    def entry_changed(self, index: int) -> None:
        """A call of ours may have settled."""
        entry = self._log[index]
        if isinstance(entry, Row) and entry.outcome is not Outcome.PENDING:
            call, room = self._own(entry)
            if call is not None and room is not None:
                room.own_settled(call)

    def entries_removed(self) -> None:
        """Calls under way stay in the log."""

    def _own(self, row: Row) -> tuple[Call | None, RoomXray | None]:
        """The call and its room, where it is one of our own in a room with X-ray."""
        room = self._followed_room(row.connection)
        call = None if room is None else self._log.get(row.id)
        is_own = call is not None and call.source is Source.SELF and call.direction is not Direction.SEEN
        return (call, room) if is_own else (None, None)

    def _followed_room(self, connection_id: str | None) -> RoomXray | None:
        room = None if connection_id is None else self._room_of.get(connection_id)
        return room if room is not None and room.is_followed else None

    def _enter(self, connection: Connection) -> None:
        self._leave(connection, into=connection.room)
        if self._open is None:
            return
        key = (connection.target.url, connection.room)
        room = self._rooms.get(key) or self._new_room(*key, self._open)
        self._rooms[key] = self._room_of[connection.id] = room
        room.enter(connection)

    def _leave(self, connection: Connection, into: str | None = None) -> None:
        """Takes the connection out of its room, unless that is the one it goes `into`."""
        room = self._room_of.get(connection.id)
        if room is None or self._rooms.get((connection.target.url, into or "")) is room:
            return
        del self._room_of[connection.id]
        room.leave(connection)
        if room.is_empty:
            self._rooms = {key: other for key, other in self._rooms.items() if other is not room}

    def _new_room(self, url: str, room: str, open_xray: OpenXray) -> RoomXray:
        return RoomXray(
            url,
            room,
            log=self._log,
            tasks=self._tasks,
            clock=self._clock,
            policy=self._policy,
            open_xray=open_xray,
            faults_told=lambda: self._faults.tell(lambda callback: callback(url)),
        )
