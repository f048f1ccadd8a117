"""The server each case runs against, and the stage in a room of its own there."""

from collections.abc import AsyncIterator

import pytest

from tests.conformance.servers import KINDS, OwnServer, Server
from tests.conformance.stage import Stage


@pytest.fixture(params=KINDS)
def server(request: pytest.FixtureRequest) -> Server:
    """A server that other cases use too."""
    shared, _ = KINDS[request.param]
    found: Server = request.getfixturevalue(shared)
    return found


@pytest.fixture(params=KINDS)
def own_server(request: pytest.FixtureRequest) -> OwnServer:
    """A server of the case's own."""
    _, own = KINDS[request.param]
    found: OwnServer = request.getfixturevalue(own)
    return found


@pytest.fixture
async def stage(server: Server, room_name: str) -> AsyncIterator[Stage]:
    async with Stage.set(server, room_name) as stage:
        yield stage
