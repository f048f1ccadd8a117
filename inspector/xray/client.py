"""Follows a local room's X-ray stream, and reads and sets its faults.

aiohttp is imported when it is used, and in a thread: it takes longer than most of this program's start.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Self

import msgspec

from inspector.core.faults import FaultRule, FaultState
from inspector.core.problems import ProblemError
from inspector.xray import problems
from inspector.xray.messages import FAULTS_PATH, XRAY_PATH, XRAY_VERSION, Faults, Hello, Message, decode

if TYPE_CHECKING:
    import aiohttp

ANSWER_WITHIN_S = 5.0
"""How long the server may take to open the stream and say hello, or to answer about faults."""
HEARTBEAT_S = 15.0
"""How often the stream is pinged; without an answer in half that time it is taken for broken."""
MAX_FRAME_BYTES = 32 * 1024 * 1024
"""The largest message read. A room tells a larger payload's beginning only."""
_CLOSE_WITHIN_S = 0.3
_TEXT_CHARS = 2000
_SCHEMES = {"ws": "http", "wss": "https", "http": "http", "https": "https"}


class OrdinaryServerError(ProblemError):
    """What answers is no local room: there is no X-ray to be had, and nothing is wrong with that."""


class XrayClient:
    """The X-ray and the faults of the server at `url`, for a token of its key with roomAdmin.

    `url` begins with ws, wss, http or https, and may have a path where servers live behind proxies.
    """

    def __init__(self, url: str, token: str) -> None:
        self._url = url
        self._base = _http_url(url)
        self._token = token

    @asynccontextmanager
    async def following(self, room: str | None) -> AsyncIterator[AsyncIterator[Message]]:
        """The stream of `room` (None: of all rooms), open as long as the context lasts, from after its hello.

        The messages end where the server ends the stream in order.

        Raises:
            OrdinaryServerError: the server is no local room.
            ProblemError: it cannot be reached, refuses, or the stream broke off; the latter while iterating.
        """
        await _load()
        import aiohttp

        async with aiohttp.ClientSession() as session:
            socket = await self._opened(session, room)
            try:
                messages = _Messages(socket, self._url)
                await self._greeted(messages)
                yield messages
            finally:
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_CLOSE_WITHIN_S):
                        await socket.close()

    async def get_faults(self) -> tuple[FaultState, ...]:
        """The faults as they stand, with their hits.

        Raises:
            OrdinaryServerError: the server is no local room.
            ProblemError: it cannot be asked, or refuses.
        """
        return await self._faults("GET", None)

    async def set_faults(self, rules: Sequence[FaultRule]) -> tuple[FaultState, ...]:
        """Puts these faults in place of all others; how they stand then.

        Raises:
            OrdinaryServerError: the server is no local room.
            ProblemError: it cannot be asked, refuses, or does not take a rule (kind BAD_INPUT).
        """
        return await self._faults("PUT", msgspec.json.encode({"faults": list(rules)}))

    async def _opened(
        self, session: aiohttp.ClientSession, room: str | None
    ) -> aiohttp.ClientWebSocketResponse:
        import aiohttp

        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                return await session.ws_connect(
                    self._base + XRAY_PATH,
                    params={} if room is None else {"room": room},
                    headers=self._headers(),
                    heartbeat=HEARTBEAT_S,
                    max_msg_size=MAX_FRAME_BYTES,
                )
        except TimeoutError:
            raise ProblemError(problems.silent(self._url)) from None
        except aiohttp.WSServerHandshakeError as answer:
            if answer.status in (401, 403):
                raise ProblemError(problems.refused(self._url, answer.status, "", self._token)) from None
            if answer.status == 503:
                raise ProblemError(problems.busy(self._url)) from None
            raise OrdinaryServerError(problems.no_local_room(self._url)) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ProblemError(problems.unreachable(self._url, error, self._token)) from None

    async def _greeted(self, messages: _Messages) -> None:
        """Returns once the stream has begun as a local room's does."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                hello = await anext(messages)
        except TimeoutError:
            raise ProblemError(problems.silent(self._url)) from None
        except (StopAsyncIteration, ProblemError):
            raise OrdinaryServerError(problems.no_local_room(self._url)) from None
        if not isinstance(hello, Hello):
            raise OrdinaryServerError(problems.no_local_room(self._url))
        if hello.version > XRAY_VERSION:
            raise ProblemError(problems.other_version(self._url, hello.version))

    async def _faults(self, method: str, body: bytes | None) -> tuple[FaultState, ...]:
        await _load()
        import aiohttp

        try:
            async with (
                asyncio.timeout(ANSWER_WITHIN_S),
                aiohttp.ClientSession() as session,
                session.request(
                    method,
                    self._base + FAULTS_PATH,
                    data=body,
                    headers={**self._headers(), "Content-Type": "application/json"},
                    allow_redirects=False,
                ) as answer,
            ):
                status = answer.status
                text = await _text_of(answer)
        except TimeoutError:
            raise ProblemError(problems.silent(self._url)) from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            raise ProblemError(problems.unreachable(self._url, error, self._token)) from None
        return self._read_faults(status, text)

    def _read_faults(self, status: int, text: str) -> tuple[FaultState, ...]:
        if status in (401, 403):
            raise ProblemError(problems.refused(self._url, status, text[:_TEXT_CHARS], self._token))
        if status in (400, 413, 422) or status >= 500:
            raise ProblemError(problems.bad_faults(self._url, status, text[:_TEXT_CHARS], self._token))
        try:
            faults = decode(text)
        except msgspec.DecodeError:
            faults = None
        if status != 200 or not isinstance(faults, Faults):
            raise OrdinaryServerError(problems.no_local_room(self._url))
        return faults.faults

    def _headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"}


class _Messages:
    """The messages of an open stream, to its end."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, url: str) -> None:
        self._socket = socket
        self._url = url

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Message:
        import aiohttp

        frame = await self._socket.receive()
        match frame.type:
            case aiohttp.WSMsgType.TEXT:
                try:
                    return decode(frame.data)
                except msgspec.DecodeError:
                    raise ProblemError(problems.unreadable(self._url)) from None
            case aiohttp.WSMsgType.BINARY:
                raise ProblemError(problems.unreadable(self._url))
            case aiohttp.WSMsgType.CLOSE | aiohttp.WSMsgType.CLOSING:
                raise StopAsyncIteration
            case _:  # the connection is gone, or what came is no WebSocket frame
                raise ProblemError(problems.broke_off(self._url))


async def _load() -> None:
    """Imports aiohttp aside: here it would keep everything else waiting for a fifth of a second."""
    if "aiohttp" not in sys.modules:
        await asyncio.to_thread(importlib.import_module, "aiohttp")


async def _text_of(answer: aiohttp.ClientResponse) -> str:
    """The answer's body, as far as it is not larger than anything a room says."""
    body = bytearray()
    async for chunk in answer.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > MAX_FRAME_BYTES:
            break
    return body.decode(errors="replace")


def _http_url(url: str) -> str:
    """The address as HTTP is spoken to it, without a slash at its end."""
    scheme, colon, rest = url.partition("://")
    return f"{_SCHEMES.get(scheme.lower(), scheme)}{colon}{rest}".rstrip("/")
