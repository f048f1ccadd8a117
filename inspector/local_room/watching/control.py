"""The endpoints for those who debug: the X-ray stream and the faults (messages: inspector.xray.messages)."""

from __future__ import annotations

import asyncio
from http import HTTPStatus

import msgspec
from aiohttp import WSCloseCode, WSMsgType, web

from inspector.core.fault_files import parse_faults
from inspector.local_room.access.admission import grants_of
from inspector.local_room.access.bodies import BodyTooLargeError, UnreadableBodyError, body_of
from inspector.local_room.access.refusals import Refused
from inspector.local_room.upgrades import can_upgrade
from inspector.local_room.watching.fault_engine import FaultEngine
from inspector.local_room.watching.reader_queue import ReaderQueue
from inspector.local_room.watching.xray_feed import XrayFeed
from inspector.tasks import TaskOwner
from inspector.xray.messages import FAULTS_PATH, XRAY_PATH, Faults

HEARTBEAT_S = 20.0
"""A reader that does not answer a ping within half of it is gone."""
MAX_READERS = 64
MAX_FAULTS_BYTES = 1024 * 1024
_CLOSE_WITHIN_S = 1.0


class Control:
    """Serves the endpoints to tokens with roomAdmin.

    The application they are added to verifies tokens and answers `Refused` (`admission.authenticated`).
    """

    def __init__(self, feed: XrayFeed, faults: FaultEngine, tasks: TaskOwner) -> None:
        self._feed = feed
        self._faults = faults
        self._tasks = tasks
        self._sockets: set[web.WebSocketResponse] = set()

    def add_routes(self, app: web.Application) -> None:
        """Adds the endpoints to `app`; when it shuts down, readers are told that the server goes."""
        app.router.add_get(XRAY_PATH, self._xray)
        app.router.add_get(FAULTS_PATH, self._get_faults)
        app.router.add_put(FAULTS_PATH, self._put_faults)
        app.on_shutdown.append(self._close_readers)

    async def _xray(self, request: web.Request) -> web.StreamResponse:
        room = _admitted(request)
        if not room:
            raise Refused(HTTPStatus.FORBIDDEN, "this token has roomAdmin, but names no room")
        if request.query.get("room", room) != room:
            raise Refused(HTTPStatus.FORBIDDEN, "this token has roomAdmin for another room")
        if self._feed.readers() >= MAX_READERS:
            raise Refused(HTTPStatus.SERVICE_UNAVAILABLE, f"{MAX_READERS} read the X-ray already")
        # What a reader sends is of no interest, save that it answers pings.
        socket = web.WebSocketResponse(heartbeat=HEARTBEAT_S, max_msg_size=4096, compress=False)
        if not can_upgrade(socket, request):
            raise Refused(HTTPStatus.BAD_REQUEST, "the X-ray is told over a WebSocket alone")
        await socket.prepare(request)
        queue = self._feed.read(room)
        self._sockets.add(socket)
        writer = self._tasks.spawn(_write(socket, queue), f"X-ray reader of {room}", awaited=True)
        try:
            async for _ in socket:
                pass
        finally:
            self._sockets.discard(socket)
            self._feed.stop_reading(queue)
            writer.cancel()
            await asyncio.wait({writer})
            _let_go(request)
        return socket

    async def _get_faults(self, request: web.Request) -> web.Response:
        _admitted(request)
        return self._faults_as_they_stand()

    async def _put_faults(self, request: web.Request) -> web.Response:
        _admitted(request)
        text = await _body(request)
        parsed = await asyncio.to_thread(parse_faults, text, "faults")
        if parsed.rules is None:
            return web.Response(
                status=HTTPStatus.BAD_REQUEST, text="".join(f"{problem}\n" for problem in parsed.errors)
            )
        self._faults.set_rules(parsed.rules)
        return self._faults_as_they_stand()

    def _faults_as_they_stand(self) -> web.Response:
        body = msgspec.json.encode(Faults(self._faults.states()))
        return web.Response(body=body, content_type="application/json")

    async def _close_readers(self, _: web.Application) -> None:
        try:
            async with asyncio.timeout(_CLOSE_WITHIN_S):
                for socket in tuple(self._sockets):
                    await socket.close(code=WSCloseCode.GOING_AWAY, message=b"the local room stops")
        except TimeoutError:
            return  # the server ends the rest with their connections


async def _write(socket: web.WebSocketResponse, queue: ReaderQueue) -> None:
    """Sends what waits in `queue`, as fast as its reader takes it, until the reader is gone."""
    try:
        while True:
            frame = queue.take()
            if frame is None:
                await queue.has_frames.wait()
            else:
                await socket.send_frame(frame, WSMsgType.TEXT)
    except ConnectionError:
        return


def _let_go(request: web.Request) -> None:
    """Ends a connection whose reader stopped reading: what waits for it would keep it open for ever."""
    if request.transport is not None and request.transport.get_write_buffer_size():
        request.transport.abort()


def _admitted(request: web.Request) -> str:
    """The room that the request's token has roomAdmin for.

    Raises:
        Refused: it has none, or there is no token.
    """
    grants = grants_of(request)
    if grants is None:
        raise Refused(HTTPStatus.UNAUTHORIZED, "this needs a token with roomAdmin")
    if grants.video is None or not grants.video.room_admin:
        raise Refused(HTTPStatus.FORBIDDEN, "this token has no roomAdmin")
    return grants.video.room


async def _body(request: web.Request) -> str:
    """The body as text.

    Raises:
        Refused: it is too long, cannot be read, or is no text.
    """
    try:
        body = await body_of(request, MAX_FAULTS_BYTES)
    except BodyTooLargeError:
        text = f"a faults file has at most {MAX_FAULTS_BYTES:,} bytes"
        raise Refused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, text) from None
    except UnreadableBodyError as error:
        raise Refused(HTTPStatus.BAD_REQUEST, str(error)) from None
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise Refused(HTTPStatus.BAD_REQUEST, "a faults file is UTF-8") from None
