"""Starting streams over, which is how data channels close (RFC 6525, RFC 8831 section 6.7)."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from struct import Struct
from typing import Final

from inspector.local_room.transport.sctp.receiving import Receiver
from inspector.local_room.transport.sctp.sending import Sender
from inspector.local_room.transport.sctp.wire import HALF, M32, RECONFIG, chunk, parameter, parameters

OUTGOING: Final = 13
INCOMING: Final = 14
WHOLE_ASSOCIATION: Final = 15
RESPONSE: Final = 16
ADD_OUTGOING: Final = 17
ADD_INCOMING: Final = 18

PERFORMED: Final = 1
DENIED: Final = 2
BAD_SEQUENCE: Final = 5
IN_PROGRESS: Final = 6

RETRY_S: Final = 0.5
_OUTGOING_FIELDS: Final = Struct("!LLL")
_RESPONSE_FIELDS: Final = Struct("!LL")
_STREAM: Final = Struct("!H")
_SEQUENCE: Final = Struct("!L")


class StreamResets:
    """Answers the peer's resets and makes our own, one at a time."""

    def __init__(
        self,
        own_first_tsn: int,
        peer_first_tsn: int,
        sender: Sender,
        receiver: Receiver,
        peer_reset: Callable[[int], None],
    ) -> None:
        self._sequence = own_first_tsn
        self._peer_sequence = peer_first_tsn
        self._sender = sender
        self._receiver = receiver
        self._peer_reset = peer_reset
        self._last_result = PERFORMED
        self._wanted: list[int] = []
        self._asked: tuple[int, ...] = ()
        self.deadline = inf
        """When our own request is sent, or sent again."""

    def request(self, stream: int, now: float) -> None:
        """Resets an outgoing stream once all that is queued on it was sent."""
        if stream not in self._wanted and stream not in self._asked:
            self._wanted.append(stream)
            self.deadline = min(self.deadline, now)

    def due(self, now: float) -> bytes | None:
        """Our request, if it is to be sent now."""
        if now < self.deadline:
            return None
        if not self._asked:
            self._asked = tuple(stream for stream in self._wanted if not self._sender.has_queued(stream))
            self._wanted = [stream for stream in self._wanted if stream not in self._asked]
        self.deadline = now + RETRY_S if self._asked or self._wanted else inf
        if not self._asked:
            return None
        last_of_peer = (self._peer_sequence - 1) & M32
        content = _OUTGOING_FIELDS.pack(self._sequence, last_of_peer, self._sender.last_tsn)
        content += b"".join(_STREAM.pack(stream) for stream in self._asked)
        return chunk(RECONFIG, 0, parameter(OUTGOING, content))

    def answer(self, content: bytes, now: float) -> bytes:
        """Takes the content of a RE-CONFIG chunk; the chunks to answer with."""
        answers = b""
        for kind, value in parameters(content):
            if kind == RESPONSE and len(value) >= _RESPONSE_FIELDS.size:
                sequence, result = _RESPONSE_FIELDS.unpack_from(value)
                self._answered(sequence, result, now)
            elif kind == OUTGOING and len(value) >= _OUTGOING_FIELDS.size:
                sequence, _, last_tsn = _OUTGOING_FIELDS.unpack_from(value)
                streams = [
                    item[0] for item in _STREAM.iter_unpack(value[12 : 12 + (len(value) - 12) // 2 * 2])
                ]
                answers += self._response(sequence, self._reset_incoming(sequence, last_tsn, streams))
            elif kind in (INCOMING, WHOLE_ASSOCIATION, ADD_OUTGOING, ADD_INCOMING) and len(value) >= 4:
                sequence = _SEQUENCE.unpack_from(value)[0]
                if sequence == self._peer_sequence:
                    self._peer_sequence = (sequence + 1) & M32
                    self._last_result = DENIED
                answers += self._response(sequence, self._last_result)
        return answers

    def _response(self, sequence: int, result: int) -> bytes:
        return chunk(RECONFIG, 0, parameter(RESPONSE, _RESPONSE_FIELDS.pack(sequence, result)))

    def _reset_incoming(self, sequence: int, last_tsn: int, streams: list[int]) -> int:
        if sequence == (self._peer_sequence - 1) & M32:
            return self._last_result
        if sequence != self._peer_sequence:
            return BAD_SEQUENCE
        if 0 < (last_tsn - self._receiver.cumulative) & M32 < HALF:
            return IN_PROGRESS
        self._peer_sequence = (sequence + 1) & M32
        self._last_result = PERFORMED
        for stream in streams:
            self._receiver.reset(stream)
            self._peer_reset(stream)
        return PERFORMED

    def _answered(self, sequence: int, result: int, now: float) -> None:
        if sequence != self._sequence or not self._asked or result == IN_PROGRESS:
            return
        for stream in self._asked:
            self._sender.reset(stream)
        self._asked = ()
        self._sequence = (self._sequence + 1) & M32
        self.deadline = now if self._wanted else inf
