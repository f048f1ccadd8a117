"""One identity in one room: joins, follows who is there, survives losses, and says when it cannot."""

from __future__ import annotations

import asyncio
import contextlib
from typing import Protocol

from inspector.core.events import RoomEventKind
from inspector.core.participants import Participant
from inspector.core.problems import Problem, ProblemError, ProblemKind
from inspector.session.connection_info import ConnectionInfo, ConnectionState, RejoinPolicy
from inspector.session.connection_problems import LEFT, not_connected, unexpected
from inspector.session.ports import (
    LEAVE_WITHIN_S,
    CancelReasonOf,
    Clock,
    Invocation,
    JoinedRoom,
    Joiner,
    JoinTarget,
    RpcRequest,
)
from inspector.session.under_way import CallsUnderWay

GONE_KEPT = 1000
"""How many of those who left a connection remembers, the newest: in a busy room there is no end of them."""


class ConnectionOwner(Protocol):
    """What a connection needs of the session it belongs to."""

    def methods_for(self, identity: str) -> frozenset[str]:
        """The methods to register for this identity."""

    def connection_changed(self, connection: Connection) -> None:
        """Its state, or who is in its room, is no longer what it was."""

    def room_event(
        self, connection: Connection, identity: str, what: RoomEventKind, detail: str | None
    ) -> None:
        """Something happened that belongs between the calls of the log."""

    async def answer_call(
        self, connection: Connection, invocation: Invocation, cancel_reason: CancelReasonOf
    ) -> str:
        """Answers a call that reached the connection."""


