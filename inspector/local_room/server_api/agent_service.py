"""The two ways to agents from outside: `/agent`, where workers register, and AgentDispatchService."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

from aiohttp import WSCloseCode, WSMessage, WSMsgType, web
from livekit.protocol.agent import RegisterWorkerRequest, ServerMessage, WorkerMessage
from livekit.protocol.agent_dispatch import (
    AgentDispatch,
    CreateAgentDispatchRequest,
    DeleteAgentDispatchRequest,
    ListAgentDispatchRequest,
    ListAgentDispatchResponse,
)
from livekit.protocol.models import ServerInfo
from livekit.protocol.room import CreateRoomRequest

from inspector.local_room import sids
from inspector.local_room.access.admission import grants_of
from inspector.local_room.access.grants import Grants
from inspector.local_room.access.refusals import Refused, full, no_permission
from inspector.local_room.limits import Limits, attributes_size
from inspector.local_room.server_api.agent_workers import (
    Worker,
    WorkerMessageError,
    pong,
    understood,
    welcome,
)
from inspector.local_room.server_api.agents import Agents
from inspector.local_room.server_api.room_service import ABSENT_S, Rooms, may_administer
from inspector.local_room.server_api.twirp import Method, Service, TwirpError, relayed
from inspector.local_room.upgrades import can_upgrade
from inspector.tasks import TaskOwner

AGENT_PATH = "/agent"
WORKER = "AW_"
MAX_WORKERS = 100
REGISTERS_WITHIN_S = 10.0
MESSAGE_BYTES = 1024 * 1024
_BACKLOG = 1000
_DEPLOYMENT_BYTES = 64


class WorkerSockets:
    """Serves the workers' WebSockets. `keys` are the secrets by API key."""

    def __init__(self, agents: Agents, keys: Mapping[str, str], server: ServerInfo, tasks: TaskOwner) -> None:
        self._agents = agents
        self._keys = keys
        self._server = server
        self._tasks = tasks
        self._sockets: set[web.WebSocketResponse] = set()

    def add_routes(self, app: web.Application) -> None:
        """Adds `/agent` to an application, whose end is the end of the workers' connections."""
        app.router.add_get(AGENT_PATH, self._serve)
        app.on_shutdown.append(self._close)

    async def _serve(self, request: web.Request) -> web.StreamResponse:
        socket = web.WebSocketResponse(max_msg_size=MESSAGE_BYTES)
        if not can_upgrade(socket, request):
            return web.Response(status=404)
        grants = grants_of(request)
        if grants is None or grants.video is None or not grants.video.agent:
            raise no_permission()
        if len(self._sockets) >= MAX_WORKERS:
            raise full(f"this local room server takes {MAX_WORKERS} agent workers")
        await socket.prepare(request)
        self._sockets.add(socket)
        outbox = _Outbox(socket)
        writing = self._tasks.spawn(outbox.write(), "writing to an agent worker")
        try:
            await self._converse(socket, outbox, grants.api_key)
        except WorkerMessageError as error:
            await socket.close(code=WSCloseCode.UNSUPPORTED_DATA, message=str(error).encode())
        except TimeoutError:
            await socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"no worker registered in time")
        finally:
            writing.cancel()
            self._sockets.discard(socket)
        return socket

    async def _converse(self, socket: web.WebSocketResponse, outbox: _Outbox, api_key: str) -> None:
        """Returns once the worker is gone.

        Raises:
            WorkerMessageError: it said something that is no message of a worker's.
            TimeoutError: it did not register.
        """
        async with asyncio.timeout(REGISTERS_WITHIN_S):
            registration = await _registration(socket, outbox)
        if registration is None:
            return
        worker = Worker(sids.new_sid(WORKER), registration, (api_key, self._keys[api_key]), outbox.send)
        outbox.send(welcome(worker.id, self._server))
        self._agents.add_worker(worker)
        try:
            async for frame in socket:
                message = _message(frame)
                if message.HasField("simulate_job"):
                    self._agents.simulate(worker, message.simulate_job.room.name)
                else:
                    worker.received(message)
        finally:
            self._agents.remove_worker(worker)

    async def _close(self, _app: web.Application) -> None:
        for socket in tuple(self._sockets):
            await socket.close(code=WSCloseCode.GOING_AWAY, message=b"the server shuts down")


