"""Connections on which no request comes: ended after a while, so that they keep nobody else out."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from aiohttp import web
from aiohttp.typedefs import Handler, Middleware

REQUEST_WITHIN_S = 10.0
"""How long after connecting the first request's head has to be there."""
MOST_SILENT = 100
"""Beyond so many without a request, those that are silent longest are ended at once."""


class HalfOpen:
    """Knows which connections have made a request."""

    def __init__(self) -> None:
        self._since: dict[Any, float] = {}
        self._heard: set[Any] = set()

    def middleware(self) -> Middleware:
        """Notes each connection whose request has come."""

        @web.middleware
        async def note(request: web.Request, handler: Handler) -> web.StreamResponse:
            self._heard.add(request.protocol)
            return await handler(request)

        return note

    def tick(self, connections: Iterable[web.RequestHandler], now: float) -> None:
        """Ends those of all `connections` that are silent for too long; `now` in seconds, monotonic."""
        present = set(connections)
        self._heard &= present
        self._since = {silent: self._since.get(silent, now) for silent in present - self._heard}
        by_age = sorted(self._since, key=self._since.__getitem__)
        too_many = len(by_age) - MOST_SILENT
        for number, silent in enumerate(by_age):
            if number < too_many or now - self._since[silent] > REQUEST_WITHIN_S:
                silent.force_close()
