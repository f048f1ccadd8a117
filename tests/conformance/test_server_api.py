"""The server API: RoomService and PerformRpc, through LiveKit's own client and by plain HTTP."""

import asyncio
import json
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from livekit import api, rtc
from livekit.protocol.models import DataPacket, ParticipantInfo, ParticipantPermission
from livekit.protocol.room import PerformRpcRequest, PerformRpcResponse

from tests.conformance.stage import Stage
from tests.support.python_peer import PythonPeer

WITHIN_S = 15.0


@pytest.fixture
async def client(stage: Stage) -> AsyncIterator[api.LiveKitAPI]:
    server = stage.server
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as client:
        yield client


async def perform(
    client: api.LiveKitAPI, room: str, to: str, method: str, payload: str = "", timeout_ms: int = 0
) -> str:
    """Have the server perform an RPC."""
    request = PerformRpcRequest(
        room=room, destination_identity=to, method=method, payload=payload, response_timeout_ms=timeout_ms
    )
    grants = client.room._auth_header(api.VideoGrants(room_admin=True, room=room))
    response = await client.room._client.request(
        "RoomService", "PerformRpc", request, grants, PerformRpcResponse
    )
    return str(response.payload)


async def failure(call: Any) -> tuple[str, int, str]:
    """The code, status and text that a request fails with."""
    with pytest.raises(api.ServerError) as failed:
        await call
    error = failed.value
    return error.code, error.status, error.message.removeprefix("twirp error unknown: ")


async def until_active(client: api.LiveKitAPI, room: str, *identities: str) -> dict[str, ParticipantInfo]:
    """Who is in the room, once these are active and data reaches them, which may be a moment later."""
    async with asyncio.timeout(WITHIN_S):
        active: set[str] = set()
        while not active.issuperset(identities):  # each question waits for an answer, so this does not spin
            listed = await client.room.list_participants(api.ListParticipantsRequest(room=room))
            found = {one.identity: one for one in listed.participants}
            active = {name for name, one in found.items() if one.state == ParticipantInfo.State.ACTIVE}
        for identity in identities:
            while (await failure(perform(client, room, identity, "nothing")))[0] == "internal":
                pass
    return found


async def test_rooms_are_made_listed_and_ended(stage: Stage, client: api.LiveKitAPI) -> None:
    room = client.room
    made = await room.create_room(
        api.CreateRoomRequest(name=stage.room, metadata="m", empty_timeout=40, max_participants=3)
    )
    again = await room.create_room(api.CreateRoomRequest(name=stage.room, metadata="other"))
    listed = await room.list_rooms(api.ListRoomsRequest(names=[stage.room, f"{stage.room}-none"]))
    everything = await room.list_rooms(api.ListRoomsRequest())
    await room.delete_room(api.DeleteRoomRequest(room=stage.room))
    gone = await room.list_rooms(api.ListRoomsRequest(names=[stage.room]))

    assert made.sid.startswith("RM_")
    assert (made.name, made.empty_timeout, made.max_participants) == (stage.room, 40, 3)
    assert (made.metadata, again.metadata, again.sid) == ("m", "m", made.sid)
    assert (made.departure_timeout, made.num_participants) == (20, 0)
    assert abs(made.creation_time - time.time()) < 60
    assert [(one.name, one.sid) for one in listed.rooms] == [(stage.room, made.sid)]
    assert made.sid in [one.sid for one in everything.rooms]
    assert list(gone.rooms) == []


async def test_participants_are_listed_with_all_that_is_known_of_them(
    stage: Stage, client: api.LiveKitAPI
) -> None:
    await stage.peer("agent", kind="agent", attributes={"role": "host"})
    await stage.peer("ghost", hidden=True)

    found = await until_active(client, stage.room, "agent", "ghost")
    agent = await client.room.get_participant(api.RoomParticipantIdentity(room=stage.room, identity="agent"))

    assert set(found) == {"agent", "ghost"}
    assert agent.sid.startswith("PA_")
    assert agent.sid == found["agent"].sid
    assert agent.kind == ParticipantInfo.Kind.AGENT
    assert dict(agent.attributes) == {"role": "host"}
    assert agent.permission.can_publish_data
    assert abs(agent.joined_at - time.time()) < 60
    assert found["ghost"].permission.hidden


