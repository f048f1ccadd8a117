"""Calls passed on: to whom, by which connection, within what time, and what comes back."""

import asyncio

import pytest

from inspector.core.calls import Call, CallDraft, Direction, Outcome
from inspector.core.mocks import Delay, Forward, Mock, Rule
from inspector.core.participants import AGENT_NAME, ParticipantKind, ParticipantState
from inspector.core.problems import ProblemKind
from inspector.session.ports import CancelReason, RpcFailure, RpcRequest
from inspector.session.session import Session
from tests.support.fake_room import FakeClock, FakeServer, IncomingCall, a_problem, error_of
from tests.support.records import a_participant
from tests.support.reports import Unexpected
from tests.support.sessions import WITHIN_S, calls, joined, until_logged


def forward(
    to: str, method: str | None = None, connection: str | None = None, *, delay: Delay | None = None
) -> Mock:
    """Return a mock of `ask_on` that forwards."""
    return Mock("ask_on", (Rule(Forward(to, method, connection), delay=delay),))


async def answer(request: RpcRequest) -> str:
    return f"{request.method}({request.payload})"


async def never(request: RpcRequest) -> str:
    await asyncio.Event().wait()
    return ""


async def refusal_of(incoming: IncomingCall) -> str:
    """Return why a call could not be passed on."""
    error = await error_of(incoming)
    assert error.code == 1500
    assert error.message.startswith("cannot forward: ")
    return error.message.removeprefix("cannot forward: ")


def legs(session: Session) -> tuple[Call, Call]:
    """Return the record of the call that came, and of the one it caused."""
    (came,), (caused,) = calls(session, Direction.IN), calls(session, Direction.OUT)
    assert caused.parent == came.id
    return came, caused


@pytest.fixture
async def room(session: Session, server: FakeServer) -> None:
    """Our connection `me` is in, and an agent that answers `ask_on` and `search`."""
    await joined(session, server.joiner())
    server.add_peer("agent-1", ask_on=answer, search=answer)


@pytest.mark.usefixtures("room")
async def test_payload_and_answer_go_through_and_both_legs_are_logged(
    session: Session, server: FakeServer
) -> None:
    session.mocks.add([forward("agent-1")])

    assert await server.call("me", "ask_on", "hü").answer() == "ask_on(hü)"

    came, caused = legs(session)
    assert (came.outcome, came.response, came.mock, came.rule) == (Outcome.OK, "ask_on(hü)", "ask_on", "1")
    assert (caused.caller, caused.destination, caused.payload) == ("me", "agent-1", "hü")
    assert (caused.outcome, caused.response, came.parent) == (Outcome.OK, "ask_on(hü)", None)


@pytest.mark.usefixtures("room")
@pytest.mark.parametrize("to", ["agent-*", "@agent", "@agent:searcher"])
async def test_it_takes_a_destination_and_a_method_as_call_does(
    session: Session, server: FakeServer, to: str
) -> None:
    server.add_peer(a_participant("agent-1", kind=ParticipantKind.AGENT, attributes={AGENT_NAME: "searcher"}))
    session.mocks.add([forward(to, "search")])

    assert await server.call("me", "ask_on", "x").answer() == "search(x)"


@pytest.mark.usefixtures("room")
async def test_the_next_handler_gets_the_time_left_and_not_its_remains(
    session: Session, server: FakeServer, clock: FakeClock
) -> None:
    session.mocks.add([forward("agent-1", delay=Delay(1))])
    incoming = server.call("me", "ask_on", timeout_s=8.0)
    incoming.begin()
    await until_logged(session.log, lambda: session.log.pending() or None)
    clock.pass_by(0.8)
    await incoming.answer()
    await server.call("me", "ask_on", timeout_s=60.0).answer()

    short, long = (call for call in calls(session, Direction.OUT))
    assert (short.timeout_s, short.ack_timeout_s) == pytest.approx((7.0, 2.1))
    assert (long.timeout_s, long.ack_timeout_s) == pytest.approx((59.8, 7.0))


