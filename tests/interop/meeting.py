"""Our session and one peer of each foreign SDK, in one room and active for each other."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

from inspector.session.connection import Connection
from tests.conformance.stage import Stage
from tests.support.process_peer import (
    PeerKind,
    ProcessPeer,
    browser_kind,
    node_kind,
    python_1_0_kind,
    python_1_1_kind,
)
from tests.support.servers import Server

SDKS: dict[str, Callable[[], PeerKind]] = {
    "node": node_kind,
    "browser": browser_kind,
    "python-1.0": python_1_0_kind,
    "python-1.1": python_1_1_kind,
}
NEWER = {"node", "browser"}
"""Those that speak RPC's second version, in which a payload may be large."""


@contextlib.asynccontextmanager
async def started(names: dict[str, str], folder: Path) -> AsyncIterator[dict[str, ProcessPeer]]:
    """Start all peers at once: an SDK for each name. They have joined nothing yet."""
    async with contextlib.AsyncExitStack() as stack:
        starting = (
            stack.enter_async_context(ProcessPeer.started(SDKS[sdk](), folder)) for sdk in names.values()
        )
        yield dict(zip(names, await asyncio.gather(*starting), strict=True))


@dataclass
class Meeting:
    """The peers are known by the name of their SDK, which is their identity too."""

    stage: Stage
    connection: Connection
    peers: dict[str, ProcessPeer]

    @classmethod
    @contextlib.asynccontextmanager
    async def held(cls, server: Server, room: str, folder: Path) -> AsyncIterator["Meeting"]:
        async with Stage.set(server, room) as stage, started({name: name for name in SDKS}, folder) as peers:
            connection = await stage.connect()
            for name, peer in peers.items():
                await peer.join(server.url, server.token(room, name))
            await asyncio.gather(
                *(stage.sees(connection, name) for name in peers),
                *(peer.wait_until_active("inspector") for peer in peers.values()),
            )
            yield cls(stage, connection, peers)
