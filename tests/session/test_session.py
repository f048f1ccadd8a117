"""A session as a whole: its connections, the lines of its log, and its orderly end."""

import asyncio
import contextlib
from unittest.mock import Mock

import pytest

from inspector.core.calls import CallDraft, Outcome
from inspector.core.events import RoomEvent
from inspector.session.connection_info import ConnectionInfo, ConnectionState, RejoinPolicy
from inspector.session.session import Session
from inspector.session.waiting import until
from tests.support.fake_room import FakeClock, FakeServer, a_problem
from tests.support.mocks import reply
from tests.support.reports import Unexpected
from tests.support.sessions import WITHIN_S, becomes, calls, joined, room_events, until_logged


class Told:
    """What a session told of its connections."""

    def __init__(self) -> None:
        self.news: list[str] = []

    def connection_changed(self, info: ConnectionInfo) -> None:
        self.news.append(f"{info.id} {info.state}")

    def connection_removed(self, connection_id: str) -> None:
        self.news.append(f"{connection_id} removed")


# --- connections -------------------------------------------------------------------------------------------


async def test_a_connection_is_listed_at_once_and_told_of(session: Session, server: FakeServer) -> None:
    told = Told()
    session.subscribe(told)

    connection = session.connect(server.joiner())

    assert session.connections() == (connection.info,)
    assert session.connection(connection.id) == connection.info
    assert told.news == ["me@demo connecting"]
    await connection.settled()
    assert told.news == ["me@demo connecting", "me@demo connected"]


async def test_several_are_open_at_once_each_under_its_own_id(session: Session, server: FakeServer) -> None:
    for identity, room in (("me", "demo"), ("me", "other"), ("you", "demo"), ("me", "demo")):
        session.connect(server.joiner(identity, room))
    assert [info.id for info in session.connections()] == ["me@demo", "me@other", "you@demo", "me@demo#2"]


