"""Calls that wait for a person: seen, answered, refused, and gone when their caller's time is up."""

import asyncio

import pytest

from inspector.core.calls import Outcome
from inspector.core.mocks import Ask, Mock, Rule
from inspector.session.holding import HELD_AT_MOST, HeldCall
from inspector.session.ports import CancelReason, RpcFailure
from inspector.session.session import Session
from tests.support.fake_room import FakeClock, FakeServer, IncomingCall, error_of
from tests.support.sessions import calls, joined, until_logged


@pytest.fixture
async def our_id(session: Session, server: FakeServer) -> str:
    """The id of our connection, which asks a person about calls of `confirm`."""
    session.mocks.add([Mock("confirm", (Rule(Ask()),))])
    session.holding.somebody_is_there = True
    return (await joined(session, server.joiner())).id


async def held(session: Session, server: FakeServer, number: int = 1) -> list[IncomingCall]:
    """Return calls of `confirm` that wait for a person, with the payloads 0, 1, 2."""
    incoming = [server.call("me", "confirm", str(each), timeout_s=8.0) for each in range(number)]
    for each in incoming:
        each.begin()
    await until_logged(session.log, lambda: len(session.log.pending()) == number or None)
    assert len(session.holding.held()) == number
    return incoming


async def test_a_call_waits_in_sight_until_a_person_answers(
    session: Session, server: FakeServer, our_id: str, clock: FakeClock
) -> None:
    changes: list[int] = []
    session.holding.on_changed(lambda: changes.append(len(session.holding.held())))
    (incoming,) = await held(session, server)
    (call,) = session.holding.held()
    assert call == HeldCall(
        call_id=calls(session)[0].id,
        room="demo",
        connection=our_id,
        identity="me",
        caller="web",
        method="confirm",
        payload="0",
        since=clock.monotonic(),
        until=clock.monotonic() + 8.0,
    )

    assert session.holding.answer(call.call_id, "yes")

    assert await incoming.answer() == "yes"
    assert calls(session)[0].response == "yes"
    assert changes == [1, 0]
    assert not session.holding.answer(call.call_id, "again")
    assert not session.holding.refuse(call.call_id, RpcFailure(1, "no"))


async def test_a_person_can_answer_with_an_error(session: Session, server: FakeServer, our_id: str) -> None:
    (incoming,) = await held(session, server)

    assert session.holding.refuse(session.holding.held()[0].call_id, RpcFailure(1602, "no", "{}"))

    error = await error_of(incoming)
    assert (error.code, error.message, error.data) == (1602, "no", "{}")


async def test_an_answer_that_a_person_cannot_send_is_a_clear_1500(
    session: Session, server: FakeServer, our_id: str
) -> None:
    (incoming,) = await held(session, server)

    session.holding.answer(session.holding.held()[0].call_id, "\ud800")

    assert "RPC Inspector cannot send this answer" in (await error_of(incoming)).message


async def test_time_up_takes_it_off_and_says_that_nobody_answered(
    session: Session, server: FakeServer, our_id: str
) -> None:
    (incoming,) = await held(session, server)
    (call,) = session.holding.held()

    incoming.cancel(CancelReason.RESPONSE_TIMEOUT)

    assert (await error_of(incoming)).code == 1502
    assert session.holding.held() == ()
    assert not session.holding.answer(call.call_id, "too late")
    error = calls(session)[0].error
    assert error is not None
    assert (error.code, error.message) == (1502, "too late: nobody answered by hand, the caller left 8 s")


async def test_where_nobody_is_there_the_caller_is_told_at_once(
    session: Session, server: FakeServer, our_id: str
) -> None:
    session.holding.somebody_is_there = False

    error = await error_of(server.call("me", "confirm"))

    assert (error.code, error.message) == (1500, "nobody to ask")


async def test_of_150_at_once_each_gets_its_own_answer_or_is_too_late(
    session: Session, server: FakeServer, our_id: str
) -> None:
    incoming = await held(session, server, 150)
    assert [call.payload for call in session.holding.held()] == [str(each) for each in range(150)]

    for call in session.holding.held()[::2]:
        session.holding.answer(call.call_id, f"answer to {call.payload}")
    for late in incoming[1::2]:
        late.cancel(CancelReason.RESPONSE_TIMEOUT)
    results = await asyncio.gather(*(each.answer() for each in incoming), return_exceptions=True)

    assert results[::2] == [f"answer to {each}" for each in range(0, 150, 2)]
    assert {result.code for result in results[1::2] if isinstance(result, RpcFailure)} == {1502}
    assert session.holding.held() == ()
    assert session.log.pending() == ()
    outcomes = [call.outcome for call in calls(session)]
    assert (outcomes.count(Outcome.OK), outcomes.count(Outcome.ERROR)) == (75, 75)


async def test_the_queue_is_bounded(session: Session, server: FakeServer, our_id: str) -> None:
    incoming = await held(session, server, HELD_AT_MOST)

    error = await error_of(server.call("me", "confirm"))

    assert (error.code, error.message) == (1500, "1,000 calls wait for a person already")
    for each in incoming:
        each.cancel(CancelReason.DISCONNECTED)
    await asyncio.gather(*(each.answer() for each in incoming), return_exceptions=True)
    assert session.holding.held() == ()
