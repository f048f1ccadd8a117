"""Leaving a real server's room, at whatever moment: promptly, and with nobody of ours left behind."""

import asyncio
import time

import pytest

from inspector.core.calls import CallDraft, Outcome
from inspector.sdk.server_api import ServerApi
from inspector.session.connection_info import ConnectionState
from tests.conformance.stage import Stage
from tests.support.mocks import reply
from tests.support.servers import OwnServer, Server
from tests.support.sessions import becomes, calls, until_logged

CLOSES_WITHIN_S = 2.0
"""How long the program may take to end (product, section 4)."""
MOMENTS_S = (0.0, 0.005, 0.02, 0.04, 0.06, 0.08)
"""After beginning to join: before the first byte, on the way, about in, and in."""
GONE_WITHIN_S = 5.0


async def until_nobody_is_in(stage: Stage, *rooms: str) -> None:
    """Return once the server lists nobody in these rooms; hidden ones would be listed too."""
    async with asyncio.timeout(GONE_WITHIN_S), ServerApi(stage.source()) as api:
        for room in rooms:
            while await api.list_participants(room):
                pass  # each question waits for an answer, so this does not spin


@pytest.mark.parametrize("after_s", MOMENTS_S)
async def test_a_connection_left_while_it_joins_leaves_nobody_behind(stage: Stage, after_s: float) -> None:
    connection = stage.open(stage.source())
    await asyncio.sleep(after_s)

    await stage.session.leave(connection.id)

    assert connection.state is ConnectionState.LEFT
    await until_nobody_is_in(stage, stage.room)


async def test_a_program_that_ends_while_it_joins_leaves_nobody_behind(
    server: Server, room_name: str
) -> None:
    stages = []
    for number, after_s in enumerate(MOMENTS_S):
        async with Stage.set(server, f"{room_name}-{number}") as stage:
            stages.append(stage)
            stage.open(stage.source())
            await asyncio.sleep(after_s)

    await until_nobody_is_in(stages[0], *(stage.room for stage in stages))


async def test_a_program_that_ends_with_calls_both_ways_pending_does_so_promptly(stage: Stage) -> None:
    stage.session.mocks.add([reply("greet", delay_ms=60_000)])
    connection = await stage.connect()
    peer = await stage.peer()
    await stage.sees(connection, "agent")
    asked = asyncio.create_task(peer.perform("inspector", "greet"))
    stage.session.start_call(CallDraft(connection.id, "agent", "slow", "60", 90.0))
    await peer.wait_until_called("slow")
    await until_logged(stage.session.log, lambda: True if len(stage.session.log.pending()) == 2 else None)

    begun = time.perf_counter()
    assert await stage.session.close() == ()

    assert time.perf_counter() - begun < CLOSES_WITHIN_S
    assert [call.outcome for call in calls(stage.session)] == [Outcome.LOST] * 2
    asked.cancel()


async def test_a_program_ends_promptly_though_its_server_is_gone(
    own_server: OwnServer, room_name: str
) -> None:
    async with Stage.set(own_server, room_name) as stage:
        connection = await stage.connect()
        await asyncio.to_thread(own_server.kill)
        await becomes(stage.session, connection, ConnectionState.RECONNECTING, within_s=15.0)

        begun = time.perf_counter()
        assert await stage.session.close() == ()

        assert time.perf_counter() - begun < CLOSES_WITHIN_S
