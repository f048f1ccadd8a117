"""Who asks: the access token of every request is verified before anything else, as on the server."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

from inspector.local_room.access.grants import Grants, verify
from inspector.local_room.access.refusals import Refused

_BEARER = "Bearer "
_GRANTS = web.RequestKey("grants", Grants)


def authenticated(keys: Mapping[str, str], clock: Callable[[], float] = time.time) -> Middleware:
    """Middleware that verifies the token of each request; one without a token goes on without grants.

    A token that does not hold is refused whatever was asked for. `Refused` that a handler raises becomes the
    answer too, and a path that leads nowhere gets the server's own words. `keys` are the secrets by API key;
    `clock` tells seconds since the epoch.
    """

    @web.middleware
    async def authenticate(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            token = token_of(request)
            if token:
                request[_GRANTS] = verify(token, keys, clock())
            return await handler(request)
        except Refused as refused:
            return web.Response(status=refused.status, text=refused.text)
        except web.HTTPNotFound:
            return web.Response(status=404, text="404 page not found\n")

    return authenticate


def grants_of(request: web.Request) -> Grants | None:
    """What the request's token grants; None where it brought none."""
    return request.get(_GRANTS)


def token_of(request: web.Request) -> str:
    """The token that a request brings: native clients in a header, browsers in the URL. Empty: none.

    Raises:
        Refused: the header is of another kind.
    """
    header = request.headers.get("Authorization", "")
    if not header:
        return request.query.get("access_token", "")
    if not header.startswith(_BEARER):
        raise Refused(401, f"invalid authorization header. Must start with {_BEARER}")
    return header.removeprefix(_BEARER)