@pytest.mark.usefixtures("room")
async def test_an_error_comes_back_with_code_message_and_data(session: Session, server: FakeServer) -> None:
    async def refuse(request: RpcRequest) -> str:
        raise RpcFailure(1602, "no such city", '{"city":"Atlantis"}')

    server.add_peer("agent-1", ask_on=refuse)
    session.mocks.add([forward("agent-1")])

    error = await error_of(server.call("me", "ask_on"))

    assert (error.code, error.message, error.data) == (1602, "no such city", '{"city":"Atlantis"}')
    came, caused = legs(session)
    assert (came.code, caused.code, came.note) == (1602, 1602, "passed on from agent-1")


@pytest.mark.usefixtures("room")
async def test_an_identity_nobody_has_is_called_all_the_same(session: Session, server: FakeServer) -> None:
    session.mocks.add([forward("nobody")])

    assert (await error_of(server.call("me", "ask_on"))).code == 1501
    assert legs(session)[1].destination == "nobody"


@pytest.mark.usefixtures("room")
async def test_a_destination_that_leaves_is_1503_for_the_caller_too(
    session: Session, server: FakeServer
) -> None:
    async def leave(request: RpcRequest) -> str:
        server.remove_peer("agent-1")
        raise RpcFailure(1503, "Recipient disconnected")

    server.add_peer("agent-1", ask_on=leave)
    session.mocks.add([forward("agent-1")])

    assert (await error_of(server.call("me", "ask_on"))).code == 1503


@pytest.mark.usefixtures("room")
async def test_who_is_about_to_come_is_waited_for(session: Session, server: FakeServer) -> None:
    joining = a_participant("agent-2", state=ParticipantState.JOINING)
    session.mocks.add([forward("late-*"), Mock("other", (Rule(Forward("agent-2", "ask_on")),))])
    server.add_peer(joining)
    incoming = [server.call("me", "ask_on", "x"), server.call("me", "other", "y")]
    for each in incoming:
        each.begin()
    await until_logged(session.log, lambda: len(session.log.pending()) == 2 or None)

    server.add_peer("late-1", ask_on=answer)
    server.add_peer("agent-2", ask_on=answer)

    assert [await each.answer() for each in incoming] == ["ask_on(x)", "ask_on(y)"]


@pytest.mark.usefixtures("room")
async def test_where_nobody_matches_the_caller_is_told_within_its_time(
    session: Session, server: FakeServer
) -> None:
    server.add_peer("agent-2")
    session.mocks.add([forward("nobody-*"), Mock("other", (Rule(Forward("agent-*")),))])

    assert await refusal_of(server.call("me", "ask_on", timeout_s=0.4)) == "nobody here matches nobody-*"
    several = await refusal_of(server.call("me", "other", timeout_s=0.4))
    assert several == "2 active participants match agent-*"
    assert calls(session, Direction.OUT) == []


@pytest.mark.usefixtures("room")
async def test_a_call_is_not_forwarded_to_who_forwards_it(session: Session, server: FakeServer) -> None:
    session.mocks.add([forward("me")])

    assert await refusal_of(server.call("me", "ask_on")) == (
        "me is the identity it would go out by, which cannot call itself"
    )
    assert calls(session, Direction.OUT) == []


@pytest.mark.usefixtures("room")
async def test_too_little_time_is_not_spent_on_a_second_leg(session: Session, server: FakeServer) -> None:
    session.mocks.add([forward("agent-1")])

    error = await error_of(server.call("me", "ask_on", timeout_s=0.25))

    assert (error.code, error.message) == (1502, "0.2 s left: too little to forward")
    assert calls(session, Direction.OUT) == []


@pytest.mark.parametrize("name", ["there", "there@other", "the id"])
async def test_it_goes_out_by_another_connection_into_another_room(
    session: Session, server: FakeServer, name: str
) -> None:
    await joined(session, server.joiner())
    there = await joined(session, server.joiner("there", "other", "ws://another"))
    server.add_peer("agent-1", "other", ask_on=answer)
    session.mocks.add([forward("agent-1", connection=there.id if name == "the id" else name)])

    assert await server.call("me", "ask_on", "x").answer() == "ask_on(x)"

    came, caused = legs(session)
    assert (came.room, caused.room, caused.caller) == ("demo", "other", "there")


