"""A participant that speaks the protocol itself, one message at a time: for what no SDK would say or show."""

from __future__ import annotations

import asyncio
import base64
import contextlib
import gzip
import time
from collections.abc import AsyncIterator
from typing import Any, Self
from urllib.parse import urlencode

import aiohttp
from livekit.protocol.models import ClientInfo, DataPacket, ParticipantInfo
from livekit.protocol.rtc import (
    ConnectionSettings,
    JoinRequest,
    JoinResponse,
    SessionDescription,
    SignalRequest,
    SignalResponse,
    WrappedJoinRequest,
)

from inspector.core import access_tokens
from tests.local_room.transport.client import LOSSY, RELIABLE, Client

KEY, SECRET = "devkey", "secret"
WITHIN_S = 5.0
PROTOCOL = 16


def token(
    room: str, identity: str, *, name: str = "", metadata: str = "", kind: str = "", **grants: Any
) -> str:
    """A token to join; `grants` are those of `api.VideoGrants`."""
    video = {to_camel(key): value for key, value in {"room_join": True, "room": room, **grants}.items()}
    claims = {"sub": identity, "name": name, "metadata": metadata, "kind": kind, "video": video}
    return access_tokens.sign(claims, KEY, SECRET, now=time.time())


def to_camel(name: str) -> str:
    """The name as tokens spell it."""
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def packed(request: JoinRequest, *, compressed: bool = True) -> str:
    """A join request as it stands in the URL."""
    data = request.SerializeToString()
    kind = WrappedJoinRequest.Compression
    wrapped = WrappedJoinRequest(
        compression=kind.GZIP if compressed else kind.NONE,
        join_request=gzip.compress(data) if compressed else data,
    )
    return base64.urlsafe_b64encode(wrapped.SerializeToString()).decode()


class RawPeer:
    """One WebSocket, and at wish a WebRTC connection."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.client: Client | None = None
        self.join = JoinResponse()
        self.known: dict[str, ParticipantInfo] = {}
        """What the messages so far say of others, by identity."""

    @classmethod
    @contextlib.asynccontextmanager
    async def joined(
        cls,
        url: str,
        room: str,
        identity: str,
        *,
        v0: bool = False,
        join: dict[str, Any] | None = None,
        **grants: Any,
    ) -> AsyncIterator[Self]:
        """Joins and has read the join response; `join` has fields of the JoinRequest, or of v0's query."""
        async with cls.connected(url, token(room, identity, **grants), v0=v0, join=join) as peer:
            peer.join = (await peer.next("join")).join
            yield peer

    @classmethod
    @contextlib.asynccontextmanager
    async def connected(
        cls, url: str, access_token: str, *, v0: bool = False, join: dict[str, Any] | None = None
    ) -> AsyncIterator[Self]:
        """Opens the socket, and reads nothing yet."""
        query = _v0_query(join or {}) if v0 else _v1_query(join or {})
        async with aiohttp.ClientSession() as session:
            socket = await session.ws_connect(
                f"{url}/rtc{'' if v0 else '/v1'}?{query}", headers={"Authorization": f"Bearer {access_token}"}
            )
            peer = cls(socket)
            try:
                yield peer
            finally:
                if peer.client is not None:
                    peer.client.vanish()
                await socket.close()

    async def connect(self) -> Client:
        """Makes the offered WebRTC connection, and returns once its channels are open."""
        client = self.client = Client((RELIABLE, LOSSY))
        await self.ask(offer=SessionDescription(type="offer", sdp=client.offer(), id=1))
        client.connect((await self.next("answer")).answer.sdp)
        return await client.ready()

    async def accept(self) -> Client:
        """Takes the server's offer, as v0 clients do."""
        client = self.client = Client(())
        client.setup = "active"
        offer = (await self.next("offer")).offer
        await self.ask(answer=SessionDescription(type="answer", sdp=client.offer(), id=offer.id))
        client.connect(offer.sdp)
        return await client.ready({"_reliable", "_lossy", "_data_track"})

    async def ask(self, **request: Any) -> None:
        """Sends a SignalRequest; `request` is its one field."""
        await self.socket.send_bytes(SignalRequest(**request).SerializeToString())

    async def next(self, what: str, within_s: float = WITHIN_S) -> SignalResponse:
        """Returns the next message of a kind, passing over others."""
        async with asyncio.timeout(within_s):
            while True:
                message = await self.socket.receive()
                assert message.type is aiohttp.WSMsgType.BINARY, f"no {what} came before {message}"
                response = SignalResponse.FromString(message.data)
                told = (*response.update.participants, *response.join.other_participants)
                self.known.update((info.identity, info) for info in told)
                if response.WhichOneof("message") == what:
                    return response

    async def until_told(self, identity: str, within_s: float = WITHIN_S, **facts: Any) -> ParticipantInfo:
        """Returns what is told of somebody, once these facts hold."""
        async with asyncio.timeout(within_s):
            while True:
                for info in (await self.next("update")).update.participants:
                    if info.identity == identity and all(getattr(info, k) == v for k, v in facts.items()):
                        return info

    async def until_closed(self, within_s: float = WITHIN_S) -> int | None:
        """Returns the code that the socket is closed with."""
        async with asyncio.timeout(within_s):
            while (await self.socket.receive()).type is aiohttp.WSMsgType.BINARY:
                pass
        return self.socket.close_code

    def send(self, packet: DataPacket, label: str = "_reliable") -> None:
        """Sends a data packet."""
        assert self.client is not None
        self.client.send(label, packet.SerializeToString())

    async def receive(self, within_s: float = WITHIN_S) -> DataPacket:
        """Returns the next data packet that comes."""
        assert self.client is not None
        async with asyncio.timeout(within_s):
            _, data = await self.client.messages.get()
        return DataPacket.FromString(data)

    def has_received(self) -> bool:
        """Whether a data packet has come that nobody took."""
        assert self.client is not None
        return not self.client.messages.empty()


def _v1_query(join: dict[str, Any]) -> str:
    defaults: dict[str, Any] = {
        "client_info": ClientInfo(sdk=ClientInfo.SDK.PYTHON, protocol=PROTOCOL, client_protocol=2),
        "connection_settings": ConnectionSettings(auto_subscribe=True),
    }
    return urlencode({"join_request": packed(JoinRequest(**{**defaults, **join}))})


def _v0_query(join: dict[str, Any]) -> str:
    return urlencode({"protocol": PROTOCOL, "client_protocol": 1, "sdk": "python", **join})
