"""The X-ray of the rooms we are in: when it is asked for, what ends it, what the log and the facts show."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from inspector.core.calls import Call, CallDraft, Direction, Outcome, Source
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.faults import FaultKind, FaultRule, FaultState
from inspector.core.mocks import Mock, Reply, Rule
from inspector.core.problems import ProblemError, ProblemKind
from inspector.session import room_xray
from inspector.session.connection import Connection
from inspector.session.connection_info import ConnectionState, RejoinPolicy
from inspector.session.session import Session
from inspector.session.waiting import until
from inspector.xray.messages import (
    Acked,
    Began,
    Ended,
    Faults,
    Missed,
    SeenCall,
    SeenError,
    SeenOutcome,
    SeenSide,
)
from tests.support.fake_room import FakeClock, FakeServer, a_problem
from tests.support.fake_xray import FakeXray, ordinary
from tests.support.records import AT
from tests.support.reports import Unexpected
from tests.support.sessions import becomes, calls, joined, until_logged


@pytest.fixture
async def xray() -> FakeXray:
    return FakeXray()


@pytest.fixture
async def session(
    clock: FakeClock, unexpected: Unexpected, xray: FakeXray, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Session]:
    monkeypatch.setattr(room_xray, "SWEEP_S", 0.01)
    session = Session(unexpected, clock=clock, policy=RejoinPolicy(pauses_s=(0.0,)), open_xray=xray)
    yield session
    assert await session.close() == ()
    assert unexpected.rest() == []
    assert not xray.open
    assert not session.log.pending()


@pytest.fixture
async def connection(session: Session, server: FakeServer, xray: FakeXray) -> Connection:
    """One connection with a key, in a room with X-ray."""
    connection = await joined(session, server.joiner(has_key=True))
    await xray.until_open()
    await x_ray_is(session, connection, on=True)
    return connection


async def x_ray_is(session: Session, connection: Connection, *, on: bool) -> None:
    changed = await until(session, lambda: True if connection.info.xray is on else None, 5.0)
    assert changed, f"X-ray is not {on}"


def seen(key: str = "1", **fields: object) -> SeenCall:
    known: dict[str, object] = {
        "caller": "web",
        "callee": "agent",
        "method": "greet",
        "request_id": f"r-{key}",
    }
    return SeenCall(key=key, room="demo", started_at=AT, payload="hi", **(known | fields))  # type: ignore[arg-type]


def ended(call: SeenCall, code: int | None = None) -> Ended:
    error = None if code is None else SeenError(code, "no", SeenSide.CALLEE)
    outcome = SeenOutcome.OK if error is None else SeenOutcome.ERROR
    known = {field: getattr(call, field) for field in call.__struct_fields__}
    return Ended(SeenCall(**(known | {"outcome": outcome, "error": error, "wire": "v2"})))


async def settled(session: Session, count: int = 1) -> list[Call]:
    """Return the calls of the log once so many have an outcome."""

    def enough() -> list[Call] | None:
        made = [call for call in calls(session) if not call.is_pending]
        return made if len(made) >= count else None

    return await until_logged(session.log, enough)


async def logged(session: Session, count: int = 1) -> list[Call]:
    return await until_logged(session.log, lambda: made if len(made := calls(session)) >= count else None)


def lines(session: Session) -> list[tuple[str, str | None]]:
    """Return what the log says of X-ray itself."""
    ours = (RoomEventKind.XRAY_LOST, RoomEventKind.XRAY_BACK, RoomEventKind.XRAY_MISSED)
    return [(e.what.value, e.detail) for e in session.log if isinstance(e, RoomEvent) and e.what in ours]


async def time_passes(session: Session, clock: FakeClock, seconds: float, count: int) -> list[Call]:
    clock.pass_by(seconds)
    return await settled(session, count)


# --- when it is asked for ----------------------------------------------------------------------------------


async def test_a_connection_with_a_key_asks_for_its_room_with_a_token_for_it(
    connection: Connection, xray: FakeXray
) -> None:
    assert xray.asked == [("ws://fake", "token for demo", "demo")]
    assert connection.info.xray


async def test_without_a_key_nobody_is_asked(session: Session, server: FakeServer, xray: FakeXray) -> None:
    connection = await joined(session, server.joiner())
    await session.leave(connection.id)
    assert not xray.asked
    assert not connection.info.xray


async def test_a_session_without_use_for_it_asks_for_no_x_ray(
    server: FakeServer, unexpected: Unexpected
) -> None:
    session = Session(unexpected)
    connection = await joined(session, server.joiner(has_key=True))
    assert not connection.info.xray
    await session.close()


async def test_an_ordinary_server_is_asked_once_a_join_and_nobody_is_told(
    session: Session, server: FakeServer, xray: FakeXray, unexpected: Unexpected
) -> None:
    xray.refusals += [ordinary(), ordinary()]
    connection = await joined(session, server.joiner(has_key=True))
    await xray.until_asked(1)
    server.interrupt("me")
    server.restore("me")  # the SDK came back by itself: that is no join
    await becomes(session, connection, ConnectionState.CONNECTED)
    assert len(xray.asked) == 1

    server.lose("me", a_problem())
    await xray.until_asked(2)

    assert len(xray.asked) == 2
    assert not connection.info.xray
    assert not lines(session)


async def test_what_was_an_ordinary_server_may_be_a_local_room_at_the_next_join(
    session: Session, server: FakeServer, xray: FakeXray
) -> None:
    xray.refusals.append(ordinary())
    connection = await joined(session, server.joiner(has_key=True))
    await xray.until_asked(1)
    server.lose("me", a_problem())
    await x_ray_is(session, connection, on=True)


@pytest.mark.parametrize("final", [True, False])
async def test_a_server_that_shows_no_x_ray_is_not_asked_for_ever(
    session: Session, server: FakeServer, xray: FakeXray, final: bool
) -> None:
    xray.refusals += [ProblemError(a_problem(final=final)) for _ in range(10)]
    connection = await joined(session, server.joiner(has_key=True))
    times = 1 if final else room_xray.FIRST_TRIES
    await xray.until_asked(times)
    await session.leave(connection.id)

    assert len(xray.asked) == times
    assert not lines(session)


async def test_one_stream_serves_all_our_connections_in_a_room(
    session: Session, server: FakeServer, xray: FakeXray, connection: Connection
) -> None:
    other = await joined(session, server.joiner("also-me", has_key=True))
    keyless = await joined(session, server.joiner("keyless"))

    assert len(xray.asked) == 1
    assert [c.info.xray for c in (connection, other, keyless)] == [True, True, True]

    await session.leave(connection.id)
    await session.leave(other.id)
    assert len(xray.open) == 1
    assert [c.info.xray for c in (connection, other, keyless)] == [False, False, True]

    await session.leave(keyless.id)
    await xray.until_open(0)


async def test_a_key_that_comes_later_brings_x_ray_to_who_was_there(
    session: Session, server: FakeServer, xray: FakeXray
) -> None:
    keyless = await joined(session, server.joiner("keyless"))
    await joined(session, server.joiner(has_key=True))
    await x_ray_is(session, keyless, on=True)


async def test_each_room_and_each_server_has_its_own_stream(
    session: Session, server: FakeServer, xray: FakeXray, connection: Connection
) -> None:
    await joined(session, server.joiner(room="other", has_key=True))
    await joined(session, server.joiner("third", url="ws://elsewhere", has_key=True))
    await xray.until_open(3)
    assert [(url, room) for url, _, room in xray.asked] == [
        ("ws://fake", "demo"),
        ("ws://fake", "other"),
        ("ws://elsewhere", "demo"),
    ]


# --- what it shows -----------------------------------------------------------------------------------------


async def test_a_call_between_others_is_logged_under_who_speaks_for_the_room(
    session: Session, server: FakeServer, xray: FakeXray, connection: Connection
) -> None:
    other = await joined(session, server.joiner("also-me", has_key=True))
    xray.stream.tell(Began(seen("1")), ended(seen("1")))
    (first,) = await settled(session)
    assert (first.direction, first.connection, first.room) == (Direction.SEEN, connection.id, "demo")

    await session.leave(connection.id)
    xray.stream.tell(Began(seen("2")), ended(seen("2")))
    _, second = await settled(session, 2)
    assert second.connection == other.id


async def test_our_own_calls_stay_one_row_each(
    session: Session, server: FakeServer, xray: FakeXray, connection: Connection
) -> None:
    session.mocks.add([Mock("greet", (Rule(Reply("hello")),))])
    server.add_peer("agent", greet=lambda request: asyncio.sleep(0, "hi"))

    out = await session.call(CallDraft(connection.id, "agent", "greet", "hi"))
    incoming = server.call("me", "greet", "hi")
    await incoming.answer()
    inbound = seen("2", callee="me", request_id=incoming.invocation.request_id)
    xray.stream.tell(Began(seen("1", caller="me")), Began(inbound), Acked("1", 1.0), ended(inbound))

    def enriched() -> list[Call] | None:
        made = calls(session)
        return made if all(call.wire or call.ack_ms for call in made) else None

    rows = await until_logged(session.log, enriched)
    assert [(row.direction, row.source, row.outcome) for row in rows] == [
        (Direction.OUT, Source.SELF, Outcome.OK),
        (Direction.IN, Source.SELF, Outcome.OK),
    ]
    assert (rows[0].id, rows[0].request_id, rows[0].ack_ms) == (out.id, "r-1", 1.0)


async def test_a_call_that_was_under_way_before_x_ray_began_is_its_row_too(
    session: Session, server: FakeServer, xray: FakeXray
) -> None:
    answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server.add_peer("agent", greet=lambda request: asyncio.shield(answer))
    keyless = await joined(session, server.joiner())
    handle = session.start_call(CallDraft(keyless.id, "agent", "greet", "hi"))
    await logged(session)
    await joined(session, server.joiner("also-me", has_key=True))
    await xray.until_open()

    xray.stream.tell(Began(seen(caller="me")))
    await until_logged(session.log, lambda: True if calls(session)[0].request_id else None)
    answer.set_result("yes")
    assert (await handle.task).request_id == "r-1"
    assert len(calls(session)) == 1


async def test_a_call_to_a_method_nobody_registered_is_an_inbound_row(
    session: Session, xray: FakeXray, connection: Connection, clock: FakeClock
) -> None:
    call = seen(callee="me")
    told: asyncio.Queue[str] = asyncio.Queue()
    session.xray.on_faults(told.put_nowait)
    xray.stream.tell(Began(call), ended(call, 1400), Faults())
    async with asyncio.timeout(5):
        await told.get()  # so everything before it has been taken, too
    (row,) = await time_passes(session, clock, 2.0, 1)
    assert (row.direction, row.source, row.connection) == (Direction.IN, Source.XRAY, connection.id)
    assert (row.code, row.unmatched) == (1400, True)


async def test_faults_are_known_while_there_is_x_ray(
    session: Session, xray: FakeXray, connection: Connection
) -> None:
    told: asyncio.Queue[str] = asyncio.Queue()
    session.xray.on_faults(told.put_nowait)
    states = (FaultState(FaultRule(FaultKind.DROP_ACK), 3),)
    xray.stream.tell(Faults(states))

    async with asyncio.timeout(5):
        assert await told.get() == "ws://fake"
    assert session.xray.faults(connection.id) == states
    await session.leave(connection.id)
    assert session.xray.faults(connection.id) is None


async def test_what_was_missed_is_counted_and_said_but_not_over_and_over(
    session: Session, xray: FakeXray, connection: Connection, clock: FakeClock
) -> None:
    xray.stream.tell(Missed(3), Missed(4))
    await until_logged(session.log, lambda: True if lines(session) else None)
    xray.stream.tell(Began(seen()))
    await logged(session)
    assert session.log.counts.missed == 7
    assert lines(session) == [("xray_missed", "3 messages missed")]

    clock.pass_by(room_xray.MISSED_LINE_EVERY_S)
    xray.stream.tell(Missed(1))
    await until_logged(session.log, lambda: True if len(lines(session)) == 2 else None)
    assert session.log.counts.missed == 8
    assert lines(session)[1] == ("xray_missed", "5 messages missed")


# --- what ends it ------------------------------------------------------------------------------------------


async def test_a_stream_that_breaks_is_asked_for_again_and_calls_go_on(
    session: Session, xray: FakeXray, connection: Connection
) -> None:
    xray.stream.tell(Began(seen()))
    await logged(session)
    xray.stream.fail(ProblemError(a_problem()))
    await xray.until_asked(2)
    await xray.until_open()
    xray.stream.tell(Began(seen()), ended(seen()))

    (row,) = await settled(session)
    assert row.outcome is Outcome.OK
    await x_ray_is(session, connection, on=True)
    assert not lines(session)


async def test_a_stream_the_room_closes_is_asked_for_again(
    session: Session, xray: FakeXray, connection: Connection
) -> None:
    xray.stream.close()
    await xray.until_asked(2)
    await x_ray_is(session, connection, on=True)


async def test_a_stream_that_stays_away_is_said_to_be_and_said_to_be_back(
    session: Session, xray: FakeXray, connection: Connection
) -> None:
    xray.refusals += [ProblemError(a_problem(ProblemKind.UNREACHABLE)) for _ in range(3)]
    xray.stream.fail(ProblemError(a_problem()))
    await until_logged(session.log, lambda: True if len(lines(session)) == 2 else None)
    assert lines(session) == [("xray_lost", "It was unreachable."), ("xray_back", None)]


async def test_a_call_that_ended_while_the_stream_was_away_is_lost(
    session: Session, xray: FakeXray, connection: Connection, clock: FakeClock
) -> None:
    xray.stream.tell(Began(seen()))
    await logged(session)
    xray.stream.close()
    await xray.until_asked(2)
    await x_ray_is(session, connection, on=True)

    (row,) = await time_passes(session, clock, 10.0, 1)
    assert row.outcome is Outcome.LOST


async def test_after_a_loss_x_ray_resumes_with_the_rejoin(
    session: Session, server: FakeServer, xray: FakeXray, connection: Connection
) -> None:
    xray.stream.tell(Began(seen()))
    await logged(session)
    server.door.clear()
    server.lose("me", a_problem())
    await becomes(session, connection, ConnectionState.REJOINING)
    await xray.until_open(0)
    assert not connection.info.xray
    assert len(session.log.pending()) == 1

    server.door.set()
    await xray.until_open()
    await x_ray_is(session, connection, on=True)
    again = seen(request_id="of another run")
    xray.stream.tell(Began(again), ended(again))

    rows = await settled(session, 2)
    assert sorted((str(row.request_id), row.outcome) for row in rows) == [
        ("of another run", Outcome.OK),
        ("r-1", Outcome.LOST),
    ]


async def test_no_row_stays_pending_while_a_room_stays_away(
    session: Session, server: FakeServer, xray: FakeXray, connection: Connection, clock: FakeClock
) -> None:
    xray.stream.tell(Began(seen()))
    await logged(session)
    server.door.clear()
    server.lose("me", a_problem())
    await becomes(session, connection, ConnectionState.REJOINING)

    (row,) = await time_passes(session, clock, 10.0, 1)
    assert row.outcome is Outcome.LOST
    server.door.set()


async def test_leaving_the_room_loses_what_was_under_way_and_says_why(
    session: Session, xray: FakeXray, connection: Connection
) -> None:
    xray.stream.tell(Began(seen()))
    await logged(session)
    await session.leave(connection.id)

    (row,) = await settled(session)
    assert row.outcome is Outcome.LOST
    assert row.error is not None
    assert "left the room" in row.error.message
    await xray.until_open(0)


async def test_the_end_of_the_program_loses_what_was_under_way(
    session: Session, xray: FakeXray, connection: Connection
) -> None:
    xray.stream.tell(Began(seen()))
    await logged(session)
    await session.close()

    (row,) = await settled(session)
    assert row.outcome is Outcome.LOST
    assert row.error is not None
    assert "program ended" in row.error.message


async def test_being_thrown_out_ends_x_ray(
    session: Session, server: FakeServer, xray: FakeXray, connection: Connection
) -> None:
    xray.stream.tell(Began(seen()))
    await logged(session)
    server.lose("me", a_problem(final=True))
    await becomes(session, connection, ConnectionState.FAILED)

    (row,) = await settled(session)
    assert row.outcome is Outcome.LOST
    await xray.until_open(0)
    assert not connection.info.xray


async def test_a_connection_begun_again_asks_again(
    session: Session, xray: FakeXray, connection: Connection
) -> None:
    await session.leave(connection.id)
    await xray.until_open(0)
    session.retry(connection.id)
    await x_ray_is(session, connection, on=True)
    assert len(xray.asked) == 2


async def test_a_flood_of_news_leaves_the_loop_to_others(
    session: Session, xray: FakeXray, connection: Connection
) -> None:
    for number in range(3000):
        call = seen(str(number))
        xray.stream.tell(Began(call), ended(call))
    turns = 0
    while len(session.log) < 3000:
        await asyncio.sleep(0)
        turns += 1
    assert turns > 3