async def test_facts_of_a_participant_are_changed(stage: Stage, client: api.LiveKitAPI) -> None:
    peer = await stage.peer("agent", attributes={"a": "1", "b": "2"})
    told: asyncio.Queue[str] = asyncio.Queue()
    peer.room.on("participant_metadata_changed", lambda participant, old, new: told.put_nowait(new))

    changed = await client.room.update_participant(
        api.UpdateParticipantRequest(
            room=stage.room,
            identity="agent",
            name="Agent",
            metadata="m",
            attributes={"a": "", "c": "3"},
            permission=ParticipantPermission(can_subscribe=True),
        )
    )

    assert (changed.name, changed.metadata) == ("Agent", "m")
    assert dict(changed.attributes) == {"b": "2", "c": "3"}
    assert not changed.permission.can_publish_data
    assert await asyncio.wait_for(told.get(), WITHIN_S) == "m"


async def test_a_participant_is_thrown_out(stage: Stage, client: api.LiveKitAPI) -> None:
    peer = await stage.peer("agent")
    out: asyncio.Queue[Any] = asyncio.Queue()
    peer.room.on("disconnected", out.put_nowait)
    who = api.RoomParticipantIdentity(room=stage.room, identity="agent")

    await client.room.remove_participant(who)

    assert await asyncio.wait_for(out.get(), WITHIN_S) == rtc.DisconnectReason.PARTICIPANT_REMOVED
    assert await failure(client.room.get_participant(who)) == (
        "not_found",
        404,
        "participant does not exist",
    )


def received(peer: PythonPeer) -> asyncio.Queue[rtc.DataPacket]:
    packets: asyncio.Queue[rtc.DataPacket] = asyncio.Queue()
    peer.room.on("data_received", packets.put_nowait)
    return packets


@pytest.mark.parametrize("kind", [DataPacket.Kind.RELIABLE, DataPacket.Kind.LOSSY])
async def test_data_comes_from_nobody_and_goes_to_whom_it_says(
    stage: Stage, client: api.LiveKitAPI, kind: DataPacket.Kind
) -> None:
    one, two = received(await stage.peer("one")), received(await stage.peer("two"))
    await until_active(client, stage.room, "one", "two")

    async def send(data: bytes, *to: str) -> None:
        await client.room.send_data(
            api.SendDataRequest(room=stage.room, data=data, kind=kind, topic="t", destination_identities=to)
        )

    await send(b"for one", "one")
    await send(b"for nobody", "nobody")
    await send(b"for all")

    packets = [await asyncio.wait_for(one.get(), WITHIN_S) for _ in range(2)]
    assert [packet.data for packet in packets] == [b"for one", b"for all"]
    assert [(packet.participant, packet.topic) for packet in packets] == [(None, "t")] * 2
    assert (await asyncio.wait_for(two.get(), WITHIN_S)).data == b"for all"
    assert two.empty()


@pytest.mark.parametrize("hidden", [False, True])
async def test_rpc_is_performed_and_comes_from_its_own_id(
    stage: Stage, client: api.LiveKitAPI, hidden: bool
) -> None:
    peer = await stage.peer("agent", hidden=hidden)
    await until_active(client, stage.room, "agent")

    assert await perform(client, stage.room, "agent", "echo", "å" * 7680) == "å" * 7680
    await perform(client, stage.room, "agent", "echo", timeout_ms=3000)

    first, second = peer.seen
    assert first.caller_identity == first.request_id
    assert first.request_id != second.request_id
    assert (first.response_timeout, second.response_timeout) == (10.0, 3.0)


