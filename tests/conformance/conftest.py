"""The stage in a room of its own that each case plays on."""

from collections.abc import AsyncIterator

import pytest

from tests.conformance.stage import Stage
from tests.support.servers import Server


@pytest.fixture
async def stage(server: Server, room_name: str) -> AsyncIterator[Stage]:
    async with Stage.set(server, room_name) as stage:
        yield stage
