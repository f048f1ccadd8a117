"""RPC that the server itself performs for whoever asks its API (`RoomService.PerformRpc`).

As livekit-server 1.13.5 does it (its `pkg/rtc/participant.go`, and measured): v1 only, the handler sees the
request's own id as its caller, and a handler that takes longer than 3 s is asked again, up to three times.
"""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import Callable, Mapping
from typing import Protocol

import msgspec
from livekit.protocol.models import DataPacket, ParticipantInfo, RpcError, RpcRequest, RpcResponse
from livekit.protocol.room import PerformRpcRequest

from inspector.core.limits import PAYLOAD_V1_BYTES
from inspector.core.rpc_errors import RpcCode
from inspector.local_room.server_api.twirp import TwirpError, relayed

DEFAULT_RESPONSE_TIMEOUT_MS = 10_000
MAX_CALLS = 256
"""So many at once; more are refused."""

_CODES: Mapping[int, str] = {
    RpcCode.UNSUPPORTED_METHOD: "invalid_argument",
    RpcCode.RECIPIENT_NOT_FOUND: "not_found",
    RpcCode.REQUEST_PAYLOAD_TOO_LARGE: "invalid_argument",
    RpcCode.UNSUPPORTED_SERVER: "unimplemented",
    RpcCode.UNSUPPORTED_VERSION: "unimplemented",
    RpcCode.CONNECTION_TIMEOUT: "canceled",
    RpcCode.RESPONSE_TIMEOUT: "canceled",
    RpcCode.RECIPIENT_DISCONNECTED: "unavailable",
}
"""Twirp's code for each of RPC's; for any other it is `internal`."""
_OWN_MESSAGES: Mapping[int, str] = {
    RpcCode.REQUEST_PAYLOAD_TOO_LARGE: "Request payload too large",
    RpcCode.CONNECTION_TIMEOUT: "Connection timeout",
    RpcCode.RESPONSE_TIMEOUT: "Response timeout",
}
_TRIED_AGAIN = ("deadline_exceeded", "unavailable")


class Exchange(Protocol):
    """What the rooms do for a call of the server's."""

    def participant(self, room: str, identity: str) -> ParticipantInfo | None:
        """Somebody in a room."""

    def open_mailbox(self, room: str, address: str, mailbox: Callable[[DataPacket], None]) -> None:
        """From now on what is sent to `address`, which is nobody's identity, goes to `mailbox`."""

    def close_mailbox(self, room: str, address: str) -> None:
        """What is sent to `address` is dropped again."""

    def send_data(self, room: str, packet: DataPacket) -> bool:
        """Passes on a packet that says whom it is from and for. False: there is no such room."""


class Timing(msgspec.Struct, frozen=True):
    """How long is waited for what, in seconds."""

    attempts_s: tuple[float, ...] = (3.0, 5.0, 7.0)
    """For each time that the callee is asked."""
    ack_s: float = 2.0
    absent_s: float = 3.0
    """Until the server says that nobody by that identity answers."""


