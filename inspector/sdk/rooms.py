"""The real side of the ports `Joiner` and `JoinedRoom`, over livekit.rtc."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Coroutine
from typing import TYPE_CHECKING, Any, Protocol

from inspector.core.participants import Participant
from inspector.core.problems import Problem, ProblemError
from inspector.sdk.failures import connect_problem, disconnect_problem
from inspector.sdk.participants import name_of, participant_from_rtc
from inspector.sdk.private import SharedWaiter
from inspector.session.ports import (
    LEAVE_WITHIN_S,
    CancelReason,
    Invocation,
    JoinedRoom,
    JoinTarget,
    RoomListener,
    RpcFailure,
    RpcRequest,
)

if TYPE_CHECKING:
    from livekit import rtc

CONNECT_TIMEOUT_S = 2.0
"""How long one attempt to reach the server's signalling may take. The SDK makes four, so that a port that
accepts and says nothing is given up after four times this and 12 s (measured)."""


class Spawn(Protocol):
    """Starts a task that outlives its caller; `TaskOwner.spawn`."""

    def __call__(
        self,
        coroutine: Coroutine[Any, Any, Exception | None],
        name: str,
        *,
        awaited: bool = False,
        finishes: bool = False,
    ) -> asyncio.Task[Exception | None]:
        """The task, called `name`; an `awaited` one is looked at by whoever awaits it.

        One that `finishes` is not cut short at shutdown while the time for that lasts.
        """


class Admission:
    """What lets one identity into one room; asked anew for every join, so that a token can be made afresh."""

    def __init__(
        self,
        target: JoinTarget,
        token: Callable[[], str],
        secrets: tuple[str, ...] = (),
        room_exists: Callable[[], Coroutine[Any, Any, bool]] | None = None,
        xray_token: Callable[[str], str] | None = None,
    ) -> None:
        self.target = target
        self.token = token
        self.secrets = secrets
        self.room_exists = room_exists
        self.xray_token = xray_token


class SdkJoiner:
    """Joins through the SDK; the port `Joiner`."""

    def __init__(
        self,
        admission: Admission,
        spawn: Spawn,
        waiter: Callable[[], SharedWaiter | None],
        loaded: Callable[[], Awaitable[None]],
        report: Callable[[BaseException, str], None],
    ) -> None:
        self._admission = admission
        self._spawn = spawn
        self._waiter = waiter
        self._loaded = loaded
        self._report = report

    @property
    def target(self) -> JoinTarget:
        """Where it leads and as whom."""
        return self._admission.target

    async def room_exists(self) -> bool | None:
        """Whether the server lists the room now; None without a key or where it cannot be asked."""
        if self._admission.room_exists is None:
            return None
        try:
            return await self._admission.room_exists()
        except ProblemError:
            return None

    def xray_token(self, room: str) -> str | None:
        """A short-lived token with which a local room shows the calls in `room`; None without a key."""
        return None if self._admission.xray_token is None else self._admission.xray_token(room)

    async def join(self, listener: RoomListener) -> JoinedRoom:
        """Joins.

        Raises:
            ProblemError: with why not, and whether trying again can help.
        """
        await self._loaded()
        from livekit import rtc

        token = self._admission.token()
        room = rtc.Room(loop=asyncio.get_running_loop())
        joined = SdkRoom(room, listener, self._waiter(), self._report)
        options = rtc.RoomOptions(auto_subscribe=False, connect_timeout=CONNECT_TIMEOUT_S)
        attempt = _Attempt(room)
        connecting = self._spawn(
            attempt.run(self.target.url, token, options),
            f"join {self.target.room}",
            awaited=True,
            finishes=True,
        )
        try:
            error = await asyncio.shield(connecting)
        except asyncio.CancelledError:
            joined.mute()
            await attempt.abandon()
            raise
        if error is not None:  # raised without its cause: the SDK's text may carry the token
            raise ProblemError(connect_problem(error, self.target.url, (token, *self._admission.secrets)))
        joined.begin()
        return joined


class _Attempt:
    """One attempt to connect.

    The native side cannot be told to stop: cut short, it would leave a participant in the room that nobody
    owns. So an abandoned attempt goes on, and leaves once it is in.
    """

    def __init__(self, room: rtc.Room) -> None:
        self._room = room
        self._is_in = False
        self._abandoned = False

    async def abandon(self) -> None:
        """Leaves: now, where it came in the very moment of being abandoned, else once it is in."""
        self._abandoned = True
        if self._is_in:
            await self._leave()

    async def run(self, url: str, token: str, options: rtc.RoomOptions) -> Exception | None:
        try:
            await self._room.connect(url, token, options)
        except Exception as error:  # noqa: BLE001 - whatever it is, `join` translates it
            return error
        self._is_in = True
        if self._abandoned:
            await self._leave()
        return None

    async def _leave(self) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(LEAVE_WITHIN_S):
                await self._room.disconnect()


class SdkRoom:
    """One join; the port `JoinedRoom`. Speaks to its listener from the moment it is begun."""

    def __init__(
        self,
        room: rtc.Room,
        listener: RoomListener,
        waiter: SharedWaiter | None,
        report: Callable[[BaseException, str], None],
    ) -> None:
        self._room = room
        self._report = report
        self._listener = listener
        self._waiter = waiter
        self._speaking = False
        self._over = False
        self._ended: Problem | None = None
        self._follow()

    @property
    def room(self) -> str:
        """The room's name as the server says it."""
        return str(self._room.name)

    @property
    def local(self) -> Participant:
        """Our own participant."""
        return participant_from_rtc(self._room.local_participant)

    def participants(self) -> tuple[Participant, ...]:
        """The other participants listed now."""
        return tuple(participant_from_rtc(p) for p in self._room.remote_participants.values())

    def begin(self) -> None:
        """From now on the listener hears what happens; also an end that came before it could."""
        self._speaking = True
        if self._ended is not None:
            self._close(self._ended)

    def mute(self) -> None:
        """From now on the listener hears nothing."""
        self._speaking = False

    async def perform(self, request: RpcRequest) -> str:
        """Sends one call and waits for its response.

        Raises:
            RpcFailure: it ended in an RPC error.
        """
        if self._waiter is not None:
            return await self._waiter.perform(self._room.local_participant, request)
        return await _perform_publicly(self._room.local_participant, request)

    def register(self, method: str) -> None:
        """Calls of `method` now reach the listener."""
        self._room.local_participant.register_rpc_method(method, self._handle)

    def unregister(self, method: str) -> None:
        """Calls of `method` are again answered 1400 by the SDK."""
        self._room.local_participant.unregister_rpc_method(method)

    async def leave(self) -> None:
        """Leaves the room; harmless when it is over already."""
        self.mute()
        if not self._over:
            self._over = True
            await self._room.disconnect()

    async def _handle(self, data: rtc.RpcInvocationData) -> str:
        """What the SDK calls; async, so that its deadline can end it. Answers a string or an RpcError."""
        from livekit import rtc

        invocation = Invocation(
            request_id=data.request_id,
            caller=data.caller_identity,
            method=data.method,
            payload=data.payload,
            timeout_s=data.response_timeout,
        )
        try:
            return await self._listener.answer(invocation, lambda: _cancel_reason(data))
        except RpcFailure as failure:
            raise rtc.RpcError(failure.code, failure.message, failure.data) from None

    def _follow(self) -> None:
        def on(event: rtc.room.EventTypes, callback: Callable[..., None]) -> None:
            self._room.on(event, self._guarded(callback))

        on("participant_connected", self._participant_changed)
        on("participant_active", self._participant_changed)
        on("participant_disconnected", self._participant_left)
        on("participant_metadata_changed", lambda participant, *_: self._participant_changed(participant))
        on("participant_name_changed", lambda participant, *_: self._participant_changed(participant))
        on("participant_attributes_changed", lambda _, participant: self._participant_changed(participant))
        on("participant_permissions_changed", lambda participant, _: self._participant_changed(participant))
        on("reconnecting", lambda: self._listener.reconnecting() if self._speaking else None)
        on("reconnected", self._reconnected)
        on("disconnected", self._disconnected)

    def _guarded(self, callback: Callable[..., None]) -> Callable[..., None]:
        """`callback`, its exceptions reported: the SDK would swallow them."""

        def guarded(*arguments: object) -> None:
            try:
                callback(*arguments)
            except Exception as error:  # noqa: BLE001 - whatever it is, it is reported
                self._report(error, f"following room {self.room}")

        return guarded

    def _participant_changed(self, participant: rtc.Participant) -> None:
        if not self._speaking:
            return
        if participant is self._room.local_participant:
            self._listener.local_changed(participant_from_rtc(participant))
        else:
            self._listener.participant_changed(participant_from_rtc(participant))

    def _participant_left(self, participant: rtc.RemoteParticipant) -> None:
        if self._speaking:
            self._listener.participant_left(participant.identity, _leave_reason(participant))

    def _reconnected(self) -> None:
        if not self._speaking:
            return
        self._listener.reconnected()
        for participant in self.participants():
            self._listener.participant_changed(participant)

    def _disconnected(self, reason: rtc.DisconnectReason.ValueType) -> None:
        from livekit import rtc

        self._over = True
        self._ended = disconnect_problem(name_of(rtc.DisconnectReason.items(), reason))
        if self._speaking:
            self._close(self._ended)

    def _close(self, problem: Problem) -> None:
        self._speaking = False
        self._listener.closed(problem)


async def _perform_publicly(participant: rtc.LocalParticipant, request: RpcRequest) -> str:
    from livekit import rtc

    try:
        return await participant.perform_rpc(
            destination_identity=request.destination,
            method=request.method,
            payload=request.payload,
            response_timeout=request.timeout_s,
            max_round_trip_latency=request.ack_timeout_s,
        )
    except rtc.RpcError as error:
        raise RpcFailure(error.code, error.message, error.data) from None


def _cancel_reason(data: rtc.RpcInvocationData) -> CancelReason | None:
    from livekit import rtc

    if data.cancel_reason is None:
        return None
    late = data.cancel_reason == rtc.RpcError.ErrorCode.RESPONSE_TIMEOUT
    return CancelReason.RESPONSE_TIMEOUT if late else CancelReason.DISCONNECTED


def _leave_reason(participant: rtc.RemoteParticipant) -> str | None:
    from livekit import rtc

    if participant.disconnect_reason is None:
        return None
    reason = name_of(rtc.DisconnectReason.items(), participant.disconnect_reason)
    return reason.lower().replace("_", " ") or None
