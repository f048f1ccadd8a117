"""Data channels over an association (RFC 8831, RFC 8832): labels in place of stream numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from struct import Struct
from typing import Final, Protocol

from inspector.local_room.transport.sctp.association import Association
from inspector.local_room.transport.sctp.handshake import Settings

# Payload protocol identifiers (RFC 8831, section 8).
CONTROL: Final = 50
TEXT: Final = 51
BINARY: Final = 53
TEXT_EMPTY: Final = 56
BINARY_EMPTY: Final = 57

# Messages of the channel protocol (RFC 8832, section 5).
OPEN: Final = 3
ACK: Final = 2
_OPEN_FIELDS: Final = Struct("!BBHLHH")

RELIABLE: Final = 0
RETRANSMITS_LIMITED: Final = 1
LIFETIME_LIMITED: Final = 2
UNORDERED: Final = 0x80

MOST_CHANNELS: Final = 64
MOST_LABEL_BYTES: Final = 256


@dataclass(frozen=True, slots=True)
class ChannelSpec:
    """A data channel: its label, and what it promises."""

    label: str
    ordered: bool = True
    most_retransmits: int | None = None
    """How often a message is sent again before it is given up; None: until it arrives."""
    lifetime_s: float | None = None
    """After how long a message is given up; None: never."""

    def encoded(self) -> bytes:
        """The DATA_CHANNEL_OPEN message."""
        kind, reliability = RELIABLE, 0
        if self.most_retransmits is not None:
            kind, reliability = RETRANSMITS_LIMITED, self.most_retransmits
        elif self.lifetime_s is not None:
            kind, reliability = LIFETIME_LIMITED, round(self.lifetime_s * 1000)
        if not self.ordered:
            kind |= UNORDERED
        label = self.label.encode()
        return _OPEN_FIELDS.pack(OPEN, kind, 0, reliability, len(label), 0) + label

    @classmethod
    def decoded(cls, data: bytes) -> ChannelSpec | None:
        """Reads a DATA_CHANNEL_OPEN message; None if it is none."""
        if len(data) < _OPEN_FIELDS.size:
            return None
        _, kind, _, reliability, label_size, _ = _OPEN_FIELDS.unpack_from(data)
        label = data[_OPEN_FIELDS.size : _OPEN_FIELDS.size + label_size]
        if len(label) != label_size or label_size > MOST_LABEL_BYTES:
            return None
        limit = kind & ~UNORDERED
        return cls(
            label=label.decode(errors="replace"),
            ordered=not kind & UNORDERED,
            most_retransmits=reliability if limit == RETRANSMITS_LIMITED else None,
            lifetime_s=reliability / 1000 if limit == LIFETIME_LIMITED else None,
        )


@dataclass(slots=True)
class _Channel:
    spec: ChannelSpec
    stream: int
    most_sendings: int | None
    lifetime_s: float
    is_open: bool


class ChannelListener(Protocol):
    """Whom data channels tell."""

    def channel_opened(self, label: str) -> None:
        """Both sides know of the channel."""

    def message(self, label: str, data: bytes) -> None:
        """A message has come."""

    def channels_ended(self, reason: str) -> None:
        """The association is no more."""


class Channels:
    """The data channels of one peer, and the association below them."""

    def __init__(
        self,
        settings: Settings,
        listener: ChannelListener,
        transmit: Callable[[bytes], None],
        clock: Callable[[], float],
    ) -> None:
        self._listener = listener
        self._by_stream: dict[int, _Channel] = {}
        self._by_label: dict[str, _Channel] = {}
        self._to_open: list[ChannelSpec] = []
        self._next_stream = 1  # The DTLS client's are even, the server's odd (RFC 8832, section 6).
        self.association = Association(settings, self, transmit, clock)

    def open(self, spec: ChannelSpec, *, dtls_client: bool = False) -> None:
        """Opens a channel from this side, as soon as the association is there."""
        if dtls_client and not self._by_stream:
            self._next_stream = 0
        self._to_open.append(spec)
        if self.association.is_established:
            self._open_all()

    def send(self, label: str, data: bytes) -> bool:
        """Queues a binary message. False if there is no open channel of that label."""
        channel = self._by_label.get(label)
        if channel is None or not channel.is_open:
            return False
        protocol, content = (BINARY, data) if data else (BINARY_EMPTY, b"\0")
        self.association.send(
            channel.stream,
            protocol,
            content,
            ordered=channel.spec.ordered,
            most_sendings=channel.most_sendings,
            lifetime_s=channel.lifetime_s,
        )
        return True

    def close(self) -> None:
        """Ends everything and says so to the peer."""
        self._by_stream.clear()
        self._by_label.clear()
        self.association.abort()

    def _add(self, spec: ChannelSpec, stream: int, is_open: bool) -> _Channel:
        sendings = None if spec.most_retransmits is None else spec.most_retransmits + 1
        lifetime_s = inf if spec.lifetime_s is None else spec.lifetime_s
        channel = _Channel(spec, stream, sendings, lifetime_s, is_open)
        self._by_stream[stream] = channel
        self._by_label[spec.label] = channel
        return channel

    def _open_all(self) -> None:
        for spec in self._to_open:
            channel = self._add(spec, self._next_stream, is_open=False)
            self._next_stream += 2
            self.association.send(channel.stream, CONTROL, spec.encoded())
        self._to_open.clear()

    # What the association tells.

    def established(self) -> None:
        """Opens what was waiting."""
        self._open_all()

    def message(self, stream: int, protocol: int, data: bytes) -> None:
        """Passes messages on under their channel's label."""
        channel = self._by_stream.get(stream)
        if protocol == CONTROL:
            self._control(stream, channel, data)
        elif channel is None:
            return
        elif protocol in (BINARY, TEXT):
            self._opened(channel)
            self._listener.message(channel.spec.label, data)
        elif protocol in (BINARY_EMPTY, TEXT_EMPTY):
            self._listener.message(channel.spec.label, b"")

    def _control(self, stream: int, channel: _Channel | None, data: bytes) -> None:
        if data[:1] == bytes((ACK,)) and channel is not None:
            self._opened(channel)
        elif data[:1] == bytes((OPEN,)) and channel is None and len(self._by_stream) < MOST_CHANNELS:
            spec = ChannelSpec.decoded(data)
            if spec is None:
                return
            channel = self._add(spec, stream, is_open=False)
            self.association.send(stream, CONTROL, bytes((ACK,)))
            self._opened(channel)

    def _opened(self, channel: _Channel) -> None:
        if not channel.is_open:
            channel.is_open = True
            self._listener.channel_opened(channel.spec.label)

    def stream_reset(self, stream: int) -> None:
        """The peer closed a channel: so do we (RFC 8831, section 6.7)."""
        channel = self._by_stream.pop(stream, None)
        if channel is not None:
            if self._by_label.get(channel.spec.label) is channel:
                del self._by_label[channel.spec.label]
            self.association.reset_stream(stream)

    def ended(self, reason: str) -> None:
        """Passes it on."""
        self._by_stream.clear()
        self._by_label.clear()
        self._listener.channels_ended(reason)
