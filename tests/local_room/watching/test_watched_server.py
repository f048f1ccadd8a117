"""The whole room server as it is watched: real participants, and readers over its own address."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest
from livekit import api, rtc
from livekit.protocol.room import PerformRpcRequest, PerformRpcResponse

from inspector.core.faults import FaultKind, FaultMatch, FaultRule, FaultState
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.server import RoomServer
from inspector.xray.client import XrayClient
from inspector.xray.messages import Ended, Message, SeenCall, SeenOutcome
from tests.support.python_peer import PythonPeer
from tests.support.reports import Unexpected

SEEN_WITHIN_S = 20.0


class Watched:
    """A room server that is running, and the ends of calls that a reader of its `demo` is told."""

    def __init__(self, server: RoomServer) -> None:
        self.server = server
        self.ended: list[SeenCall] = []
        self._changed = asyncio.Event()

    async def read(self, messages: AsyncIterator[Message]) -> None:
        """Keep what a reader is told."""
        async for message in messages:
            if isinstance(message, Ended):
                self.ended.append(message.call)
                self._changed.set()

    async def seen(self, number: int) -> list[SeenCall]:
        """The first so many ends."""
        async with asyncio.timeout(SEEN_WITHIN_S):
            while len(self.ended) < number:
                self._changed.clear()
                await self._changed.wait()
        return self.ended


@pytest.fixture
async def watched() -> AsyncIterator[Watched]:
    unexpected = Unexpected()
    server = RoomServer()
    await server.start(RoomServerOptions(keys={"devkey": "secret"}, port=0), unexpected)
    made = Watched(server)
    async with XrayClient(server.url, token(room_admin=True)).following("demo") as messages:
        reading = asyncio.create_task(made.read(messages))
        yield made
        reading.cancel()
        await asyncio.wait({reading})
    await server.stop()
    assert unexpected.rest() == []


def token(identity: str = "", *, room_admin: bool = False, hidden: bool = False) -> str:
    grants = api.VideoGrants(room="demo", room_join=not room_admin, room_admin=room_admin, hidden=hidden)
    return api.AccessToken("devkey", "secret").with_identity(identity).with_grants(grants).to_jwt()


@contextlib.asynccontextmanager
async def joined(
    watched: Watched, *identities: str, hidden: bool = False, keys: dict[str, bytes] | None = None
) -> AsyncIterator[list[PythonPeer]]:
    peers = [PythonPeer(identity) for identity in identities]
    async with contextlib.AsyncExitStack() as leaving:
        for peer in peers:
            made = token(peer.identity, hidden=hidden)
            await peer.join(watched.server.url, made, encryption_key=(keys or {}).get(peer.identity))
            leaving.push_async_callback(peer.leave)
        if not hidden:
            for peer in peers:
                await peer.wait_until_active(*(other for other in identities if other != peer.identity))
        yield peers


async def code_of(peer: PythonPeer, to: str, method: str = "echo") -> int:
    with pytest.raises(rtc.RpcError) as failed:
        await peer.perform(to, method)
    return int(failed.value.code)


async def test_calls_that_end_in_silence_are_told_as_their_callers_end_them(watched: Watched) -> None:
    async with (
        joined(watched, "alice", "bob") as (alice, _),
        joined(watched, "shade", hidden=True) as (shade,),
    ):
        codes = await asyncio.gather(
            code_of(alice, "nobody"), code_of(alice, "alice"), code_of(shade, "bob", "unregistered")
        )
        ended = await watched.seen(3)

    assert set(codes) == {1501}
    told = {
        (call.caller, call.callee): (call.error.code, call.error.inferred) for call in ended if call.error
    }
    assert told == {
        ("alice", "nobody"): (1501, True),
        ("alice", "alice"): (1501, True),
        ("shade", "bob"): (1501, True),
    }
    assert all(call.elapsed_ms is not None and 6900 < call.elapsed_ms < 8500 for call in ended)


async def test_the_servers_own_calls_are_told_and_get_faults(watched: Watched) -> None:
    watched.server.watching.faults.set_rules((FaultRule(FaultKind.ERROR, FaultMatch("get_*"), code=1400),))
    async with (
        joined(watched, "alice", "bob"),
        api.LiveKitAPI(watched.server.url, "devkey", "secret") as server,
    ):
        assert await perform(server, "echo") == "hi"
        with pytest.raises(api.TwirpError, match="RpcError 1400"):
            await perform(server, "get_weather")
        done, refused = await watched.seen(2)

    assert (done.wire, done.outcome, done.response) == ("server-api", SeenOutcome.OK, "hi")
    assert done.caller == done.request_id
    assert (refused.error.code if refused.error else None, refused.fault) == (1400, "1 error")


async def perform(server: api.LiveKitAPI, method: str) -> str:
    request = PerformRpcRequest(room="demo", destination_identity="bob", method=method, payload="hi")
    service = server.room
    headers = service._auth_header(api.VideoGrants(room_admin=True, room="demo"))
    response = await service._client.request(
        "RoomService", "PerformRpc", request, headers, PerformRpcResponse
    )
    return response.payload


async def test_encrypted_calls_are_told_as_opaque_and_other_keys_as_silence(watched: Watched) -> None:
    keys = {"alice": b"key", "bob": b"key", "carol": b"another"}
    async with joined(watched, *keys, keys=keys) as (alice, _, _):
        payload = "x" * 40_000
        assert await alice.perform("bob", "echo", payload) == payload
        assert await code_of(alice, "carol") == 1501
        done, silent = await watched.seen(2)

    assert (done.caller, done.callee, done.encrypted, done.outcome) == ("alice", "bob", True, SeenOutcome.OK)
    assert (done.method, done.request_id, done.payload, done.response) == (None, None, None, None)
    assert done.ack_ms is not None
    assert (silent.callee, silent.error.code if silent.error else None) == ("carol", 1501)


async def test_faults_are_set_over_the_servers_address_and_survive_their_reader(watched: Watched) -> None:
    rules = (FaultRule(FaultKind.ERROR, code=1401),)
    client = XrayClient(watched.server.url, token(room_admin=True))

    assert await client.set_faults(rules) == (FaultState(rules[0]),)
    async with joined(watched, "alice", "bob") as (alice, _):
        assert await code_of(alice, "bob") == 1401

    assert await client.get_faults() == (FaultState(rules[0], hits=1),)
