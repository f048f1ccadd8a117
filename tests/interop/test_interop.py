"""Foreign SDKs call our mocks and are called by us, on either server, by the whole session."""

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from inspector.core.calls import Direction, Outcome
from tests.interop.meeting import NEWER, SDKS, Meeting
from tests.support.mocks import fail, reply
from tests.support.process_peer import PeerError
from tests.support.servers import Server
from tests.support.sessions import calls, until_logged

LARGE = json.dumps({"text": "æ" * 20_000})


@pytest.fixture
async def meeting(server: Server, room_name: str, tmp_path: Path) -> AsyncIterator[Meeting]:
    async with Meeting.held(server, room_name, tmp_path) as meeting:
        yield meeting


async def test_our_mocks_answer_every_sdk_and_keep_its_deadline(meeting: Meeting) -> None:
    session = meeting.stage.session
    session.mocks.add(
        (
            reply("get_weather", '{"temp_c":21}'),
            fail("set_volume", 1602, "no such device", '{"device":"hall"}'),
            reply("large", LARGE),
            reply("slow", "too late", delay_ms=30_000),
        )
    )
    late = [asyncio.create_task(refused(meeting, name, "slow", timeout_s=8)) for name in SDKS]

    for name, peer in meeting.peers.items():
        assert await peer.call("inspector", "get_weather", '{"city":"Ålesund 🌧"}') == '{"temp_c":21}', name
        if name in NEWER:
            assert await peer.call("inspector", "large", LARGE) == LARGE, name
        else:
            assert (await refused(meeting, name, "large", LARGE)).code == 1402, name
            assert (await refused(meeting, name, "large")).code == 1504, name
        error = await refused(meeting, name, "set_volume")
        assert (error.code, error.message, error.data) == (1602, "no such device", '{"device":"hall"}'), name
        assert (await refused(meeting, name, "nobody_registered_this")).code == 1400, name

    assert [error.code for error in await asyncio.gather(*late)] == [1502] * len(SDKS)
    # Some callers' clocks ran first: ours says the same a moment later.
    await until_logged(session.log, lambda: True if not session.log.pending() else None)
    for name in meeting.peers:
        # A local room's X-ray shows calls of methods that nobody registered, too.
        seen = [call for call in calls(session, Direction.IN) if call.caller == name and call.code != 1400]
        assert {call.method: call.code for call in seen} == {
            "slow": 1502,
            "get_weather": None,
            "large": None if name in NEWER else 1504,
            "set_volume": 1602,
        }, name
        assert all(call.request_id for call in seen), name
        assert '{"city":"Ålesund 🌧"}' in {call.payload for call in seen}, name


async def test_we_call_every_sdk_and_learn_of_its_end(meeting: Meeting) -> None:
    stage, connection = meeting.stage, meeting.connection
    failure = json.dumps({"code": 4242, "message": "no", "data": "why"})

    for name in meeting.peers:
        echoed = await stage.call(connection, "echo", "wörld", to=name)
        large = await stage.call(connection, "echo", LARGE, to=name)
        failed = await stage.call(connection, "fail", failure, to=name)
        broken = await stage.call(connection, "boom", to=name)
        unknown = await stage.call(connection, "nobody_registered_this", to=name)

        assert (echoed.outcome, echoed.response) == (Outcome.OK, "wörld"), name
        assert (large.code, large.response) == ((None, LARGE) if name in NEWER else (1402, None)), name
        assert failed.error is not None, name
        assert (failed.error.code, failed.error.message, failed.error.data) == (4242, "no", "why"), name
        assert (broken.code, unknown.code) == (1500, 1400), name

    left = await asyncio.gather(*(stage.call(connection, "leave", to=name) for name in meeting.peers))
    assert [call.code for call in left] == [1503] * len(SDKS)


async def refused(
    meeting: Meeting, name: str, method: str, payload: str = "", *, timeout_s: float | None = None
) -> PeerError:
    """Return the error that a peer's call to us ends in."""
    with pytest.raises(PeerError) as failed:
        await meeting.peers[name].call("inspector", method, payload, timeout_s=timeout_s)
    return failed.value
