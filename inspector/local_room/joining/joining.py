"""The way into a room: `/rtc` and `/rtc/v1`, and `/rtc/validate`, where clients ask why they were refused.

Status and texts of refusals are livekit-server's (`pkg/service/rtcservice.go`, `utils.go`).
"""

from __future__ import annotations

import asyncio
import contextlib
from http import HTTPStatus

import msgspec
from aiohttp import WSCloseCode, web
from livekit.protocol.models import DisconnectReason
from livekit.protocol.room import CreateRoomRequest
from livekit.protocol.rtc import SignalResponse

from inspector.local_room.access.admission import grants_of
from inspector.local_room.access.grants import Grants
from inspector.local_room.access.refusals import (
    malformed,
    may_not_join,
    no_permission,
    not_started,
    too_many_joins,
)
from inspector.local_room.hooks import NoJoinFaults
from inspector.local_room.joining import leaving
from inspector.local_room.joining.join_request import JoinWish, read_join
from inspector.local_room.joining.sessions import Session
from inspector.local_room.joining.signal_requests import SignalRequests
from inspector.local_room.joining.signalling import GarbageError, SignalSocket
from inspector.local_room.limits import JoinRate, attributes_size
from inspector.local_room.rooms.participants import Participant
from inspector.local_room.rooms.rooms import Rooms
from inspector.local_room.services import Services
from inspector.local_room.transport import HubFullError, SdpError
from inspector.local_room.upgrades import can_upgrade

_CLOSE_WITHIN_S = 1.0
"""How long a client has to say that it knows its socket is being closed."""


