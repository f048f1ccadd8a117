"""The SDK's private parts this program relies on, seen in livekit 1.2.1; nothing else touches any.

`perform_rpc` subscribes every call in flight to every native event, so that N calls cost N^2 wake-ups of the
event loop. Here all calls of a process wait through one subscription instead. Where the SDK no longer has
the parts this needs, `shared_waiter` is None and the public method is used: slower, never wrong.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from inspector.session.ports import RpcFailure, RpcRequest

if TYPE_CHECKING:
    from livekit import rtc

SEEN_VERSIONS = ("1.2.",)
"""Versions of livekit (by prefix) whose private parts were read and are used."""


def client_protocol(participant: rtc.Participant) -> int | None:
    """The `client_protocol` of a participant: 0 takes RPC v1 only; None where the SDK does not say."""
    try:
        return int(participant._info.client_protocol)
    except (AttributeError, TypeError, ValueError):
        return None


def shared_waiter(loop: asyncio.AbstractEventLoop) -> SharedWaiter | None:
    """The waiter for all calls on `loop`, or None where this SDK's parts are not the known ones."""
    from livekit import rtc

    if not rtc.__version__.startswith(SEEN_VERSIONS):
        return None
    try:
        return SharedWaiter(loop)
    except (ImportError, AttributeError, TypeError):
        return None


class SharedWaiter:
    """Performs calls, all of which wait through one subscription to the native events."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        from livekit.rtc._ffi_client import FfiClient
        from livekit.rtc._proto import ffi_pb2

        self._new_request: Callable[[], Any] = ffi_pb2.FfiRequest
        self._client: Any = FfiClient.instance
        self._loop = loop
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._queue: Any = self._client.queue.subscribe(loop, filter_fn=_is_rpc_result)
        # Events are handed over by `queue.put_nowait` on the loop's thread: taking its place saves a task
        # that would only carry them from the queue to the futures.
        self._queue.put_nowait = self._deliver

    def close(self) -> None:
        """Ends the subscription."""
        self._client.queue.unsubscribe(self._queue)

    async def perform(self, participant: rtc.LocalParticipant, request: RpcRequest) -> str:
        """Does what `LocalParticipant.perform_rpc` does.

        Raises:
            RpcFailure: the call ended in an RPC error.
        """
        message = self._new_request()
        call = message.perform_rpc
        call.local_participant_handle = participant._ffi_handle.handle
        call.destination_identity = request.destination
        call.method = request.method
        call.payload = request.payload
        if request.timeout_s is not None:
            call.response_timeout_ms = max(1, round(request.timeout_s * 1000))
        if request.ack_timeout_s is not None:
            call.max_round_trip_latency_ms = max(1, round(request.ack_timeout_s * 1000))
        async_id = self._client.request(message).perform_rpc.async_id
        arrival: asyncio.Future[Any] = self._loop.create_future()
        self._waiting[async_id] = arrival
        try:
            result = await arrival
        finally:
            self._waiting.pop(async_id, None)
        if result.HasField("error"):
            error = result.error
            raise RpcFailure(error.code, error.message, error.data if error.HasField("data") else None)
        return str(result.payload)

    def _deliver(self, event: Any) -> None:
        arrival = self._waiting.get(event.perform_rpc.async_id)
        if arrival is not None and not arrival.done():
            arrival.set_result(event.perform_rpc)


def _is_rpc_result(event: Any) -> bool:
    return bool(event.WhichOneof("message") == "perform_rpc")
