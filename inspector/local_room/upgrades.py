"""Whether a request can become a WebSocket."""

from __future__ import annotations

from aiohttp import web


def can_upgrade(socket: web.WebSocketResponse, request: web.Request) -> bool:
    """Whether the request asks for a WebSocket as it should; `socket` says how it would be."""
    try:
        return bool(socket.can_prepare(request))
    except ValueError:
        return False  # what aiohttp makes of a key that is not even ASCII
