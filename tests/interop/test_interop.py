"""Node and a Chromium page call our mocks and are called by us, on a real server, by the whole session."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from inspector.core.calls import Call, Direction, Outcome
from inspector.session.connection import Connection
from inspector.session.session import Session
from tests.conformance.stage import Stage
from tests.support.livekit_server import LiveKitServer
from tests.support.mocks import fail, reply
from tests.support.process_peer import PeerError, PeerKind, ProcessPeer, browser_kind, node_kind
from tests.support.sessions import calls, until_logged

LARGE = json.dumps({"text": "æ" * 20_000})


class Meeting:
    """Our session and one peer of another language, in one room and active for each other."""

    def __init__(self, stage: Stage, connection: Connection, peer: ProcessPeer) -> None:
        self.stage = stage
        self.connection = connection
        self.peer = peer


@pytest.fixture(params=[node_kind, browser_kind], ids=["node", "browser"])
async def meeting(
    request: pytest.FixtureRequest, livekit_server: LiveKitServer, room_name: str, tmp_path: Path
) -> AsyncIterator[Meeting]:
    kind: Callable[[], PeerKind] = request.param
    async with (
        Stage.set(livekit_server, room_name) as stage,
        ProcessPeer.started(kind(), tmp_path) as peer,
    ):
        connection = await stage.connect()
        await peer.join(livekit_server.url, livekit_server.token(room_name, "other"))
        await asyncio.gather(stage.sees(connection, "other"), peer.wait_until_active("inspector"))
        yield Meeting(stage, connection, peer)


async def test_our_mocks_answer_the_peer(meeting: Meeting) -> None:
    session = meeting.stage.session
    session.mocks.add(
        (
            reply("get_weather", '{"temp_c":21}'),
            fail("set_volume", 1602, "no such device", '{"device":"hall"}'),
            reply("large", LARGE),
            reply("", "nameless"),
        )
    )

    assert await meeting.peer.call("inspector", "get_weather", '{"city":"Ålesund 🌧"}') == '{"temp_c":21}'
    assert await meeting.peer.call("inspector", "large", LARGE) == LARGE
    with pytest.raises(PeerError) as refused:
        await meeting.peer.call("inspector", "set_volume")
    assert (refused.value.code, refused.value.message) == (1602, "no such device")
    assert refused.value.data == '{"device":"hall"}'
    with pytest.raises(PeerError) as unsupported:
        await meeting.peer.call("inspector", "nobody_registered_this")
    assert unsupported.value.code == 1400

    seen = calls(session, Direction.IN)
    assert [(call.caller, call.method, call.outcome) for call in seen] == [
        ("other", "get_weather", Outcome.OK),
        ("other", "large", Outcome.OK),
        ("other", "set_volume", Outcome.ERROR),
    ]
    assert seen[0].payload == '{"city":"Ålesund 🌧"}'
    assert all(call.request_id for call in seen)


async def test_an_answer_past_the_deadline_is_1502_for_both(meeting: Meeting) -> None:
    meeting.stage.session.mocks.add((reply("slow", "too late", delay_ms=30_000),))

    with pytest.raises(PeerError) as late:
        await meeting.peer.call("inspector", "slow", timeout_s=8)

    assert late.value.code == 1502
    session = meeting.stage.session
    # The caller's clock ran first: ours says the same a moment later.
    seen = await until_logged(session.log, lambda: next(iter(settled_calls(session)), None))
    assert (seen.outcome, seen.code) == (Outcome.ERROR, 1502)


def settled_calls(session: Session) -> list[Call]:
    return [call for call in calls(session, Direction.IN) if not call.is_pending]


async def test_we_call_the_peer(meeting: Meeting) -> None:
    stage, connection = meeting.stage, meeting.connection

    echoed = await stage.call(connection, "echo", "wörld", to="other")
    large = await stage.call(connection, "echo", LARGE, to="other")
    failure = json.dumps({"code": 4242, "message": "no", "data": "why"})
    refused = await stage.call(connection, "fail", failure, to="other")
    broken = await stage.call(connection, "boom", to="other")
    unknown = await stage.call(connection, "nobody_registered_this", to="other")

    assert (echoed.outcome, echoed.response) == (Outcome.OK, "wörld")
    assert large.response == LARGE
    assert refused.error is not None
    assert (refused.error.code, refused.error.message, refused.error.data) == (4242, "no", "why")
    assert broken.code == 1500
    assert unknown.code == 1400


async def test_a_peer_that_leaves_mid_call_is_1503(meeting: Meeting) -> None:
    left = await meeting.stage.call(meeting.connection, "leave", to="other")

    assert (left.outcome, left.code) == (Outcome.ERROR, 1503)
