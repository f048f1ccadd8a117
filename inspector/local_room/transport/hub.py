"""All links of a server, on one UDP port: finds whose a datagram is, and keeps time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from typing import Final, Self

from inspector.local_room.transport.addresses import candidates
from inspector.local_room.transport.certificates import Identity
from inspector.local_room.transport.channels import ChannelSpec
from inspector.local_room.transport.dtls import make_context
from inspector.local_room.transport.ice import Path
from inspector.local_room.transport.links import Link
from inspector.local_room.transport.sockets import Address, UdpSocket
from inspector.local_room.transport.stun import BindingRequest
from inspector.local_room.transport.surroundings import Limits, LinkListener

TICK_S: Final = 1.0

# The first byte tells protocols on one port apart (RFC 7983).
_STUN_BELOW: Final = 4
_DTLS: Final = range(20, 64)
_LEAST_DTLS_BYTES: Final = 13

Report = Callable[[BaseException, str], None]
"""Takes an exception nobody expected, and what was being done."""


class HubFullError(Exception):
    """As many peers are connected as the server takes."""


class TransportHub:
    """The server's side of every peer's WebRTC connection. Made by `open`."""

    def __init__(self, limits: Limits, report: Report) -> None:
        identity = Identity.made()
        self.context = make_context(identity)
        self.fingerprint = identity.fingerprint
        self.candidates: tuple[tuple[str, int], ...] = ()
        self.limits = limits
        self.report = report
        self._loop = asyncio.get_running_loop()
        self.now = self._loop.time
        self._sockets: list[UdpSocket] = []
        self._local_only: set[UdpSocket] = set()
        self._links: dict[Link, tuple[tuple[str, ...], tuple[Address, ...]]] = {}
        self._by_ufrag: dict[str, Link] = {}
        self._by_address: dict[Address, Link] = {}
        self._to_flush: dict[Link, None] = {}
        self._in_batch = False
        self._flush_is_scheduled = False
        self._tick: asyncio.TimerHandle | None = None

    @classmethod
    async def open(
        cls,
        bind: str,
        port: int,
        report: Report,
        *,
        extra_addresses: Sequence[str] = (),
        limits: Limits | None = None,
    ) -> Self:
        """Opens the UDP port; port 0 takes any.

        `extra_addresses` are further addresses of this machine, for peers on this machine that use no
        loopback address (Firefox). On them nothing is heard from elsewhere.

        Raises:
            ValueError: an address is no IP address.
            OSError: an address is not this machine's, or the port is taken.
        """
        hub = cls(limits or Limits(), report)
        offered = [*candidates(bind), *extra_addresses]
        try:
            hub._listen(bind, port)
            for address in extra_addresses:
                hub._local_only.add(hub._listen(address, hub.port))
        except OSError:
            await hub.close()
            raise
        hub.candidates = tuple((address, hub.port) for address in offered)
        hub._tick = hub._loop.call_later(TICK_S, hub._on_tick)
        return hub

    def _listen(self, host: str, port: int) -> UdpSocket:
        opened = UdpSocket(host, port, self._receive, self._batch_ended)
        self._sockets.append(opened)
        opened.start()
        return opened

    @property
    def port(self) -> int:
        """The UDP port."""
        return self._sockets[0].port

    def __len__(self) -> int:
        return len(self._links)

    def answer(self, offer_sdp: str, listener: LinkListener) -> tuple[Link, str]:
        """A link for a peer that made an offer, and the answer to it.

        Raises:
            SdpError: the offer is nonsense.
            HubFullError: there are as many links as the limits allow.
        """
        link = Link(self._with_room_for_one(), listener)
        answer = link.answer(offer_sdp)
        self.known_as(link)
        return link, answer

    def offer(self, listener: LinkListener, channels: tuple[ChannelSpec, ...]) -> tuple[Link, str]:
        """A link to a peer that shall make the answer (`Link.accept`), and the offer to send it.

        Raises:
            HubFullError: there are as many links as the limits allow.
        """
        link = Link(self._with_room_for_one(), listener, channels)
        self.known_as(link)
        return link, link.offer()

    def _with_room_for_one(self) -> Self:
        if len(self._links) >= self.limits.links:
            msg = f"the room server has {len(self._links)} connections already, as many as it takes"
            raise HubFullError(msg)
        return self

    async def close(self) -> None:
        """Closes every link, and the port."""
        for link in list(self._links):
            link.close()
        if self._tick is not None:
            self._tick.cancel()
        for opened in self._sockets:
            opened.close()

    # What links need (see `Home`).

    def call_at(self, when: float, callback: Callable[[], None]) -> asyncio.TimerHandle:
        """Calls back at a time of the event loop."""
        return self._loop.call_at(when, self._guarded, callback)

    def _guarded(self, callback: Callable[[], None]) -> None:
        try:
            callback()
        except Exception as error:  # noqa: BLE001 - one link's trouble is not another's
            self.report(error, "keeping time for a connection")

    def flush_soon(self, link: Link) -> None:
        """Has the link send what is due, once what is being handled is through."""
        self._to_flush[link] = None
        if not self._in_batch and not self._flush_is_scheduled:
            self._flush_is_scheduled = True
            self._loop.call_soon(self._flush)

    def may_begin_handshake(self) -> bool:
        """Whether fewer handshakes than allowed are under way."""
        return sum(link.is_handshaking for link in self._links) < self.limits.handshakes

    def known_as(self, link: Link) -> None:
        """Notes a link's user name fragments and addresses in place of those of before."""
        self.forget(link)
        names = self._links[link] = link.ice.ufrags, link.ice.addresses
        self._by_ufrag.update(dict.fromkeys(names[0], link))
        self._by_address.update(dict.fromkeys(names[1], link))

    def forget(self, link: Link) -> None:
        """Knows a link no more."""
        ufrags, addresses = self._links.pop(link, ((), ()))
        for ufrag in ufrags:
            self._by_ufrag.pop(ufrag, None)
        for address in addresses:
            if self._by_address.get(address) is link:
                del self._by_address[address]

    # From the network.

    def _receive(self, source: UdpSocket, datagram: bytes, address: Address) -> None:
        self._in_batch = True
        if not datagram:
            return
        first = datagram[0]
        link: Link | None = None
        try:
            if first in _DTLS:
                link = self._by_address.get(address)
                if link is not None and len(datagram) >= _LEAST_DTLS_BYTES:
                    link.take_datagram(datagram)
            elif first < _STUN_BELOW and (request := BindingRequest.decoded(datagram)) is not None:
                link = self._by_ufrag.get(request.username.partition(":")[0])
                if link is not None and (source not in self._local_only or address[0] == source.host):
                    link.take_check(request, Path(source, address))
        except Exception as error:  # noqa: BLE001 - one link's trouble is not another's
            self.report(error, "reading a datagram")
            if link is not None:
                link.fail("the room server failed at reading what the participant's SDK sent")

    def _batch_ended(self) -> None:
        self._in_batch = False
        self._flush()

    def _flush(self) -> None:
        self._flush_is_scheduled = False
        links, self._to_flush = self._to_flush, {}
        for link in links:
            self._guarded(link.flush)

    def _on_tick(self) -> None:
        now = self.now()
        for link in list(self._links):
            link.check_silence(now)
        self._tick = self._loop.call_later(TICK_S, self._on_tick)
