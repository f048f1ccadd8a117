"""The local room server: everything it consists of, started and stopped together."""

from __future__ import annotations

import asyncio
from socket import socket as Socket  # noqa: N812 - it is a class

from aiohttp import web
from livekit.protocol.models import DisconnectReason

from inspector.local_room import listening, server_facts
from inspector.local_room.application import make_application
from inspector.local_room.half_open import HalfOpen
from inspector.local_room.hooks import RoomObserver
from inspector.local_room.http_log import http_log
from inspector.local_room.joining.joining import Joining
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.rooms.rooms import Rooms
from inspector.local_room.server_api.agent_service import WorkerSockets
from inspector.local_room.server_api.agents import Agents
from inspector.local_room.server_api.server_calls import ServerCalls
from inspector.local_room.services import Services
from inspector.local_room.transport import TransportHub
from inspector.local_room.watching.watching import Watching
from inspector.tasks import ReportUnexpected, TaskOwner

FAREWELL_S = 1.0
"""How long clients have to take their leave when the server stops."""
_TICK_S = 0.25
_STOP_WITHIN_S = 2.0
_KEPT_ALIVE_S = 75.0
"""How long a connection may wait for its next request."""
_REQUEST_LINE_SIZE = 2 * 1024 * 1024
"""Of a URL and of a header: a join request is in the URL, a token with all that it says in either."""


class RoomServer:
    """A LiveKit-compatible server for one machine. `start` it, and `stop` it once."""

    def __init__(self) -> None:
        self._running: _Running | None = None

    @property
    def port(self) -> int:
        """The TCP port of its HTTP and WebSocket side."""
        return self._up().port

    @property
    def url(self) -> str:
        """The address clients of this computer connect to."""
        running = self._up()
        return f"ws://{listening.reachable_host(running.options.bind)}:{running.port}"

    @property
    def watching(self) -> Watching:
        """Its faults and its X-ray."""
        return self._up().watching

    async def start(self, options: RoomServerOptions, report: ReportUnexpected) -> None:
        """Returns once it takes connections; `report` is told of every error nobody expected.

        Raises:
            OSError: an address cannot be had.
            ProblemError: what is asked for may not be offered at that address.
        """
        sockets = listening.listen(options.bind, options.port)
        try:
            self._running = await _begin(options, report, sockets)
        except BaseException:
            for socket in sockets:
                socket.close()
            raise

    async def stop(self) -> None:
        """Tells all clients that the server shuts down, and ends; nothing happens where it does not run."""
        running, self._running = self._running, None
        if running is not None:
            await running.end()

    def _up(self) -> _Running:
        if self._running is None:
            msg = "the room server is not running"
            raise RuntimeError(msg)
        return self._running


async def _begin(options: RoomServerOptions, report: ReportUnexpected, sockets: list[Socket]) -> _Running:
    port: int = sockets[0].getsockname()[1]
    hub = await listening.open_hub(options, port, report)
    try:
        running = _Running(options, hub, report, port)
        await running.serve(sockets)
    except BaseException:
        await hub.close()
        raise
    return running


class _EndsCalls(RoomObserver):
    """Ends the server's own calls to somebody who leaves."""

    def __init__(self, calls: ServerCalls) -> None:
        self._calls = calls

    def participant_left(self, room: str, identity: str) -> None:
        self._calls.participant_left(room, identity)


class _Running:
    """A server that runs."""

    def __init__(
        self, options: RoomServerOptions, hub: TransportHub, report: ReportUnexpected, port: int
    ) -> None:
        self.options = options
        self.port = port
        self._report = report
        self._hub = hub
        self._tasks = TaskOwner(report)
        self.watching = Watching(self._tasks, report)
        self._services = Services(
            options=options,
            hub=hub,
            tasks=self._tasks,
            report=report,
            make_watcher=self.watching.make_watcher,
            faults=self.watching.faults,
        )
        self._rooms = Rooms(self._services)
        self._calls = ServerCalls(self._rooms)
        agents = Agents(self._rooms, self._tasks)
        workers = WorkerSockets(
            agents, options.keys, server_facts.server_info(self._services.node_id), self._tasks
        )
        self._services.observers.extend((_EndsCalls(self._calls), agents))
        self._joining = Joining(self._rooms, self._services)
        self._half_open = HalfOpen()
        application = make_application(
            options, self._rooms, self._calls, agents, (self._joining, workers, self.watching), report
        )
        application.middlewares.insert(0, self._half_open.middleware())
        self._runner = web.AppRunner(
            application,
            handle_signals=False,
            access_log=None,
            logger=http_log(report),
            keepalive_timeout=_KEPT_ALIVE_S,
            shutdown_timeout=_STOP_WITHIN_S,
            max_line_size=_REQUEST_LINE_SIZE,
            max_field_size=_REQUEST_LINE_SIZE,
        )

    async def serve(self, sockets: list[Socket]) -> None:
        """Takes connections from now on."""
        await self._runner.setup()
        for socket in sockets:
            await web.SockSite(self._runner, socket).start()
        self._tasks.spawn(self._keep_house(), "rooms' housekeeping")

    async def _keep_house(self) -> None:
        while True:
            await asyncio.sleep(_TICK_S)
            try:
                if self._runner.server is not None:
                    self._half_open.tick(self._runner.server.connections, self._services.clock())
                self._rooms.tick()
            except Exception as error:  # noqa: BLE001 - what is due in the next moment is due all the same
                self._report(error, "keeping the rooms in order")

    async def end(self) -> None:
        """Ends it."""
        self._rooms.close(DisconnectReason.SERVER_SHUTDOWN)
        await self._joining.wait_for_goodbyes(FAREWELL_S)
        await self._runner.cleanup()
        self.watching.close()
        await self._hub.close()
        await self._tasks.shut_down(_STOP_WITHIN_S)
