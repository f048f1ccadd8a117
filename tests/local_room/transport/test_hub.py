from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random

import pytest

from inspector.local_room.transport import HubFullError, Limits, Link, SdpError, TransportHub
from inspector.local_room.transport.addresses import own_addresses
from inspector.local_room.transport.certificates import Identity
from inspector.local_room.transport.stun import binding_request
from tests.local_room.transport.client import LOSSY, RELIABLE, Client

WITHIN_S = 10
LAN = next(
    (address for address in own_addresses() if not address.startswith("127.") and ":" not in address), None
)


class Room:
    """What a room hears of one link; answers messages with themselves if told to."""

    def __init__(self, *, echoes: bool = False) -> None:
        self.link: Link | None = None
        self.opened: list[str] = []
        self.messages: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.closed: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self.both_open = asyncio.Event()
        self._echoes = echoes

    def channel_opened(self, label: str) -> None:
        self.opened.append(label)
        if len(self.opened) == 2:
            self.both_open.set()

    def message(self, label: str, data: bytes) -> None:
        if self._echoes and self.link is not None:
            assert self.link.send(label, data)
        else:
            self.messages.put_nowait((label, data))

    def link_closed(self, reason: str) -> None:
        self.closed.set_result(reason)


class Rig:
    """A hub and the clients of a test."""

    def __init__(self, hub: TransportHub, reports: list[str]) -> None:
        self.hub = hub
        self.reports = reports
        self.clients: list[Client] = []

    async def join(self, *, echoes: bool = False) -> tuple[Client, Room]:
        client, room = Client(), Room(echoes=echoes)
        self.clients.append(client)
        room.link, answer = self.hub.answer(client.offer(), room)
        await client.connect(answer).ready()
        return client, room


@asynccontextmanager
async def running(bind: str = "127.0.0.1", **options: object) -> AsyncIterator[Rig]:
    reports: list[str] = []
    hub = await TransportHub.open(
        bind,
        0,
        lambda error, doing: reports.append(f"{doing}: {error!r}"),
        **options,  # type: ignore[arg-type]
    )
    rig = Rig(hub, reports)
    try:
        yield rig
        assert reports == []
    finally:
        for client in rig.clients:
            client.vanish()
        await hub.close()


async def until_acknowledged(link: Link) -> None:
    async with asyncio.timeout(WITHIN_S):
        while link.buffered_bytes:  # noqa: ASYNC110 - a link tells nobody of it
            await asyncio.sleep(0.01)


async def within(awaitable: asyncio.Future[str]) -> str:
    return await asyncio.wait_for(awaitable, WITHIN_S)


class TestData:
    @pytest.mark.parametrize("bind", ["127.0.0.1", "::1", "0.0.0.0"])
    async def test_goes_both_ways(self, bind: str) -> None:
        async with running(bind) as rig:
            client, room = await rig.join(echoes=True)
            assert sorted(room.opened) == ["_lossy", "_reliable"]
            for label, data in (("_reliable", b"hello"), ("_lossy", b"x" * 3000), ("_reliable", b"")):
                client.send(label, data)
                assert await client.messages.get() == (label, data)

    async def test_of_five_megabytes_in_large_messages_passes(self) -> None:
        async with running() as rig:
            client, room = await rig.join(echoes=True)
            assert room.link is not None
            for number in range(80):
                client.send("_reliable", bytes((number,)) * 64_000)
            for number in range(80):
                assert await client.messages.get() == ("_reliable", bytes((number,)) * 64_000)
            await until_acknowledged(room.link)

    async def test_that_nobody_acknowledges_counts_as_buffered(self) -> None:
        async with running() as rig:
            client, room = await rig.join()
            assert room.link is not None
            await until_acknowledged(room.link)
            client.vanish()
            assert room.link.send("_reliable", b"x" * 200_000)
            assert room.link.buffered_bytes == 200_000

    async def test_is_refused_where_no_channel_is_open_or_it_is_too_large(self) -> None:
        async with running(limits=Limits(buffered_bytes=300_000)) as rig:
            client, room = await rig.join()
            link = room.link
            assert link is not None
            assert not link.send("_other", b"data")
            assert not link.send("_reliable", b"x" * 10_000_001)
            client.vanish()
            assert link.send("_reliable", b"x" * 300_001)
            assert not link.send("_reliable", b"one more")

    async def test_passes_between_many_links_at_once(self) -> None:
        async with running() as rig:
            joined = [await rig.join(echoes=True) for _ in range(20)]
            for number, (client, _) in enumerate(joined):
                client.send("_reliable", str(number).encode())
            for number, (client, _) in enumerate(joined):
                assert await client.messages.get() == ("_reliable", str(number).encode())

    async def test_a_room_that_fails_is_reported_and_the_link_goes_on(self) -> None:
        async with running() as rig:
            client, room = await rig.join()

            def fails(label: str, data: bytes) -> None:
                room.message = hears  # type: ignore[method-assign]
                msg = "a bug"
                raise ValueError(msg)

            hears, room.message = room.message, fails  # type: ignore[method-assign]
            client.send("_reliable", b"hello")
            client.send("_reliable", b"again")
            assert await room.messages.get() == ("_reliable", b"again")
            assert "a bug" in rig.reports.pop()


