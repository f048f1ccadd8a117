"""Who listens on a port where a local room is to be: asked with a word of HTTP, without a library for it.

What a LiveKit server answers was measured with livekit-server 1.13.5.
"""

from __future__ import annotations

import asyncio
from enum import StrEnum

from inspector.xray.messages import XRAY_PATH

ANSWERS_WITHIN_S = 2.0
_VALIDATE_PATH = "/rtc/validate"
_NO_TOKEN = b"no permissions to access the room"
"""How a LiveKit server refuses there, with 401, whoever brings no token."""
_ANSWER_BYTES = 4096
_UNAUTHORIZED = b"401"


class Occupant(StrEnum):
    """Who listens."""

    NOBODY = "nobody"
    LOCAL_ROOM = "another local room"
    LIVEKIT_SERVER = "a LiveKit server"
    SOMEBODY = "another program"


async def occupant_of(host: str, port: int) -> Occupant:
    """Who listens at `host` (a name or an address) and `port`."""
    try:
        answer = await _ask(host, port, _VALIDATE_PATH)
        if answer is None:
            return Occupant.NOBODY
        if not _is_unauthorized(answer) or _NO_TOKEN not in answer:
            return Occupant.SOMEBODY
        told = await _ask(host, port, XRAY_PATH)
    except (OSError, TimeoutError):  # it listens, and says nothing
        return Occupant.SOMEBODY
    return Occupant.LOCAL_ROOM if told and _is_unauthorized(told) else Occupant.LIVEKIT_SERVER


async def _ask(host: str, port: int, path: str) -> bytes | None:
    """The beginning of what is answered; None where nobody listens.

    Raises:
        OSError: the connection broke.
        TimeoutError: nothing is said.
    """
    async with asyncio.timeout(ANSWERS_WITHIN_S):
        try:
            reader, writer = await asyncio.open_connection(host, port)
        except OSError:
            return None
        try:
            writer.write(
                f"GET {path} HTTP/1.1\r\nHost: {_authority(host, port)}\r\nConnection: close\r\n\r\n".encode()
            )
            return await _beginning(reader)
        finally:
            writer.transport.abort()


async def _beginning(reader: asyncio.StreamReader) -> bytes:
    answer = b""
    while len(answer) < _ANSWER_BYTES and (part := await reader.read(_ANSWER_BYTES)):
        answer += part
    return answer


def _is_unauthorized(answer: bytes) -> bool:
    protocol, _, rest = answer.partition(b" ")
    return protocol.startswith(b"HTTP/1.") and rest.startswith(_UNAUTHORIZED)


def _authority(host: str, port: int) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
