"""Who listens on a port: told from what it answers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from inspector.local_room.process import occupants
from inspector.local_room.process.occupants import Occupant, occupant_of
from tests.support.livekit_server import LiveKitServer
from tests.support.ports import free_ports


class _Program(asyncio.Protocol):
    """Says something to whoever connects, and hangs up; or says nothing and stays."""

    def __init__(self, answer: bytes | None) -> None:
        self._answer = answer

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if self._answer is not None:
            transport.write(self._answer)
            transport.close()


@asynccontextmanager
async def listening(answer: bytes | None) -> AsyncIterator[int]:
    """A program that listens on the port this gives."""
    server = await asyncio.get_running_loop().create_server(lambda: _Program(answer), "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]


async def test_nobody() -> None:
    assert await occupant_of("127.0.0.1", free_ports(1)[0]) is Occupant.NOBODY


async def test_a_livekit_server(livekit_server: LiveKitServer) -> None:
    port = int(livekit_server.url.rpartition(":")[2])

    assert await occupant_of("localhost", port) is Occupant.LIVEKIT_SERVER


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 401 Unauthorized\r\n\r\nlog in first",
        b"SSH-2.0-OpenSSH_9.6\r\n",
        b"no permissions to access the room",
        b"\x00\xff" * 4000,
        b"",
    ],
)
async def test_another_program(answer: bytes) -> None:
    async with listening(answer) as port:
        assert await occupant_of("127.0.0.1", port) is Occupant.SOMEBODY


async def test_a_program_that_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(occupants, "ANSWERS_WITHIN_S", 0.1)

    async with listening(None) as port:
        assert await occupant_of("127.0.0.1", port) is Occupant.SOMEBODY