class TestSignalling:
    async def test_our_offer_opens_our_channels(self) -> None:
        async with running() as rig:
            client, room = Client(channels=()), Room()
            rig.clients.append(client)
            room.link, offer = rig.hub.offer(room, (RELIABLE, LOSSY))
            client.setup = "active"
            room.link.accept(client.offer())
            await client.connect(offer).ready({"_reliable", "_lossy"})
            await asyncio.wait_for(room.both_open.wait(), WITHIN_S)
            assert room.link.send("_reliable", b"hello")
            assert await client.messages.get() == ("_reliable", b"hello")

    async def test_an_answer_that_would_have_us_begin_is_refused(self) -> None:
        async with running() as rig:
            client = Client()
            link, _ = rig.hub.offer(Room(), (RELIABLE,))
            client.setup = "passive"
            with pytest.raises(SdpError, match="setup"):
                link.accept(client.offer())
            with pytest.raises(SdpError, match="setup"):
                rig.hub.answer(client.offer(), Room())
            assert len(rig.hub) == 1

    async def test_later_offers_change_nothing(self) -> None:
        async with running() as rig:
            client, room = await rig.join()
            assert room.link is not None
            first, second = (room.link.renegotiate(client.offer()) for _ in range(2))
            assert re.findall("a=ice-ufrag.*", first) == re.findall("a=ice-ufrag.*", second)
            assert re.findall(r"o=- \d+ 2 ", first)
            assert re.findall(r"o=- \d+ 3 ", second)
            client.send("_reliable", b"still there")
            assert await room.messages.get() == ("_reliable", b"still there")

    async def test_an_ice_restart_gets_new_credentials_and_data_goes_on(self) -> None:
        async with running() as rig:
            client, room = await rig.join()
            assert room.link is not None
            before = room.link.ice.credentials
            client.ufrag = "anew"
            client.connect(room.link.renegotiate(client.offer()))
            assert room.link.ice.credentials != before
            client.send("_reliable", b"still there")
            assert await room.messages.get() == ("_reliable", b"still there")

    async def test_another_certificate_later_is_refused(self) -> None:
        async with running() as rig:
            client, room = await rig.join()
            assert room.link is not None
            client.fingerprint = Identity.made().fingerprint
            with pytest.raises(SdpError, match="fingerprint"):
                room.link.renegotiate(client.offer())

    async def test_there_is_a_most_of_links(self) -> None:
        async with running(limits=Limits(links=1)) as rig:
            client, room = await rig.join()
            with pytest.raises(HubFullError):
                rig.hub.answer(client.offer(), Room())
            assert room.link is not None
            room.link.close()
            rig.hub.answer(client.offer(), Room())


class TestEnds:
    async def test_the_client_leaves(self) -> None:
        async with running() as rig:
            client, room = await rig.join()
            client.close()
            assert "ended" in await within(room.closed)
            assert len(rig.hub) == 0
            assert room.link is not None
            assert not room.link.send("_reliable", b"hello")

    async def test_the_room_closes_the_link(self) -> None:
        async with running() as rig:
            client, room = await rig.join()
            assert room.link is not None
            assert room.link.send("_reliable", b"last words")
            room.link.close()
            assert await client.messages.get() == ("_reliable", b"last words")
            await asyncio.wait_for(client.ended.wait(), WITHIN_S)
            assert not room.closed.done()

    async def test_the_hub_closes(self) -> None:
        async with running() as rig:
            joined = [await rig.join() for _ in range(3)]
            await rig.hub.close()
            for client, room in joined:
                await asyncio.wait_for(client.ended.wait(), WITHIN_S)
                assert not room.closed.done()

    async def test_the_client_falls_silent(self) -> None:
        async with running(limits=Limits(silence_s=0.2)) as rig:
            client, room = await rig.join()
            client.vanish()
            assert "nothing was heard" in await within(room.closed)
            assert len(rig.hub) == 0

    async def test_the_client_never_comes(self) -> None:
        async with running(limits=Limits(connect_within_s=0.2)) as rig:
            room = Room()
            rig.hub.answer(Client().offer(), room)
            assert "did not connect" in await within(room.closed)

    async def test_the_client_shows_another_certificate(self) -> None:
        async with running() as rig:
            client, room = Client(), Room()
            rig.clients.append(client)
            client.fingerprint = Identity.made().fingerprint
            room.link, answer = rig.hub.answer(client.offer(), room)
            client.connect(answer)
            assert "not the one announced" in await within(room.closed)

    async def test_while_a_message_is_handled(self) -> None:
        async with running() as rig:
            client, room = await rig.join()
            link = room.link
            assert link is not None
            room.message = lambda label, data: link.close()  # type: ignore[method-assign]
            for _ in range(5):
                client.send("_reliable", b"hello")
            await asyncio.wait_for(client.ended.wait(), WITHIN_S)
            assert len(rig.hub) == 0


