"""The bodies of requests: bounded in size and time, and what is wrong with one is its sender's fault."""

from __future__ import annotations

import asyncio

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError

BODY_WITHIN_S = 30.0
"""How long a body may take to arrive."""


class BodyTooLargeError(Exception):
    """A body is larger than whoever reads it takes."""


class UnreadableBodyError(Exception):
    """A body did not arrive as its headers say, or not in time; the text says which, for its sender."""


async def body_of(request: web.Request, most_bytes: int) -> bytes:
    """The whole body of a request.

    Raises:
        BodyTooLargeError: it has more than `most_bytes`.
        UnreadableBodyError: it breaks off, takes too long, or is not encoded as its headers say.
    """
    body = bytearray()
    try:
        async with asyncio.timeout(BODY_WITHIN_S):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > most_bytes:
                    raise BodyTooLargeError
    except TimeoutError:
        msg = f"the body did not arrive within {BODY_WITHIN_S:g} s"
        raise UnreadableBodyError(msg) from None
    except (web.RequestPayloadError, HttpProcessingError, ConnectionError):
        msg = "the body is not what the request's headers say, or breaks off"
        raise UnreadableBodyError(msg) from None
    return bytes(body)
