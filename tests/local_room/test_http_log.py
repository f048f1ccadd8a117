"""What becomes of requests that cannot be read."""

import asyncio

import pytest

from tests.local_room.running import running

GARBAGE = b"GET / HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer eyJsecret\x00x\r\n\r\n"


async def test_a_request_that_cannot_be_read_is_refused_and_nothing_of_it_is_logged(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with running() as server, running() as another:
        for port in (server.port, another.port):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(GARBAGE)
            answer = await reader.read()
            writer.close()

            assert answer.startswith(b"HTTP/1.0 400")
    assert caplog.records == []
