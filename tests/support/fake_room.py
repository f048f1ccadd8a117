"""A server made of nothing but Python values, behind the ports of session: fast, and wrong on request.

`FakeServer` is the server and everybody in its rooms, `FakeJoiner` and `FakeRoom` are the ports. Times
are those of a `FakeClock`. Nothing here waits by itself: what a test holds back, it lets go.
"""

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable

import pytest

from inspector.core.limits import budgets
from inspector.core.participants import Participant
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.session.ports import (
    CancelReason,
    Invocation,
    JoinTarget,
    RoomListener,
    RpcFailure,
    RpcRequest,
)
from tests.support.records import AT, a_participant

Handler = Callable[[RpcRequest], Awaitable[str]]


def a_problem(kind: ProblemKind = ProblemKind.CONNECTION_LOST, *, final: bool = False) -> Problem:
    """Return a problem of this kind, with words of its own."""
    return Problem(kind, f"It was {kind}.", Side.SERVER, "Look again.", final=final)


class FakeClock:
    """Time that passes only when a test says so, in seconds; the port `Clock`."""

    def __init__(self) -> None:
        self._passed = 0.0

    def pass_by(self, seconds: float) -> None:
        """Let time pass."""
        self._passed += seconds

    def now(self) -> float:
        return AT + self._passed

    def monotonic(self) -> float:
        return 1000.0 + self._passed


class FakeServer:
    """The rooms of one server and who is in them."""

    def __init__(self) -> None:
        self.refusals: deque[Problem | Exception] = deque()
        """Why the next joins fail, one each."""
        self.door = asyncio.Event()
        """Cleared, joins wait until it is set again."""
        self.door.set()
        self.leaving = asyncio.Event()
        """Cleared, rooms do not come back from leaving until it is set again."""
        self.leaving.set()
        self.room_exists: bool | None = None
        self.asked_for_room = 0
        """How often somebody asked whether the room exists."""
        self.joins: list[str] = []
        """The identity of every attempt to join, refused or not."""
        self.left: list[str] = []
        """The identities whose join was left by its own side."""
        self._peers: dict[str, dict[str, Participant]] = defaultdict(dict)
        self._handlers: dict[tuple[str, str], dict[str, Handler]] = defaultdict(dict)
        self._ours: dict[tuple[str, str], FakeRoom] = {}
        self._numbers = 0

    def joiner(
        self, identity: str = "me", room: str = "demo", url: str = "ws://fake", *, has_key: bool = False
    ) -> "FakeJoiner":
        """Return a way in."""
        target = JoinTarget(url=url, room=room, identity=identity, source="a test", has_key=has_key)
        return FakeJoiner(self, target)

    def room_of(self, identity: str, room: str = "demo") -> "FakeRoom":
        """Return the join of ours that is there now."""
        return self._ours[room, identity]

    def add_peer(self, peer: Participant | str, room: str = "demo", **handlers: Handler) -> None:
        """Let a participant that is not ours appear, or change, and answer these methods."""
        participant = a_participant(peer) if isinstance(peer, str) else peer
        self._peers[room][participant.identity] = participant
        self._handlers[room, participant.identity].update(handlers)
        for ours in self._in(room):
            ours.listener.participant_changed(participant)

    def remove_peer(self, identity: str, room: str = "demo", reason: str | None = None) -> None:
        """Let a participant that is not ours leave."""
        del self._peers[room][identity]
        for ours in self._in(room):
            ours.listener.participant_left(identity, reason)

    def lose(self, identity: str, problem: Problem, room: str = "demo") -> None:
        """End a join of ours from outside."""
        ours = self._ours.pop((room, identity))
        ours.over = True
        ours.end_calls(CancelReason.DISCONNECTED)
        ours.listener.closed(problem)

    def interrupt(self, identity: str, room: str = "demo") -> None:
        """Take the server away from a join of ours, which tries by itself to have it back."""
        self._ours[room, identity].listener.reconnecting()

    def restore(self, identity: str, room: str = "demo") -> None:
        """Give it back, as after a full reconnect: nothing is registered any more."""
        ours = self._ours[room, identity]
        ours.registered.clear()
        ours.listener.reconnected()

    def call(
        self,
        identity: str,
        method: str,
        payload: str = "",
        *,
        caller: str = "web",
        room: str = "demo",
        timeout_s: float = 8.0,
    ) -> "IncomingCall":
        """Call a method of ours, as `caller`."""
        self._numbers += 1
        invocation = Invocation(f"request-{self._numbers}", caller, method, payload, timeout_s)
        return IncomingCall(self._ours[room, identity], invocation)

    def everybody_but(self, identity: str, room: str) -> tuple[Participant, ...]:
        """Return the participants somebody of this identity sees."""
        ours = [fake.local for fake in self._in(room) if fake.local.identity != identity]
        return (*self._peers[room].values(), *ours)

    async def enter(self, target: JoinTarget, listener: RoomListener) -> "FakeRoom":
        """Join, unless it is refused."""
        self.joins.append(target.identity)
        if self.refusals:
            refusal = self.refusals.popleft()
            raise ProblemError(refusal) if isinstance(refusal, Problem) else refusal
        await self.door.wait()
        entered = FakeRoom(self, target, listener)
        for ours in self._in(target.room):
            ours.listener.participant_changed(entered.local)
        self._ours[target.room, target.identity] = entered
        return entered

    def exit(self, leaver: "FakeRoom") -> None:
        """Let a join of ours be over by its own wish."""
        self._ours.pop((leaver.room, leaver.local.identity), None)
        self.left.append(leaver.local.identity)
        for ours in self._in(leaver.room):
            ours.listener.participant_left(leaver.local.identity, None)

    async def carry(self, room: str, caller: str, request: RpcRequest) -> str:
        """Bring a call of ours to its destination and the answer back."""
        there = self._ours.get((room, request.destination))
        if there is not None and request.destination != caller:
            handler_s = budgets(request.timeout_s, request.ack_timeout_s).handler_s
            return await self.call(
                request.destination,
                request.method,
                request.payload,
                caller=caller,
                room=room,
                timeout_s=handler_s,
            ).answer()
        if request.destination not in self._peers[room]:
            raise RpcFailure(1501, "Connection timeout")
        handler = self._handlers[room, request.destination].get(request.method)
        if handler is None:
            raise RpcFailure(1400, "Method not supported at destination")
        return await handler(request)

    def _in(self, room: str) -> list["FakeRoom"]:
        return [ours for (name, _), ours in self._ours.items() if name == room]