class Connection:
    """Runs one connection; the `RoomListener` of each of its joins."""

    def __init__(
        self, connection_id: str, joiner: Joiner, owner: ConnectionOwner, policy: RejoinPolicy, clock: Clock
    ) -> None:
        self.id = connection_id
        self._joiner = joiner
        self._owner = owner
        self._policy = policy
        self._clock = clock
        self._state = ConnectionState.CONNECTING
        self._problem: Problem | None = None
        self._retry_at: float | None = None
        self._retry_now = asyncio.Event()
        self._room = joiner.target.room
        self._local: Participant | None = None
        self._participants: dict[str, Participant] = {}
        self._gone: dict[str, None] = {}  # in the order they left
        self._registered: frozenset[str] = frozenset()
        self._joined: JoinedRoom | None = None
        self._left_for: Problem | None = None  # what ended the last stay: the log has its line
        self._closed: asyncio.Future[Problem] | None = None
        self._calls = CallsUnderWay()
        self._xray = False
        self._settled = asyncio.Event()

    @property
    def info(self) -> ConnectionInfo:
        """How it stands now."""
        return ConnectionInfo(
            id=self.id,
            target=self._joiner.target,
            state=self._state,
            room=self._room,
            local=self._local,
            participants=tuple(self._participants.values()),
            gone=frozenset(self._gone),
            problem=self._problem,
            retry_at=self._retry_at,
            xray=self._xray,
        )

    @property
    def target(self) -> JoinTarget:
        """Where it goes and as whom."""
        return self._joiner.target

    @property
    def state(self) -> ConnectionState:
        """How it stands."""
        return self._state

    @property
    def room(self) -> str:
        """The room's name: as the server says it once joined, till then as it was asked for."""
        return self._room

    @property
    def identity(self) -> str:
        """Our identity there."""
        return self._local.identity if self._local else self._joiner.target.identity

    def participant(self, identity: str) -> Participant | None:
        """The listed participant of that identity."""
        return self._participants.get(identity)

    def xray_token(self) -> str | None:
        """What its room's X-ray can be asked for with; None without a key."""
        return self._joiner.xray_token(self._room)

    def set_xray(self, on: bool) -> None:
        """Notes whether the room shows us the calls between others."""
        if on is not self._xray:
            self._xray = on
            self._owner.connection_changed(self)

    async def settled(self) -> None:
        """Waits until the first join has succeeded or failed.

        Raises:
            ProblemError: it failed, or was left before it succeeded.
        """
        await self._settled.wait()
        if self._state in (ConnectionState.FAILED, ConnectionState.LEFT):
            raise ProblemError(self._problem or LEFT)

    # --- the life of a connection -------------------------------------------------------------------

    async def run(self) -> None:
        """Joins and stays, rejoining after losses, until it is cancelled or nothing more can be done."""
        try:
            self._fail(await self._stay())
        except Exception as error:  # a fault of this program: said here, reported by who runs this
            problem = unexpected(error)
            joined = self._joined
            if joined is not None:
                self._forget_room(problem)
            self._fail(problem)
            await _leave_room(joined)
            raise

    async def leave(self) -> None:
        """Leaves for good; pending calls are lost. Harmless twice. Cancel `run` before."""
        joined, self._joined = self._joined, None
        if self._state is ConnectionState.LEFT:
            return
        self._calls.lose(LEFT)
        self._participants.clear()
        self._retry_at = None
        self._set_state(ConnectionState.LEFT, None)
        self._settled.set()
        if joined is not None:
            self._owner.room_event(self, self.identity, RoomEventKind.DISCONNECTED, None)
        await _leave_room(joined)

    def retry(self) -> None:
        """Ends the pause before the next try to rejoin."""
        self._retry_now.set()

    def begin_again(self) -> None:
        """Makes one that failed or left ready to `run` once more."""
        self._settled.clear()
        self._set_state(ConnectionState.CONNECTING, None)

    async def _stay(self) -> Problem:
        """Joins and stays; the problem that nothing more can be done about."""
        problem = await self._try_to_join()
        while problem is None:
            assert self._closed is not None
            ended = await self._closed
            self._forget_room(ended)
            problem = ended if ended.final else await self._rejoin(ended)
        return problem

    async def _try_to_join(self) -> Problem | None:
        self._closed = asyncio.get_running_loop().create_future()
        try:
            joined = await self._joiner.join(self)
        except ProblemError as error:
            return error.problem
        self._joined = joined
        self._room = joined.room or self._room
        self._local = joined.local
        self._participants = {p.identity: p for p in joined.participants()}
        for identity in self._participants:
            self._gone.pop(identity, None)
        self._registered = frozenset()
        self.update_methods()
        self._retry_at = None
        self._set_state(ConnectionState.CONNECTED, None)
        self._owner.room_event(self, self.identity, RoomEventKind.CONNECTED, None)
        self._settled.set()
        return None

    async def _rejoin(self, lost: Problem) -> Problem | None:
        """Tries again until joined (None), refused, or past the time allowed (the problem)."""
        began = self._clock.monotonic()
        problem = lost
        tries = 0
        while True:
            pause_s = self._policy.pause_s(tries)
            limit_s = self._policy.give_up_after_s
            if limit_s is not None and self._clock.monotonic() + pause_s - began > limit_s:
                return problem
            self._retry_at = self._clock.now() + pause_s
            self._set_state(ConnectionState.REJOINING, problem)
            await self._pause(pause_s)
            tries += 1
            if await self._waits_for_room(lost):
                continue
            failed = await self._try_to_join()
            if failed is None or failed.final:
                return failed
            problem = failed

    async def _waits_for_room(self, lost: Problem) -> bool:
        """Whether joining now would recreate a room that the server closed for want of participants."""
        return lost.kind is ProblemKind.ROOM_CLOSED and await self._joiner.room_exists() is False

    async def _pause(self, seconds: float) -> None:
        self._retry_now.clear()
        # Not `wait_for`: until Python 3.12 it lets a cancellation go that comes together with the event.
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._retry_now.wait()

    def _forget_room(self, problem: Problem) -> None:
        self._joined = None
        self._left_for = problem
        self._note_gone(*self._participants)
        self._participants.clear()
        self._calls.lose(problem)
        self._owner.room_event(self, self.identity, RoomEventKind.DISCONNECTED, problem.what)

    def _fail(self, problem: Problem) -> None:
        self._retry_at = None
        self._set_state(ConnectionState.FAILED, problem)
        if problem is not self._left_for:
            self._owner.room_event(self, self.identity, RoomEventKind.FAILED, problem.what)
        self._settled.set()

    def _set_state(self, state: ConnectionState, problem: Problem | None) -> None:
        self._state = state
        self._problem = problem
        self._owner.connection_changed(self)

    # --- calls ---------------------------------------------------------------------------------------

    async def perform(self, request: RpcRequest) -> str:
        """Sends one call and waits for its response.

        Raises:
            RpcFailure: it ended in an RPC error.
            CallLostError: the connection ended first.
            ProblemError: it is not connected, or the SDK could not send.
        """
        joined = self._joined
        if joined is None:
            raise ProblemError(not_connected(self.identity, self._room))
        return await self._calls.perform(joined, request)

    def update_methods(self) -> None:
        """Registers and unregisters so that exactly the methods of the mocks in force reach us."""
        if self._joined is None:
            return
        wanted = self._owner.methods_for(self.identity)
        for method in self._registered - wanted:
            self._joined.unregister(method)
        for method in wanted - self._registered:
            self._joined.register(method)
        self._registered = wanted

    # --- what the room tells (RoomListener) -----------------------------------------------------------

    def participant_changed(self, participant: Participant) -> None:
        """A participant appeared, became active, or one of its facts changed."""
        before = self._participants.get(participant.identity)
        self._participants[participant.identity] = participant
        self._gone.pop(participant.identity, None)
        if participant.is_active and not (before and before.is_active):
            self._owner.room_event(self, participant.identity, RoomEventKind.ACTIVE, None)
        elif before is None:
            self._owner.room_event(self, participant.identity, RoomEventKind.JOINING, None)
        self._owner.connection_changed(self)

    def participant_left(self, identity: str, reason: str | None) -> None:
        """A participant is gone."""
        if self._participants.pop(identity, None) is None:
            return
        self._note_gone(identity)
        self._owner.room_event(self, identity, RoomEventKind.LEFT, reason)
        self._owner.connection_changed(self)

    def _note_gone(self, *identities: str) -> None:
        for identity in identities:
            self._gone.pop(identity, None)  # so that it counts as the newest
            self._gone[identity] = None
        while len(self._gone) > GONE_KEPT:
            del self._gone[next(iter(self._gone))]

    def local_changed(self, participant: Participant) -> None:
        """A fact of our own participant changed."""
        self._local = participant
        self._owner.connection_changed(self)

    def reconnecting(self) -> None:
        """The SDK lost the server and tries by itself."""
        if self._joined is None or self._state is ConnectionState.RECONNECTING:
            return
        self._set_state(ConnectionState.RECONNECTING, None)
        self._owner.room_event(self, self.identity, RoomEventKind.RECONNECTING, None)

    def reconnected(self) -> None:
        """The SDK is back; what was registered is registered anew, to be sure."""
        if self._joined is None:
            return
        self._registered = frozenset()
        self.update_methods()
        self._set_state(ConnectionState.CONNECTED, None)
        self._owner.room_event(self, self.identity, RoomEventKind.RECONNECTED, None)

    def closed(self, problem: Problem) -> None:
        """The join is over."""
        if self._closed is not None and not self._closed.done():
            self._closed.set_result(problem)

    async def answer(self, invocation: Invocation, cancel_reason: CancelReasonOf) -> str:
        """The response to a call that reached us."""
        return await self._owner.answer_call(self, invocation, cancel_reason)


async def _leave_room(joined: JoinedRoom | None) -> None:
    """Leaves, but does not wait long for a server that does not answer: it will notice that we are gone."""
    if joined is not None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_WITHIN_S):
                await joined.leave()
