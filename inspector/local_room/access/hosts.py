"""Which web pages may talk to the room: a browser lets any page send requests to this computer.

Two ways of a page elsewhere are closed. With DNS rebinding it has its own name resolve to this computer, so
that the browser takes the room for the page's own server: such a request has a foreign `Host`. Or it sends to
the room's address openly: such a request has a foreign `Origin`, and a WebSocket is not even held back by
CORS. LiveKit's server lets any origin in, since a token proves its holder. Here that is so as well where the
secret is one that only its holders know; with the dev server's secret, which everybody knows, any page could
sign itself a token, so that only pages of this computer are let in.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from urllib.parse import urlsplit

import msgspec
from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from inspector.core.payloads import shortened
from inspector.local_room.access.bind_policy import ServePolicy, ip_address, is_loopback

PREFLIGHT_LIFE_S = 86_400
"""How long a browser may remember that it may ask, as livekit-server says."""
_METHODS = "OPTIONS, HEAD, GET, POST, PUT, PATCH, DELETE"
_SHOWN_CHARS = 80


class HostRules(msgspec.Struct, frozen=True):
    """Which hosts the room is, and which origins it trusts."""

    bind: str
    loopback: bool
    any_origin: bool
    """A token proves its holder, so that pages from elsewhere may bring one (without CORS all the same)."""

    def is_own_host(self, host: str) -> bool:
        """Whether a request that names this host (without port) means the room.

        Beyond loopback that is every IP address, since no web page can have a browser name one that is not
        its own server's, and every name without a dot, which no page from elsewhere can have either.
        """
        if is_loopback(host) or host.lower() == self.bind.lower():
            return True
        return not self.loopback and bool(host) and (ip_address(host) is not None or "." not in host)

    def is_own_origin(self, origin: str, host: str) -> bool:
        """Whether the page is one of this computer, or of the very host that the request names."""
        page = _host_of_origin(origin)
        return page is not None and (is_loopback(page) or page == host.lower())


def host_rules(policy: ServePolicy) -> HostRules:
    """The rules for a room served like that."""
    return HostRules(policy.bind, policy.loopback, any_origin=policy.proves_its_holder)


def guarded(rules: HostRules, own_pages_only: Callable[[web.Request], bool]) -> Middleware:
    """Middleware that refuses foreign hosts and origins, and answers browsers' questions for leave (CORS).

    What `own_pages_only` names is not for pages from elsewhere, whatever they bring: it gives out tokens. To
    be the outermost middleware, so that its headers are on refusals too.
    """

    @web.middleware
    async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
        host = host_of(request.headers.get(hdrs.HOST, ""))
        if not rules.is_own_host(host):
            return _foreign_host(host)
        origin = request.headers.get(hdrs.ORIGIN)
        if origin is None:
            return await handler(request)
        if rules.is_own_origin(origin, host):
            if request.method == hdrs.METH_OPTIONS:
                return _leave(request, origin)
            return await _with_cors(request, handler, origin)
        if request.method == hdrs.METH_OPTIONS or not rules.any_origin or own_pages_only(request):
            return _foreign_origin(origin)
        return await handler(request)

    return guard


def host_of(header: str) -> str:
    """The host in a `Host` header, without port and an IPv6 address's brackets; empty for nonsense."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""


def _host_of_origin(origin: str) -> str | None:
    """The host of a web page's origin; None for a page without one, as a file or a sandboxed frame is."""
    try:
        parts = urlsplit(origin)
        return parts.hostname if parts.scheme in ("http", "https") else None
    except ValueError:
        return None


async def _with_cors(
    request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]], origin: str
) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as answer:
        _allow(answer, origin)
        raise
    if not response.prepared:
        _allow(response, origin)
    return response


def _allow(response: web.StreamResponse, origin: str) -> None:
    response.headers[hdrs.ACCESS_CONTROL_ALLOW_ORIGIN] = origin
    response.headers[hdrs.ACCESS_CONTROL_EXPOSE_HEADERS] = "*"
    response.headers[hdrs.VARY] = "Origin"


def _leave(request: web.Request, origin: str) -> web.Response:
    """The answer to a preflight: this page may."""
    response = web.Response(status=204)
    _allow(response, origin)
    asked = request.headers.get(hdrs.ACCESS_CONTROL_REQUEST_HEADERS)
    if asked:
        response.headers[hdrs.ACCESS_CONTROL_ALLOW_HEADERS] = asked
    response.headers[hdrs.ACCESS_CONTROL_ALLOW_METHODS] = _METHODS
    response.headers[hdrs.ACCESS_CONTROL_MAX_AGE] = str(PREFLIGHT_LIFE_S)
    return response


def _foreign_host(host: str) -> web.Response:
    named = f"the host {shortened(host, _SHOWN_CHARS)}" if host else "no host"
    return web.Response(
        status=403,
        text=f"This local room does not answer to {named}: use the address it printed when it started.",
    )


def _foreign_origin(origin: str) -> web.Response:
    return web.Response(
        status=403,
        text=(
            f"This local room does not let in web pages of {shortened(origin, _SHOWN_CHARS)}: open the page"
            " from localhost, or start the room with a secret of at least 32 characters and bring a token."
        ),
    )