async def test_one_removed_is_left_and_off_the_list(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    told = Told()
    session.subscribe(told)

    await session.remove(connection.id)
    await session.remove(connection.id)

    assert server.left == ["me"]
    assert session.connections() == ()
    assert session.connection(connection.id) is None
    assert told.news == ["me@demo left", "me@demo removed"]


async def test_who_stops_listening_hears_no_more(session: Session, server: FakeServer) -> None:
    told = Told()
    stop = session.subscribe(told)
    stop()
    session.connect(server.joiner())
    assert told.news == []


async def test_a_retry_ends_the_pause(clock: FakeClock, server: FakeServer, unexpected: Unexpected) -> None:
    session = Session(unexpected, clock=clock, policy=RejoinPolicy(pauses_s=(3600.0,)))
    connection = await joined(session, server.joiner())
    server.lose("me", a_problem())
    await becomes(session, connection, ConnectionState.REJOINING)

    session.retry(connection.id)
    await becomes(session, connection, ConnectionState.CONNECTED)
    assert await session.close() == ()


async def test_a_retry_of_one_that_is_in_changes_nothing(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    session.retry(connection.id)
    assert (connection.state, server.joins) == (ConnectionState.CONNECTED, ["me"])


async def test_a_new_mock_reaches_every_connection_and_a_new_connection_every_mock(
    session: Session, server: FakeServer
) -> None:
    await joined(session, server.joiner("early"))
    session.mocks.add([reply("greet"), reply("private", identity="late")])
    await joined(session, server.joiner("late"))

    assert server.room_of("early").registered == {"greet"}
    assert server.room_of("late").registered == {"greet", "private"}


# --- waiting for connections -------------------------------------------------------------------------------


async def test_waiting_gives_the_first_value_there_is(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    waiting = session.tasks.spawn(until(session, lambda: connection.participant("web"), WITHIN_S), "waits")
    await asyncio.sleep(0)

    server.add_peer("web")

    found = await waiting
    assert found is not None
    assert found.identity == "web"


async def test_waiting_ends_without_a_value_when_its_time_is_over(session: Session) -> None:
    condition = Mock(return_value=None)
    assert await until(session, condition, within_s=0.01) is None
    condition.assert_called()


# --- the lines between calls -------------------------------------------------------------------------------


async def test_with_several_connections_in_a_room_each_event_is_one_line(
    session: Session, server: FakeServer
) -> None:
    first = await joined(session, server.joiner("one"))
    await joined(session, server.joiner("two"))
    server.add_peer("web")
    await session.leave(first.id)
    server.remove_peer("web")

    assert room_events(session) == [
        ("one", "connected"),
        ("two", "connected"),
        ("web", "active"),
        ("one", "disconnected"),
        ("web", "left"),
    ]


async def test_who_comes_is_a_line_of_the_room_it_comes_to(session: Session, server: FakeServer) -> None:
    await joined(session, server.joiner(room="demo"))
    await joined(session, server.joiner(room="other"))
    server.add_peer("web", room="other")

    last = session.log[-1]
    assert isinstance(last, RoomEvent)
    assert (last.identity, last.room, last.connection) == ("web", "other", "me@other")


async def test_the_same_room_name_on_another_server_is_another_room(session: Session) -> None:
    here, there = FakeServer(), FakeServer()
    await joined(session, here.joiner("me", url="ws://here"))
    await joined(session, there.joiner("you", url="ws://there"))
    here.add_peer("web")
    there.add_peer("web")
    assert room_events(session)[2:] == [("web", "active"), ("web", "active")]


async def test_a_loss_is_told_with_its_reason(session: Session, server: FakeServer) -> None:
    await joined(session, server.joiner())
    problem = a_problem()
    server.lose("me", problem)
    line = await until_logged(
        session.log, lambda: next((e for e in session.log if isinstance(e, RoomEvent) and e.detail), None)
    )
    assert line.detail == problem.what


# --- the end -----------------------------------------------------------------------------------------------


async def test_closing_leaves_every_room_and_ends_every_task(
    clock: FakeClock, server: FakeServer, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock)
    await joined(session, server.joiner("one"))
    await joined(session, server.joiner("two", room="other"))

    assert await session.close() == ()

    assert sorted(server.left) == ["one", "two"]
    assert [info.state for info in session.connections()] == [ConnectionState.LEFT] * 2
    assert len(session.tasks) == 0


async def test_closing_twice_is_harmless(
    clock: FakeClock, server: FakeServer, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock)
    await joined(session, server.joiner())

    assert await session.close() == ()
    assert await session.close() == ()
    assert server.left == ["me"]


async def test_closing_while_it_joins_ends_the_join(
    clock: FakeClock, server: FakeServer, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock)
    server.door.clear()
    session.connect(server.joiner())
    await asyncio.sleep(0)

    assert await session.close() == ()
    assert unexpected.rest() == []


async def test_closing_does_not_wait_long_for_a_server_that_does_not_answer(
    clock: FakeClock, server: FakeServer, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock)
    await joined(session, server.joiner())
    server.leaving.clear()

    async with asyncio.timeout(WITHIN_S):
        assert await session.close(within_s=0.01) == ()


async def test_what_will_not_end_is_named(
    clock: FakeClock, unexpected: Unexpected, caplog: pytest.LogCaptureFixture
) -> None:
    session = Session(unexpected, clock=clock)
    let_go = asyncio.Event()

    async def clings() -> None:
        while not let_go.is_set():
            with contextlib.suppress(asyncio.CancelledError):
                await let_go.wait()

    clinging = session.tasks.spawn(clings(), "clings")
    await asyncio.sleep(0)

    assert await session.close(within_s=0.01) == ("clings",)
    assert "clings" in caplog.text
    let_go.set()
    await clinging


async def test_nothing_starts_on_a_closed_session(
    clock: FakeClock, server: FakeServer, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock)
    connection = await joined(session, server.joiner())
    await session.close()

    with pytest.raises(RuntimeError, match="shutting down"):
        session.start_call(CallDraft(connection.id, "agent", "greet"))


async def test_a_call_asked_for_as_the_program_ends_leaves_no_pending_row(
    clock: FakeClock, server: FakeServer, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock)
    connection = await joined(session, server.joiner())
    session.start_call(CallDraft(connection.id, "agent", "greet"))

    await session.close()

    assert session.log.pending() == ()
    assert {call.outcome for call in calls(session)} <= {Outcome.LOST}
