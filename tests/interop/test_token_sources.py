"""A front end whose token endpoint or sandbox id points at a local room joins it, with no other change."""

from collections.abc import AsyncIterator

import pytest
from livekit import api

from inspector.local_room.access.bind_policy import DEV_KEY, DEV_SECRET
from inspector.local_room.access.token_endpoints import TOKEN_PATH
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.server import RoomServer
from tests.support.process_peer import ProcessPeer
from tests.support.reports import Unexpected

OPTIONS = {
    "roomName": "lobby",
    "participantIdentity": "alice",
    "participantName": "Ålice",
    "participantMetadata": "m",
    "participantAttributes": {"role": "host"},
    "agentName": "weather",
    "agentMetadata": "x",
}


@pytest.fixture
async def room_server() -> AsyncIterator[RoomServer]:
    unexpected = Unexpected()
    server = RoomServer()
    await server.start(RoomServerOptions(keys={DEV_KEY: DEV_SECRET}, port=0), unexpected)
    try:
        yield server
    finally:
        await server.stop()
    assert unexpected.rest() == []


@pytest.mark.parametrize("source", ["endpoint", "developmentTokenServer", "sandboxTokenServer"])
async def test_a_page_joins_with_a_token_source(
    room_server: RoomServer, browser_peer: ProcessPeer, source: str
) -> None:
    address = f"http://localhost:{room_server.port}"
    args = [address + TOKEN_PATH] if source == "endpoint" else ["my-sandbox", {"baseUrl": address}]

    assert await browser_peer.join_by_source(source, *args, **OPTIONS) == "alice"

    async with api.LiveKitAPI(room_server.url, DEV_KEY, DEV_SECRET) as client:
        found = await client.room.get_participant(api.RoomParticipantIdentity(room="lobby", identity="alice"))
        dispatched = await client.agent_dispatch.list_dispatch("lobby")
    assert (found.name, found.metadata, dict(found.attributes)) == ("Ålice", "m", {"role": "host"})
    assert [(one.agent_name, one.metadata) for one in dispatched] == [("weather", "x")]


async def test_a_page_that_says_nothing_joins_the_demo_room(
    room_server: RoomServer, browser_peer: ProcessPeer
) -> None:
    identity = await browser_peer.join_by_source("endpoint", f"{_http(room_server)}{TOKEN_PATH}")

    async with api.LiveKitAPI(room_server.url, DEV_KEY, DEV_SECRET) as client:
        listed = await client.room.list_participants(api.ListParticipantsRequest(room="demo"))
    assert [one.identity for one in listed.participants] == [identity]


def _http(server: RoomServer) -> str:
    return server.url.replace("ws", "http", 1)
