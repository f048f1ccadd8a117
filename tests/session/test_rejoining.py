"""Losing the server or the room, and the way back."""

import pytest

from inspector.core.problems import ProblemKind
from inspector.session.connection_info import ConnectionInfo, ConnectionState, RejoinPolicy
from inspector.session.session import Session
from inspector.session.waiting import until
from tests.support.fake_room import FakeClock, FakeServer, a_problem
from tests.support.mocks import reply
from tests.support.records import AT
from tests.support.sessions import WITHIN_S, States, becomes, joined, room_events


async def test_a_lost_room_is_joined_again_and_its_methods_are_registered_anew(
    session: Session, server: FakeServer
) -> None:
    session.mocks.add([reply("greet")])
    server.add_peer("agent")
    connection = await joined(session, server.joiner())
    states = States(session)

    server.lose("me", a_problem())
    await becomes(session, connection, ConnectionState.REJOINING)
    await becomes(session, connection, ConnectionState.CONNECTED)

    assert states.seen == [ConnectionState.REJOINING, ConnectionState.CONNECTED]
    assert server.room_of("me").registered == {"greet"}
    assert connection.participant("agent") is not None
    assert room_events(session) == [("me", "connected"), ("me", "disconnected"), ("me", "connected")]


async def test_while_it_rejoins_nobody_is_there_and_it_says_why_and_when_it_tries(
    session: Session, server: FakeServer, clock: FakeClock
) -> None:
    session = Session(lambda *_: None, clock=clock, policy=RejoinPolicy(pauses_s=(4.0,)))
    server.add_peer("agent")
    connection = await joined(session, server.joiner())
    problem = a_problem(ProblemKind.SERVER_SHUTDOWN)

    server.lose("me", problem)
    info = await becomes(session, connection, ConnectionState.REJOINING)

    assert info.participants == ()
    assert info.gone == {"agent"}
    assert info.problem == problem
    assert info.retry_at == AT + 4.0
    session.retry(connection.id)
    info = await becomes(session, connection, ConnectionState.CONNECTED)
    assert (info.problem, info.retry_at) == (None, None)
    assert "agent" not in info.gone
    await session.close()


def test_pauses_grow_and_the_last_repeats() -> None:
    policy = RejoinPolicy(pauses_s=(1.0, 2.0, 4.0))
    assert [policy.pause_s(tries) for tries in range(5)] == [1.0, 2.0, 4.0, 4.0, 4.0]
    pauses = RejoinPolicy().pauses_s
    assert pauses == tuple(sorted(pauses))


async def test_it_tries_until_it_is_let_in(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    server.refusals.extend([a_problem(ProblemKind.UNREACHABLE)] * 3)

    server.lose("me", a_problem())
    await becomes(session, connection, ConnectionState.REJOINING)
    await becomes(session, connection, ConnectionState.CONNECTED)

    assert len(server.joins) == 5


async def test_the_problem_shown_is_that_of_the_last_try(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    unreachable = a_problem(ProblemKind.UNREACHABLE)
    server.refusals.append(unreachable)
    server.door.clear()

    server.lose("me", a_problem())
    await until(session, lambda: True if connection.info.problem == unreachable else None, WITHIN_S)

    assert connection.info.problem == unreachable
    server.door.set()
    await becomes(session, connection, ConnectionState.CONNECTED)


@pytest.mark.parametrize(
    "kind", [ProblemKind.DUPLICATE_IDENTITY, ProblemKind.REMOVED, ProblemKind.ROOM_DELETED]
)
async def test_being_put_out_is_final(session: Session, server: FakeServer, kind: ProblemKind) -> None:
    connection = await joined(session, server.joiner())

    server.lose("me", a_problem(kind, final=True))
    info = await becomes(session, connection, ConnectionState.FAILED)

    assert info.problem is not None
    assert info.problem.kind is kind
    assert server.joins == ["me"]
    assert room_events(session) == [("me", "connected"), ("me", "disconnected")]


async def test_being_refused_on_the_way_back_is_final(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    server.refusals.append(a_problem(ProblemKind.EXPIRED_TOKEN, final=True))

    server.lose("me", a_problem())
    info = await becomes(session, connection, ConnectionState.FAILED)

    assert info.problem is not None
    assert info.problem.kind is ProblemKind.EXPIRED_TOKEN
    assert room_events(session)[1:] == [("me", "disconnected"), ("me", "failed")]


async def test_a_running_command_gives_up_after_its_time(clock: FakeClock, server: FakeServer) -> None:
    policy = RejoinPolicy(pauses_s=(0.0,), give_up_after_s=120.0)
    session = Session(lambda *_: None, clock=clock, policy=policy)
    connection = await joined(session, server.joiner())
    server.refusals.extend([a_problem(ProblemKind.UNREACHABLE)] * 100)

    class TimePasses:
        def connection_changed(self, info: ConnectionInfo) -> None:
            if info.state is ConnectionState.REJOINING:
                clock.pass_by(50.0)

        def connection_removed(self, connection_id: str) -> None:
            pass

    session.subscribe(TimePasses())
    server.lose("me", a_problem())
    info = await becomes(session, connection, ConnectionState.FAILED)

    assert len(server.joins) == 1 + 3, "tries at 0, 50 and 100 s, none after 120 s"
    assert info.problem is not None
    assert info.problem.kind is ProblemKind.UNREACHABLE
    await session.close()


async def test_a_room_closed_for_want_of_participants_is_not_made_anew(
    session: Session, server: FakeServer
) -> None:
    connection = await joined(session, server.joiner())
    server.room_exists = False

    server.lose("me", a_problem(ProblemKind.ROOM_CLOSED))
    await until(session, lambda: True if server.asked_for_room > 2 else None, WITHIN_S)
    assert server.joins == ["me"]
    assert connection.state is ConnectionState.REJOINING

    server.room_exists = True
    await becomes(session, connection, ConnectionState.CONNECTED)


async def test_without_a_key_a_closed_room_is_joined_again(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())
    server.room_exists = None

    server.lose("me", a_problem(ProblemKind.ROOM_CLOSED))
    await becomes(session, connection, ConnectionState.REJOINING)
    await becomes(session, connection, ConnectionState.CONNECTED)


async def test_an_interruption_is_survived_where_it_is(session: Session, server: FakeServer) -> None:
    session.mocks.add([reply("greet")])
    connection = await joined(session, server.joiner())
    states = States(session)

    server.interrupt("me")
    server.interrupt("me")
    server.restore("me")

    assert states.seen == [ConnectionState.RECONNECTING, ConnectionState.CONNECTED]
    assert server.room_of("me").registered == {"greet"}
    assert server.joins == ["me"]
    assert room_events(session)[1:] == [("me", "reconnecting"), ("me", "reconnected")]
    assert connection.info.problem is None


async def test_an_interruption_may_end_in_a_loss(session: Session, server: FakeServer) -> None:
    connection = await joined(session, server.joiner())

    server.interrupt("me")
    server.lose("me", a_problem())
    await becomes(session, connection, ConnectionState.REJOINING)
    await becomes(session, connection, ConnectionState.CONNECTED)
