"""A participant made of LiveKit's Python SDK alone: what our program meets, and is compared with."""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from livekit import rtc

from tests.support.servers import Server
from tests.support.told import Told

ROOM_ENDS_WITHIN_S = 30.0

Handler = Callable[[rtc.RpcInvocationData], Awaitable[str]]


class PythonPeer:
    """One participant, in a room as long as `async with PythonPeer.joined(...)` lasts or until `leave`.

    It answers the methods of `standard_handlers`; `handle` adds others. `seen` has every call that reached a
    handler of it, in order; `told` what its room told.
    """

    def __init__(
        self, identity: str, *, two_connections: bool = False, shared_key: bytes | None = None
    ) -> None:
        """`two_connections` has it join as older clients do: one for what it sends, one for what it gets.

        With a `shared_key` it encrypts what it sends, end to end.
        """
        self.identity = identity
        self._one_connection = not two_connections
        self._encryption = _with_key(shared_key) if shared_key is not None else None
        self.room = rtc.Room()
        self.told = Told(self.room)
        self.seen: list[rtc.RpcInvocationData] = []
        self._leaving: asyncio.Task[None] | None = None

    @classmethod
    @contextlib.asynccontextmanager
    async def joined(
        cls, server: Server, room: str, identity: str = "python-peer", **token: Any
    ) -> AsyncIterator["PythonPeer"]:
        """Join `room`, and leave it at the end. `token` has further options of `Server.token`."""
        peer = cls(identity)
        await peer.join(server.url, server.token(room, identity, **token))
        try:
            yield peer
        finally:
            await peer.leave()

    async def join(self, url: str, token: str, *, encryption_key: bytes | None = None) -> None:
        """Join the token's room and answer the standard methods there, encrypted from end to end with a key.

        Raises:
            rtc.ConnectError: the server cannot be reached, or refuses.
        """
        options = rtc.RoomOptions(
            auto_subscribe=False,
            single_peer_connection=self._one_connection,
            encryption=self._encryption,
        )
        if encryption_key is not None:
            keys = rtc.KeyProviderOptions(shared_key=encryption_key)
            options.encryption = rtc.E2EEOptions(key_provider_options=keys)
        await self.room.connect(url, token, options)
        for method, handler in self._standard_handlers().items():
            self.handle(method, handler)

    def handle(self, method: str, handler: Handler) -> None:
        """Answer a method, in place of the handler it had before."""

        async def record_and_answer(call: rtc.RpcInvocationData) -> str:
            self.seen.append(call)
            self.told.wake()
            return await handler(call)

        self.room.local_participant.register_rpc_method(method, record_and_answer)

    async def perform(
        self,
        destination: str,
        method: str,
        payload: str = "",
        *,
        timeout_s: float | None = None,
        ack_timeout_s: float | None = None,
    ) -> str:
        """Call a method and return its response. Without timeouts the SDK's own hold.

        Raises:
            rtc.RpcError: the call ended in an error.
        """
        return await self.room.local_participant.perform_rpc(
            destination_identity=destination,
            method=method,
            payload=payload,
            response_timeout=timeout_s,
            max_round_trip_latency=ack_timeout_s,
        )

    async def wait_until_active(self, *identities: str) -> None:
        """Return once all of them are ready for data. Raises TimeoutError after DEADLINE_S of `told`."""
        active = rtc.ParticipantState.PARTICIPANT_STATE_ACTIVE
        others = self.room.remote_participants
        await self.told.until(
            lambda: all(who in others and others[who].state == active for who in identities)
        )

    async def wait_until_called(self, method: str) -> None:
        """Return once a call of the method has reached its handler. Raises TimeoutError as above."""
        await self.told.until(lambda: any(call.method == method for call in self.seen))

    async def wait_until_gone(self, identity: str) -> None:
        """Return once this participant is not listed any more. Raises TimeoutError as above."""
        await self.told.until(lambda: identity not in self.room.remote_participants)

    async def leave(self) -> None:
        """Leave the room. Does nothing the second time, or where the server ended it."""
        if self._leaving is not None:
            await self._leaving
        await self.room.disconnect()
        # Where the server is gone, the SDK's room ends by itself, a little later than `disconnect` returns.
        listening = getattr(self.room, "_task", None)
        if listening is not None:
            await asyncio.wait({listening}, timeout=ROOM_ENDS_WITHIN_S)

    def _standard_handlers(self) -> dict[str, Handler]:
        return {
            "echo": self._echo,
            "boom": self._boom,
            "fail": self._fail,
            "slow": self._slow,
            "leave": self._leave_mid_call,
        }

    async def _echo(self, call: rtc.RpcInvocationData) -> str:
        """Answer what was sent."""
        return call.payload

    async def _boom(self, call: rtc.RpcInvocationData) -> str:
        """Fail in a way no RPC error describes."""
        raise ValueError("boom")

    async def _fail(self, call: rtc.RpcInvocationData) -> str:
        """Answer the error that the payload describes: {"code": ..., "message": ..., "data": ...}."""
        raise rtc.RpcError(**json.loads(call.payload))

    async def _slow(self, call: rtc.RpcInvocationData) -> str:
        """Answer after as many seconds as the payload says."""
        await asyncio.sleep(float(call.payload))
        return "at last"

    async def _leave_mid_call(self, call: rtc.RpcInvocationData) -> str:
        """Leave the room while the caller waits."""
        # In a task of its own: leaving cancels the handlers that run, so one that awaited it would end it.
        self._leaving = asyncio.create_task(self.room.disconnect(), name="peer leaves mid-call")
        await asyncio.Event().wait()
        return "never sent"


def _with_key(shared_key: bytes) -> rtc.E2EEOptions:
    return rtc.E2EEOptions(key_provider_options=rtc.KeyProviderOptions(shared_key=shared_key))
