"""Outgoing calls: from a draft to a settled record, whatever happens between."""

import asyncio

import pytest

from inspector.core.calls import CallDraft, Direction, Outcome
from inspector.core.problems import ProblemError, ProblemKind, Side
from inspector.session.connection import Connection
from inspector.session.ports import RpcFailure, RpcRequest
from inspector.session.session import Session
from inspector.session.slots import BY_HAND
from tests.support.fake_room import FakeClock, FakeServer, a_problem
from tests.support.records import AT
from tests.support.reports import Unexpected
from tests.support.sessions import becomes, calls, joined, until_logged


class Agent:
    """A peer whose answer a test gives when it likes."""

    def __init__(self, server: FakeServer) -> None:
        self.requests: list[RpcRequest] = []
        self.answers: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        server.add_peer("agent", echo=self._echo, wait=self._wait)

    async def _echo(self, request: RpcRequest) -> str:
        self.requests.append(request)
        return request.payload

    async def _wait(self, request: RpcRequest) -> str:
        self.requests.append(request)
        return await asyncio.shield(self.answers)


@pytest.fixture
async def agent(server: FakeServer) -> Agent:
    return Agent(server)


@pytest.fixture
async def connection(session: Session, server: FakeServer, agent: Agent) -> Connection:
    return await joined(session, server.joiner())


def draft(connection: Connection, method: str = "echo", payload: str = "", **fields: object) -> CallDraft:
    known: dict[str, object] = {"destination": "agent"} | fields
    return CallDraft(connection=connection.id, method=method, payload=payload, **known)  # type: ignore[arg-type]


async def sent(session: Session, agent: Agent, number: int = 1) -> None:
    """Return once that many calls have reached the agent."""
    await until_logged(session.log, lambda: True if len(agent.requests) >= number else None)


async def test_a_call_ends_as_the_record_of_what_came_back(
    session: Session, connection: Connection, clock: FakeClock
) -> None:
    call = await session.call(draft(connection, payload="hü", timeout_s=5.0, ack_timeout_s=1.0))

    assert (call.outcome, call.response, call.error) == (Outcome.OK, "hü", None)
    assert (call.payload_bytes, call.response_bytes) == (3, 3)
    assert (call.direction, call.caller, call.destination) == (Direction.OUT, "me", "agent")
    assert (call.room, call.connection, call.method) == ("demo", connection.id, "echo")
    assert (call.timeout_s, call.ack_timeout_s, call.started_at) == (5.0, 1.0, AT)
    assert session.log.get(call.id) is call


async def test_what_is_sent_is_what_was_asked_for(
    session: Session, connection: Connection, agent: Agent
) -> None:
    await session.call(draft(connection, payload="p", timeout_s=5.0))
    assert agent.requests == [RpcRequest("agent", "echo", "p", 5.0, None)]


async def test_an_rpc_error_is_an_outcome(
    session: Session, connection: Connection, server: FakeServer
) -> None:
    async def refuse(request: RpcRequest) -> str:
        raise RpcFailure(1602, "no such city", "{}")

    server.add_peer("agent", refuse=refuse)

    call = await session.call(draft(connection, "refuse"))

    assert call.outcome is Outcome.ERROR
    assert call.response is None
    assert call.error is not None
    assert (call.error.code, call.error.message, call.error.data) == (1602, "no such city", "{}")
    assert call.error.side is Side.CALLEE


async def test_the_built_in_errors_have_their_names(session: Session, connection: Connection) -> None:
    unregistered = await session.call(draft(connection, "nothing"))
    absent = await session.call(draft(connection, destination="nobody"))

    assert unregistered.error is not None
    assert (unregistered.error.code, unregistered.error.name) == (1400, "UNSUPPORTED_METHOD")
    assert absent.error is not None
    assert (absent.error.code, absent.error.name) == (1501, "CONNECTION_TIMEOUT")


async def test_a_call_under_way_is_pending_and_its_time_counts_from_sending(
    session: Session, connection: Connection, agent: Agent, clock: FakeClock
) -> None:
    handle = session.start_call(draft(connection, "wait"))
    await sent(session, agent)

    assert [call.id for call in session.log.pending()] == [handle.id]
    clock.pass_by(0.25)
    agent.answers.set_result("yes")
    call = await handle.task

    assert (call.response, call.queued_ms, call.elapsed_ms) == ("yes", 0.0, 250.0)
    assert session.log.pending() == ()


