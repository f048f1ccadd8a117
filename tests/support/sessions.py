"""Waiting for a session, a connection or a log to come into a state, and reading what they say."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from inspector.core.calls import Call, Direction
from inspector.core.events import RoomEvent
from inspector.core.log import CallLog
from inspector.session.connection import Connection
from inspector.session.connection_info import ConnectionInfo, ConnectionState
from inspector.session.ports import Joiner
from inspector.session.session import Session
from inspector.session.waiting import until

WITHIN_S = 5.0
"""How long what happens inside one process may take."""

T = TypeVar("T")


async def joined(session: Session, joiner: Joiner) -> Connection:
    """Open a connection and return it once it is in."""
    connection = session.connect(joiner)
    await connection.settled()
    return connection


async def becomes(
    session: Session, connection: Connection, *states: ConnectionState, within_s: float = WITHIN_S
) -> ConnectionInfo:
    """Return the connection as it stands once it is in one of these states."""
    info = await until(session, lambda: connection.info if connection.state in states else None, within_s)
    assert info is not None, f"{connection.id} is {connection.state}, not {states}; {connection.info.problem}"
    return info


async def until_logged(log: CallLog, condition: Callable[[], T | None], within_s: float = WITHIN_S) -> T:
    """Return the first value other than None that `condition` gives, asked at every change of the log."""
    wake = _Wake()
    unsubscribe = log.subscribe(wake)
    try:
        async with asyncio.timeout(within_s):
            while (value := condition()) is None:
                wake.event.clear()
                await wake.event.wait()
            return value
    finally:
        unsubscribe()


def calls(session: Session, direction: Direction | None = None) -> list[Call]:
    """Return the records of a session's log, in the order the calls were asked for."""
    made = [call for call in session.log.calls() if direction in (None, call.direction)]
    return sorted(made, key=lambda call: session.log.index_of(call.id) or 0)


def room_events(session: Session) -> list[tuple[str, str]]:
    """Return who did what, of the lines between the calls."""
    return [(entry.identity, entry.what.value) for entry in session.log if isinstance(entry, RoomEvent)]


class States:
    """The states a connection went through, as it told them."""

    def __init__(self, session: Session) -> None:
        self.seen: list[ConnectionState] = []
        session.subscribe(self)

    def connection_changed(self, info: ConnectionInfo) -> None:
        if self.seen[-1:] != [info.state]:
            self.seen.append(info.state)

    def connection_removed(self, connection_id: str) -> None:
        pass


class _Wake:
    """Sets an event at every change of a log."""

    def __init__(self) -> None:
        self.event = asyncio.Event()

    def entry_added(self, index: int) -> None:
        self.event.set()

    def entry_changed(self, index: int) -> None:
        self.event.set()

    def entries_removed(self) -> None:
        self.event.set()
