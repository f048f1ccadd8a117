"""A participant's signalling WebSocket: SignalRequests in, SignalResponses out, as protobuf or JSON."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web
from google.protobuf import json_format
from google.protobuf.message import DecodeError
from livekit.protocol.rtc import SignalRequest, SignalResponse

from inspector.local_room.limits import Limits

FLUSHED_WITHIN_S = 1.0
"""How long what was sent before `close` has to go out."""


class GarbageError(Exception):
    """A frame is no SignalRequest."""


class SignalSocket:
    """One WebSocket. What is sent waits in a queue, so that nobody ever waits for a slow reader.

    Frames go out once `write` runs; `close` lets what was sent before it go out first.
    """

    def __init__(self, socket: web.WebSocketResponse, limits: Limits, abort: Callable[[], None]) -> None:
        """`abort` ends the TCP connection beneath `socket`, whatever waits to be sent on it."""
        self._socket = socket
        self._abort = abort
        self._limits = limits
        self._queue: deque[SignalResponse] = deque()
        self._queued_bytes = 0
        self._more = asyncio.Event()
        self._closing: tuple[int, str] | None = None
        self._on_flushed: list[Callable[[], None]] = []
        self._flushed = False
        self._speaks_json = False

    @property
    def is_closing(self) -> bool:
        """Whether nothing more can be sent."""
        return self._closing is not None

    def send(self, response: SignalResponse) -> None:
        """Queues a message; after `close`, or for a client that reads too slowly, it is dropped."""
        if self._closing is not None:
            return
        self._queued_bytes += response.ByteSize()
        if self._queued_bytes > self._limits.signal_backlog_size:
            # Who reads nothing would not read a word of farewell either.
            self._queue.clear()
            self.close()
            self._abort()
            return
        self._queue.append(response)
        self._more.set()

    def close(self, code: int = WSCloseCode.OK, why: str = "") -> None:
        """Closes the socket once everything before has gone out."""
        if self._closing is None:
            self._closing = (code, why)
            self._more.set()
            asyncio.get_running_loop().call_later(FLUSHED_WITHIN_S, self._give_up)

    def _give_up(self) -> None:
        """Ends a connection on which nothing moves."""
        if not self._flushed:
            self._abort()

    def when_flushed(self, do: Callable[[], None]) -> None:
        """Calls `do` once everything was sent after `close`, or nothing can be sent any more."""
        if self._flushed:
            do()
        else:
            self._on_flushed.append(do)

    async def write(self) -> None:
        """Sends what is queued until the socket is closed, from either side."""
        try:
            await self._send_queued()
        except (ConnectionError, RuntimeError):
            # The client is gone; whoever reads this socket learns of it there.
            pass
        finally:
            self.close()
            self._say_flushed()
        code, why = self._closing or (WSCloseCode.OK, "")
        await self._socket.close(code=code, message=why.encode())

    async def _send_queued(self) -> None:
        while True:
            while self._queue:
                response = self._queue.popleft()
                self._queued_bytes -= response.ByteSize()
                if self._speaks_json:
                    await self._socket.send_str(json_format.MessageToJson(response, indent=None))
                else:
                    await self._socket.send_bytes(response.SerializeToString())
            if self._closing is not None:
                return
            self._more.clear()
            await self._more.wait()

    def _say_flushed(self) -> None:
        self._flushed = True
        waiting, self._on_flushed = self._on_flushed, []
        for do in waiting:
            do()

    async def requests(self) -> AsyncIterator[SignalRequest]:
        """What the client asks, until the socket is closed from either side.

        Raises:
            GarbageError: a frame was not understood.
        """
        async for frame in self._socket:
            if frame.type is WSMsgType.BINARY:
                self._speaks_json = False
                yield _from_bytes(frame.data)
            elif frame.type is WSMsgType.TEXT:
                self._speaks_json = True
                yield _from_json(frame.data)


def _from_bytes(data: bytes) -> SignalRequest:
    try:
        return SignalRequest.FromString(data)
    except DecodeError as error:
        msg = "not a SignalRequest"
        raise GarbageError(msg) from error


def _from_json(text: str) -> SignalRequest:
    try:
        said = msgspec.json.decode(text)
        if isinstance(said, dict):
            return json_format.ParseDict(said, SignalRequest())
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError):
        pass  # ParseDict leaves some wrong types to Python, which finds no such method or no such number
    msg = "not a SignalRequest in JSON"
    raise GarbageError(msg)
