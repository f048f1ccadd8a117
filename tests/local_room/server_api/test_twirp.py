"""Twirp's routing, bodies and errors in the words of livekit-server 1.13.5; no body is a fault of ours."""

import json
from typing import Any

import pytest
from aiohttp import web
from livekit.protocol.room import (
    CreateRoomRequest,
    ListRoomsRequest,
    ListRoomsResponse,
    SendDataRequest,
    UpdateParticipantRequest,
)

from inspector.local_room.access.admission import authenticated
from inspector.local_room.limits import Limits
from inspector.local_room.server_api.room_service import RoomService
from inspector.local_room.server_api.server_calls import ServerCalls
from inspector.local_room.server_api.twirp import BODY_BYTES, add_services
from tests.local_room.fake_rooms import FakeRooms
from tests.local_room.serving import KEYS, Answer, Site, served, token
from tests.support.fuzzing import CASES, mutations

JSON, PROTOBUF = "application/json", "application/protobuf"
ALL = token(room_create=True, room_list=True, room_admin=True, room="r")


def application(rooms: FakeRooms) -> web.Application:
    app = web.Application(middlewares=[authenticated(KEYS)])
    service = RoomService(rooms, Limits(), ServerCalls(rooms), absent_s=0.0)
    add_services(app, {"RoomService": service.methods()})
    return app


async def call(
    site: Site, method: str, body: bytes | str = "{}", kind: str | None = JSON, how: str = "POST"
) -> Answer:
    headers = {} if kind is None else {"Content-Type": kind}
    return await site.ask(f"/twirp/livekit.RoomService/{method}", how, token=ALL, body=body, headers=headers)


async def asked(method: str, body: bytes | str = "{}", kind: str | None = JSON, how: str = "POST") -> Answer:
    async with served(application(FakeRooms())) as site:
        return await call(site, method, body, kind, how)


def path(method: str) -> str:
    return f"/twirp/livekit.RoomService/{method}"


@pytest.mark.parametrize(
    ("method", "kind", "how", "text"),
    [
        ("ListRooms", JSON, "GET", 'unsupported method "GET" (only POST is allowed)'),
        ("ListRooms", None, "POST", 'unexpected Content-Type: ""'),
        ("ListRooms", "text/plain", "POST", 'unexpected Content-Type: "text/plain"'),
        ("Nothing", JSON, "POST", f'no handler for path "{path("Nothing")}"'),
        ("", JSON, "POST", f'no handler for path "{path("")}"'),
        ("ListRooms/x", JSON, "POST", f'no handler for path "{path("ListRooms/x")}"'),
    ],
)
async def test_a_bad_route_says_what_is_bad(method: str, kind: str | None, how: str, text: str) -> None:
    answer = await asked(method, kind=kind, how=how)

    assert answer.status == 404
    assert answer.headers["Content-Type"].startswith(JSON)
    assert answer.json == {
        "code": "bad_route",
        "msg": text,
        "meta": {"twirp_invalid_route": f"{how} {path(method)}"},
    }


@pytest.mark.parametrize(
    "kind", [JSON, "Application/JSON", "application/json; charset=utf-8", "application/json;"]
)
async def test_json_is_answered_in_json_with_the_names_of_the_protocol(kind: str) -> None:
    answer = await asked("CreateRoom", '{"name": "r", "emptyTimeout": 5, "unknown": 1}', kind)

    assert answer.status == 200
    assert answer.json["name"] == "r"
    assert answer.json["num_participants"] == 0


async def test_protobuf_is_answered_in_protobuf() -> None:
    rooms = FakeRooms()
    async with served(application(rooms)) as site:
        await call(site, "CreateRoom", CreateRoomRequest(name="r").SerializeToString(), PROTOBUF)
        answer = await call(site, "ListRooms", b"", PROTOBUF)

    assert answer.headers["Content-Type"] == PROTOBUF
    found = ListRoomsResponse.FromString(answer.text.encode())
    assert [room.name for room in found.rooms] == ["r"]


@pytest.mark.parametrize(
    "body", ["", "{", "[]", "null", "5", '{"names": 5}', "\xff", '{"names": ["\\ud800"]}', "[" * 5000]
)
async def test_json_that_is_no_request_is_malformed(body: str) -> None:
    answer = await asked("ListRooms", body.encode("latin-1"))

    assert (answer.status, answer.json) == (
        400,
        {"code": "malformed", "msg": "the json request could not be decoded"},
    )


@pytest.mark.parametrize("body", [b"\xff\xff", b"\x0a\x01\xff", b"{}"])
async def test_protobuf_that_is_no_request_is_malformed(body: bytes) -> None:
    answer = await asked("ListRooms", body, PROTOBUF)

    assert (answer.status, answer.json) == (
        400,
        {"code": "malformed", "msg": "the protobuf request could not be decoded"},
    )


async def test_an_enormous_body_is_refused() -> None:
    answer = await asked("ListRooms", b" " * (BODY_BYTES + 1))

    assert (answer.status, answer.json["code"]) == (429, "resource_exhausted")


SAMPLES: dict[str, tuple[Any, dict[str, Any]]] = {
    "ListRooms": (ListRoomsRequest(names=["r", "s"]), {"names": ["r", "s"]}),
    "CreateRoom": (
        CreateRoomRequest(name="r", empty_timeout=5, metadata="m", max_participants=2),
        {"name": "r", "agents": [{"agentName": "a", "attributes": {"a": "b"}}], "empty_timeout": 5},
    ),
    "SendData": (
        SendDataRequest(room="r", data=b"hi", destination_identities=["a"], topic="t"),
        {"room": "r", "data": "aGk=", "kind": "LOSSY", "nonce": "AAAAAAAAAAAAAAAAAAAAAA=="},
    ),
    "UpdateParticipant": (
        UpdateParticipantRequest(room="r", identity="a", attributes={"a": "b"}),
        {"room": "r", "identity": "a", "permission": {"canPublish": True}, "attributes": {"a": "b"}},
    ),
}


@pytest.mark.fuzz
@pytest.mark.parametrize("method", SAMPLES)
@pytest.mark.parametrize("kind", [JSON, PROTOBUF])
async def test_any_body_is_done_or_refused(method: str, kind: str) -> None:
    message, said = SAMPLES[method]
    sample = json.dumps(said).encode() if kind == JSON else message.SerializeToString()
    statuses = set()
    rooms = FakeRooms(most=50)
    async with served(application(rooms)) as site:
        for body in mutations([sample], CASES // len(SAMPLES) + 1):
            rooms.join("r", "a")
            answer = await call(site, method, body, kind)
            statuses.add(answer.status)
            assert answer.status in (200, 400, 401, 404, 429, 503), body

    assert {200, 400} <= statuses
