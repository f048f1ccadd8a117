"""A session over a fake server, with time that a test owns."""

from collections.abc import AsyncIterator

import pytest

from inspector.session.connection import RejoinPolicy
from inspector.session.session import Session
from tests.support.fake_room import FakeClock, FakeServer

AT_ONCE = RejoinPolicy(pauses_s=(0.0,))
"""Rejoins without a pause, for tests of what happens after it."""


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
async def server() -> FakeServer:
    return FakeServer()


@pytest.fixture
def unexpected() -> list[BaseException]:
    """What the session reported as unexpected; a test that provokes something takes it out again."""
    return []


@pytest.fixture
async def session(clock: FakeClock, unexpected: list[BaseException]) -> AsyncIterator[Session]:
    session = Session(lambda error, _: unexpected.append(error), clock=clock, policy=AT_ONCE)
    yield session
    assert await session.close() == ()
    assert unexpected == []