class FakeJoiner:
    """The port `Joiner`."""

    def __init__(self, server: FakeServer, target: JoinTarget) -> None:
        self._server = server
        self.target = target

    async def join(self, listener: RoomListener) -> "FakeRoom":
        return await self._server.enter(self.target, listener)

    def xray_token(self, room: str) -> str | None:
        return f"token for {room}" if self.target.has_key else None

    async def room_exists(self) -> bool | None:
        self._server.asked_for_room += 1
        return self._server.room_exists


class FakeRoom:
    """The port `JoinedRoom`."""

    def __init__(self, server: FakeServer, target: JoinTarget, listener: RoomListener) -> None:
        self._server = server
        self.room = target.room
        self.local = a_participant(target.identity)
        self.listener = listener
        self.registered: set[str] = set()
        self.sent: list[RpcRequest] = []
        self.over = False
        self._incoming: set[IncomingCall] = set()

    def participants(self) -> tuple[Participant, ...]:
        return self._server.everybody_but(self.local.identity, self.room)

    async def perform(self, request: RpcRequest) -> str:
        self.sent.append(request)
        return await self._server.carry(self.room, self.local.identity, request)

    def register(self, method: str) -> None:
        self.registered.add(method)

    def unregister(self, method: str) -> None:
        self.registered.discard(method)

    async def leave(self) -> None:
        if not self.over:
            self.over = True
            self.end_calls(CancelReason.DISCONNECTED)
            self._server.exit(self)
            await self._server.leaving.wait()

    def begun(self, call: "IncomingCall") -> None:
        """Remember a call that is being answered."""
        self._incoming.add(call)

    def ended(self, call: "IncomingCall") -> None:
        """Forget it."""
        self._incoming.discard(call)

    def end_calls(self, reason: CancelReason) -> None:
        """Cancel what is being answered, as the SDK does when the room is over."""
        for call in tuple(self._incoming):
            call.cancel(reason)


class IncomingCall:
    """A call of a method of ours, on its way or being answered."""

    def __init__(self, room: FakeRoom, invocation: Invocation) -> None:
        self.invocation = invocation
        self._room = room
        self._reason: CancelReason | None = None
        self._task: asyncio.Task[str] | None = None

    def begin(self) -> None:
        """Let it reach the handler."""
        self._room.begun(self)
        answer = self._room.listener.answer(self.invocation, lambda: self._reason)
        self._task = asyncio.create_task(answer, name=f"answer {self.invocation.method}")

    def cancel(self, reason: CancelReason | None) -> None:
        """End the handler, as the SDK does at the deadline or when the room is over."""
        assert self._task is not None
        self._reason = reason
        self._task.cancel()

    async def answer(self) -> str:
        """Return what the caller gets.

        Raises:
            RpcFailure: the caller gets this error.
        """
        if self._task is None:
            if self.invocation.method not in self._room.registered:
                raise RpcFailure(1400, "Method not supported at destination")
            self.begin()
        assert self._task is not None
        try:
            await asyncio.wait({self._task})
        finally:
            self._room.ended(self)
        if not self._task.cancelled():
            return self._task.result()
        late = self._reason is CancelReason.RESPONSE_TIMEOUT
        raise RpcFailure(1502, "Response timeout") if late else RpcFailure(1503, "Recipient disconnected")


async def error_of(incoming: IncomingCall) -> RpcFailure:
    """Return the error that the caller gets."""
    with pytest.raises(RpcFailure) as raised:
        await incoming.answer()
    return raised.value
