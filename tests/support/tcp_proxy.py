"""A door before a server's TCP port, which a test shuts as a broken network would."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

_CHUNK_BYTES = 65536


class TcpProxy:
    """Passes bytes between clients and a server on loopback, until it is cut.

    Only signalling comes this way: data goes over UDP, straight to the server.
    """

    def __init__(self, server_url: str) -> None:
        self._server_port = urlsplit(server_url).port
        self._listener: asyncio.Server | None = None
        self._ways: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self.shut = False
        """Whether whoever comes is turned away."""

    @classmethod
    @contextlib.asynccontextmanager
    async def before(cls, server_url: str) -> AsyncIterator["TcpProxy"]:
        """Stand before the server of this address for the length of the block."""
        proxy = cls(server_url)
        proxy._listener = await asyncio.start_server(proxy._admit, "127.0.0.1", 0)
        try:
            yield proxy
        finally:
            proxy._listener.close()
            proxy.cut()
            await asyncio.gather(*proxy._ways, return_exceptions=True)

    @property
    def url(self) -> str:
        """The address to give to clients."""
        assert self._listener is not None
        return f"ws://127.0.0.1:{self._listener.sockets[0].getsockname()[1]}"

    def cut(self) -> None:
        """Break every connection there is, with no goodbye on either side."""
        for writer in self._writers:
            writer.transport.abort()

    async def _admit(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.shut:
            writer.transport.abort()
            return
        onward, back = await asyncio.open_connection("127.0.0.1", self._server_port)
        self._writers |= {writer, back}
        ways = [asyncio.ensure_future(_pass(reader, back)), asyncio.ensure_future(_pass(onward, writer))]
        self._ways.update(ways)
        await asyncio.wait(ways)
        self._ways.difference_update(ways)
        self._writers -= {writer, back}


async def _pass(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    with contextlib.suppress(ConnectionError):
        while chunk := await reader.read(_CHUNK_BYTES):
            writer.write(chunk)
            await writer.drain()
    writer.close()
