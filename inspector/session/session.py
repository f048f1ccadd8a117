"""A session: connections, log, mocks and tasks of one run of the program, and their orderly end."""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections.abc import Callable
from typing import Protocol

from inspector.core.calls import Call, CallDraft
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.listeners import Listeners
from inspector.core.log import CallLog
from inspector.session.acting import Acting
from inspector.session.answered import Answered
from inspector.session.answers import Answers
from inspector.session.calls import CallHandle, Calls, check_draft
from inspector.session.connection import Connection
from inspector.session.connection_info import ConnectionInfo, ConnectionState, RejoinPolicy
from inspector.session.forwarding import Forwarding
from inspector.session.holding import Holding
from inspector.session.mock_set import MockSet
from inspector.session.ports import CancelReasonOf, Clock, Invocation, Joiner, OpenXray, ScriptRunner
from inspector.session.slots import BY_HAND, CAUSED, IN_FLIGHT, Slots
from inspector.session.xray import Xray
from inspector.tasks import ReportUnexpected, TaskOwner

logger = logging.getLogger(__name__)

CLOSE_WITHIN_S = 2.0
"""How long a session may take to leave its rooms and end its tasks."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> float:
        """Seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds of a clock that never goes back."""
        return time.perf_counter()


class SessionListener(Protocol):
    """Who follows a session's connections; the log and the mocks have listeners of their own."""

    def connection_changed(self, info: ConnectionInfo) -> None:
        """A connection is new, changed its state, or somebody in its room changed."""

    def connection_removed(self, connection_id: str) -> None:
        """A connection was taken off the list."""


