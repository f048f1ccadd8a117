"""How an association begins: four packets, and both sides know each other (RFC 9260, 5.1 and 5.2)."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum, auto
from math import inf
from typing import Final

from inspector.local_room.transport.sctp import wire
from inspector.local_room.transport.sctp.cookies import Agreement, CookieJar

MOST_STREAMS: Final = 65_535
RETRY_S: Final = 0.5
MOST_RETRIES: Final = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """Ports and bounds of an association."""

    local_port: int = 5000
    peer_port: int = 5000
    window_bytes: int = 4 * 1024 * 1024
    """What is kept at most of messages that cannot be delivered yet; announced to the peer."""
    most_message_bytes: int = 256 * 1024


class _State(Enum):
    WAITING = auto()
    INIT_SENT = auto()
    COOKIE_SENT = auto()
    DONE = auto()


class Handshake:
    """One side of it. As the passive side it keeps nothing until the peer brings its cookie back."""

    def __init__(
        self,
        settings: Settings,
        transmit: Callable[[bytes], None],
        clock: Callable[[], float],
        agreed: Callable[[Agreement], None],
    ) -> None:
        """`agreed` is told when the peer is known, and told again if that changes before it is done."""
        self._settings = settings
        self._transmit = transmit
        self._clock = clock
        self._agreed = agreed
        self._jar = CookieJar()
        self._state = _State.WAITING
        self._packet = b""
        self._retries = 0
        self._peer_tag = 0
        self.own_tag = secrets.randbelow(wire.M32) + 1
        self.first_tsn = secrets.randbits(32)
        self.deadline = inf
        """When what was sent last is sent again."""

    def connect(self) -> None:
        """Begins from this side. (The peer may do so at the same time.)"""
        if self._state is _State.WAITING:
            self._state = _State.INIT_SENT
            self._send(0, self._own_init().encoded(wire.INIT))

    def _own_init(self, cookie: bytes = b"") -> wire.Init:
        return wire.Init(
            tag=self.own_tag,
            window=self._settings.window_bytes,
            outbound_streams=MOST_STREAMS,
            inbound_streams=MOST_STREAMS,
            first_tsn=self.first_tsn,
            forward_tsn=True,
            cookie=cookie,
        )

    def _sealed(self, tag: int, chunks: bytes) -> bytes:
        return wire.Envelope(self._settings.local_port, self._settings.peer_port, tag).seal(chunks)

    def _send(self, tag: int, chunks: bytes) -> None:
        """Sends something, and again until the peer answers."""
        self._packet = self._sealed(tag, chunks)
        self._retries = 0
        self.deadline = self._clock() + RETRY_S
        self._transmit(self._packet)

    def on_time(self) -> bool:
        """The deadline has passed. False if the peer was asked often enough."""
        self._retries += 1
        if self._retries > MOST_RETRIES:
            return False
        self.deadline = self._clock() + RETRY_S
        self._transmit(self._packet)
        return True

    def take_init(self, content: bytes) -> None:
        """Answers an INIT. When INITs cross, both sides keep their tags (5.2.1)."""
        try:
            init = wire.Init.decoded(content)
        except wire.Malformed:
            return
        agreement = Agreement(self.own_tag, init.tag, init.first_tsn, init.window, init.forward_tsn)
        answer = self._own_init(self._jar.sealed(agreement, self._clock()))
        self._transmit(self._sealed(init.tag, answer.encoded(wire.INIT_ACK)))

    def take_init_ack(self, content: bytes) -> None:
        """Brings the peer its cookie."""
        if self._state is not _State.INIT_SENT:
            return
        try:
            init = wire.Init.decoded(content)
        except wire.Malformed:
            return
        if not init.cookie:
            return
        self._meet(Agreement(self.own_tag, init.tag, init.first_tsn, init.window, init.forward_tsn))
        self._state = _State.COOKIE_SENT
        self._send(init.tag, wire.chunk(wire.COOKIE_ECHO, 0, init.cookie))

    def take_cookie(self, cookie: bytes) -> bool:
        """Takes a cookie of ours back. True if it is to be acknowledged: the handshake is done."""
        found = self._jar.opened(cookie, self._clock())
        if found is None or found.own_tag != self.own_tag:
            return False
        if self._state is _State.DONE:
            # Our acknowledgement was lost (5.2.4, case D). Another peer tag would be a restart: not done.
            return found.peer_tag == self._peer_tag
        if self._state is not _State.COOKIE_SENT or found.peer_tag != self._peer_tag:
            self._meet(found)
        self._finish()
        return True

    def take_cookie_ack(self) -> bool:
        """True if that is what the handshake waited for: it is done."""
        if self._state is not _State.COOKIE_SENT:
            return False
        self._finish()
        return True

    def _meet(self, agreement: Agreement) -> None:
        self._peer_tag = agreement.peer_tag
        self._agreed(agreement)

    def _finish(self) -> None:
        self._state = _State.DONE
        self._packet = b""
        self.deadline = inf
