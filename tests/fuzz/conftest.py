"""The server that is tried, with two bystanders in the room."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bench.processes import usage
from inspector.local_room.limits import Limits
from tests.fuzz.bystanders import undisturbed
from tests.support.local_room import LocalRoom, running_local_room

NO_BOUND_ON_JOINS = Limits(joins_per_second=1e9, joins_at_once=1_000_000_000)
MOST_GROWTH_MB = 100.0


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every case here, for `make fuzz`."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.fuzz)


@pytest.fixture
def target(tmp_path: Path) -> Iterator[LocalRoom]:
    """A server of the case's own, which lets in as many as come. What it reports fails the case."""
    with running_local_room(tmp_path, NO_BOUND_ON_JOINS) as server:
        before = usage(server.pid)
        yield server
        grown_mb = usage(server.pid).rss_mb - before.rss_mb
        assert grown_mb < MOST_GROWTH_MB


@pytest.fixture
async def room(target: LocalRoom, room_name: str) -> AsyncIterator[str]:
    """A room on it in which two participants call each other, and are not to be disturbed."""
    async with undisturbed(target, room_name):
        yield room_name
