"""Many calls at once, and large ones: all settle, none is lost sight of."""

import asyncio
from collections import Counter

from inspector.core.calls import CallDraft, Outcome
from inspector.session.slots import IN_FLIGHT
from tests.conformance.stage import Stage
from tests.support.mocks import reply


async def test_a_thousand_calls_at_once_all_settle_within_the_bound(stage: Stage) -> None:
    await stage.peer()
    connection = await stage.connect()
    handles = [
        stage.session.start_call(CallDraft(connection.id, "agent", "echo", str(number)), queue="load")
        for number in range(1000)
    ]
    await asyncio.sleep(0)  # they have asked for their slots
    assert stage.session.slots.waiting == 1000 - IN_FLIGHT

    made = await asyncio.gather(*(handle.task for handle in handles))

    assert Counter(call.outcome for call in made) == {Outcome.OK: 1000}
    assert [call.response for call in made] == [str(number) for number in range(1000)]
    assert stage.session.slots.waiting == 0
    assert stage.session.log.counts.pending == 0


async def test_five_hundred_calls_at_once_are_all_answered_by_a_mock(stage: Stage) -> None:
    stage.session.mocks.add([reply("greet", "hello", delay_ms=20)])
    await stage.connect()
    caller = await stage.peer("web")
    await caller.wait_until_active("inspector")

    answers = await asyncio.gather(*(caller.perform("inspector", "greet", str(n)) for n in range(500)))

    assert Counter(answers) == {"hello": 500}
    assert stage.session.log.counts.ok == 500


async def test_five_megabytes_arrive_and_come_back(stage: Stage) -> None:
    await stage.peer()
    connection = await stage.connect()
    payload = "0123456789" * 500_000

    call = await stage.call(connection, "echo", payload, timeout_s=60.0)

    assert call.outcome is Outcome.OK, call.error
    assert call.response == payload
