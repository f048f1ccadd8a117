"""A session over a fake server, with time that a test owns."""

from collections.abc import AsyncIterator

import pytest

from inspector.session.connection_info import RejoinPolicy
from inspector.session.session import Session
from tests.support.fake_room import FakeClock, FakeServer
from tests.support.reports import Unexpected

AT_ONCE = RejoinPolicy(pauses_s=(0.0,))
"""Rejoins without a pause, for tests of what happens after it."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
async def unexpected() -> Unexpected:
    return Unexpected()


@pytest.fixture
async def session(clock: FakeClock, unexpected: Unexpected) -> AsyncIterator[Session]:
    session = Session(unexpected, clock=clock, policy=AT_ONCE)
    yield session
    assert await session.close() == ()
    assert unexpected.rest() == []