@pytest.mark.parametrize(
    ("method", "payload", "code", "status", "text"),
    [
        ("nothing", "", "invalid_argument", 400, "RpcError 1400: Method not supported at destination"),
        ("boom", "", "internal", 500, "RpcError 1500: Application error in method handler"),
        ("fail", '{"code": 1602, "message": "m", "data": "d"}', "internal", 500, "RpcError 1602: m: d"),
        ("fail", '{"code": 1401, "message": "m"}', "not_found", 404, "RpcError 1401: m"),
        ("fail", '{"code": 1404, "message": "m"}', "unimplemented", 501, "RpcError 1404: m"),
        ("fail", '{"code": 1501, "message": "m"}', "canceled", 408, "RpcError 1501: m"),
        ("fail", '{"code": 1503, "message": "m"}', "unavailable", 503, "RpcError 1503: m"),
        ("echo", "x" * 15_361, "invalid_argument", 400, "RpcError 1402: Request payload too large"),
    ],
    ids=["unregistered", "exception", "own code", "1401", "1404", "1501", "1503", "too large"],
)
async def test_rpc_that_fails_says_its_code_in_the_text(
    stage: Stage, client: api.LiveKitAPI, method: str, payload: str, code: str, status: int, text: str
) -> None:
    await stage.peer("agent")
    await until_active(client, stage.room, "agent")

    assert await failure(perform(client, stage.room, "agent", method, payload)) == (code, status, text)


async def test_rpc_times_out_where_nobody_acknowledges_or_answers(
    stage: Stage, client: api.LiveKitAPI
) -> None:
    await stage.peer("agent")
    await stage.peer("mute", can_publish_data=False)
    await until_active(client, stage.room, "agent", "mute")
    began = time.monotonic()

    absent, unacknowledged, slow = await asyncio.gather(
        failure(perform(client, stage.room, "nobody", "echo")),
        failure(perform(client, stage.room, "mute", "echo")),
        failure(perform(client, stage.room, "agent", "slow", "2", timeout_ms=500)),
    )

    assert absent == ("unavailable", 503, "no response from servers")
    assert unacknowledged == ("canceled", 408, "RpcError 1501: Connection timeout")
    assert slow == ("canceled", 408, "RpcError 1502: Response timeout")
    assert 2.9 < time.monotonic() - began < 6


async def test_a_handler_slower_than_three_seconds_is_asked_again(
    stage: Stage, client: api.LiveKitAPI
) -> None:
    peer = await stage.peer("agent")
    await until_active(client, stage.room, "agent")
    began = time.monotonic()

    await perform(client, stage.room, "agent", "slow", "4")

    assert 6.9 < time.monotonic() - began < 10
    assert len(peer.seen) == 2
    assert len({call.request_id for call in peer.seen}) == 2


async def test_what_cannot_be_done_is_said(stage: Stage, client: api.LiveKitAPI) -> None:
    room = client.room
    none = f"{stage.room}-none"
    no_participant = ("not_found", 404, "participant does not exist")
    no_room = ("not_found", 404, "requested room does not exist")
    who = api.RoomParticipantIdentity(room=none, identity="alice")

    assert await failure(room.delete_room(api.DeleteRoomRequest(room=none))) == no_room
    assert await failure(room.update_room_metadata(api.UpdateRoomMetadataRequest(room=none))) == no_room
    assert await failure(room.get_participant(who)) == no_participant
    assert await failure(room.remove_participant(who)) == no_participant
    update = api.UpdateParticipantRequest(room=none, identity="alice", metadata="m")
    assert await failure(room.update_participant(update)) == no_participant
    assert list((await room.list_participants(api.ListParticipantsRequest(room=none))).participants) == []
    assert await failure(room.create_room(api.CreateRoomRequest(name="x" * 257))) == (
        "invalid_argument",
        400,
        "room name length exceeds limits: max length 256",
    )
    assert await failure(room.create_room(api.CreateRoomRequest(name=none, metadata="x" * 524_289))) == (
        "invalid_argument",
        400,
        "metadata size exceeds limits 524288",
    )
    update = api.UpdateParticipantRequest(room=none, identity="alice", attributes={"a": "x" * 65_536})
    assert await failure(room.update_participant(update)) == (
        "invalid_argument",
        400,
        "attribute size exceeds limits 65536",
    )
    assert await failure(perform(client, none, "", "echo")) == (
        "invalid_argument",
        400,
        "destination identity is required",
    )