class Session:
    """The composition that window and command line both drive."""

    def __init__(
        self,
        report: ReportUnexpected,
        *,
        clock: Clock | None = None,
        policy: RejoinPolicy | None = None,
        in_flight: int = IN_FLIGHT,
        seed: int = 0,
        open_xray: OpenXray | None = None,
        scripts: ScriptRunner | None = None,
    ) -> None:
        """Without `open_xray` no server is asked for X-ray: who shows one call has no use for all others.

        Without `scripts` mocks answer neither by templates nor by scripts.
        """
        self.clock = clock or SystemClock()
        self._policy = policy or RejoinPolicy()
        self.log = CallLog(run=secrets.token_hex(4), report=report)
        self.mocks = MockSet(seed=seed, report=report)
        self.tasks = TaskOwner(report)
        self.slots = Slots(in_flight)
        self.xray = Xray(self.log, self.tasks, self.clock, self._policy, open_xray, report)
        self._calls = Calls(self.log, self.slots, self.clock, self.xray.sent)
        # With slots of their own: calls that hold all others may wait for those that they cause.
        self._caused = Calls(self.log, Slots(in_flight), self.clock, self.xray.sent)
        self.holding = Holding(report)
        forwarding = Forwarding(self, self._call_out, self.clock)
        acting = Acting(self.holding, forwarding, self._call_out, self.clock, scripts)
        self._answers = Answers(self.log, self.mocks, acting, self.clock, report)
        self._connections: dict[str, Connection] = {}
        self._running: dict[str, asyncio.Task[None]] = {}
        self._handles: dict[str, CallHandle] = {}
        self._listeners = Listeners[SessionListener](report)
        self.mocks.on_changed(self._update_methods)

    # --- connections ---------------------------------------------------------------------------------

    def subscribe(self, listener: SessionListener) -> Callable[[], None]:
        """Tells `listener` of every change to a connection; the result ends it."""
        return self._listeners.add(listener)

    def connections(self) -> tuple[ConnectionInfo, ...]:
        """All connections, in the order they were opened, also those that left or failed."""
        return tuple(connection.info for connection in self._connections.values())

    def connection(self, connection_id: str) -> ConnectionInfo | None:
        """One connection as it stands now."""
        connection = self._connections.get(connection_id)
        return None if connection is None else connection.info

    def connect(self, joiner: Joiner) -> Connection:
        """Opens a connection; it is listed at once and joins by itself."""
        connection = Connection(self._new_id(joiner), joiner, self, self._policy, self.clock)
        self._connections[connection.id] = connection
        self.connection_changed(connection)
        self._start(connection)
        return connection

    def retry(self, connection_id: str) -> None:
        """Joins again now: ends the pause of one that rejoins, starts anew one that failed or left.

        Harmless where it is off the list already, as of `leave` and `remove`.
        """
        connection = self._connections.get(connection_id)
        if connection is None:
            return
        if connection.state in (ConnectionState.FAILED, ConnectionState.LEFT):
            connection.begin_again()
            self._start(connection)
        else:
            connection.retry()

    async def leave(self, connection_id: str) -> None:
        """Leaves a room; the connection stays listed as left."""
        connection = self._connections.get(connection_id)
        if connection is None:
            return
        running = self._running.get(connection_id)
        if running is not None:
            running.cancel()
            await asyncio.wait({running})
        if self._running.get(connection_id) is running:  # else somebody left, or began again, meanwhile
            self._running.pop(connection_id, None)
            await connection.leave()

    async def remove(self, connection_id: str) -> None:
        """Leaves a room and takes the connection off the list, unless it is retried meanwhile."""
        connection = self._connections.get(connection_id)
        if connection is None:
            return
        await self.leave(connection_id)
        if connection.state is ConnectionState.LEFT and connection_id in self._connections:
            del self._connections[connection_id]
            self._listeners.tell(lambda listener: listener.connection_removed(connection_id))

    def _start(self, connection: Connection) -> None:
        task = self.tasks.spawn(connection.run(), f"connection {connection.id}")
        self._running[connection.id] = task

    def _new_id(self, joiner: Joiner) -> str:
        name = f"{joiner.target.identity}@{joiner.target.room}"
        number = 1
        while (candidate := name if number == 1 else f"{name}#{number}") in self._connections:
            number += 1
        return candidate

    # --- calls ---------------------------------------------------------------------------------------

    async def call(self, draft: CallDraft, *, queue: str = BY_HAND) -> Call:
        """Makes a call and returns its settled record.

        Raises:
            ProblemError: it cannot be sent at all; nothing was logged.
        """
        connection = self._connections[draft.connection]
        return await self._calls.perform(connection, draft, self.log.new_id(), queue=queue)

    def start_call(self, draft: CallDraft, *, queue: str = BY_HAND) -> CallHandle:
        """Makes a call as a task of its own; the record is in the log when the task has first run.

        Raises:
            ProblemError: it cannot be sent at all.
        """
        check_draft(draft)
        connection = self._connections[draft.connection]
        call_id = self.log.new_id()
        task = self.tasks.spawn(
            self._calls.perform(connection, draft, call_id, queue=queue), f"call {call_id} {draft.method}"
        )
        handle = CallHandle(call_id, task)
        self._handles[call_id] = handle
        task.add_done_callback(lambda _: self._handles.pop(call_id, None))
        return handle

    async def _call_out(self, draft: CallDraft, parent: str) -> Call:
        """Makes a call that another one caused; its settled record.

        Raises:
            ProblemError: it cannot be sent at all; nothing was logged.
        """
        connection = self._connections[draft.connection]
        call_id = self.log.new_id()
        return await self._caused.perform(connection, draft, call_id, queue=CAUSED, parent=parent)

    def stop_waiting(self, call_id: str) -> bool:
        """Stops waiting for a call started here; False where it is not under way any more."""
        handle = self._handles.get(call_id)
        if handle is None:
            return False
        handle.stop_waiting()
        return True

    def answered_by(self, call_id: str) -> Answered | None:
        """Which mock and rule decided on a call that reached us; None where no longer, or never, known."""
        return self._answers.answered.get(call_id)

    # --- what connections ask of their owner ------------------------------------------------------------

    def methods_for(self, identity: str) -> frozenset[str]:
        """The methods to register for this identity."""
        return self.mocks.methods_for(identity)

    def connection_changed(self, connection: Connection) -> None:
        """Passes the news on."""
        if connection.id in self._connections:
            self.xray.connection_changed(connection)
            self._listeners.tell(lambda listener: listener.connection_changed(connection.info))

    def room_event(
        self, connection: Connection, identity: str, what: RoomEventKind, detail: str | None
    ) -> None:
        """Adds a line to the log, once for each room however many connections of ours saw it."""
        if identity != connection.identity and not self._speaks_for_room(connection, identity):
            return
        event = RoomEvent(self.clock.now(), connection.room, connection.id, identity, what, detail)
        self.log.add_event(event)

    async def answer_call(
        self, connection: Connection, invocation: Invocation, cancel_reason: CancelReasonOf
    ) -> str:
        """Answers a call that reached one of our connections."""
        return await self._answers.answer(
            connection=connection.id,
            room=connection.room,
            identity=connection.identity,
            caller=connection.participant(invocation.caller),
            invocation=invocation,
            cancel_reason=cancel_reason,
        )

    def _speaks_for_room(self, connection: Connection, about: str) -> bool:
        """Whether this connection is the first of ours in its room, and `about` is none of ours there."""
        room, url = connection.room, connection.target.url
        ours = [c for c in self._connections.values() if c.room == room and c.target.url == url]
        if any(other.identity == about for other in ours):
            return False
        connected = (c for c in ours if c is connection or c.state is ConnectionState.CONNECTED)
        return next(connected, connection) is connection

    def _update_methods(self) -> None:
        for connection in self._connections.values():
            connection.update_methods()

    # --- the end -----------------------------------------------------------------------------------------

    async def close(self, within_s: float = CLOSE_WITHIN_S) -> tuple[str, ...]:
        """Leaves every room and ends every task; the names of tasks that would not end in time.

        Harmless twice.
        """
        if self.tasks.is_shut_down:
            return ()
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within_s
        self._calls.close()
        self._caused.close()
        self.xray.close()
        for handle in tuple(self._handles.values()):
            handle.stop_waiting()
        for running in self._running.values():
            running.cancel()
        leaving = [
            self.tasks.spawn(connection.leave(), f"leave {connection.id}")
            for connection in self._connections.values()
        ]
        if leaving:
            await asyncio.wait(leaving, timeout=within_s)
        alive = await self.tasks.shut_down(max(deadline - loop.time(), 0.0))
        if alive:
            logger.warning("ended without waiting any longer for: %s", ", ".join(alive))
        return alive