class Joining:
    """Lets clients into rooms."""

    def __init__(self, rooms: Rooms, services: Services) -> None:
        self._rooms = rooms
        self._services = services
        self._limits = services.options.limits
        self._rate = JoinRate(self._limits)
        self._sockets: set[SignalSocket] = set()
        self._all_gone = asyncio.Event()
        self._all_gone.set()

    async def wait_for_goodbyes(self, within_s: float) -> None:
        """Waits until all clients are gone, at most so many seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(within_s):
                await self._all_gone.wait()

    def add_routes(self, app: web.Application) -> None:
        """Adds the paths to an application whose requests are authenticated (`admission`)."""
        app.router.add_route("*", "/rtc", self._join_v0)
        app.router.add_route("*", "/rtc/v1", self._join_v1)
        app.router.add_route("*", "/rtc/validate", self._validate_v0)
        app.router.add_route("*", "/rtc/v1/validate", self._validate_v1)

    async def _join_v0(self, request: web.Request) -> web.StreamResponse:
        return await self._join(request, packed_required=False)

    async def _join_v1(self, request: web.Request) -> web.StreamResponse:
        return await self._join(request, packed_required=True)

    async def _validate_v0(self, request: web.Request) -> web.Response:
        return self._validate(request, packed_required=False)

    async def _validate_v1(self, request: web.Request) -> web.Response:
        return self._validate(request, packed_required=True)

    def _validate(self, request: web.Request, *, packed_required: bool) -> web.Response:
        grants, wish = self._admit(request, packed_required=packed_required, strict=True)
        # livekit-server does not look so far; but clients ask here why they could not join.
        newcomer = Participant(grants, wish, NoJoinFaults(), self._services.wall_clock())
        self._rooms.make_sure_of_a_place(_creation(grants).name, newcomer)
        return web.Response(text="success")

    def _admit(self, request: web.Request, *, packed_required: bool, strict: bool) -> tuple[Grants, JoinWish]:
        """Who comes, and what it wants.

        Raises:
            Refused: it may not, or did not say it right.
        """
        grants = grants_of(request)
        if grants is None or grants.video is None:
            raise no_permission()
        wish = read_join(
            request.query,
            packed_required=packed_required,
            strict=strict,
            max_bytes=self._limits.join_request_size,
        )
        self._check_claims(grants)
        if wish.publish and not grants.video.may_publish():
            raise no_permission()
        if (wish.metadata or wish.attributes) and not grants.video.can_update_own_metadata:
            raise no_permission()
        return (_publisher_only(grants, wish.publish) if wish.publish else grants), wish

    def _check_claims(self, grants: Grants) -> None:
        limits = self._limits
        if grants.video is None or not grants.video.room_join:
            raise may_not_join()
        if not grants.identity:
            raise malformed("identity cannot be empty")
        if len(grants.identity.encode()) > limits.identity_length:
            bound = f"max length {limits.identity_length}"
            raise malformed(f"participant identity length exceeds limits: {bound}")
        if not grants.video.room:
            raise malformed("no room name")
        if len(grants.video.room.encode()) > limits.room_name_length:
            raise malformed(f"room name length exceeds limits: max length {limits.room_name_length}")

    async def _join(self, request: web.Request, *, packed_required: bool) -> web.StreamResponse:
        response = web.WebSocketResponse(
            compress=False, max_msg_size=self._limits.signal_message_size, timeout=_CLOSE_WITHIN_S
        )
        if not can_upgrade(response, request):
            return web.Response(status=HTTPStatus.NOT_FOUND)
        grants, wish = self._admit(request, packed_required=packed_required, strict=False)
        if not self._rate.admit(self._services.clock()):
            raise too_many_joins(self._limits.joins_per_second)
        socket = SignalSocket(response, self._limits, lambda: _abort(request))
        session = self._start(grants, wish, socket)
        try:
            await response.prepare(request)
            await self._serve(session, wish, socket)
        finally:
            if session is not None:
                session.room.signal_lost(session.participant, socket)
        return response

    def _start(self, grants: Grants, wish: JoinWish, socket: SignalSocket) -> Session | None:
        """A session, new or resumed; None for a client that is told to begin anew.

        Raises:
            Refused: the session cannot begin.
        """
        assert grants.video is not None, "checked by _admit"
        room = self._rooms.open(_creation(grants))
        participant = room.participants.get(grants.identity)
        if not wish.reconnect:
            if grants.room_preset:
                raise not_started("this local room knows no room presets")
            if len((wish.metadata or grants.metadata).encode()) > self._limits.metadata_size:
                raise not_started("metadata size exceeds limits")
            if attributes_size({**grants.attributes, **wish.attributes}) > self._limits.attributes_size:
                raise not_started("attribute size exceeds limits")
            return room.join(grants, wish, socket)
        if participant is not None and room.resume(participant, socket):
            return Session(room, participant, self._services)
        leave = leaving.leave_and_rejoin(wish.client.protocol, DisconnectReason.STATE_MISMATCH)
        socket.send(SignalResponse(leave=leave))
        socket.close()
        return None

    async def _serve(self, session: Session | None, wish: JoinWish, socket: SignalSocket) -> None:
        self._sockets.add(socket)
        self._all_gone.clear()
        writing = self._services.tasks.spawn(socket.write(), "signalling", finishes=True)
        try:
            if session is not None:
                await self._read(session, wish, socket)
        finally:
            socket.close()
            await writing
            self._sockets.discard(socket)
            if not self._sockets:
                self._all_gone.set()

    async def _read(self, session: Session, wish: JoinWish, socket: SignalSocket) -> None:
        requests = SignalRequests(session)
        try:
            if wish.reconnect:
                requests.resume(wish)
            else:
                requests.begin(wish)
            async for request in socket.requests():
                requests.do(request)
        except (GarbageError, SdpError) as error:
            socket.close(WSCloseCode.INVALID_TEXT, str(error))
        except HubFullError as error:
            socket.close(WSCloseCode.TRY_AGAIN_LATER, str(error))
        except Exception as error:  # noqa: BLE001 - one client's request must cost nobody else anything
            who = f"{session.participant.identity!r} in room {session.room.name!r}"
            self._services.report(error, f"doing what {who} asked for")
            socket.close(WSCloseCode.INTERNAL_ERROR, "an error of the local room's own; it has been reported")


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _publisher_only(grants: Grants, name: str) -> Grants:
    """The second session of somebody whose client has one more for publishing."""
    video = msgspec.structs.replace(grants.video, can_subscribe=False) if grants.video else None
    return msgspec.structs.replace(grants, identity=f"{grants.identity}#{name}", video=video)


def _creation(grants: Grants) -> CreateRoomRequest:
    """The room that a join opens, as its token would have it."""
    config = grants.room_config
    request = CreateRoomRequest(name=grants.video.room if grants.video else "")
    if config is not None:
        request.empty_timeout = config.empty_timeout
        request.departure_timeout = config.departure_timeout
        request.max_participants = config.max_participants
        request.metadata = config.metadata
        request.agents.extend(config.agents)
    return request
