"""Follows the X-ray of one room for as long as a connection of ours is in it or on its way back."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable

from inspector.core.calls import Call, Direction, Source
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.faults import FaultState
from inspector.core.log import CallLog
from inspector.core.problems import Problem, ProblemError
from inspector.session.connection import Connection
from inspector.session.connection_info import IN_ROOM, ConnectionState, RejoinPolicy
from inspector.session.ports import Clock, OpenXray
from inspector.session.seen_calls import SeenCalls
from inspector.tasks import TaskOwner
from inspector.xray.client import OrdinaryServerError
from inspector.xray.messages import Acked, Began, Ended, Faults, Hello, Late, Message, Missed
from inspector.xray.problems import broke_off

logger = logging.getLogger(__name__)

FIRST_TRIES = 3
"""A server that has not shown any X-ray yet, and cannot be asked, is given up after so many tries."""
SAID_LOST_AFTER_TRIES = 2
"""A stream that broke is mostly back at once; only when it was asked for in vain so often the log says so."""
SWEEP_S = 0.25
MISSED_LINE_EVERY_S = 10.0
"""How often at most the log says that X-ray is read too slowly; the count grows all the same."""
_SLICE_S = 0.005
"""How long messages are taken in one go before everything else has its turn."""

_WE_LEFT = "This program left the room before the call ended."
_PROGRAM_ENDED = "This program ended before the call did."


class RoomXray:
    """One stream, and what is made of it, for all of our connections in one room of one server."""

    def __init__(
        self,
        url: str,
        room: str,
        *,
        log: CallLog,
        tasks: TaskOwner,
        clock: Clock,
        policy: RejoinPolicy,
        open_xray: OpenXray,
        faults_told: Callable[[], None],
    ) -> None:
        self.calls = SeenCalls(log, clock, room, self)
        self.faults: tuple[FaultState, ...] | None = None
        """As the room told them last; None while there is no X-ray."""
        self._url = url
        self._room = room
        self._log = log
        self._tasks = tasks
        self._clock = clock
        self._policy = policy
        self._open = open_xray
        self._faults_told = faults_told
        self._members: dict[str, Connection] = {}
        self._task: asyncio.Task[None] | None = None
        self._sweeping: asyncio.TimerHandle | None = None
        self._is_on = False
        self._was_on = False
        self._said_lost = False
        self._missed = 0  # since the log has said so last
        self._missed_said_at: float | None = None

    @property
    def is_followed(self) -> bool:
        """Whether the stream is there, or is being asked for."""
        return self._task is not None

    @property
    def is_empty(self) -> bool:
        """Whether no connection of ours is in the room or on its way back."""
        return not self._members

    # --- our connections there -----------------------------------------------------------------------------

    def enter(self, connection: Connection) -> None:
        """A connection of ours has just joined the room: the server is asked for X-ray, unless it was."""
        self._members[connection.id] = connection
        connection.set_xray(self._is_on)
        if self._task is None and self._token() is not None:
            self._task = self._tasks.spawn(self._follow(), f"X-ray of {self._room}")
            for call in self._log.pending():
                if call.connection in self._members:
                    self._know(call)

    def away(self, connection: Connection) -> None:
        """A connection of ours lost the room and tries to get back into it."""
        connection.set_xray(False)
        if not self._in_room():
            self._stop()

    def leave(self, connection: Connection) -> None:
        """A connection of ours is out of the room for good."""
        self._members.pop(connection.id, None)
        self.away(connection)
        if self.is_empty:
            self._end(_WE_LEFT)

    def close(self) -> None:
        """The program ends."""
        self._stop()
        self._end(_PROGRAM_ENDED)

    def connection_of(self, identity: str) -> str | None:
        """The id of our connection that has this identity in the room now."""
        return next((c.id for c in self._in_room() if c.identity == identity), None)

    def speaker(self) -> str | None:
        """The id of our connection that speaks for the room."""
        speaker = self._speaker()
        return None if speaker is None else speaker.id

    def _speaker(self) -> Connection | None:
        """The first that is connected, else the first at all."""
        members = sorted(self._members.values(), key=lambda c: c.state is not ConnectionState.CONNECTED)
        return members[0] if members else None

    def _in_room(self) -> list[Connection]:
        return [connection for connection in self._members.values() if connection.state in IN_ROOM]

    def _token(self) -> str | None:
        tokens = (connection.xray_token() for connection in self._in_room())
        return next((token for token in tokens if token is not None), None)

    # --- what becomes of our own calls ---------------------------------------------------------------------

    def own_arrived(self, call: Call) -> None:
        """A call has reached us, and has its row."""
        self.calls.own_arrived(call)

    def own_sent(self, call: Call) -> None:
        """A call of ours goes out."""
        self.calls.own_sent(call)

    def own_settled(self, call: Call) -> None:
        """A call of ours, either way, has its outcome."""
        self.calls.own_settled(call)
        self._sweep_later()

    def _know(self, call: Call) -> None:
        """Tells of a call that was under way before X-ray was asked for."""
        if call.source is not Source.SELF:
            return
        if call.direction is Direction.IN:
            self.calls.own_arrived(call)
        elif call.direction is Direction.OUT:
            self.calls.own_sent(call)

    # --- the stream ----------------------------------------------------------------------------------------

    async def _follow(self) -> None:
        """Asks for the stream and reads it, again where it breaks, until it is stopped or there is none."""
        try:
            problem = await self._read_while_there()
            logger.info("No X-ray of room %s: %s", self._room, problem.sentence())
        finally:
            if self._task is asyncio.current_task():  # else it was stopped, by whoever saw to the rest
                self._task = None
                self._turn(on=False)
                self._end()

    async def _read_while_there(self) -> Problem:
        """Reads until there is nothing more to read, or nobody who may; why."""
        problem = broke_off(self._url)
        tries = 0
        while (token := self._token()) is not None:
            try:
                async with self._open(self._url, token).following(self._room) as messages:
                    tries = 0
                    self._begin()
                    await self._read(messages)
                problem = broke_off(self._url)
            except OrdinaryServerError as ordinary:
                return ordinary.problem
            except ProblemError as error:
                problem = error.problem
            tries += 1
            self._interrupt(problem, tries)
            if problem.final or (not self._was_on and tries >= FIRST_TRIES):
                return problem
            await asyncio.sleep(self._policy.pause_s(tries - 1))
        return problem

    def _begin(self) -> None:
        if self._was_on:
            self.calls.resumed()
        if self._said_lost:
            self._add_line(RoomEventKind.XRAY_BACK)
        self._said_lost = False
        self._was_on = True
        self._turn(on=True)
        self._sweep_later()

    async def _read(self, messages: AsyncIterator[Message]) -> None:
        until = time.monotonic() + _SLICE_S
        async for message in messages:
            self._take(message)
            if time.monotonic() >= until:
                await asyncio.sleep(0)  # what has come already is read without a pause
                until = time.monotonic() + _SLICE_S

    def _take(self, message: Message) -> None:
        match message:
            case Missed(messages=missed):
                self._miss(missed)
            case Faults(faults=faults):
                self.faults = faults
                self._faults_told()
            case Began() | Acked() | Ended() | Late():
                self.calls.take(message)
            case Hello():
                pass  # has been said
        self._sweep_later()

    def _miss(self, messages: int) -> None:
        self._log.add_missed(messages)
        self._missed += messages
        now = self._clock.monotonic()
        if self._missed_said_at is None or now - self._missed_said_at >= MISSED_LINE_EVERY_S:
            missed = f"{self._missed:,} message{'' if self._missed == 1 else 's'} missed"
            self._add_line(RoomEventKind.XRAY_MISSED, missed)
            self._missed, self._missed_said_at = 0, now

    def _interrupt(self, problem: Problem, tries: int) -> None:
        """The stream broke, or could not be had: it is asked for again."""
        self._turn(on=False)
        if not self._was_on:
            return
        self.calls.interrupted()
        self._sweep_later()
        connected = any(c.state is ConnectionState.CONNECTED for c in self._members.values())
        if tries >= SAID_LOST_AFTER_TRIES and not self._said_lost and connected:
            self._said_lost = True
            self._add_line(RoomEventKind.XRAY_LOST, problem.what)

    def _stop(self) -> None:
        """Nobody of ours is in the room: there is nothing to ask with, till somebody is back."""
        if self._task is None:
            return
        task, self._task = self._task, None
        task.cancel()
        self._turn(on=False)
        self.calls.interrupted()
        self._sweep_later()

    def _end(self, why: str | None = None) -> None:
        """There is no more X-ray here, at least till the next join."""
        self.calls.end(*([] if why is None else [why]))
        if self._sweeping is not None:
            self._sweeping.cancel()
            self._sweeping = None

    def _turn(self, *, on: bool) -> None:
        self._is_on = on
        if not on:
            self.faults = None
        for connection in self._members.values():
            connection.set_xray(on and connection.state in IN_ROOM)

    def _add_line(self, what: RoomEventKind, detail: str | None = None) -> None:
        speaker = self._speaker()
        if speaker is not None:
            now = self._clock.now()
            self._log.add_event(RoomEvent(now, self._room, speaker.id, speaker.identity, what, detail))

    def _sweep_later(self) -> None:
        if self._sweeping is None and self.calls.is_waiting:
            self._sweeping = asyncio.get_running_loop().call_later(SWEEP_S, self._sweep)

    def _sweep(self) -> None:
        self._sweeping = None
        self.calls.sweep()
        self._sweep_later()
