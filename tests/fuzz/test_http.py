"""Bytes on the HTTP port: whatever they are, they are answered or the connection ends."""

import asyncio
import itertools
import json
from collections.abc import Iterator
from urllib.parse import urlsplit

from livekit import api
from livekit.protocol import room as protocol

from tests.support.fuzzing import CASES, mutations
from tests.support.local_room import LocalRoom

ANSWERS_WITHIN_S = 15.0
ANSWERED_AT_ONCE_S = 0.1
"""A request that is not answered by then is one whose end the server waits for."""
AT_ONCE = 32


def sound_requests(server: LocalRoom) -> Iterator[bytes]:
    """One request for each thing that is asked of the server, none of which touches the bystanders' room."""
    grants = api.VideoGrants(
        room_create=True, room_list=True, room_admin=True, room="elsewhere", room_join=True, agent=True
    )
    token = api.AccessToken(server.api_key, server.api_secret).with_identity("i").with_grants(grants).to_jwt()
    head = f"Host: 127.0.0.1:{server.port}\r\nAuthorization: Bearer {token}\r\nConnection: close\r\n"
    upgrade = "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
    upgrade += "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"

    def get(path: str, more: str = "") -> bytes:
        return f"GET {path} HTTP/1.1\r\n{head}{more}\r\n".encode()

    def post(path: str, kind: str, body: bytes) -> bytes:
        about = f"Content-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
        return f"POST {path} HTTP/1.1\r\n{head}{about}".encode() + body

    yield get("/")
    yield get("/rtc/validate?auto_subscribe=1&sdk=js&protocol=16")
    yield get("/rtc?auto_subscribe=1&sdk=js&protocol=16", upgrade)
    yield get("/agent", upgrade)
    yield get("/inspector/xray", upgrade)
    yield get("/inspector/faults")
    yield get("/token?room_name=elsewhere&participant_identity=i")
    wish = {"room_name": "elsewhere", "participant_identity": "i", "participant_attributes": {"a": "1"}}
    yield post("/token", "application/json", json.dumps(wish).encode())
    yield post("/api/v2/sandbox/connection-details", "application/json", json.dumps(wish).encode())
    yield f"OPTIONS /token HTTP/1.1\r\n{head}Origin: http://localhost:3000\r\n\r\n".encode()
    calls = {
        "CreateRoom": protocol.CreateRoomRequest(name="elsewhere", empty_timeout=5, metadata="m"),
        "ListRooms": protocol.ListRoomsRequest(names=["elsewhere"]),
        "DeleteRoom": protocol.DeleteRoomRequest(room="elsewhere"),
        "ListParticipants": protocol.ListParticipantsRequest(room="elsewhere"),
        "UpdateParticipant": protocol.UpdateParticipantRequest(room="elsewhere", identity="i", metadata="m"),
        "SendData": protocol.SendDataRequest(room="elsewhere", data=b"d", topic="t"),
        "PerformRpc": protocol.PerformRpcRequest(room="elsewhere", destination_identity="i", method="m"),
    }
    for name, message in calls.items():
        yield post(f"/twirp/livekit.RoomService/{name}", "application/protobuf", message.SerializeToString())
        yield post(
            f"/twirp/livekit.RoomService/{name}", "application/json", b'{"room": "elsewhere", "names": []}'
        )


async def ask(port: int | None, request: bytes) -> None:
    """Send a request on a connection of its own, and return once that is over."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        over = asyncio.ensure_future(reader.read())
        await asyncio.wait({over}, timeout=ANSWERED_AT_ONCE_S)
        if not over.done():
            writer.write_eof()
        await over
    except ConnectionError:
        pass  # the server had had enough before it had read all
    finally:
        writer.close()


async def test_mutated_requests(target: LocalRoom, room: str) -> None:
    port = urlsplit(target.url).port
    left = mutations(list(sound_requests(target)))
    answered = itertools.count()

    async def ask_on() -> None:
        for request in left:
            async with asyncio.timeout(ANSWERS_WITHIN_S):
                await ask(port, request)
            next(answered)

    await asyncio.gather(*(ask_on() for _ in range(AT_ONCE)))

    assert next(answered) == CASES