class _Outbox:
    """What is to be sent to one worker, in order; a worker that does not read loses its socket."""

    def __init__(self, socket: web.WebSocketResponse) -> None:
        self._socket = socket
        self._queue: asyncio.Queue[ServerMessage | None] = asyncio.Queue()

    def send(self, message: ServerMessage) -> None:
        """Queues a message."""
        if self._queue.qsize() < _BACKLOG:
            self._queue.put_nowait(message)
        elif self._queue.qsize() == _BACKLOG:
            self._queue.put_nowait(None)

    async def write(self) -> None:
        """Sends what is queued, until cancelled or the socket is closed."""
        while (message := await self._queue.get()) is not None:
            try:
                await self._socket.send_bytes(message.SerializeToString())
            except (ConnectionError, RuntimeError):
                return  # whoever reads the socket learns of it there
        await self._socket.close(code=WSCloseCode.POLICY_VIOLATION, message=b"the worker does not read")


async def _registration(socket: web.WebSocketResponse, outbox: _Outbox) -> RegisterWorkerRequest | None:
    """What the worker registers as; None where it goes away first."""
    async for frame in socket:
        message = _message(frame)
        match message.WhichOneof("message"):
            case "register":
                _check_deployment(message.register.deployment)
                return message.register
            case "ping":
                outbox.send(pong(message))
            case said:
                raise WorkerMessageError(f"a worker registers before it says {said}")
    return None


def _message(frame: WSMessage) -> WorkerMessage:
    if frame.type is not WSMsgType.BINARY:
        raise WorkerMessageError("workers speak protobuf, in binary frames")
    return understood(frame.data)


def _check_deployment(deployment: str) -> None:
    """Returns where it may be the name of a deployment (livekit/protocol, `agent/environment.go`).

    Raises:
        WorkerMessageError: it may not.
    """
    problem = _deployment_problem(deployment)
    if problem:
        raise WorkerMessageError(problem)


def _deployment_problem(deployment: str) -> str:
    data = deployment.encode()
    if len(data) > _DEPLOYMENT_BYTES:
        return f"deployment exceeds {_DEPLOYMENT_BYTES} bytes"
    for place, byte in enumerate(data):
        if byte == ord("_"):
            return "deployment contains reserved character '_'"
        if byte <= ord(" ") or byte == 0x7F:
            return f"deployment contains whitespace or control byte at position {place}"
    return ""


class AgentDispatchService:
    """Has agents come and go for whoever administers a room."""

    def __init__(self, agents: Agents, rooms: Rooms, limits: Limits, absent_s: float = ABSENT_S) -> None:
        self._agents = agents
        self._rooms = rooms
        self._limits = limits
        self._absent_s = absent_s

    def methods(self) -> Service:
        """The methods by their names."""
        return {
            "CreateDispatch": Method(CreateAgentDispatchRequest, self._create),
            "ListDispatch": Method(ListAgentDispatchRequest, self._list),
            "DeleteDispatch": Method(DeleteAgentDispatchRequest, self._delete),
        }

    async def _create(self, request: CreateAgentDispatchRequest, grants: Grants | None) -> AgentDispatch:
        may_administer(grants, request.room)
        if problem := _deployment_problem(request.deployment):
            raise relayed("invalid_argument", problem)
        if len(request.metadata.encode()) > self._limits.metadata_size:
            raise relayed("invalid_argument", "metadata size exceeds limits")
        if attributes_size(dict(request.attributes)) > self._limits.attributes_size:
            raise relayed("invalid_argument", "attribute size exceeds limits")
        try:
            self._rooms.create(CreateRoomRequest(name=request.room))
        except Refused as refused:
            raise TwirpError("resource_exhausted", refused.text) from None
        return self._agents.dispatch(
            AgentDispatch(
                room=request.room,
                agent_name=request.agent_name,
                metadata=request.metadata,
                restart_policy=request.restart_policy,
                deployment=request.deployment,
                attributes=request.attributes,
            )
        )

    async def _list(
        self, request: ListAgentDispatchRequest, grants: Grants | None
    ) -> ListAgentDispatchResponse:
        may_administer(grants, request.room)
        found = self._agents.dispatches(request.room, request.dispatch_id)
        if found is None:
            raise await self._no_response()
        return ListAgentDispatchResponse(agent_dispatches=found)

    async def _delete(self, request: DeleteAgentDispatchRequest, grants: Grants | None) -> AgentDispatch:
        may_administer(grants, request.room)
        if self._agents.dispatches(request.room, "") is None:
            raise await self._no_response()
        dispatch = self._agents.withdraw(request.room, request.dispatch_id)
        if dispatch is None:
            raise relayed("not_found", "dispatch ID not found")
        return dispatch

    async def _no_response(self) -> TwirpError:
        await asyncio.sleep(self._absent_s)
        return relayed("unavailable", "no response from servers")
