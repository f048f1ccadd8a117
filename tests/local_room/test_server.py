"""The server as a whole: it starts quickly, ends in good order, and outlives its own mistakes."""

import asyncio
import os
import socket
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import aiohttp
import pytest
from livekit.protocol.models import DisconnectReason
from livekit.protocol.rtc import LeaveRequest

from inspector.local_room.options import RoomServerOptions
from inspector.local_room.rooms.room import Room
from inspector.local_room.server import RoomServer
from tests.local_room.raw_peer import KEY, SECRET, RawPeer
from tests.local_room.running import running
from tests.support.local_room import running_local_room
from tests.support.ports import free_ports
from tests.support.reports import Unexpected

KEYS = {KEY: SECRET}
START_TIME_S = 1.5
TAKEN = "[Aa]ddress already in use|Only one usage"


async def test_it_takes_connections_at_once_on_one_port_number() -> None:
    (port,) = free_ports(1)
    began = time.monotonic()
    async with running(port=port) as server:
        assert time.monotonic() - began < START_TIME_S
        async with RawPeer.joined(server.url, "r", "one") as one:
            client = await one.connect()
            assert client._server == ("127.0.0.1", server.port), "UDP has the port's number too"


def test_its_process_is_up_and_down_within_the_promised_time(tmp_path: Path) -> None:
    # What it computes counts: on shared cores the time until it is done says more of the others.
    before = os.times()
    with running_local_room(tmp_path):
        pass
    after = os.times()
    used = after.children_user + after.children_system - before.children_user - before.children_system
    assert used < START_TIME_S


async def test_localhost_is_reached_whichever_way_it_is_resolved() -> None:
    async with running() as server:
        urls = [f"ws://localhost:{server.port}", f"ws://127.0.0.1:{server.port}"]
        if socket.has_ipv6:
            urls.append(f"ws://[::1]:{server.port}")
        for url in urls:
            async with RawPeer.joined(url, "r", "one"):
                pass


async def test_a_port_that_is_taken_is_an_error_of_the_system_and_leaves_nothing_behind() -> None:
    async with running() as server:
        second = RoomServer()
        with pytest.raises(OSError, match=TAKEN):
            await second.start(RoomServerOptions(keys=KEYS, port=server.port), Unexpected())
        await second.stop()
        with pytest.raises(OSError, match=TAKEN):
            await second.start(RoomServerOptions(keys=KEYS, port=0, udp_port=server.port), Unexpected())


async def test_another_udp_port_is_taken_where_that_number_is_not_free() -> None:
    (port,) = free_ports(1)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as taken:
        taken.bind(("127.0.0.1", port))
        async with running(port=port) as server, RawPeer.joined(server.url, "r", "one") as one:
            client = await one.connect()
            assert server.port == port
            assert client._server[1] != port


async def test_when_it_stops_everybody_is_told_that_the_server_shuts_down() -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "one") as one:
        async with RawPeer.joined(server.url, "r", "two", v0=True, join={"protocol": 12}) as two:
            await one.connect()
            stopping = asyncio.create_task(server.stop())
            leave = (await one.next("leave")).leave
            assert (leave.reason, leave.action) == (
                DisconnectReason.SERVER_SHUTDOWN,
                LeaveRequest.Action.DISCONNECT,
            )
            older = (await two.next("leave")).leave
            assert (older.reason, older.can_reconnect) == (DisconnectReason.SERVER_SHUTDOWN, False)
            assert await one.until_closed() == 1000
            await stopping
        assert one.client is not None
        async with asyncio.timeout(5):
            await one.client.ended.wait()
        with pytest.raises(aiohttp.ClientConnectionError):
            async with RawPeer.joined(f"ws://127.0.0.1:{_port(one)}", "r", "late"):
                pass


def _port(peer: RawPeer) -> int:
    url: Any = peer.socket._response.url
    return int(url.port)


async def test_it_can_be_started_and_stopped_again() -> None:
    server = RoomServer()
    await server.stop()
    for _ in range(2):
        await server.start(RoomServerOptions(keys=KEYS, port=0), Unexpected())
        await server.stop()
    with pytest.raises(RuntimeError, match="not running"):
        _ = server.port


async def test_a_mistake_of_its_own_costs_one_request_and_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    report = Unexpected()
    async with running(report) as server, RawPeer.joined(server.url, "r", "good") as good:
        with monkeypatch.context() as patched:
            patched.setattr(Room, "changed", broken)
            async with RawPeer.joined(server.url, "r", "bad", can_update_own_metadata=True) as bad:
                await bad.ask(update_metadata={"name": "x"})
                assert await bad.until_closed() == aiohttp.WSCloseCode.INTERNAL_ERROR
        with monkeypatch.context() as patched:
            patched.setattr(Room, "join", broken)
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with RawPeer.joined(server.url, "r", "worse"):
                    pass
            assert refused.value.status == 500
        await good.ask(ping=1)
        await good.next("pong")
        assert [type(await report.next()) for _ in range(2)] == [ZeroDivisionError] * 2
    assert report.rest() == []


async def test_nobody_else_is_kept_waiting_by_a_client_that_opens_a_connection_and_says_nothing() -> None:
    async with running() as server:
        _, silent = await asyncio.open_connection("127.0.0.1", server.port)
        async with RawPeer.joined(server.url, "r", "one") as one:
            await one.ask(ping=1)
            await one.next("pong")
        silent.close()
        await silent.wait_closed()


def test_secrets_are_not_in_what_the_options_print() -> None:
    assert SECRET not in repr(SimpleNamespace(options=RoomServerOptions(keys=KEYS)))
