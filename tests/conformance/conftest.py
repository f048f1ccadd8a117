"""The server each case runs against, and the stage in a room of its own there."""

from collections.abc import AsyncIterator, Sequence

import pytest

from tests.conformance.servers import KINDS
from tests.conformance.stage import Stage
from tests.support.servers import OwnServer, Server


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
def every_server(request: pytest.FixtureRequest) -> Sequence[Server]:
    """One server of each kind, for a case that waits so long that it runs on all of them at once."""
    return [request.getfixturevalue(shared) for shared, _ in KINDS.values()]


@pytest.fixture
async def stage(server: Server, room_name: str) -> AsyncIterator[Stage]:
    async with Stage.set(server, room_name) as stage:
        yield stage