class ServerCalls:
    """Performs the server's own calls, at most `MAX_CALLS` at once."""

    def __init__(self, exchange: Exchange, timing: Timing | None = None) -> None:
        self._exchange = exchange
        self._timing = timing or Timing()
        self._under_way = 0
        self._calls: set[_Call] = set()

    async def perform(self, request: PerformRpcRequest) -> str:
        """What the handler answers.

        Raises:
            TwirpError: the call failed. `RpcError CODE: ...` in its text says how.
        """
        if self._under_way >= MAX_CALLS:
            raise TwirpError("resource_exhausted", f"{MAX_CALLS} calls of the server's are under way already")
        self._under_way += 1
        try:
            return await self._perform(request)
        finally:
            self._under_way -= 1

    def participant_left(self, room: str, identity: str) -> None:
        """Ends the calls to somebody who is gone for good."""
        for call in self._calls:
            if (call.room, call.callee) == (room, identity):
                call.fail(_no_participant())

    async def _perform(self, request: PerformRpcRequest) -> str:
        if self._exchange.participant(request.room, request.destination_identity) is None:
            await asyncio.sleep(self._timing.absent_s)
            raise relayed("unavailable", "no response from servers")
        *earlier, last = self._timing.attempts_s
        for within_s in earlier:
            try:
                return await self._ask(request, within_s)
            except TwirpError as error:
                if error.code not in _TRIED_AGAIN:
                    raise
        return await self._ask(request, last)

    async def _ask(self, request: PerformRpcRequest, within_s: float) -> str:
        """Asks the callee once."""
        callee = self._exchange.participant(request.room, request.destination_identity)
        if callee is None:
            raise _no_participant()
        if len(request.payload.encode()) > PAYLOAD_V1_BYTES:
            raise built_in(RpcCode.REQUEST_PAYLOAD_TOO_LARGE)
        if callee.state != ParticipantInfo.State.ACTIVE:
            raise relayed("internal", "data channel is not available")
        call = _Call(request)
        self._calls.add(call)
        self._exchange.open_mailbox(call.room, call.id, call.received)
        loop = asyncio.get_running_loop()
        timers = (
            loop.call_later(self._timing.ack_s, call.not_acknowledged),
            loop.call_later(call.timeout_ms / 1000, call.fail, built_in(RpcCode.RESPONSE_TIMEOUT)),
        )
        try:
            self._exchange.send_data(call.room, call.packet())
            async with asyncio.timeout(within_s):
                return await call.answer
        except TimeoutError:
            raise relayed("deadline_exceeded", "request timed out") from None
        finally:
            for timer in timers:
                timer.cancel()
            self._exchange.close_mailbox(call.room, call.id)
            self._calls.discard(call)
            call.close()


class _Call:
    """One time of asking."""

    def __init__(self, asked: PerformRpcRequest) -> None:
        self._asked = asked
        self._acknowledged = False
        self.id = str(uuid.uuid4())
        """Of the request, and the identity that it comes from and is answered to."""
        self.room = asked.room
        self.callee = asked.destination_identity
        self.timeout_ms = asked.response_timeout_ms or DEFAULT_RESPONSE_TIMEOUT_MS
        self.answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def packet(self) -> DataPacket:
        """What asks."""
        return DataPacket(
            kind=DataPacket.Kind.RELIABLE,
            participant_identity=self.id,
            destination_identities=(self.callee,),
            rpc_request=RpcRequest(
                id=self.id,
                method=self._asked.method,
                payload=self._asked.payload,
                response_timeout_ms=self.timeout_ms,
                version=1,
            ),
        )

    def received(self, packet: DataPacket) -> None:
        """An ack, a response, or something else that is passed over."""
        match packet.WhichOneof("value"):
            case "rpc_ack" if packet.rpc_ack.request_id == self.id:
                self._acknowledged = True
            case "rpc_response" if packet.rpc_response.request_id == self.id:
                self._answered(packet.rpc_response)

    def not_acknowledged(self) -> None:
        """The time for an ack is over."""
        if not self._acknowledged:
            self.fail(built_in(RpcCode.CONNECTION_TIMEOUT))

    def fail(self, error: TwirpError) -> None:
        """Settles the call, unless it is settled."""
        if not self.answer.done():
            self.answer.set_exception(error)

    def close(self) -> None:
        """Nobody waits for the answer any more, whatever it is."""
        if not self.answer.cancel() and not self.answer.cancelled():
            self.answer.exception()

    def _answered(self, response: RpcResponse) -> None:
        if response.WhichOneof("value") == "error":
            self.fail(rpc_failure(response.error))
        elif not self.answer.done():
            self.answer.set_result(response.payload)


def rpc_failure(error: RpcError) -> TwirpError:
    """The server's error for an RPC error of the callee's or of its own."""
    data = f": {error.data}" if error.data else ""
    return relayed(_CODES.get(error.code, "internal"), f"RpcError {error.code}: {error.message}{data}")


def built_in(code: RpcCode) -> TwirpError:
    """The server's error for an RPC error that it finds itself: no ack, no response, too much payload."""
    return rpc_failure(RpcError(code=code, message=_OWN_MESSAGES[code]))


def _no_participant() -> TwirpError:
    return relayed("not_found", "participant does not exist")
