"""A small local room that speaks X-ray and nothing else: what it says, a test says."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from aiohttp import web

from inspector.xray.messages import FAULTS_PATH, XRAY_PATH, Hello, Message, encode

Behaviour = Callable[[web.WebSocketResponse], Awaitable[None]]


class _CutError(Exception):
    """The connection is to be cut."""


class XrayServer:
    """Serves the stream by `behaviour`, and the faults by `faults_answer`; keeps what it was asked."""

    def __init__(self) -> None:
        self.url = ""
        self.behaviour: Behaviour = saying(Hello())
        self.refusal: web.Response | None = None
        """What it answers in place of the stream."""
        self.faults_answer: Callable[[], web.Response] = lambda: web.Response(text="{}")
        self.asked: list[web.Request] = []
        self.bodies: list[str] = []
        self.gone = asyncio.Event()
        """Set once a reader of the stream has gone."""

    async def stream(self, request: web.Request) -> web.StreamResponse:
        """Answer a request for the stream."""
        self.asked.append(request)
        if self.refusal is not None:
            return self.refusal
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        try:
            await self.behaviour(socket)
        except _CutError:
            assert request.transport is not None
            request.transport.abort()
        finally:
            self.gone.set()
        return socket

    async def faults(self, request: web.Request) -> web.Response:
        """Answer a request about faults."""
        self.asked.append(request)
        self.bodies.append(await request.text())
        return self.faults_answer()


@asynccontextmanager
async def xray_server(path: str = "") -> AsyncIterator[XrayServer]:
    """Run one on a free port, its endpoints beneath `path`."""
    server = XrayServer()
    app = web.Application()
    app.router.add_get(path + XRAY_PATH, server.stream)
    app.router.add_get(path + FAULTS_PATH, server.faults)
    app.router.add_put(path + FAULTS_PATH, server.faults)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    server.url = f"ws://127.0.0.1:{runner.addresses[0][1]}{path}"
    try:
        yield server
    finally:
        await runner.cleanup()


def saying(*messages: Message | str | bytes) -> Behaviour:
    """Send these, a text as it is, and then wait for the reader to go."""

    async def behave(socket: web.WebSocketResponse) -> None:
        await _send(socket, messages)
        async for _ in socket:
            pass

    return behave


def saying_and_closing(*messages: Message | str | bytes) -> Behaviour:
    """Send these and close in order."""

    async def behave(socket: web.WebSocketResponse) -> None:
        await _send(socket, messages)
        await socket.close()

    return behave


def saying_and_breaking(*messages: Message | str | bytes) -> Behaviour:
    """Send these and cut the connection."""

    async def behave(socket: web.WebSocketResponse) -> None:
        await _send(socket, messages)
        raise _CutError

    return behave


async def _send(socket: web.WebSocketResponse, messages: tuple[Message | str | bytes, ...]) -> None:
    for message in messages:
        if isinstance(message, bytes):
            await socket.send_bytes(message)
        else:
            await socket.send_str(message if isinstance(message, str) else encode(message))
