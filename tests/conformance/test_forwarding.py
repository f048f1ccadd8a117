"""Calls that wait for a person, or are passed on, with real SDKs at both ends and both kinds of server."""

import asyncio
import dataclasses
import json

import pytest
from livekit import rtc

from inspector.core.calls import Call, Direction, Outcome
from inspector.core.mocks import Ask, Forward, Mock, Rule
from inspector.session.ports import RpcFailure
from tests.conformance.stage import Stage
from tests.support.python_peer import PythonPeer
from tests.support.servers import Server
from tests.support.sessions import calls, until_logged


def forward(method: str, to: str = "agent", *, connection: str | None = None) -> Mock:
    """Return a mock of `method` that forwards it."""
    return Mock(method, (Rule(Forward(to, connection=connection)),))


async def legs(stage: Stage) -> tuple[Call, Call]:
    """Return the record of the call that came, and of the one it caused, once both are settled."""
    await until_logged(stage.session.log, lambda: not stage.session.log.pending() or None)
    (came,), (caused,) = calls(stage.session, Direction.IN), calls(stage.session, Direction.OUT)
    assert caused.parent == came.id
    return came, caused


async def error_of(caller: PythonPeer, method: str, payload: str, *, timeout_s: float = 15.0) -> rtc.RpcError:
    with pytest.raises(rtc.RpcError) as raised:
        await caller.perform("inspector", method, payload, timeout_s=timeout_s, ack_timeout_s=1.0)
    return raised.value


async def test_a_call_goes_on_to_another_participant_with_most_of_its_time(stage: Stage) -> None:
    stage.session.mocks.add([forward("echo", "ag*")])
    await stage.connect()
    caller, callee = await stage.peer("web"), await stage.peer("agent")

    assert await caller.perform("inspector", "echo", "hü") == "hü"

    came, caused = await legs(stage)
    assert (came.response, caused.response) == ("hü", "hü")
    assert (caused.caller, caused.destination) == ("inspector", "agent")
    assert came.timeout_s == pytest.approx(8.0)
    assert caused.timeout_s is not None
    assert caused.ack_timeout_s == pytest.approx(0.3 * caused.timeout_s)
    # The forward waits for `ag*` to be listed, which may take a server 3 s.
    assert 3.0 < caused.timeout_s <= 7.8
    assert callee.seen[-1].response_timeout == pytest.approx(0.7 * caused.timeout_s, abs=0.01)


async def test_an_error_arrives_with_code_message_and_data_as_the_other_side_gave_it(stage: Stage) -> None:
    stage.session.mocks.add([forward("fail")])
    await stage.connect()
    caller, _ = await stage.peer("web"), await stage.peer("agent")
    error = {"code": 1602, "message": "no such city", "data": '{"city":"Atlantis"}'}

    seen = await error_of(caller, "fail", json.dumps(error))

    assert {"code": seen.code, "message": seen.message, "data": seen.data} == error
    came, caused = await legs(stage)
    assert (came.code, caused.code, came.note) == (1602, 1602, "passed on from agent")


async def test_a_destination_that_leaves_meanwhile_is_1503_for_the_first_caller(stage: Stage) -> None:
    stage.session.mocks.add([forward("leave")])
    connection = await stage.connect()
    caller, _ = await stage.peer("web"), await stage.peer("agent")
    await stage.sees(connection, "agent")

    assert (await error_of(caller, "leave", "")).code == 1503

    assert [call.code for call in await legs(stage)] == [1503, 1503]


async def test_a_slow_destination_is_1502_for_the_first_caller_while_it_still_waits(stage: Stage) -> None:
    stage.session.mocks.add([forward("slow")])
    await stage.connect()
    caller, _ = await stage.peer("web"), await stage.peer("agent")

    assert (await error_of(caller, "slow", "30", timeout_s=3.0)).code == 1502

    came, caused = await legs(stage)
    assert caused.code == 1502
    assert came.code == 1502
    assert caused.elapsed_ms is not None
    assert caused.elapsed_ms < 2500, "it was not given up before the caller's own 2 s ended"


async def test_a_method_nobody_has_there_is_1400_passed_on(stage: Stage) -> None:
    stage.session.mocks.add([forward("nobody_has_this")])
    await stage.connect()
    caller, _ = await stage.peer("web"), await stage.peer("agent")

    assert (await error_of(caller, "nobody_has_this", "x")).code == 1400


async def test_it_goes_into_another_room_by_another_connection(stage: Stage) -> None:
    elsewhere = f"{stage.room}-elsewhere"
    stage.session.mocks.add([forward("echo", connection=f"there@{elsewhere}")])
    await stage.connect()
    there = stage.open(dataclasses.replace(stage.source("there"), room=elsewhere))
    await there.settled()
    caller = await stage.peer("web")
    async with PythonPeer.joined(stage.server, elsewhere, "agent"):
        assert await caller.perform("inspector", "echo", "x") == "x"

    came, caused = await legs(stage)
    assert (came.room, caused.room) == (stage.room, elsewhere)


async def test_it_goes_to_another_server_by_a_connection_there(
    livekit_server: Server, local_room: Server, room_name: str
) -> None:
    async with Stage.set(livekit_server, room_name) as stage, Stage.set(local_room, room_name) as other:
        stage.session.mocks.add([forward("echo", connection="there"), forward("fail", connection="there")])
        await stage.connect()
        there = stage.open(other.source("there"))
        await there.settled()
        caller, _ = await stage.peer("web"), await other.peer("agent")

        assert await caller.perform("inspector", "echo", "x") == "x"

        came, caused = await legs(stage)
        assert (came.connection, caused.connection) == (f"inspector@{room_name}", there.id)
        assert caused.error is None
        error = {"code": 1602, "message": "no such city", "data": '{"city":"Atlantis"}'}
        failed = await error_of(caller, "fail", json.dumps(error))
        assert (failed.code, failed.message, failed.data) == tuple(error.values())


async def test_of_150_that_wait_for_a_person_each_gets_its_answer_or_is_too_late(stage: Stage) -> None:
    stage.session.mocks.add([Mock("confirm", (Rule(Ask()),))])
    stage.session.holding.somebody_is_there = True
    await stage.connect()
    caller = await stage.peer("web")
    asking = [
        asyncio.ensure_future(
            caller.perform("inspector", "confirm", str(number), timeout_s=7.0, ack_timeout_s=1.0)
        )
        for number in range(150)
    ]
    await until_logged(stage.session.log, lambda: len(stage.session.holding.held()) == 150 or None)

    for call in stage.session.holding.held()[:50]:
        stage.session.holding.answer(call.call_id, f"to {call.payload}")
    for call in stage.session.holding.held()[50:100]:
        stage.session.holding.refuse(call.call_id, RpcFailure(1602, call.payload))
    results = await asyncio.gather(*asking, return_exceptions=True)

    answered = {result for result in results if isinstance(result, str)}
    assert answered == {f"to {number}" for number, result in enumerate(results) if result in answered}
    assert len(answered) == 50
    codes = [result.code for result in results if isinstance(result, rtc.RpcError)]
    assert (codes.count(1602), codes.count(1502)) == (50, 50)
    assert stage.session.holding.held() == ()
    await until_logged(stage.session.log, lambda: not stage.session.log.pending() or None)
    outcomes = [call.outcome for call in calls(stage.session)]
    assert (outcomes.count(Outcome.OK), outcomes.count(Outcome.ERROR)) == (50, 100)
