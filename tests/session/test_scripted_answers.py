"""Mocks that answer by a template or a script: what is asked of whoever runs those, and what callers get."""

from collections.abc import AsyncIterator

import pytest

from inspector.core.calls import Direction, Outcome
from inspector.core.mocks import Mock, Rule, Script, Template
from inspector.session.ports import PerformRpc, RpcFailure, RpcRequest, ScriptCall
from inspector.session.session import Session
from tests.support.fake_room import FakeClock, FakeServer, error_of
from tests.support.reports import Unexpected
from tests.support.sessions import calls, joined


class FakeRunner:
    """Notes what it is asked, and answers what a test wants."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, ScriptCall]] = []
        self.wish: RpcRequest | None = None
        """The call that scripts make, whose response is theirs."""
        self.failure: RpcFailure | None = None

    async def render(self, source: str, call: ScriptCall) -> str:
        self.asked.append((source, call))
        return "rendered"

    async def respond(self, path: str, call: ScriptCall, perform: PerformRpc) -> str:
        self.asked.append((path, call))
        if self.failure is not None:
            raise self.failure
        return "scripted" if self.wish is None else await perform(self.wish)


@pytest.fixture
async def runner() -> FakeRunner:
    return FakeRunner()


@pytest.fixture
async def session(clock: FakeClock, unexpected: Unexpected, runner: FakeRunner) -> AsyncIterator[Session]:
    session = Session(unexpected, clock=clock, scripts=runner)
    yield session
    assert await session.close() == ()
    assert unexpected.rest() == []


def by_script(path: str = "quote.py", source: str = "backend/mocks.yaml") -> Mock:
    return Mock("quote", (Rule(Script(path)),), source=source)


async def test_a_template_is_given_the_call_the_time_left_and_the_files_vars(
    session: Session, server: FakeServer, runner: FakeRunner
) -> None:
    await joined(session, server.joiner())
    session.mocks.add([Mock("quote", (Rule(Template("{{ hits }}")),))], {"unit": "C"})

    assert await server.call("me", "quote", "p", caller="web", timeout_s=8.0).answer() == "rendered"

    call = ScriptCall("p", "web", "quote", "request-1", 8.0, 1, {"unit": "C"})
    assert runner.asked == [("{{ hits }}", call)]


@pytest.mark.parametrize(
    ("path", "source", "file"),
    [
        ("quote.py", "backend/mocks.yaml", "backend/quote.py"),
        ("../quote.py", "backend/mocks.yaml", "backend/../quote.py"),
        ("quote.py", "mocks.yaml", "quote.py"),
        ("/srv/quote.py", "backend/mocks.yaml", "/srv/quote.py"),
        ("/srv/quote.py", "", "/srv/quote.py"),
    ],
)
async def test_a_script_is_looked_for_from_the_folder_of_its_mocks_file(
    session: Session, server: FakeServer, runner: FakeRunner, path: str, source: str, file: str
) -> None:
    await joined(session, server.joiner())
    session.mocks.add([by_script(path, source)])

    assert await server.call("me", "quote").answer() == "scripted"
    assert [asked for asked, _ in runner.asked] == [file]


async def test_a_mock_in_no_file_cannot_say_where_a_relative_script_is(
    session: Session, server: FakeServer, runner: FakeRunner
) -> None:
    await joined(session, server.joiner())
    session.mocks.add([by_script(source="")])

    failure = await error_of(server.call("me", "quote"))

    assert (failure.code, "by a whole path" in failure.message) == (1500, True)
    assert runner.asked == []


async def test_a_script_that_nobody_allowed_does_not_run(
    session: Session, server: FakeServer, runner: FakeRunner
) -> None:
    await joined(session, server.joiner())
    session.mocks.set_file("backend/mocks.yaml", [by_script()], {}, scripts_allowed=False)

    failure = await error_of(server.call("me", "quote"))

    assert (failure.code, failure.message) == (1500, "its script is not allowed here yet")
    assert runner.asked == []


async def test_a_scripts_error_is_the_callers(
    session: Session, server: FakeServer, runner: FakeRunner
) -> None:
    await joined(session, server.joiner())
    session.mocks.add([by_script()])
    runner.failure = RpcFailure(1602, "no such city", "{}")

    failure = await error_of(server.call("me", "quote"))

    assert (failure.code, failure.message, failure.data) == (1602, "no such city", "{}")


async def test_a_call_of_a_scripts_own_goes_out_as_whom_was_called_in_the_time_left(
    session: Session, server: FakeServer, clock: FakeClock, runner: FakeRunner
) -> None:
    connection = await joined(session, server.joiner())
    session.mocks.add([by_script()])
    asked: list[RpcRequest] = []

    async def look_up(request: RpcRequest) -> str:
        asked.append(request)
        return "found"

    server.add_peer("agent-1", look_up=look_up)
    runner.wish = RpcRequest("agent-1", "look_up", "x", None, None)
    assert await server.call("me", "quote", timeout_s=10.2).answer() == "found"
    runner.wish = RpcRequest("agent-1", "look_up", "x", 2.0, None)
    assert await server.call("me", "quote", timeout_s=10.2).answer() == "found"

    assert [request.timeout_s for request in asked] == [pytest.approx(10.0), 2.0]
    assert [request.ack_timeout_s for request in asked] == [pytest.approx(3.0), pytest.approx(0.6)]
    (first, _) = calls(session, Direction.IN)
    out = calls(session, Direction.OUT)[0]
    assert (out.connection, out.caller, out.destination, out.parent) == (
        connection.id,
        "me",
        "agent-1",
        first.id,
    )


async def test_a_script_names_a_destination_as_on_the_command_line(
    session: Session, server: FakeServer, runner: FakeRunner
) -> None:
    await joined(session, server.joiner())
    session.mocks.add([by_script()])

    async def look_up(request: RpcRequest) -> str:
        return f"found by {request.destination}"

    server.add_peer("search-1", look_up=look_up)
    runner.wish = RpcRequest("search-*", "look_up", "x", None, None)

    assert await server.call("me", "quote").answer() == "found by search-1"
    server.add_peer("search-2", look_up=look_up)
    failure = await error_of(server.call("me", "quote"))
    assert failure.code == 1500
    assert failure.message.startswith("cannot call: ")


async def test_the_error_of_a_scripts_own_call_is_the_scripts_to_handle(
    session: Session, server: FakeServer, runner: FakeRunner
) -> None:
    await joined(session, server.joiner())
    session.mocks.add([by_script()])

    async def refuse(_: RpcRequest) -> str:
        raise RpcFailure(1503, "Recipient disconnected", "gone")

    server.add_peer("agent-1", look_up=refuse)
    runner.wish = RpcRequest("agent-1", "look_up", "x", None, None)

    failure = await error_of(server.call("me", "quote"))

    assert (failure.code, failure.message, failure.data) == (1503, "Recipient disconnected", "gone")


async def test_with_no_time_left_a_script_makes_no_call(
    session: Session, server: FakeServer, runner: FakeRunner
) -> None:
    await joined(session, server.joiner())
    session.mocks.add([by_script()])
    runner.wish = RpcRequest("agent-1", "look_up", "x", None, None)

    with pytest.raises(RpcFailure) as raised:
        await server.call("me", "quote", timeout_s=0.25).answer()

    assert raised.value.code == 1502
    assert "too little for a call of its own" in raised.value.message
    assert calls(session, Direction.OUT) == []
    assert calls(session)[0].outcome is Outcome.ERROR
