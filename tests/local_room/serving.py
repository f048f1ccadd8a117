"""An application served on loopback, and asked with whatever a test likes to ask."""

import io
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import aiohttp
from aiohttp import web
from aiohttp.typedefs import Middleware
from livekit import api

KEYS = {"devkey": "secret"}


class Answer(NamedTuple):
    """What came back."""

    status: int
    text: str
    headers: Mapping[str, str]

    @property
    def json(self) -> Any:
        return json.loads(self.text)


class Site:
    """An application that is being served."""

    def __init__(self, url: str, session: aiohttp.ClientSession) -> None:
        self.url = url
        self._session = session

    async def ask(
        self,
        path: str,
        method: str = "GET",
        *,
        token: str | None = None,
        body: bytes | str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        sent = dict(headers or {})
        if token is not None:
            sent["Authorization"] = f"Bearer {token}"
        async with self._session.request(
            method,
            self.url + path,
            data=None if body is None else io.BytesIO(body.encode() if isinstance(body, str) else body),
            headers=sent,
            skip_auto_headers=["Content-Type"],
        ) as response:
            return Answer(response.status, await response.text(errors="replace"), dict(response.headers))


@asynccontextmanager
async def served(app: web.Application) -> AsyncIterator[Site]:
    """Serve the application for the length of an `async with` block."""
    runner = web.AppRunner(app)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    try:
        async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session:
            yield Site(f"http://127.0.0.1:{runner.addresses[0][1]}", session)
    finally:
        await runner.cleanup()


def application(*middlewares: Middleware) -> web.Application:
    """Return an application that lets every request end in `said: PATH`."""
    app = web.Application(middlewares=middlewares)

    async def say(request: web.Request) -> web.Response:
        return web.Response(text=f"said: {request.path}")

    app.router.add_route("*", "/{rest:.*}", say)
    return app


def token(**grants: Any) -> str:
    """Return a token with these grants, signed with the one key."""
    made = api.AccessToken("devkey", "secret").with_grants(api.VideoGrants(**grants))
    return made.with_identity("alice").to_jwt()
