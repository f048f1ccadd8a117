"""What is no HTTP, or only half of it, costs the one that sends it and nobody else, and leaves no trace."""

import asyncio
import logging

import aiohttp
import pytest
from aiohttp import web

from inspector.local_room import half_open
from inspector.local_room.access import bodies
from inspector.local_room.half_open import HalfOpen
from tests.local_room.raw_peer import RawPeer
from tests.local_room.running import running

WITHIN_S = 10.0
HEAD = b"POST /token HTTP/1.1\r\nHost: localhost\r\n"
NOT_GZIP = HEAD + b"Content-Encoding: gzip\r\nContent-Length: 20\r\n\r\n" + b"x" * 20
NO_CHUNK = HEAD + b"Transfer-Encoding: chunked\r\n\r\nno size\r\n"
NO_HEADER = b"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer of-nobody\0\r\n\r\n"


async def answer_to(port: int, sent: bytes = b"") -> bytes:
    """Send bytes as they are, and return all that comes until the server closes the connection."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(sent)
        async with asyncio.timeout(WITHIN_S):
            return await reader.read()
    finally:
        writer.close()


@pytest.mark.parametrize("sent", [NOT_GZIP, NO_CHUNK, NO_HEADER, b"\x16\x03\x01 no HTTP\r\n\r\n"])
async def test_what_is_no_request_is_refused_and_neither_reported_nor_logged(
    sent: bytes, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        async with running() as server:
            head = b"" if not sent.startswith(HEAD) else b"Connection: close\r\n"
            answer = await answer_to(server.port, sent.replace(HEAD, HEAD + head))
    assert answer.split(b" ")[1] == b"400"
    assert caplog.messages == []


async def test_a_client_that_goes_in_the_middle_of_its_body_is_no_error_of_the_rooms() -> None:
    async with running() as server:
        _, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(HEAD + b"Content-Length: 50\r\n\r\n{")
        await writer.drain()
        writer.transport.abort()
        async with RawPeer.joined(server.url, "r", "one"):
            pass


async def test_a_body_that_does_not_come_is_not_waited_for_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bodies, "BODY_WITHIN_S", 0.1)
    async with running() as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(HEAD + b"Connection: close\r\nContent-Length: 2\r\n\r\n{")
        async with asyncio.timeout(WITHIN_S):
            answer = await reader.readuntil(b"within 0.1 s")
            writer.write(b"}")  # aiohttp waits for it a while before it closes
            await reader.read()
        writer.close()
    assert b" 400 " in answer


async def test_a_connection_without_a_request_is_ended_and_one_with_is_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(half_open, "REQUEST_WITHIN_S", 0.5)
    async with running() as server, RawPeer.joined(server.url, "r", "one") as one:
        assert await answer_to(server.port, b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ") == b""
        assert await answer_to(server.port) == b""
        client = await one.connect()
        assert client is not None


async def test_a_client_that_goes_before_its_answer_is_no_error_of_the_rooms(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def gone(*_: object) -> None:
        raise aiohttp.ClientConnectionResetError("Cannot write to closing transport")

    async with running() as server:
        joining = RawPeer.joined(server.url, "r", "one")
        with monkeypatch.context() as patched:
            patched.setattr(web.WebSocketResponse, "prepare", gone)
            with pytest.raises(aiohttp.WSServerHandshakeError):
                await joining.__aenter__()
        async with RawPeer.joined(server.url, "r", "one"):
            pass


class _Connection:
    ended = False

    def force_close(self) -> None:
        self.ended = True


def test_of_too_many_connections_without_a_request_the_oldest_are_ended_at_once() -> None:
    old, more = [_Connection() for _ in range(5)], [_Connection() for _ in range(half_open.MOST_SILENT)]
    watch = HalfOpen()
    watch.tick(old, 100.0)  # type: ignore[arg-type]
    watch.tick([*more, *old], 100.25)  # type: ignore[list-item]
    assert all(connection.ended for connection in old)
    assert not any(connection.ended for connection in more)


def test_a_connection_is_given_its_time_from_when_it_was_seen_first() -> None:
    early, late = _Connection(), _Connection()
    watch = HalfOpen()
    watch.tick([early], 100.0)  # type: ignore[list-item]
    watch.tick([early, late], 100.0 + half_open.REQUEST_WITHIN_S)  # type: ignore[list-item]
    assert (early.ended, late.ended) == (False, False)
    watch.tick([early, late], 100.1 + half_open.REQUEST_WITHIN_S)  # type: ignore[list-item]
    assert (early.ended, late.ended) == (True, False)
