"""An SCTP association as WebRTC uses it: over DTLS, one path, both sides on a port known beforehand.

It does no I/O: packets come in through `receive`, go out through the `transmit` it was given when `flush` is
called, and time passes when `on_time` is called. Facts are from RFC 9260 unless another is named.

Not done, because nothing in WebRTC needs it: several addresses, restarting within one DTLS connection,
resetting streams at the peer's wish for *our* direction (denied), interleaved messages (not announced).
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum, auto
from math import inf
from typing import Final, Protocol

from inspector.local_room.transport.sctp import wire
from inspector.local_room.transport.sctp.congestion import PACKET_BYTES
from inspector.local_room.transport.sctp.cookies import Agreement
from inspector.local_room.transport.sctp.handshake import Handshake, Settings
from inspector.local_room.transport.sctp.receiving import ACK_DELAY_S, Receiver
from inspector.local_room.transport.sctp.resets import StreamResets
from inspector.local_room.transport.sctp.sending import Sender

BODY_BYTES: Final = PACKET_BYTES - wire.HEADER_BYTES
MOST_HEARTBEAT_BYTES: Final = 1000
# The cause of an ABORT that somebody wanted (RFC 9260, 3.3.10.12).
USER_INITIATED: Final = wire.parameter(12, b"")


class Events(Protocol):
    """What an association tells of."""

    def established(self) -> None:
        """Messages can be sent now."""

    def message(self, stream: int, protocol: int, data: bytes) -> None:
        """A message has come; `protocol` is its payload protocol identifier."""

    def stream_reset(self, stream: int) -> None:
        """The peer will send nothing more on this stream, or starts it over."""

    def ended(self, reason: str) -> None:
        """The association is no more, for a reason a person can read. Told once, and not after `abort`."""


class _State(Enum):
    OPENING = auto()
    ESTABLISHED = auto()
    SHUTTING_DOWN = auto()
    ENDED = auto()


class Association:
    """One side of an association."""

    def __init__(
        self,
        settings: Settings,
        events: Events,
        transmit: Callable[[bytes], None],
        clock: Callable[[], float],
    ) -> None:
        self._settings = settings
        self._events = events
        self._transmit = transmit
        self._clock = clock
        self._state = _State.OPENING
        self._handshake = Handshake(settings, transmit, clock, self._met)
        self._peer_tag = 0
        self._inbound = wire.Envelope(settings.peer_port, settings.local_port, self._handshake.own_tag)
        self._outbound = wire.Envelope(settings.local_port, settings.peer_port, 0)
        self._receiver = Receiver(0, 0, events.message)
        self._sender = Sender(0, 0, peer_forgets=False)
        self._resets = StreamResets(0, 0, self._sender, self._receiver, events.stream_reset)
        self._control: list[bytes] = []
        self._ack_deadline = inf

    @property
    def is_established(self) -> bool:
        """Whether messages can be sent."""
        return self._state is _State.ESTABLISHED

    @property
    def buffered_bytes(self) -> int:
        """What the peer has not acknowledged."""
        return self._sender.buffered_bytes

    def connect(self) -> None:
        """Opens the association from this side. (The peer may do so at the same time.)"""
        self._handshake.connect()

    def send(
        self,
        stream: int,
        protocol: int,
        data: bytes,
        *,
        ordered: bool = True,
        most_sendings: int | None = None,
        lifetime_s: float = inf,
    ) -> None:
        """Queues a message, which `flush` sends. Once established only."""
        expires_at = inf if lifetime_s == inf else self._clock() + lifetime_s
        self._sender.push(
            stream, protocol, data, ordered=ordered, most_sendings=most_sendings, expires_at=expires_at
        )

    def reset_stream(self, stream: int) -> None:
        """Ends our direction of a stream after what is queued on it."""
        if self._state is _State.ESTABLISHED:
            self._resets.request(stream, self._clock())

    def abort(self) -> None:
        """Ends the association at once and says so to the peer."""
        if self._state is not _State.ENDED and self._peer_tag:
            self._transmit(self._outbound.seal(wire.chunk(wire.ABORT, 0, USER_INITIATED)))
        self._state = _State.ENDED

    def _end(self, reason: str) -> None:
        if self._state is not _State.ENDED:
            self._state = _State.ENDED
            self._events.ended(reason)

    # Receiving.

    def receive(self, packet: bytes) -> None:
        """Takes one packet. What is no valid packet for this association is ignored."""
        body = packet[wire.HEADER_BYTES :]
        if not body or self._state is _State.ENDED:
            return
        inbound = self._inbound
        if packet[:8] == inbound.start:
            if inbound.is_whole(packet, body):
                self._take_chunks(body)
        else:
            self._receive_out_of_the_blue(packet, body)

    def _take_chunks(self, body: bytes) -> None:
        position, end = 0, len(body)
        brought_data = False
        while position + 4 <= end:
            kind, flags, length = wire.CHUNK_HEADER.unpack_from(body, position)
            if length < 4 or position + length > end:
                break
            if kind == wire.DATA:
                if length >= wire.DATA_HEADER_BYTES and self._state is _State.ESTABLISHED:
                    brought_data = True
                    tsn, stream, ssn, protocol = wire.DATA_FIELDS.unpack_from(body, position + 4)
                    payload = body[position + wire.DATA_HEADER_BYTES : position + length]
                    self._receiver.data(flags, tsn, stream, ssn, protocol, payload)
            elif kind == wire.SACK:
                self._take_sack(body[position + 4 : position + length])
            else:
                self._take_control(kind, body[position + 4 : position + length])
            position += (length + 3) & ~3
        if brought_data:
            self._data_came()

    def _data_came(self) -> None:
        receiver = self._receiver
        receiver.packet_ended()
        if receiver.longest_bytes > self._settings.most_message_bytes:
            self.abort_because("it sent a message larger than was agreed")
        elif receiver.has_gap:
            # At once for each packet, not each batch: peers count acknowledgements to tell what was lost.
            self._ack_deadline = inf
            self._transmit(self._outbound.seal(receiver.sack()))
        elif self._ack_deadline == inf:
            self._ack_deadline = self._clock() + ACK_DELAY_S

    def abort_because(self, reason: str) -> None:
        """Ends the association, tells the peer and our side."""
        if self._state is not _State.ENDED:
            self.abort()
            self._events.ended(reason)

    def _take_sack(self, content: bytes) -> None:
        if len(content) < wire.SACK_FIELDS.size or self._state is not _State.ESTABLISHED:
            return
        tsn, window, gap_count, _ = wire.SACK_FIELDS.unpack_from(content)
        try:
            gaps = wire.pairs(content, wire.SACK_FIELDS.size, gap_count) if gap_count else []
        except wire.Malformed:
            return
        self._sender.acknowledge(tsn, window, gaps, self._clock())

    def _take_control(self, kind: int, content: bytes) -> None:
        if kind == wire.HEARTBEAT:
            if len(content) <= MOST_HEARTBEAT_BYTES:
                self._control.append(wire.chunk(wire.HEARTBEAT_ACK, 0, content))
        elif kind == wire.FORWARD_TSN:
            self._take_forward_tsn(content)
        elif kind == wire.RECONFIG:
            if self._state is _State.ESTABLISHED and (answer := self._resets.answer(content, self._clock())):
                self._control.append(answer)
        elif kind == wire.INIT_ACK:
            self._handshake.take_init_ack(content)
        elif kind == wire.COOKIE_ACK:
            if self._handshake.take_cookie_ack():
                self._establish()
        elif kind == wire.COOKIE_ECHO:
            if self._handshake.take_cookie(content):
                self._control.append(wire.chunk(wire.COOKIE_ACK, 0, b""))
                self._establish()
        elif kind == wire.ABORT:
            self._end("the participant's SDK ended the data connection (SCTP ABORT)")
        else:
            self._take_shutdown(kind)

    def _take_forward_tsn(self, content: bytes) -> None:
        if len(content) < 4 or self._state is not _State.ESTABLISHED:
            return
        skipped = wire.pairs(content, 4, (len(content) - 4) // 4)
        self._receiver.forward(wire.U32.unpack_from(content)[0], skipped)

    def _take_shutdown(self, kind: int) -> None:
        reason = "the participant's SDK ended the data connection (SCTP SHUTDOWN)"
        if kind == wire.SHUTDOWN and self._state in (_State.ESTABLISHED, _State.SHUTTING_DOWN):
            # What the peer did not acknowledge until now it does not want any more.
            self._state = _State.SHUTTING_DOWN
            self._control.append(wire.chunk(wire.SHUTDOWN_ACK, 0, b""))
        elif kind == wire.SHUTDOWN_ACK and self._peer_tag:
            self._transmit(self._outbound.seal(wire.chunk(wire.SHUTDOWN_COMPLETE, 0, b"")))
            self._end(reason)
        elif kind == wire.SHUTDOWN_COMPLETE and self._state is _State.SHUTTING_DOWN:
            self._end(reason)

    def _receive_out_of_the_blue(self, packet: bytes, body: bytes) -> None:
        """Takes what carries another tag: INIT, and ABORT that reflects the peer's tag."""
        if len(body) < 4:
            return
        settings = self._settings
        source, destination, tag = wire.PORTS_AND_TAG.unpack_from(packet)
        if (source, destination) != (settings.peer_port, settings.local_port):
            return
        if not wire.Envelope(source, destination, tag).is_whole(packet, body):
            return
        kind, flags, length = wire.CHUNK_HEADER.unpack_from(body)
        content = body[4:length]
        if kind == wire.INIT and tag == 0:
            self._handshake.take_init(content)
        elif (
            kind in (wire.ABORT, wire.SHUTDOWN_COMPLETE)
            and flags & wire.TAG_REFLECTED
            and tag == self._peer_tag != 0
        ):
            self._end("the participant's SDK ended the data connection (SCTP ABORT)")

    def _met(self, agreement: Agreement) -> None:
        """Now the peer is known."""
        settings, first_tsn = self._settings, self._handshake.first_tsn
        self._outbound = wire.Envelope(settings.local_port, settings.peer_port, agreement.peer_tag)
        self._peer_tag = agreement.peer_tag
        self._receiver = Receiver(agreement.peer_first_tsn, settings.window_bytes, self._events.message)
        self._sender = Sender(first_tsn, agreement.peer_window, agreement.peer_forgets)
        self._resets = StreamResets(
            first_tsn, agreement.peer_first_tsn, self._sender, self._receiver, self._events.stream_reset
        )

    def _establish(self) -> None:
        if self._state is _State.OPENING:
            self._state = _State.ESTABLISHED
            self._events.established()

    # Sending.

    def flush(self) -> None:
        """Sends what is due: answers, acknowledgements, and data as far as the window allows."""
        if self._state is _State.ENDED or not self._peer_tag:
            return
        pieces, self._control = self._control, []
        if self._state is _State.ESTABLISHED:
            self._flush_data(pieces)
        elif pieces:
            self._transmit_bundled(pieces)

    def _transmit_bundled(self, pieces: list[bytes]) -> None:
        """Sends chunks in as few packets as hold them."""
        body = b""
        for piece in pieces:
            if body and len(body) + len(piece) > BODY_BYTES:
                self._transmit(self._outbound.seal(body))
                body = b""
            body += piece
        self._transmit(self._outbound.seal(body))

    def _flush_data(self, pieces: list[bytes]) -> None:
        sender, receiver, now = self._sender, self._receiver, self._clock()
        if (request := self._resets.due(now)) is not None:
            pieces.append(request)
        can_send = sender.can_send
        if receiver.ack_pending and (receiver.ack_now or can_send or now >= self._ack_deadline):
            self._ack_deadline = inf
            pieces.append(receiver.sack())
        if sender.forward_due:
            pieces.append(sender.forward_tsn())
        room = BODY_BYTES - sum(map(len, pieces))
        if room < 0:
            self._transmit_bundled(pieces)
            pieces, room = [], BODY_BYTES
        while can_send:
            encoded = sender.take(room, now)
            if encoded is not None:
                pieces.append(encoded)
                room -= len(encoded)
            elif pieces:
                self._transmit(self._outbound.seal(b"".join(pieces)))
                pieces, room = [], BODY_BYTES
            else:
                return
        if pieces:
            self._transmit(self._outbound.seal(b"".join(pieces)))

    @property
    def deadline(self) -> float:
        """When `on_time` is to be called, unless something else happens before."""
        if self._state is _State.ENDED:
            return inf
        return min(self._ack_deadline, self._handshake.deadline, self._sender.deadline, self._resets.deadline)

    def on_time(self) -> None:
        """A deadline has passed."""
        now = self._clock()
        if self._state is _State.ENDED:
            return
        if now >= self._handshake.deadline and not self._handshake.on_time():
            self._end("the participant's SDK does not answer on the data connection (SCTP handshake)")
            return
        if now >= self._sender.deadline and not self._sender.timed_out(now):
            self._end("the participant's SDK acknowledges nothing any more (SCTP)")
            return
        self.flush()
