"""The stage in a room of its own that each case plays on."""

import os
from collections.abc import AsyncIterator

import pytest

from tests.conformance.stage import Stage
from tests.support.servers import Server

# livekit-agents wants another livekit than ours: these cases run where an interpreter that has it is named.
collect_ignore = [] if os.environ.get("RPC_INSPECTOR_AGENTS_PYTHON") else ["test_agent_framework.py"]


@pytest.fixture
async def stage(server: Server, room_name: str) -> AsyncIterator[Stage]:
    async with Stage.set(server, room_name) as stage:
        yield stage
