"""One identity in one room: joining, who is there, and leaving."""

import asyncio
from unittest.mock import Mock

import pytest

from inspector.core.destinations import Outlook
from inspector.core.events import RoomEvent
from inspector.core.participants import ParticipantState
from inspector.core.problems import ProblemError, ProblemKind
from inspector.session.connection import GONE_KEPT
from inspector.session.connection_info import ConnectionState, RejoinPolicy
from inspector.session.session import Session
from tests.support.fake_room import FakeClock, FakeRoom, FakeServer, a_problem
from tests.support.mocks import reply
from tests.support.records import a_participant
from tests.support.reports import Unexpected
from tests.support.sessions import WITHIN_S, States, becomes, joined, room_events

# --- joining -----------------------------------------------------------------------------------------------


async def test_it_joins_and_sees_who_is_there(session: Session, server: FakeServer) -> None:
    server.add_peer("agent")
    states = States(session)

    connection = await joined(session, server.joiner())

    assert states.seen == [ConnectionState.CONNECTING, ConnectionState.CONNECTED]
    assert connection.info.local is not None
    assert (connection.identity, connection.room) == ("me", "demo")
    assert [p.identity for p in connection.info.participants] == ["agent"]
    assert room_events(session) == [("me", "connected")]


async def test_a_refusal_is_final_and_says_why(session: Session, server: FakeServer) -> None:
    problem = a_problem(ProblemKind.UNAUTHORIZED, final=True)
    server.refusals.append(problem)

    connection = session.connect(server.joiner())
    with pytest.raises(ProblemError) as raised:
        await connection.settled()

    assert raised.value.problem == problem
    assert (connection.state, connection.info.problem) == (ConnectionState.FAILED, problem)
    assert room_events(session) == [("me", "failed")]


async def test_a_first_join_that_fails_is_not_tried_again_by_itself(
    session: Session, server: FakeServer
) -> None:
    server.refusals.append(a_problem(ProblemKind.UNREACHABLE))

    connection = session.connect(server.joiner())
    with pytest.raises(ProblemError):
        await connection.settled()

    assert server.joins == ["me"]
    assert connection.state is ConnectionState.FAILED


async def test_a_failed_one_can_be_joined_anew(session: Session, server: FakeServer) -> None:
    server.refusals.append(a_problem(ProblemKind.UNREACHABLE))
    connection = session.connect(server.joiner())
    with pytest.raises(ProblemError):
        await connection.settled()

    session.retry(connection.id)
    await connection.settled()

    assert connection.state is ConnectionState.CONNECTED
    assert connection.info.problem is None


async def test_what_nobody_expected_while_joining_is_reported_and_fails_the_connection(
    session: Session, server: FakeServer, unexpected: Unexpected
) -> None:
    error = RuntimeError("a fault of this program")
    server.refusals.append(error)

    connection = session.connect(server.joiner())
    with pytest.raises(ProblemError) as raised:
        await connection.settled()

    assert raised.value.problem.kind is ProblemKind.UNEXPECTED
    assert connection.state is ConnectionState.FAILED
    assert await unexpected.next() is error


