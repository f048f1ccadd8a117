"""What participants go through when a network fails them, and what the others are told of it."""

import asyncio
from collections.abc import Sequence

import pytest
from livekit import rtc

from tests.conformance.stage import Stage
from tests.support.python_peer import PythonPeer
from tests.support.servers import Server
from tests.support.tcp_proxy import TcpProxy

BACK_WITHIN_S = 20.0
GONE_WITHIN_S = 50.0
"""The SDK tries by itself for some 20 s before it gives up; a server waits as long for its return."""
SCENARIO = rtc.SimulateScenarioKind


async def back(peer: PythonPeer) -> None:
    """Return once the peer has lost its connection and has it again."""
    await peer.told.one("reconnecting", BACK_WITHIN_S)
    await peer.told.one("reconnected", BACK_WITHIN_S)


async def call_each_other(one: PythonPeer, two: PythonPeer) -> None:
    await asyncio.gather(one.wait_until_active(two.identity), two.wait_until_active(one.identity))
    assert await one.perform(two.identity, "echo", "there") == "there"
    assert await two.perform(one.identity, "echo", "back") == "back"


def comings_and_goings(peer: PythonPeer) -> list[str]:
    return [event.name for event in peer.told.events if event.name.startswith("participant_")]


async def test_who_reconnects_is_itself_again(stage: Stage) -> None:
    # All at once: each waits some 3 s for itself and 3 s for the others to be told.
    ways = {
        "resumes": SCENARIO.SIMULATE_SIGNAL_RECONNECT,
        "begins anew": SCENARIO.SIMULATE_FULL_RECONNECT,
        "had its session lost": SCENARIO.SIMULATE_NODE_FAILURE,
    }
    moving = [await stage.peer(name, attributes={"a": name}, name=name.title()) for name in ways]
    staying = await stage.peer("staying")
    await asyncio.gather(*(peer.wait_until_active("staying") for peer in moving))
    sids = {name: staying.room.remote_participants[name].sid for name in ways}

    async def goes_and_comes(peer: PythonPeer) -> None:
        await peer.room.simulate_scenario(ways[peer.identity])
        await back(peer)

    await asyncio.gather(*map(goes_and_comes, moving))

    await staying.told.until(lambda: len(staying.told.of("participant_active")) == 2)
    for name, peer in zip(ways, moving, strict=True):
        await call_each_other(peer, staying)
        seen = staying.room.remote_participants[name]
        assert (seen.name, dict(seen.attributes)) == (name.title(), {"a": name})
        assert (seen.sid == sids[name]) is (name == "resumes")
    gone = [who.identity for (who,) in staying.told.of("participant_disconnected")]
    assert sorted(gone) == ["begins anew", "had its session lost"]


async def test_a_server_that_sends_one_away_ends_it_for_good(stage: Stage) -> None:
    leaving = await stage.peer("leaving")

    await leaving.room.simulate_scenario(SCENARIO.SIMULATE_SERVER_LEAVE)

    assert await leaving.told.one("disconnected") == (rtc.DisconnectReason.SERVER_SHUTDOWN,)
    assert leaving.told.of("reconnecting") == []


async def test_a_dropped_socket_is_resumed_and_no_call_and_no_other_notices(stage: Stage) -> None:
    async with TcpProxy.before(stage.server.url) as proxy:
        moving = await stage.peer("moving", url=proxy.url)
        staying = await stage.peer("staying")
        await moving.wait_until_active("staying")
        sid = moving.room.local_participant.sid
        calls = [
            asyncio.create_task(moving.perform("staying", "slow", "1")),
            asyncio.create_task(staying.perform("moving", "slow", "1")),
        ]
        await asyncio.gather(moving.wait_until_called("slow"), staying.wait_until_called("slow"))

        proxy.cut()
        await back(moving)

        assert await asyncio.gather(*calls) == ["at last"] * 2
        await call_each_other(moving, staying)
        assert staying.room.remote_participants["moving"].sid == sid
        assert comings_and_goings(staying) == []
        await moving.leave()


async def test_what_happened_meanwhile_is_told_after_a_resume(stage: Stage) -> None:
    leaving = await stage.peer("leaving")
    changing = await stage.peer("changing", can_update_own_metadata=True)
    async with TcpProxy.before(stage.server.url) as proxy:
        moving = await stage.peer("moving", url=proxy.url)
        proxy.shut = True
        proxy.cut()
        await moving.told.one("reconnecting")
        await leaving.leave()
        await changing.room.local_participant.set_metadata("since")
        await stage.peer("new")
        proxy.shut = False

        await moving.told.one("reconnected", BACK_WITHIN_S)
        others = moving.room.remote_participants
        await moving.told.until(lambda: set(others) == {"changing", "new"})
        await moving.told.until(lambda: others["changing"].metadata == "since")
        await call_each_other(moving, changing)
        await moving.leave()


@pytest.mark.timeout(120)
async def test_who_stays_away_is_gone_for_all_in_the_end(
    every_server: Sequence[Server], room_name: str
) -> None:
    # On all servers at once: it takes some 20 s on each.
    await asyncio.gather(*(stays_away(server, room_name) for server in every_server))


async def stays_away(server: Server, room_name: str) -> None:
    async with Stage.set(server, room_name) as stage, TcpProxy.before(server.url) as proxy:
        moving = await stage.peer("moving", url=proxy.url)
        staying = await stage.peer("staying")

        proxy.shut = True
        proxy.cut()

        await staying.told.one("participant_disconnected", GONE_WITHIN_S)
        await moving.told.one("disconnected", GONE_WITHIN_S)