async def test_data_to_a_room_that_is_not_there_is_answered_by_nobody(
    stage: Stage, client: api.LiveKitAPI
) -> None:
    none = f"{stage.room}-none"

    assert await failure(client.room.send_data(api.SendDataRequest(room=none, data=b"x"))) == (
        "unavailable",
        503,
        "no response from servers",
    )


@pytest.mark.parametrize(
    ("method", "body", "grants"),
    [
        ("ListRooms", {}, None),
        ("ListRooms", {}, api.VideoGrants(room_admin=True, room="r")),
        ("CreateRoom", {"name": "r"}, api.VideoGrants(room_list=True)),
        ("DeleteRoom", {"room": "r"}, api.VideoGrants(room_admin=True, room="r")),
        ("ListParticipants", {"room": "r"}, api.VideoGrants(room_admin=True, room="other")),
        ("GetParticipant", {"room": "r", "identity": "a"}, api.VideoGrants(room_join=True, room="r")),
        ("RemoveParticipant", {"room": "r", "identity": "a"}, api.VideoGrants(room_admin=True)),
        ("UpdateParticipant", {"room": "r", "identity": "a"}, api.VideoGrants(room_create=True)),
        ("UpdateRoomMetadata", {"room": "r"}, api.VideoGrants(room_create=True)),
        ("SendData", {"room": "r"}, api.VideoGrants(room_create=True)),
        ("PerformRpc", {"room": "r", "destinationIdentity": "a"}, api.VideoGrants(room_join=True, room="r")),
        ("MutePublishedTrack", {"room": "r"}, None),
    ],
)
async def test_who_is_not_granted_it_may_not(
    stage: Stage, method: str, body: dict[str, object], grants: api.VideoGrants | None
) -> None:
    status, said = await post(stage, method, json.dumps(body), grants)

    assert (status, said) == (401, {"code": "unauthenticated", "msg": "permissions denied"})


@pytest.mark.parametrize(
    ("method", "body", "kind", "code", "text"),
    [
        ("Nothing", "{}", "application/json", "bad_route", "no handler for path"),
        ("ListRooms", "{}", "text/plain", "bad_route", 'unexpected Content-Type: "text/plain"'),
        ("ListRooms", "{", "application/json", "malformed", "the json request could not be decoded"),
        ("ListRooms", "[]", "application/json", "malformed", "the json request could not be decoded"),
        (
            "ListRooms",
            '{"names":5}',
            "application/json",
            "malformed",
            "the json request could not be decoded",
        ),
        (
            "ListRooms",
            "\xff",
            "application/protobuf",
            "malformed",
            "the protobuf request could not be decoded",
        ),
    ],
)
async def test_a_request_that_is_none_is_refused(
    stage: Stage, method: str, body: str, kind: str, code: str, text: str
) -> None:
    status, said = await post(stage, method, body, api.VideoGrants(room_list=True), kind)

    assert status == {"bad_route": 404, "malformed": 400}[code]
    assert said["code"] == code
    assert said["msg"].startswith(text)


async def test_json_is_answered_in_json(stage: Stage) -> None:
    grants = api.VideoGrants(room_create=True)
    status, said = await post(
        stage, "CreateRoom", json.dumps({"name": stage.room, "emptyTimeout": 30, "new": 1}), grants
    )

    assert status == 200
    assert (said["name"], said["empty_timeout"], said["num_participants"]) == (stage.room, 30, 0)


async def post(
    stage: Stage,
    method: str,
    body: str,
    grants: api.VideoGrants | None,
    kind: str = "application/json",
) -> tuple[int, dict[str, Any]]:
    """Ask RoomService by plain HTTP."""
    server = stage.server
    headers = {"Content-Type": kind}
    if grants is not None:
        made = api.AccessToken(server.api_key, server.api_secret).with_identity("tester")
        token = made.with_grants(grants).to_jwt()
        headers["Authorization"] = f"Bearer {token}"
    url = f"{server.url.replace('ws', 'http', 1)}/twirp/livekit.RoomService/{method}"
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=body.encode("latin-1"), headers=headers) as response,
    ):
        return response.status, json.loads(await response.text())
