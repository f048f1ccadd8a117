"""What a session needs from outside, as protocols; `inspector.sdk` is their real side, tests bring fakes.

The values that cross a port are plain: no livekit type goes in or out.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from enum import StrEnum
from typing import Protocol

import msgspec

from inspector.core.calls import Call, CallDraft
from inspector.core.participants import Participant
from inspector.core.problems import Problem
from inspector.xray.messages import Message

LEAVE_WITHIN_S = 1.5
"""How long leaving a room may take before it is given up; the process may end then all the same."""


class JoinAs(StrEnum):
    """How a connection shows itself (product, section 5)."""

    PARTICIPANT = "participant"
    BESIDE = "beside"
    """Kind agent, publishing on its own behalf: voice agents and front ends pass it over."""


class JoinTarget(msgspec.Struct, frozen=True):
    """Where a connection goes and as whom; safe to show and to keep, it holds no secret."""

    url: str
    room: str
    """Empty where only the server will tell (a token that names no room)."""
    identity: str
    source: str
    """Where address and credentials came from, in words: `options`, `.env.local`, `lk project staging`."""
    join_as: JoinAs = JoinAs.PARTICIPANT
    has_key: bool = False
    """With an API key the token can be made anew and the server API asked."""


class RpcRequest(msgspec.Struct, frozen=True):
    """A call as it goes to the SDK; times in seconds, None for the SDK's default."""

    destination: str
    method: str
    payload: str
    timeout_s: float | None
    ack_timeout_s: float | None


class Invocation(msgspec.Struct, frozen=True):
    """A call that reached us."""

    request_id: str
    caller: str
    method: str
    payload: str
    timeout_s: float
    """What the caller's SDK left the handler, in seconds."""


class RpcFailure(Exception):  # noqa: N818 - the outcome of a call, not a fault of this program
    """An RPC error, either way: raised by `JoinedRoom.perform`, and by an answer that refuses."""

    def __init__(self, code: int, message: str, data: str | None = None) -> None:
        super().__init__(f"{code} {message}")
        self.code = code
        self.message = message
        self.data = data


class ScriptCall(msgspec.Struct, frozen=True):
    """What a template or script is told of the call it answers."""

    payload: str
    caller: str
    method: str
    request_id: str
    timeout_s: float
    """What is left for the answer, in seconds."""
    hits: int
    """How often the mock was called, this call included."""
    vars: dict[str, object]


CallOut = Callable[[CallDraft, str], Awaitable[Call]]
"""Makes a call that another one (the id) caused, and gives its settled record; raises ProblemError."""
PerformRpc = Callable[[RpcRequest], Awaitable[str]]
"""Makes a call of a script's own, by the connection that was called; raises `RpcFailure`."""


class ScriptRunner(Protocol):
    """Runs the templates and scripts of mocks, outside of this process (by `inspector.scripts`)."""

    async def render(self, source: str, call: ScriptCall) -> str:
        """The text a template makes of a call.

        Raises:
            RpcFailure: it makes none; the caller gets this error.
        """

    async def respond(self, path: str, call: ScriptCall, perform: PerformRpc) -> str:
        """The answer of the script at `path`. Cancelled, it lets the script's call go.

        Raises:
            RpcFailure: the script's own error, or why there is no answer.
        """


class CancelReason(StrEnum):
    """Why the SDK cancelled an answer: what the caller sees instead of it."""

    RESPONSE_TIMEOUT = "response_timeout"
    DISCONNECTED = "disconnected"


CancelReasonOf = Callable[[], CancelReason | None]
"""Why the SDK cancelled the answer that asks; None where it was not the SDK."""


class RoomListener(Protocol):
    """Whom a joined room tells what happens. Called on the session's loop, in the order things happened."""

    def participant_changed(self, participant: Participant) -> None:
        """A participant appeared, became active, or one of its facts changed."""

    def participant_left(self, identity: str, reason: str | None) -> None:
        """A participant is gone; `reason` in words where the server gave one."""

    def local_changed(self, participant: Participant) -> None:
        """A fact of our own participant changed."""

    def reconnecting(self) -> None:
        """The SDK lost the server and tries by itself (for about 27 s)."""

    def reconnected(self) -> None:
        """The SDK is back, by resuming or by joining anew."""

    def closed(self, problem: Problem) -> None:
        """The room is over for this join and will say nothing more. Not called after `leave`."""

    async def answer(self, invocation: Invocation, cancel_reason: CancelReasonOf) -> str:
        """The response to a call that reached us. Cancelled, it may ask `cancel_reason` why.

        Raises:
            RpcFailure: the caller gets this error.
        """


class JoinedRoom(Protocol):
    """One join of one identity, alive until `leave` or until its listener hears `closed`."""

    @property
    def room(self) -> str:
        """The room's name as the server says it."""

    @property
    def local(self) -> Participant:
        """Our own participant."""

    def participants(self) -> tuple[Participant, ...]:
        """The other participants listed now."""

    async def perform(self, request: RpcRequest) -> str:
        """Sends one call and waits for its response.

        Raises:
            RpcFailure: it ended in an RPC error, remote or made by the SDK here.
            ProblemError: it could not be sent at all.
        """

    def register(self, method: str) -> None:
        """Calls of `method` now reach the listener; again is harmless."""

    def unregister(self, method: str) -> None:
        """Calls of `method` are again answered 1400 by the SDK; unknown is harmless."""

    async def leave(self) -> None:
        """Leaves the room; harmless when it is over already."""


class Joiner(Protocol):
    """One way into one room, usable again after a loss."""

    @property
    def target(self) -> JoinTarget:
        """Where it leads and as whom."""

    async def join(self, listener: RoomListener) -> JoinedRoom:
        """Joins.

        Raises:
            ProblemError: with why not, and whether trying again can help.
        """

    async def room_exists(self) -> bool | None:
        """Whether the server lists the room now; None without a key or where it cannot be asked."""

    def xray_token(self, room: str) -> str | None:
        """A short-lived token with which a local room shows the calls in `room`; None without a key."""


class XraySource(Protocol):
    """A server that may show the calls in its rooms; `inspector.xray.client` is its real side."""

    def following(self, room: str) -> AbstractAsyncContextManager[AsyncIterator[Message]]:
        """What happens in `room`, for as long as the context lasts.

        Raises:
            OrdinaryServerError: the server is no local room.
            ProblemError: it cannot be reached, refuses, or the stream broke off, the latter while iterating.
        """


OpenXray = Callable[[str, str], XraySource]
"""The server at an address, as it shows itself to whoever has the token."""


class Clock(Protocol):
    """Time, so that tests can own it."""

    def now(self) -> float:
        """Seconds since the epoch."""

    def monotonic(self) -> float:
        """Seconds of a clock that never goes back."""
