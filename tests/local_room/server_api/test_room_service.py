"""RoomService through LiveKit's own client, over rooms in memory: who may what, and what comes of it."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

import pytest
from aiohttp import web
from livekit import api
from livekit.protocol.models import DataPacket
from livekit.protocol.room import PerformRpcRequest, PerformRpcResponse

from inspector.local_room.access.admission import authenticated
from inspector.local_room.limits import Limits
from inspector.local_room.server_api.room_service import RoomService
from inspector.local_room.server_api.server_calls import ServerCalls, Timing
from inspector.local_room.server_api.twirp import add_services
from tests.local_room.fake_rooms import FakeRooms
from tests.local_room.server_api.test_server_calls import answering
from tests.local_room.serving import KEYS, served, token

BRIEF = Timing(attempts_s=(0.2, 0.2, 0.2), ack_s=0.1, absent_s=0.0)
DENIED = (401, {"code": "unauthenticated", "msg": "permissions denied"})


class World(NamedTuple):
    rooms: FakeRooms
    client: api.LiveKitAPI
    site: Any

    async def perform(self, **request: Any) -> str:
        grants = self.client.room._auth_header(api.VideoGrants(room_admin=True, room=request["room"]))
        response = await self.client.room._client.request(
            "RoomService", "PerformRpc", PerformRpcRequest(**request), grants, PerformRpcResponse
        )
        return str(response.payload)


@asynccontextmanager
async def _world() -> AsyncIterator[World]:
    rooms = FakeRooms(most=3)
    app = web.Application(middlewares=[authenticated(KEYS)])
    service = RoomService(rooms, Limits(), ServerCalls(rooms, BRIEF), absent_s=0.0)
    add_services(app, {"RoomService": service.methods()})
    async with served(app) as site, api.LiveKitAPI(site.url, "devkey", "secret") as client:
        yield World(rooms, client, site)


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with _world() as world:
        yield world


async def test_rooms_are_made_listed_and_ended(world: World) -> None:
    room = world.client.room
    made = await room.create_room(api.CreateRoomRequest(name="r", metadata="m"))
    await room.create_room(api.CreateRoomRequest(name="s"))

    listed = await room.list_rooms(api.ListRoomsRequest(names=["r"]))
    await room.delete_room(api.DeleteRoomRequest(room="r"))

    assert (made.name, made.metadata) == ("r", "m")
    assert list(listed.rooms) == [made]
    assert [one.name for one in (await room.list_rooms(api.ListRoomsRequest())).rooms] == ["s"]


async def test_participants_are_listed_changed_and_thrown_out(world: World) -> None:
    room = world.client.room
    world.rooms.join("r", "alice")
    who = api.RoomParticipantIdentity(room="r", identity="alice")

    listed = await room.list_participants(api.ListParticipantsRequest(room="r"))
    changed = await room.update_participant(
        api.UpdateParticipantRequest(room="r", identity="alice", metadata="m", attributes={"a": "b"})
    )
    found = await room.get_participant(who)
    await room.remove_participant(who)

    assert [one.identity for one in listed.participants] == ["alice"]
    assert (changed.metadata, dict(changed.attributes)) == ("m", {"a": "b"})
    assert found == changed
    assert world.rooms.people["r"] == {}


async def test_metadata_of_a_room_is_changed(world: World) -> None:
    world.rooms.join("r", "alice")

    changed = await world.client.room.update_room_metadata(
        api.UpdateRoomMetadataRequest(room="r", metadata="m")
    )

    assert changed.metadata == "m"


async def test_data_goes_to_whom_it_says(world: World) -> None:
    world.rooms.join("r", "alice")

    await world.client.room.send_data(
        api.SendDataRequest(
            room="r", data=b"hi", kind=DataPacket.Kind.LOSSY, destination_identities=["alice"], topic="t"
        )
    )

    [(room, packet)] = world.rooms.sent
    assert room == "r"
    assert (packet.kind, list(packet.destination_identities)) == (DataPacket.Kind.LOSSY, ["alice"])
    assert (packet.user.payload, packet.user.topic) == (b"hi", "t")
    assert packet.participant_identity == ""


async def test_rpc_is_performed(world: World) -> None:
    world.rooms.join("r", "alice")
    world.rooms.answers["alice"] = answering("hello")

    assert await world.perform(room="r", destination_identity="alice", method="m") == "hello"


@pytest.mark.parametrize(
    ("method", "body"),
    [
        ("CreateRoom", {"name": "r"}),
        ("ListRooms", {}),
        ("DeleteRoom", {"room": "r"}),
        ("ListParticipants", {"room": "r"}),
        ("GetParticipant", {"room": "r"}),
        ("RemoveParticipant", {"room": "r"}),
        ("UpdateParticipant", {"room": "r"}),
        ("UpdateRoomMetadata", {"room": "r"}),
        ("SendData", {"room": "r"}),
        ("PerformRpc", {"room": "r"}),
        ("MutePublishedTrack", {"room": "r"}),
    ],
)
@pytest.mark.parametrize("who", [None, token(room_join=True, room="r"), token(room_admin=True, room="s")])
async def test_who_is_not_granted_it_may_not(
    world: World, method: str, body: dict[str, str], who: str | None
) -> None:
    world.rooms.join("r", "alice")

    answer = await world.site.ask(
        f"/twirp/livekit.RoomService/{method}",
        "POST",
        token=who,
        body=json.dumps(body),
        headers={"Content-Type": "application/json"},
    )

    assert (answer.status, answer.json) == DENIED


Refusal = tuple[str, int, str]


@pytest.mark.parametrize(
    ("what", "refusal"),
    [
        (
            lambda room: room.create_room(api.CreateRoomRequest(name="x" * 257)),
            (
                "invalid_argument",
                400,
                "twirp error unknown: room name length exceeds limits: max length 256",
            ),
        ),
        (
            lambda room: room.create_room(api.CreateRoomRequest(name="x", metadata="m" * 524_289)),
            ("invalid_argument", 400, "metadata size exceeds limits 524288"),
        ),
        (
            lambda room: room.create_room(api.CreateRoomRequest(name="x", room_preset="p")),
            (
                "invalid_argument",
                400,
                "twirp error unknown: unknown room configuration in create room request",
            ),
        ),
        (
            lambda room: room.delete_room(api.DeleteRoomRequest(room="none")),
            ("not_found", 404, "twirp error unknown: requested room does not exist"),
        ),
        (
            lambda room: room.update_room_metadata(api.UpdateRoomMetadataRequest(room="none")),
            ("not_found", 404, "twirp error unknown: requested room does not exist"),
        ),
        (
            lambda room: room.get_participant(api.RoomParticipantIdentity(room="r", identity="bob")),
            ("not_found", 404, "twirp error unknown: participant does not exist"),
        ),
        (
            lambda room: room.remove_participant(api.RoomParticipantIdentity(room="none", identity="bob")),
            ("not_found", 404, "twirp error unknown: participant does not exist"),
        ),
        (
            lambda room: room.update_participant(api.UpdateParticipantRequest(room="r", identity="bob")),
            ("not_found", 404, "twirp error unknown: participant does not exist"),
        ),
        (
            lambda room: room.update_participant(
                api.UpdateParticipantRequest(room="r", identity="alice", name="x" * 257)
            ),
            ("invalid_argument", 400, "name length exceeds limits 256"),
        ),
        (
            lambda room: room.update_participant(
                api.UpdateParticipantRequest(room="r", identity="alice", attributes={"a": "x" * 65_536})
            ),
            ("invalid_argument", 400, "attribute size exceeds limits 65536"),
        ),
        (
            lambda room: room.send_data(api.SendDataRequest(room="none", data=b"x")),
            ("unavailable", 503, "twirp error unknown: no response from servers"),
        ),
        (
            lambda room: room.mute_published_track(api.MuteRoomTrackRequest(room="r", identity="alice")),
            ("unimplemented", 501, "A local room forwards no media and cannot mute tracks."),
        ),
    ],
)
async def test_what_cannot_be_done_is_said_as_the_server_says_it(
    world: World, what: Any, refusal: Refusal
) -> None:
    world.rooms.join("r", "alice")

    with pytest.raises(api.ServerError) as refused:
        await what(world.client.room)

    assert (refused.value.code, refused.value.status, refused.value.message) == refusal


async def test_a_nonce_has_its_length(world: World) -> None:
    world.rooms.join("r", "alice")

    with pytest.raises(api.ServerError, match="nonce should be 16-bytes or not present, got: 2 bytes"):
        # The client puts in a nonce of its own.
        await world.client.room._client.request(
            "RoomService",
            "SendData",
            api.SendDataRequest(room="r", nonce=b"hi"),
            world.client.room._auth_header(api.VideoGrants(room_admin=True, room="r")),
            api.SendDataResponse,
        )


async def test_rooms_beyond_their_number_are_refused(world: World) -> None:
    for name in "abc":
        await world.client.room.create_room(api.CreateRoomRequest(name=name))

    with pytest.raises(api.ServerError) as refused:
        await world.client.room.create_room(api.CreateRoomRequest(name="d"))

    assert (refused.value.code, refused.value.message) == ("resource_exhausted", "there are enough rooms")


async def test_a_call_to_nobody_in_particular_is_refused(world: World) -> None:
    with pytest.raises(api.ServerError, match="destination identity is required"):
        await world.perform(room="r", method="m")