class TestStrangers:
    async def test_garbage_costs_nothing_but_itself(self) -> None:
        async with running() as rig:
            client, room = await rig.join()
            stranger = Client()
            rig.clients.append(stranger)
            stranger.sends_checks = False
            _, answer = rig.hub.answer(stranger.offer(), Room())
            stranger.connect(answer)
            random = Random(7983)
            for number in range(3000):
                # Of each protocol that shares the port, from a known address and from an unknown one.
                first = random.choice((0, 1, 20, 22, 23, 63, 128, 255))
                datagram = bytes((first,)) + random.randbytes(random.randrange(120))
                (client if number % 2 else stranger).send_raw(datagram)
                if number % 100 == 0:
                    await asyncio.sleep(0)
            client.send_raw(b"")
            client.send("_reliable", b"still there")
            assert await asyncio.wait_for(room.messages.get(), WITHIN_S) == ("_reliable", b"still there")

    async def test_packets_within_dtls_that_are_garbage_end_no_link(self) -> None:
        async with running() as rig:
            client, room = await rig.join()
            random = Random(8261)
            for _ in range(1000):
                client.send_packet(random.randbytes(random.randrange(1, 100)))
            client.send("_reliable", b"still there")
            assert await asyncio.wait_for(room.messages.get(), WITHIN_S) == ("_reliable", b"still there")

    async def test_who_lacks_the_password_is_not_answered(self) -> None:
        async with running() as rig:
            stranger = Client()
            rig.clients.append(stranger)
            stranger.sends_checks = False
            link, answer = rig.hub.answer(stranger.offer(), Room())
            stranger.connect(answer)
            ufrag = link.ice.credentials.ufrag
            stranger.send_raw(binding_request(bytes(12), f"{ufrag}:x", b"a wrong password"))
            # What comes after it was handled after it.
            client, _ = await rig.join()
            client.close()
            assert link.ice.addresses == ()

    async def test_handshakes_have_a_most_and_who_waits_gets_his_turn(self) -> None:
        async with running(limits=Limits(handshakes=1)) as rig:
            await asyncio.gather(*(rig.join() for _ in range(2)))
            assert len(rig.hub) == 2


class TestAddresses:
    async def test_on_loopback_only_loopback_is_offered(self) -> None:
        async with running() as rig:
            assert rig.hub.candidates == (("127.0.0.1", rig.hub.port),)

    @pytest.mark.skipif(LAN is None, reason="this machine has no address but loopback's")
    async def test_on_all_interfaces_all_are_offered(self) -> None:
        async with running("0.0.0.0") as rig:
            assert rig.hub.candidates[0] == ("127.0.0.1", rig.hub.port)
            assert (LAN, rig.hub.port) in rig.hub.candidates

    @pytest.mark.skipif(LAN is None, reason="this machine has no address but loopback's")
    async def test_an_extra_address_serves_this_machine(self) -> None:
        async with running(extra_addresses=(LAN,)) as rig:
            client, room = Client(), Room()
            rig.clients.append(client)
            room.link, answer = rig.hub.answer(client.offer(), room)
            # As Firefox does: takes no loopback address.
            without_loopback = re.sub(r"a=candidate:\S+ 1 udp \d+ 127.0.0.1 .*\r\n", "", answer)
            await client.connect(without_loopback).ready()
            client.send("_reliable", b"hello")
            assert await room.messages.get() == ("_reliable", b"hello")

    async def test_a_taken_port_is_an_error(self) -> None:
        async with running() as rig:
            with pytest.raises(OSError, match="in use"):
                await TransportHub.open("127.0.0.1", rig.hub.port, lambda _error, _doing: None)

    async def test_a_name_is_no_address(self) -> None:
        with pytest.raises(ValueError, match="localhost"):
            await TransportHub.open("localhost", 0, lambda _error, _doing: None)