async def test_a_connection_has_to_be_named_plainly_and_be_in(session: Session, server: FakeServer) -> None:
    await joined(session, server.joiner())
    first, second = [await joined(session, server.joiner("there", room)) for room in ("a", "b")]
    session.mocks.add(
        Mock(name, (Rule(Forward("x", connection=name)),)) for name in ("there", "nowhere", first.id)
    )

    assert await refusal_of(server.call("me", "there")) == (
        "2 connections are called there: name one of there@a, there@b"
    )
    assert await refusal_of(server.call("me", "nowhere")) == "there is no connection nowhere"
    await session.leave(first.id)
    assert await refusal_of(server.call("me", first.id)) == "connection there@a is left"
    await session.leave(second.id)
    assert await refusal_of(server.call("me", "there")) == "connection there@a is left"


@pytest.mark.usefixtures("room")
async def test_the_second_leg_ends_with_the_callers_time(
    session: Session, server: FakeServer, clock: FakeClock
) -> None:
    server.add_peer("agent-1", ask_on=never)
    session.mocks.add([forward("agent-1")])
    incoming = server.call("me", "ask_on", timeout_s=8.0)
    incoming.begin()
    await until_logged(session.log, lambda: calls(session, Direction.OUT) or None)

    clock.pass_by(8.0)
    incoming.cancel(CancelReason.RESPONSE_TIMEOUT)

    assert (await error_of(incoming)).code == 1502
    came, caused = legs(session)
    assert came.error is not None
    assert came.error.message == "too late: agent-1 had not answered, the caller left 8 s"
    assert caused.outcome is Outcome.STOPPED


async def test_calls_that_take_every_slot_do_not_wait_in_vain_for_those_they_cause(
    server: FakeServer, clock: FakeClock, unexpected: Unexpected
) -> None:
    session = Session(unexpected, clock=clock, in_flight=1)
    caller = await joined(session, server.joiner("caller"))
    await joined(session, server.joiner("me"))
    server.add_peer("agent-1", ask_on=answer)
    session.mocks.add([forward("agent-1")])

    async with asyncio.timeout(WITHIN_S):
        call = await session.call(CallDraft(caller.id, "me", "ask_on", "x"))

    assert call.response == "ask_on(x)"
    assert await session.close() == ()


async def test_a_second_leg_whose_connection_is_lost_ends_the_first(
    session: Session, server: FakeServer
) -> None:
    await joined(session, server.joiner())
    await joined(session, server.joiner("there", "other"))
    server.add_peer("agent-1", "other", ask_on=never)
    session.mocks.add([forward("agent-1", connection="there")])
    incoming = server.call("me", "ask_on")
    incoming.begin()
    await until_logged(session.log, lambda: calls(session, Direction.OUT) or None)

    server.lose("there", a_problem(ProblemKind.CONNECTION_LOST), "other")

    error = await error_of(incoming)
    assert (error.code, error.message) == (1503, "The forwarded call was lost: It was connection_lost.")
    assert legs(session)[1].outcome is Outcome.LOST


async def test_a_call_that_comes_back_from_where_it_went_is_not_forwarded_again(
    session: Session, server: FakeServer
) -> None:
    async def send_back(request: RpcRequest) -> str:
        return await server.call("me", "ask_on", request.payload, caller="agent-1").answer()

    await joined(session, server.joiner())
    server.add_peer("agent-1", search=send_back)
    session.mocks.add([forward("agent-1", "search")])

    error = await error_of(server.call("me", "ask_on", "x"))

    assert (error.code, error.message) == (
        1500,
        "cannot forward: agent-1, to whom it was forwarded, sent it back",
    )
    assert len(calls(session, Direction.OUT)) == 1


async def test_a_ring_of_ours_that_forward_to_each_other_does_not_go_round_for_ever(
    session: Session, server: FakeServer
) -> None:
    ring = ("one", "two", "three")
    for identity in ring:
        await joined(session, server.joiner(identity))
    session.mocks.add(
        Mock("m", (Rule(Forward(ring[number - 2])),), identity=ring[number]) for number in range(3)
    )

    error = await error_of(server.call("one", "m", "x"))

    assert (error.code, error.message) == (
        1500,
        "cannot forward: it was forwarded 8 times already, in a loop",
    )
    assert len(calls(session, Direction.OUT)) == 8


@pytest.mark.usefixtures("room")
async def test_what_cannot_be_called_at_all_is_said(session: Session, server: FakeServer) -> None:
    session.mocks.add([forward("agent-1", "\ud800")])

    assert await refusal_of(server.call("me", "ask_on")) == "The method is not valid Unicode text."
