"""The two ways in and the sizes of calls, between SDKs alone: no SDK may notice which server it is on."""

import asyncio
import itertools
import random
import string

import pytest
from livekit import rtc

from tests.conformance.stage import ACK_TIMEOUT_S, Stage
from tests.support.python_peer import PythonPeer

SMALL_BYTES = 2_000
"""Goes into one packet."""
CHUNKED_BYTES = 20_000
LARGE_BYTES = 1_000_000


def incompressible(size: int) -> str:
    """Return text of this many bytes that no compression makes much smaller."""
    return "".join(random.Random(size).choices(string.ascii_letters + string.digits, k=size))


async def pair(stage: Stage, *, two_connections: bool = False) -> tuple[PythonPeer, PythonPeer]:
    """Return a callee, and a caller that lists it."""
    callee = await stage.peer("callee", two_connections=two_connections)
    return callee, await stage.peer("caller", two_connections=two_connections)


@pytest.mark.parametrize("size", [SMALL_BYTES, CHUNKED_BYTES, LARGE_BYTES])
@pytest.mark.parametrize("kind", ["incompressible", "compressible"])
async def test_payloads_of_every_size_go_both_ways(stage: Stage, size: int, kind: str) -> None:
    callee, caller = await pair(stage)
    payload = incompressible(size) if kind == "incompressible" else "x" * size

    assert await caller.perform("callee", "echo", payload, timeout_s=30.0) == payload

    assert callee.seen[0].payload == payload


async def test_what_two_connections_do_one_does_too(stage: Stage) -> None:
    ways = list(itertools.product([False, True], repeat=2))
    peers = []
    for number, (callee_way, caller_way) in enumerate(ways):
        callee = await stage.peer(f"callee {number}", two_connections=callee_way)
        peers.append((callee, await stage.peer(f"caller {number}", two_connections=caller_way)))

    for size in (0, SMALL_BYTES, CHUNKED_BYTES):
        payload = incompressible(size)
        for callee, caller in peers:
            assert await caller.perform(callee.identity, "echo", payload) == payload
            assert await callee.perform(caller.identity, "echo", "back") == "back"
    late = await stage.peer("late", two_connections=True)
    assert len(late.room.remote_participants) == 2 * len(ways)


async def test_two_connections_publish_and_reconnect(stage: Stage) -> None:
    callee, caller = await pair(stage, two_connections=True)
    source = rtc.AudioSource(48_000, 1)
    track = rtc.LocalAudioTrack.create_audio_track("mic", source)

    async with asyncio.timeout(10):
        published = await caller.room.local_participant.publish_track(track)
    await callee.told.one("track_published")
    assert await caller.perform("callee", "echo", "meanwhile") == "meanwhile"
    await caller.room.local_participant.unpublish_track(published.sid)
    await source.aclose()

    await caller.room.simulate_scenario(rtc.SimulateScenarioKind.SIMULATE_FULL_RECONNECT)
    await caller.told.one("reconnected")
    await caller.wait_until_active("callee")
    assert await caller.perform("callee", "echo", incompressible(CHUNKED_BYTES))


async def test_calls_in_every_direction_at_once_all_come_back(stage: Stage) -> None:
    peers = [await stage.peer(f"peer {number}", two_connections=number == 2) for number in range(3)]
    routes = [(one, two) for one, two in itertools.permutations(peers, 2) for _ in range(30)]

    answers = await asyncio.gather(
        *(one.perform(two.identity, "echo", str(number)) for number, (one, two) in enumerate(routes))
    )

    assert answers == [str(number) for number in range(len(routes))]


async def test_method_names_of_every_length_are_carried(stage: Stage) -> None:
    callee, caller = await pair(stage)
    names = ["", "m" * 64, "m" * 65, "m" * 14_000, "日" * 21]
    for name in names:
        callee.handle(name, callee._echo)

    assert [await caller.perform("callee", name, "hi") for name in names] == ["hi"] * len(names)
    assert [call.method for call in callee.seen] == names
    with pytest.raises(rtc.RpcError) as failed:
        await caller.perform("callee", "m" * 70_000)
    assert failed.value.code == rtc.RpcError.ErrorCode.SEND_FAILED


async def test_what_is_encrypted_end_to_end_passes_for_who_has_the_key(stage: Stage) -> None:
    callee = await stage.peer("callee", shared_key=b"a key")
    caller = await stage.peer("caller", shared_key=b"a key")
    stranger = await stage.peer("stranger", shared_key=b"another key")

    for size in (SMALL_BYTES, CHUNKED_BYTES):
        assert await caller.perform("callee", "echo", incompressible(size)) == incompressible(size)
    await caller.room.local_participant.publish_data("secret", destination_identities=["callee"])
    await callee.told.until(callee.told.packets)
    with pytest.raises(rtc.RpcError) as refused:
        await stranger.perform("callee", "echo", ack_timeout_s=ACK_TIMEOUT_S)

    assert refused.value.code == rtc.RpcError.ErrorCode.CONNECTION_TIMEOUT
    assert [packet.data for packet in callee.told.packets()] == [b"secret"]
    assert len(callee.seen) == 2