async def test_who_stops_waiting_stops_only_the_wait(
    session: Session, connection: Connection, agent: Agent, clock: FakeClock
) -> None:
    handle = session.start_call(draft(connection, "wait"))
    await sent(session, agent)
    clock.pass_by(2.0)

    assert session.stop_waiting(handle.id)
    await asyncio.wait({handle.task})

    call = session.log.get(handle.id)
    assert call is not None
    assert (call.outcome, call.elapsed_ms, call.error) == (Outcome.STOPPED, 2000.0, None)
    assert not session.stop_waiting(handle.id)


async def test_stopping_what_is_over_changes_nothing(session: Session, connection: Connection) -> None:
    handle = session.start_call(draft(connection))
    await handle.task

    assert not session.stop_waiting(handle.id)
    assert not session.stop_waiting("run-9")
    call = session.log.get(handle.id)
    assert call is not None
    assert call.outcome is Outcome.OK


async def test_a_call_is_lost_with_its_connection_and_says_why(
    session: Session, connection: Connection, agent: Agent, server: FakeServer
) -> None:
    handle = session.start_call(draft(connection, "wait"))
    await sent(session, agent)

    problem = a_problem(ProblemKind.SERVER_SHUTDOWN)
    server.lose("me", problem)
    call = await handle.task

    assert call.outcome is Outcome.LOST
    assert call.error is not None
    assert (call.error.code, call.error.message, call.error.side) == (None, problem.what, problem.side)


async def test_a_call_is_lost_when_its_connection_leaves(
    session: Session, connection: Connection, agent: Agent
) -> None:
    handle = session.start_call(draft(connection, "wait"))
    await sent(session, agent)

    await session.leave(connection.id)

    assert (await handle.task).outcome is Outcome.LOST


async def test_a_stop_and_a_loss_at_once_is_a_stop(
    session: Session, connection: Connection, agent: Agent, server: FakeServer
) -> None:
    handle = session.start_call(draft(connection, "wait"))
    await sent(session, agent)

    handle.stop_waiting()
    server.lose("me", a_problem())
    await asyncio.wait({handle.task})

    assert handle.task.cancelled()
    call = session.log.get(handle.id)
    assert call is not None
    assert call.outcome is Outcome.STOPPED


async def test_a_loss_is_no_cancellation_for_whoever_awaits_the_call(
    session: Session, connection: Connection, agent: Agent, server: FakeServer
) -> None:
    async def caller() -> Outcome:
        async with asyncio.timeout(5):
            call = await session.call(draft(connection, "wait"))
            await asyncio.sleep(0)
        return call.outcome

    task = session.tasks.spawn(caller(), "caller", awaited=True)
    await sent(session, agent)
    server.lose("me", a_problem())

    assert await task is Outcome.LOST


async def test_without_a_room_nothing_is_sent_and_the_record_says_so(
    session: Session, server: FakeServer
) -> None:
    server.door.clear()
    connection = session.connect(server.joiner())

    call = await session.call(draft(connection))

    assert call.outcome is Outcome.LOST
    assert call.error is not None
    assert call.error.side is Side.HERE
    assert "nothing was sent" in call.error.message
    server.door.set()


async def test_during_an_interruption_calls_go_to_the_sdk_which_waits(
    session: Session, connection: Connection, agent: Agent, server: FakeServer
) -> None:
    server.interrupt("me")
    assert (await session.call(draft(connection))).outcome is Outcome.OK


async def test_a_fault_of_ours_is_reported_and_leaves_no_pending_row(
    session: Session, connection: Connection, server: FakeServer, unexpected: Unexpected
) -> None:
    error = RuntimeError("a fault of this program")

    async def break_down(request: RpcRequest) -> str:
        raise error

    server.add_peer("agent", break_down=break_down)
    handle = session.start_call(draft(connection, "break_down"))

    assert await unexpected.next() is error
    call = session.log.get(handle.id)
    assert call is not None
    assert call.outcome is Outcome.LOST
    assert call.error is not None
    assert call.error.side is Side.HERE


