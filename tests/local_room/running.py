"""A room server in the test's own event loop."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

from inspector.local_room.options import RoomServerOptions
from inspector.local_room.server import RoomServer
from tests.local_room.raw_peer import KEY, SECRET
from tests.support.reports import Unexpected


@contextlib.asynccontextmanager
async def running(report: Unexpected | None = None, **options: Any) -> AsyncIterator[RoomServer]:
    """Runs a server on any port; without a `report` of the test's, what it reports fails the block."""
    server, unexpected = RoomServer(), report or Unexpected()
    await server.start(RoomServerOptions(**{"keys": {KEY: SECRET}, "port": 0, **options}), unexpected)
    try:
        yield server
    finally:
        await server.stop()
    if report is None:
        assert unexpected.rest() == []