async def test_a_room_joined_but_not_usable_is_left_again(
    session: Session, server: FakeServer, unexpected: Unexpected, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = RuntimeError("a fault of this program")
    monkeypatch.setattr(FakeRoom, "register", Mock(side_effect=error))
    session.mocks.add([reply("greet")])

    connection = session.connect(server.joiner())
    with pytest.raises(ProblemError):
        await connection.settled()

    assert await unexpected.next() is error
    assert (connection.state, server.left) == (ConnectionState.FAILED, ["me"])


async def test_leaving_while_it_joins_ends_the_wait_for_it(session: Session, server: FakeServer) -> None:
    server.door.clear()
    connection = session.connect(server.joiner())
    waiting = session.tasks.spawn(connection.settled(), "waits", awaited=True)
    await asyncio.sleep(0)

    await session.leave(connection.id)

    assert connection.state is ConnectionState.LEFT
    with pytest.raises(ProblemError):
        await waiting


# --- who is there ------------------------------------------------------------------------------------------


async def test_it_follows_who_comes_and_goes(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())

    server.add_peer(a_participant("web", state=ParticipantState.JOINED))
    assert connection.info.outlook("web") is Outlook.JOINING
    server.add_peer(a_participant("web"))
    assert connection.info.outlook("web") is Outlook.ACTIVE
    server.add_peer(a_participant("web", attributes={"mood": "good"}))
    web = connection.participant("web")
    assert web is not None
    assert web.attributes == {"mood": "good"}
    server.remove_peer("web", reason="room deleted")

    assert connection.participant("web") is None
    assert connection.info.outlook("web") is Outlook.GONE
    assert room_events(session)[1:] == [("web", "joining"), ("web", "active"), ("web", "left")]
    last = session.log[-1]
    assert isinstance(last, RoomEvent)
    assert last.detail == "room deleted"


async def test_who_was_never_listed_leaves_without_a_line(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    connection.participant_left("nobody", None)
    assert room_events(session) == [("me", "connected")]


async def test_a_fact_of_our_own_that_changes_is_kept(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    connection.local_changed(a_participant("me", name="Renamed"))
    assert connection.info.local is not None
    assert connection.info.local.name == "Renamed"


@pytest.mark.parametrize(
    ("state", "outlook"),
    [
        (ConnectionState.CONNECTING, Outlook.NOT_CONNECTED),
        (ConnectionState.LEFT, Outlook.NOT_CONNECTED),
        (ConnectionState.RECONNECTING, Outlook.RECONNECTING),
    ],
)
async def test_the_outlook_speaks_of_the_connection_first(
    session: Session, server: FakeServer, state: ConnectionState, outlook: Outlook
) -> None:
    if state is ConnectionState.CONNECTING:
        server.door.clear()
        connection = session.connect(server.joiner())
    else:
        connection = await joined(session, server.joiner())
    if state is ConnectionState.LEFT:
        await session.leave(connection.id)
    if state is ConnectionState.RECONNECTING:
        server.interrupt("me")

    assert connection.state is state
    assert connection.info.outlook("agent") is outlook
    server.door.set()


# --- leaving -----------------------------------------------------------------------------------------------


async def test_leaving_leaves_and_keeps_it_listed(session: Session, server: FakeServer) -> None:
    server.add_peer("agent")
    connection = await joined(session, server.joiner())

    await session.leave(connection.id)
    await session.leave(connection.id)

    assert server.left == ["me"]
    assert connection.state is ConnectionState.LEFT
    assert connection.info.participants == ()
    assert session.connections() == (connection.info,)
    assert room_events(session) == [("me", "connected"), ("me", "disconnected")]


async def test_leaving_during_a_pause_ends_the_tries(clock: FakeClock, server: FakeServer) -> None:
    session = Session(lambda *_: None, clock=clock, policy=RejoinPolicy(pauses_s=(3600.0,)))
    connection = await joined(session, server.joiner())
    server.lose("me", a_problem())
    await becomes(session, connection, ConnectionState.REJOINING)

    await session.leave(connection.id)

    assert (connection.state, connection.info.retry_at) == (ConnectionState.LEFT, None)
    assert server.joins == ["me"]
    assert await session.close() == ()


async def test_one_that_left_can_join_again(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    await session.leave(connection.id)

    session.retry(connection.id)
    await connection.settled()

    assert connection.state is ConnectionState.CONNECTED
    assert server.joins == ["me", "me"]


async def test_leaving_one_that_failed_makes_it_left(session: Session, server: FakeServer) -> None:
    server.refusals.append(a_problem(final=True))
    connection = session.connect(server.joiner())
    with pytest.raises(ProblemError):
        await connection.settled()

    await session.leave(connection.id)
    assert connection.state is ConnectionState.LEFT
    assert room_events(session) == [("me", "failed")]


async def test_leaving_wins_over_a_retry_in_the_same_moment(clock: FakeClock, server: FakeServer) -> None:
    session = Session(lambda *_: None, clock=clock, policy=RejoinPolicy(pauses_s=(3600.0,)))
    for steps in range(4):  # of the event loop between the two
        connection = await joined(session, server.joiner(f"me-{steps}"))
        server.lose(f"me-{steps}", a_problem())
        await becomes(session, connection, ConnectionState.REJOINING)
        server.door.clear()

        session.retry(connection.id)
        for _ in range(steps):
            await asyncio.sleep(0)
        async with asyncio.timeout(WITHIN_S):
            await session.leave(connection.id)

        assert connection.state is ConnectionState.LEFT
        server.door.set()
    assert await session.close() == ()


async def test_left_twice_at_once_and_joined_again_it_stays_joined(
    session: Session, server: FakeServer
) -> None:
    connection = await joined(session, server.joiner())
    server.leaving.clear()
    leaves = [session.tasks.spawn(session.leave(connection.id), f"leaves {number}") for number in range(2)]
    await becomes(session, connection, ConnectionState.LEFT)

    session.retry(connection.id)
    await connection.settled()
    server.leaving.set()
    await asyncio.wait(leaves)

    assert connection.state is ConnectionState.CONNECTED


async def test_one_that_is_retried_while_it_is_removed_stays_listed(
    session: Session, server: FakeServer
) -> None:
    connection = await joined(session, server.joiner())
    server.leaving.clear()
    removal = session.tasks.spawn(session.remove(connection.id), "removes")
    await becomes(session, connection, ConnectionState.LEFT)

    session.retry(connection.id)
    await connection.settled()
    server.leaving.set()
    await removal

    assert [info.state for info in session.connections()] == [ConnectionState.CONNECTED]


async def test_what_is_asked_of_one_removed_is_harmless(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    await session.remove(connection.id)

    session.retry(connection.id)
    await session.leave(connection.id)

    assert (session.connections(), server.joins) == ((), ["me"])


async def test_only_the_newest_of_those_who_left_are_remembered(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    for number in range(GONE_KEPT + 2):
        server.add_peer(f"guest-{number}")
        server.remove_peer(f"guest-{number}")
    server.add_peer("guest-2")
    server.remove_peer("guest-2")
    server.add_peer("last")
    server.remove_peer("last")

    gone = connection.info.gone
    assert len(gone) == GONE_KEPT
    assert {"guest-2", "last"} <= gone
    assert not {"guest-0", "guest-1", "guest-3"} & gone
