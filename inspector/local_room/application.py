"""The HTTP side of a room server: who may ask, and what for."""

from __future__ import annotations

from collections.abc import Iterable
from http import HTTPStatus
from typing import Protocol

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from inspector.local_room.access import token_endpoints
from inspector.local_room.access.admission import authenticated
from inspector.local_room.access.bind_policy import bind_policy
from inspector.local_room.access.hosts import guarded, host_rules
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.rooms.rooms import Rooms
from inspector.local_room.server_api.agent_service import AgentDispatchService
from inspector.local_room.server_api.agents import Agents
from inspector.local_room.server_api.room_service import RoomService
from inspector.local_room.server_api.server_calls import ServerCalls
from inspector.local_room.server_api.twirp import add_services
from inspector.tasks import ReportUnexpected


class Side(Protocol):
    """A part of the server that has paths of its own."""

    def add_routes(self, app: web.Application) -> None:
        """Adds them."""


def make_application(
    options: RoomServerOptions,
    rooms: Rooms,
    calls: ServerCalls,
    agents: Agents,
    sides: Iterable[Side],
    report: ReportUnexpected,
) -> web.Application:
    """Everything that is answered over HTTP.

    Raises:
        ProblemError: what is asked for may not be offered at that address.
    """
    api_key, api_secret = next(iter(options.keys.items()))
    policy = bind_policy(options.bind, api_secret, options.token_endpoints)
    app = web.Application(
        middlewares=[
            guarded(host_rules(policy), token_endpoints.gives_tokens),
            _reported(report),
            authenticated(options.keys),
        ]
    )
    app.router.add_get("/", _well)
    for side in sides:
        side.add_routes(app)
    if policy.token_endpoints:
        token_endpoints.add_routes(app, api_key, api_secret, options.limits)
    add_services(
        app,
        {
            "RoomService": RoomService(rooms, options.limits, calls).methods(),
            "AgentDispatchService": AgentDispatchService(agents, rooms, options.limits).methods(),
        },
    )
    app.router.add_route("*", "/{path:.*}", _nothing_here)
    return app


def _reported(report: ReportUnexpected) -> Middleware:
    """Middleware that reports what a handler did not expect, and keeps it from everything else."""

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            return await handler(request)
        except web.HTTPException:
            raise
        except ConnectionError:
            # The client broke off while its request was read: nobody sees this.
            return web.Response(status=HTTPStatus.BAD_REQUEST)
        except Exception as error:  # noqa: BLE001 - one request must cost nobody else anything
            report(error, f"answering {request.method} {request.path}")
            return web.Response(
                status=HTTPStatus.INTERNAL_SERVER_ERROR,
                text="An error of the local room's own; it has been reported.",
            )

    return guard


async def _well(_request: web.Request) -> web.Response:
    """What livekit-server says at its root, too; whoever waits for a server asks there."""
    return web.Response(text="OK")


async def _nothing_here(_request: web.Request) -> web.Response:
    return web.Response(status=HTTPStatus.NOT_FOUND, text="404 page not found\n")
