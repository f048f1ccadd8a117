"""Many calls at once, and large ones: all settle, none is lost sight of."""

import asyncio
from collections import Counter

from inspector.core.calls import CallDraft, Outcome
from inspector.session.session import Session
from inspector.session.slots import IN_FLIGHT
from inspector.session.waiting import until
from tests.conformance.stage import PRESENCE_WITHIN_S, Stage
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


async def test_a_thousand_calls_at_once_are_all_answered_by_a_mock_of_a_thousand(stage: Stage) -> None:
    stage.session.mocks.add(
        [*(reply(f"method {number}") for number in range(999)), reply("greet", "hello", delay_ms=20)]
    )
    await stage.connect()
    caller = Session(stage.unexpected, in_flight=1000)  # a peer's SDK takes a million steps for so many
    web = caller.connect(stage.gateway.joiner(stage.source("web")))
    await web.settled()
    there = await until(caller, lambda: web.participant("inspector"), PRESENCE_WITHIN_S)
    assert there is not None

    drafts = [CallDraft(web.id, "inspector", "greet", str(number)) for number in range(1000)]
    made = await asyncio.gather(*(caller.call(draft) for draft in drafts))

    assert Counter(call.response for call in made) == {"hello": 1000}
    assert stage.session.log.counts.ok == 1000
    assert await caller.close() == ()


async def test_five_megabytes_arrive_and_come_back(stage: Stage) -> None:
    await stage.peer()
    connection = await stage.connect()
    payload = "0123456789" * 500_000

    call = await stage.call(connection, "echo", payload, timeout_s=60.0)

    assert call.outcome is Outcome.OK, call.error
    assert call.response == payload
