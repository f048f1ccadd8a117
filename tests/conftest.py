"""Fixtures and watchfulness for every test: servers, peers, and nothing left behind."""

import asyncio
import inspect
import os
import threading
import uuid
from collections.abc import AsyncIterator, Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from inspector.ending import Ending
from tests.conformance.servers import KINDS
from tests.support import requirements
from tests.support.leftovers import ended_by_themselves, forgotten_tasks, forgotten_threads
from tests.support.livekit_server import LiveKitServer, running_server
from tests.support.local_room import LocalRoom, running_local_room
from tests.support.process_peer import ProcessPeer, browser_kind, node_kind
from tests.support.servers import OwnServer, Server

# Before anything asks for a QApplication: tests need no display.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

# Where cores are shared, an example that waits its turn would fail a property that holds.
hypothesis.settings.register_profile("shared cores", deadline=None)
hypothesis.settings.load_profile("shared cores")

ENDING = pytest.StashKey[Ending]()


def pytest_configure(config: pytest.Config) -> None:
    """The SDK's threads must not abort a run that has passed."""
    config.stash[ENDING] = Ending()


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    session.config.stash[ENDING].code = int(exitstatus)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Show the logs of the server and the peers that a failed test talked to."""
    report = yield
    if report.failed and isinstance(item, pytest.Function):
        for name, value in item.funcargs.items():
            if isinstance(value, LiveKitServer | LocalRoom | ProcessPeer):
                report.sections.append((f"Log of {name}", value.log_tail()))
    return report


@pytest.fixture(autouse=True)
def _no_thread_outlives_its_test() -> Iterator[None]:
    before = set(threading.enumerate())
    yield
    left = forgotten_threads(before)
    assert not left, f"threads outlive the test: {left}"


@pytest.fixture(autouse=True)
def _no_task_outlives_its_test(request: pytest.FixtureRequest, _no_thread_outlives_its_test: None) -> None:
    # Set up before the test's own fixtures and so ended after them. The threads are looked at later still,
    # when the event loop has closed its thread pool.
    # A property test wraps the coroutine function; hypothesis keeps it in this attribute.
    wrapper = getattr(request.function, "hypothesis", None)
    if inspect.iscoroutinefunction(wrapper.inner_test if wrapper else request.function):
        request.getfixturevalue("_clean_event_loop")


@pytest.fixture
async def _clean_event_loop() -> AsyncIterator[None]:
    """Fail a coroutine test whose loop reported an exception nobody handled, or still has tasks."""
    loop = asyncio.get_running_loop()
    reported: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: reported.append(context))
    yield
    await ended_by_themselves(loop)
    left = forgotten_tasks(loop)
    assert not left, f"tasks outlive the test: {left}"
    assert not reported, f"the event loop reported: {reported}"


@pytest.fixture(scope="session")
def livekit_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LiveKitServer]:
    """One livekit-server for all tests that neither stop it nor mind other rooms on it."""
    program = requirements.livekit_server_program()
    with running_server(program, tmp_path_factory.mktemp("livekit-server")) as server:
        yield server


@pytest.fixture
def own_livekit_server(tmp_path: Path) -> Iterator[LiveKitServer]:
    """A livekit-server of the test's own, to be stopped, killed and started again."""
    with running_server(requirements.livekit_server_program(), tmp_path) as server:
        yield server


@pytest.fixture(scope="session")
def local_room(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRoom]:
    """One local room server for all tests that neither stop it nor mind other rooms on it."""
    with running_local_room(tmp_path_factory.mktemp("local-room")) as server:
        yield server


@pytest.fixture
def own_local_room(tmp_path: Path) -> Iterator[LocalRoom]:
    """A local room server of the test's own, to be stopped, killed and started again."""
    with running_local_room(tmp_path) as server:
        yield server


@pytest.fixture
def room_name() -> str:
    """A room that no other test uses."""
    return f"room-{uuid.uuid4().hex[:8]}"


@pytest.fixture
async def node_peer(tmp_path: Path) -> AsyncIterator[ProcessPeer]:
    """A participant in Node that has not joined a room yet."""
    async with ProcessPeer.started(node_kind(), tmp_path) as peer:
        yield peer


@pytest.fixture
async def browser_peer(tmp_path: Path) -> AsyncIterator[ProcessPeer]:
    """A participant in a Chromium page that has not joined a room yet."""
    async with ProcessPeer.started(browser_kind(), tmp_path) as peer:
        yield peer


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
