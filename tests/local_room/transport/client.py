"""The client side of a link, made of the same parts: full ICE as far as one address needs it, DTLS, SCTP."""

from __future__ import annotations

import asyncio
import contextlib
import re
import secrets
import socket
from collections.abc import Callable
from math import inf
from typing import Self

from inspector.local_room.transport.certificates import Fingerprint, Identity
from inspector.local_room.transport.channels import Channels, ChannelSpec
from inspector.local_room.transport.dtls import DtlsEnded, DtlsSession, make_context
from inspector.local_room.transport.sctp.handshake import Settings
from inspector.local_room.transport.sdp import Description
from inspector.local_room.transport.stun import binding_request

RELIABLE = ChannelSpec("_reliable")
LOSSY = ChannelSpec("_lossy", ordered=False, most_retransmits=0)
CHECK_EVERY_S = 0.05


class Client:
    """Connects to a hub and keeps what it hears."""

    def __init__(self, channels: tuple[ChannelSpec, ...] = (RELIABLE, LOSSY)) -> None:
        self.identity = Identity.made()
        self.fingerprint: Fingerprint = self.identity.fingerprint
        self.ufrag = secrets.token_hex(4)
        self.setup = "actpass"
        self.opened: asyncio.Queue[str] = asyncio.Queue()
        self.messages: asyncio.Queue[tuple[str, bytes]] = asyncio.Queue()
        self.ended = asyncio.Event()
        self.reason = ""
        self._specs = channels
        self._loop = asyncio.get_running_loop()
        self._socket: socket.socket | None = None
        self._server: tuple[str, int] = ("", 0)
        self._username = self._password = ""
        self._dtls: DtlsSession | None = None
        self.channels: Channels | None = None
        self._timers: list[asyncio.TimerHandle] = []
        self._fingerprints: tuple[Fingerprint, ...] = ()
        self._heard_of_server = False
        self._due_at = inf
        self.sends_checks = True

    def offer(self) -> str:
        """A data-only offer, or with `setup` changed an answer."""
        return "\r\n".join(
            [
                "v=0",
                "o=- 1 1 IN IP4 127.0.0.1",
                "s=-",
                "t=0 0",
                "a=group:BUNDLE 0",
                "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
                "c=IN IP4 0.0.0.0",
                f"a=ice-ufrag:{self.ufrag}",
                "a=ice-pwd:0123456789012345678901",
                f"a=fingerprint:{self.fingerprint.algorithm} {self.fingerprint.digest}",
                f"a=setup:{self.setup}",
                "a=mid:0",
                "a=sctp-port:5000",
                "a=max-message-size:10000000",
                "",
            ]
        )

    def connect(self, server_sdp: str, local_host: str | None = None) -> Self:
        """Begins to connect to the first candidate of an answer or offer."""
        description = Description.parsed(server_sdp)
        self._fingerprints = description.fingerprints
        candidate = re.search(r"a=candidate:\S+ 1 udp \d+ (\S+) (\d+) typ host", server_sdp)
        password = re.search(r"a=ice-pwd:(\S+)", server_sdp)
        assert candidate is not None
        assert password is not None
        self._server = candidate[1], int(candidate[2])
        self._password = password[1]
        self._username = f"{description.ufrag}:{self.ufrag}"
        if self._socket is None:
            family = socket.AF_INET6 if ":" in self._server[0] else socket.AF_INET
            self._socket = socket.socket(family, socket.SOCK_DGRAM)
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4_000_000)
            self._socket.bind((local_host or self._server[0], 0))
            self._socket.setblocking(False)
            self._loop.add_reader(self._socket, self._readable)
            self._check()
        return self

    def send_raw(self, datagram: bytes) -> None:
        """Sends any bytes from this client's own address."""
        assert self._socket is not None
        with contextlib.suppress(BlockingIOError):
            self._socket.sendto(datagram, self._server)

    def send_packet(self, packet: bytes) -> None:
        """Sends any bytes as an SCTP packet."""
        assert self._dtls is not None
        self._dtls.send(packet)

    def send(self, label: str, data: bytes) -> None:
        """Sends a message."""
        assert self.channels is not None
        assert self.channels.send(label, data)
        self._flush()

    @property
    def unacknowledged_bytes(self) -> int:
        """What the server has not acknowledged."""
        return 0 if self.channels is None else self.channels.association.buffered_bytes

    async def ready(self, labels: set[str] | None = None) -> Self:
        """Returns once these channels are open (all of this client's by default)."""
        wanted = {spec.label for spec in self._specs} if labels is None else labels
        async with asyncio.timeout(10):
            while wanted:
                wanted = wanted - {await self.opened.get()}
        return self

    def close(self) -> None:
        """Closes properly."""
        if self.channels is not None:
            self.channels.close()
        if self._dtls is not None:
            self._dtls.close()
        self.vanish()

    def vanish(self) -> None:
        """Falls silent."""
        for timer in self._timers:
            timer.cancel()
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._socket.close()
            self._socket = None

    def _later(self, seconds: float, callback: Callable[[], None]) -> None:
        self._timers.append(self._loop.call_later(seconds, callback))

    def _check(self) -> None:
        if self._socket is None:
            return
        if self.sends_checks:
            self.send_raw(binding_request(secrets.token_bytes(12), self._username, self._password.encode()))
        self._later(CHECK_EVERY_S if not self._heard_of_server else 1.0, self._check)

    def _readable(self) -> None:
        for _ in range(64):
            if self._socket is None:
                return
            try:
                datagram = self._socket.recv(4096)
            except OSError:
                break
            try:
                self._take(datagram)
            except DtlsEnded as ended:
                self.channels_ended(str(ended))
        self._flush()

    def _take(self, datagram: bytes) -> None:
        if datagram[0] < 4:
            if not self._heard_of_server:
                self._heard_of_server = True
                context = make_context(self.identity)
                self._dtls = DtlsSession(context, self._fingerprints, self._send_datagram, is_client=True)
                self._dtls.start()
                self._dtls_time()
            return
        assert self._dtls is not None
        packets = self._dtls.receive(datagram)
        if self._dtls.is_established and self.channels is None:
            self.channels = Channels(
                Settings(most_message_bytes=10_000_000, window_bytes=12_000_000),
                self,
                self._send_packet,
                self._loop.time,
            )
            for spec in self._specs:
                self.channels.open(spec, dtls_client=True)
            self.channels.association.connect()
        for packet in packets:
            assert self.channels is not None
            self.channels.association.receive(packet)

    def _send_datagram(self, datagram: bytes) -> None:
        self.send_raw(datagram)

    def _send_packet(self, packet: bytes) -> None:
        if self._dtls is not None and not self.ended.is_set():
            self._dtls.send(packet)

    def _flush(self) -> None:
        if self.channels is None or self._socket is None:
            return
        association = self.channels.association
        association.flush()
        if association.deadline < self._due_at:
            self._due_at = association.deadline
            self._timers.append(self._loop.call_at(self._due_at, self._on_time))

    def _on_time(self) -> None:
        self._due_at = inf
        self._timers = [timer for timer in self._timers if timer.when() > self._loop.time()]
        if self.channels is not None and self._socket is not None:
            if self.channels.association.deadline <= self._loop.time():
                self.channels.association.on_time()
            self._flush()

    def _dtls_time(self) -> None:
        if self._dtls is None or self._dtls.is_established or self._socket is None:
            return
        if (wait_s := self._dtls.timeout_s()) is not None:
            if wait_s <= 0:
                self._dtls.on_time()
            self._later(max(wait_s, 0.05), self._dtls_time)

    def channel_opened(self, label: str) -> None:
        self.opened.put_nowait(label)

    def message(self, label: str, data: bytes) -> None:
        self.messages.put_nowait((label, data))

    def channels_ended(self, reason: str) -> None:
        self.reason = reason
        self.ended.set()