async def test_after_clearing_the_log_a_pending_call_settles_all_the_same(
    session: Session, connection: Connection, agent: Agent
) -> None:
    handle = session.start_call(draft(connection, "wait"))
    await sent(session, agent)

    session.log.clear()
    assert [call.id for call in calls(session)] == [handle.id]
    agent.answers.set_result("yes")

    assert (await handle.task).response == "yes"
    assert [call.outcome for call in calls(session)] == [Outcome.OK]


# --- what cannot be sent -------------------------------------------------------------------------------


async def test_what_cannot_be_sent_is_refused_and_not_logged(
    session: Session, connection: Connection
) -> None:
    refused = draft(connection, destination="")

    with pytest.raises(ProblemError, match="destination"):
        await session.call(refused)
    with pytest.raises(ProblemError, match="destination"):
        session.start_call(refused)

    assert calls(session) == []


# --- the bound ---------------------------------------------------------------------------------------------


async def test_past_the_bound_calls_wait_and_no_timeout_runs_for_them(
    clock: FakeClock, server: FakeServer, agent: Agent, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock, in_flight=2)
    connection = await joined(session, server.joiner())
    handles = [session.start_call(draft(connection, "wait"), queue="repeat") for _ in range(3)]
    await sent(session, agent, 2)
    by_hand = session.start_call(draft(connection, "wait", payload="mine"), queue=BY_HAND)
    await until_logged(session.log, lambda: True if len(session.log.pending()) == 4 else None)

    assert len(agent.requests) == 2
    assert session.slots.waiting == 2
    clock.pass_by(3.0)
    handles[0].stop_waiting()
    await until_logged(session.log, lambda: True if len(agent.requests) == 3 else None)
    assert agent.requests[-1].payload == "mine"
    agent.answers.set_result("yes")

    settled = [await by_hand.task, await handles[2].task]
    assert [(call.queued_ms, call.elapsed_ms) for call in settled] == [(3000.0, 0.0), (3000.0, 0.0)]
    assert await session.close() == ()
    assert unexpected.rest() == []


async def test_who_stops_waiting_in_the_queue_never_sends(
    clock: FakeClock, server: FakeServer, agent: Agent, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock, in_flight=1)
    connection = await joined(session, server.joiner())
    first, second = (session.start_call(draft(connection, "wait")) for _ in range(2))
    await until_logged(session.log, lambda: True if len(session.log.pending()) == 2 else None)

    second.stop_waiting()
    await asyncio.wait({second.task})
    agent.answers.set_result("yes")
    await first.task

    call = session.log.get(second.id)
    assert call is not None
    assert (call.outcome, call.queued_ms, call.elapsed_ms) == (Outcome.STOPPED, None, None)
    assert len(agent.requests) == 1
    assert await session.close() == ()


async def test_a_call_that_waits_for_its_turn_is_not_sent_on_a_connection_that_is_gone(
    clock: FakeClock, server: FakeServer, agent: Agent, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock, in_flight=1)
    staying = await joined(session, server.joiner("stays"))
    leaving = await joined(session, server.joiner("leaves"))
    first = session.start_call(draft(staying, "wait"))
    second = session.start_call(draft(leaving, "wait"))
    await until_logged(session.log, lambda: True if len(session.log.pending()) == 2 else None)

    await session.leave(leaving.id)
    agent.answers.set_result("yes")

    assert (await first.task).outcome is Outcome.OK
    assert (await second.task).outcome is Outcome.LOST
    assert len(agent.requests) == 1
    assert await session.close() == ()


async def test_the_end_of_the_program_loses_calls_it_does_not_stop_them(
    clock: FakeClock, server: FakeServer, agent: Agent, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock)
    connection = await joined(session, server.joiner())
    session.start_call(draft(connection, "wait"))
    await sent(session, agent)

    assert await session.close() == ()

    assert [call.outcome for call in calls(session)] == [Outcome.LOST]
    assert session.log.pending() == ()
    assert unexpected.rest() == []


async def test_rejoined_the_connection_calls_again(
    session: Session, connection: Connection, agent: Agent, server: FakeServer
) -> None:
    server.lose("me", a_problem())
    await becomes(session, connection, connection.state.REJOINING)
    await becomes(session, connection, connection.state.CONNECTED)
    assert (await session.call(draft(connection, payload="again"))).response == "again"
