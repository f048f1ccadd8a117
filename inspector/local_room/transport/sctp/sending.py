"""The sending half of an association: fragments messages, and sends them until acknowledged or given up."""

from __future__ import annotations

import heapq
from collections import deque
from math import inf
from typing import Final

from inspector.local_room.transport.sctp.congestion import PACKET_BYTES, CongestionWindow
from inspector.local_room.transport.sctp.timing import RetransmissionTimeout
from inspector.local_room.transport.sctp.under_way import Chunk, Message, State
from inspector.local_room.transport.sctp.wire import (
    BEGIN,
    DATA_HEADER_BYTES,
    END,
    HALF,
    HEADER_BYTES,
    M32,
    UNORDERED,
    data_chunk,
    forward_tsn_chunk,
)

FRAGMENT_BYTES: Final = PACKET_BYTES - HEADER_BYTES - DATA_HEADER_BYTES
MISSES_UNTIL_LOST: Final = 3
MOST_TIMEOUTS: Final = 20
"""As many in a row, and the peer counts as gone (Association.Max.Retrans). Silence is noticed earlier."""


class Sender:
    """Turns messages into DATA chunks, as fast as the peer and the network take them."""

    def __init__(self, first_tsn: int, peer_window_bytes: int, peer_forgets: bool) -> None:
        # Unwrapped numbers, as in the receiver.
        self._cumulative = first_tsn - 1
        self._next_tsn = first_tsn
        self._given_up = first_tsn - 1
        self._peer_window = peer_window_bytes
        self._peer_forgets = peer_forgets
        self._queue: deque[Message] = deque()
        self._under_way: dict[int, Chunk] = {}
        self._lost: list[int] = []
        self._in_flight = 0
        self._window = CongestionWindow()
        self._timeout = RetransmissionTimeout()
        self._timeouts = 0
        self._recovery_until = -1
        self._rescue = False
        self._ssn: dict[int, int] = {}
        self.buffered_bytes = 0
        """What the peer has not acknowledged, sent or not."""
        self.deadline = inf
        """When what is in flight counts as lost."""
        self.forward_due = False
        """Whether the peer must be told what was given up."""

    @property
    def last_tsn(self) -> int:
        """The number of the last chunk that was made, as on the wire."""
        return (self._next_tsn - 1) & M32

    def push(
        self,
        stream: int,
        protocol: int,
        data: bytes,
        *,
        ordered: bool = True,
        most_sendings: int | None = None,
        expires_at: float = inf,
    ) -> None:
        """Queues a message. Given a limit, it is given up after that many sendings or at that time."""
        if not self._peer_forgets:
            most_sendings, expires_at = None, inf
        self._queue.append(Message(stream, protocol, data, ordered, most_sendings, expires_at))
        self.buffered_bytes += len(data)

    def has_queued(self, stream: int) -> bool:
        """Whether something waits to be sent on this stream."""
        return any(message.stream == stream for message in self._queue)

    def reset(self, stream: int) -> None:
        """The next ordered message on this stream is number 0 again."""
        self._ssn.pop(stream, None)

    @property
    def can_send(self) -> bool:
        """Whether `take` may have something."""
        return bool(self._lost) or (bool(self._queue) and self._in_flight < self._window.bytes)

    def take(self, room: int, now: float) -> bytes | None:
        """The next chunk to send, at most `room` bytes with its padding, or None."""
        if self._lost and (encoded := self._take_lost(room, now)) is not None:
            return encoded
        if not self._queue or self._in_flight >= self._window.bytes:
            return None
        message = self._queue[0]
        if message.expires_at < now:
            self._abandon(message)
            return self.take(room, now)
        whole = len(message.data)
        size = min(whole - message.offset, FRAGMENT_BYTES)
        # With nothing in flight one chunk always goes, to learn when a closed window opens.
        if size + DATA_HEADER_BYTES > room or (size > self._peer_window and self._in_flight):
            return None
        return self._make_chunk(message, size, whole, now)

    def _make_chunk(self, message: Message, size: int, whole: int, now: float) -> bytes:
        tsn = self._next_tsn
        self._next_tsn = tsn + 1
        start = message.offset
        flags = 0 if message.ordered else UNORDERED
        if start == 0:
            flags |= BEGIN
            message.first_tsn = tsn
            if message.ordered:
                message.ssn = self._ssn.get(message.stream, 0)
                self._ssn[message.stream] = (message.ssn + 1) & 0xFFFF
        message.offset = end = start + size
        if end == whole:
            flags |= END
            self._queue.popleft()
        part = message.data if size == whole else message.data[start:end]
        encoded = data_chunk(flags, tsn, message.stream, message.ssn, message.protocol, part)
        self._under_way[tsn] = Chunk(message, encoded, size, now)
        self._in_flight += size
        self._peer_window -= size
        if self.deadline == inf:
            self.deadline = now + self._timeout.seconds
        return encoded

    def _take_lost(self, room: int, now: float) -> bytes | None:
        while self._lost:
            tsn = self._lost[0]
            chunk = self._under_way.get(tsn)
            if chunk is None or chunk.state is not State.LOST:
                heapq.heappop(self._lost)
                continue
            if len(chunk.encoded) > room or (
                self._in_flight and self._in_flight >= self._window.bytes and not self._rescue
            ):
                return None
            heapq.heappop(self._lost)
            self._rescue = False
            chunk.state = State.IN_FLIGHT
            chunk.sendings += 1
            chunk.misses = 0
            chunk.sent_at = now
            self._in_flight += chunk.size
            if self.deadline == inf:
                self.deadline = now + self._timeout.seconds
            return chunk.encoded
        return None

    def acknowledge(self, tsn: int, window: int, gaps: list[tuple[int, int]], now: float) -> None:
        """Takes a SACK (RFC 9260, 6.2.1)."""
        ahead = (tsn - self._cumulative) & M32
        if ahead >= HALF or self._cumulative + ahead >= self._next_tsn:
            return
        before = self._in_flight
        arrived = self._advance(self._cumulative + ahead, now)
        if gaps:
            arrived += self._note_gaps(gaps, now)
        if ahead:
            self._timeouts = 0
            self.deadline = now + self._timeout.seconds if self._under_way else inf
        if arrived and self._cumulative >= self._recovery_until:
            self._recovery_until = -1
            self._window.acknowledged(arrived, before)
        self._peer_window = window - self._in_flight
        self._extend_given_up()

    def _advance(self, cumulative: int, now: float) -> int:
        """Everything up to `cumulative` arrived; the bytes no gap block had told of."""
        arrived = 0
        chunk = None
        for tsn in range(self._cumulative + 1, cumulative + 1):
            chunk = self._under_way.pop(tsn)
            if chunk.state is not State.ABANDONED:
                self.buffered_bytes -= chunk.size
            if chunk.state is State.IN_FLIGHT:
                self._in_flight -= chunk.size
            if chunk.state in (State.IN_FLIGHT, State.LOST):
                arrived += chunk.size
        if chunk is not None and chunk.sendings == 1 and chunk.state is State.IN_FLIGHT:
            self._timeout.measured(now - chunk.sent_at)
        self._cumulative = cumulative
        return arrived

    def _note_gaps(self, gaps: list[tuple[int, int]], now: float) -> int:
        """Takes the gap blocks; the bytes that they newly tell of."""
        arrived: list[int] = []
        size = 0
        latest = -inf
        for first, last in gaps:
            for tsn in range(self._cumulative + first, min(self._cumulative + last + 1, self._next_tsn)):
                chunk = self._under_way.get(tsn)
                if chunk is None or chunk.state in (State.ARRIVED, State.ABANDONED):
                    continue
                if chunk.state is State.IN_FLIGHT:
                    self._in_flight -= chunk.size
                chunk.state = State.ARRIVED
                arrived.append(tsn)
                size += chunk.size
                latest = max(latest, chunk.sent_at)
        if arrived:
            self._count_misses(sorted(arrived), latest, now)
        return size

    def _count_misses(self, arrived: list[int], latest: float, now: float) -> None:
        """What was sent before something that arrived, and did not, is lost when that happens often.

        A peer may acknowledge many packets at once; so it is packets' worth of data that count, not SACKs.
        """
        above = 0
        lost: list[int] = []
        for tsn in range(arrived[-1] - 1, self._cumulative, -1):
            while arrived and arrived[-1] > tsn:
                above += self._under_way[arrived.pop()].size
            chunk = self._under_way[tsn]
            if chunk.state is State.IN_FLIGHT and chunk.sent_at <= latest:
                chunk.misses += max(above // PACKET_BYTES, 1)
                if chunk.misses >= MISSES_UNTIL_LOST:
                    lost.append(tsn)
        for tsn in reversed(lost):
            chunk = self._under_way[tsn]
            if chunk.state is State.IN_FLIGHT:
                self._count_as_lost(tsn, chunk, now)

    def _count_as_lost(self, tsn: int, chunk: Chunk, now: float) -> None:
        self._in_flight -= chunk.size
        chunk.state = State.LOST
        if self._recovery_until < 0:
            self._recovery_until = self._next_tsn - 1
            self._window.lost()
            self._rescue = True
        self._send_again(tsn, chunk, now)

    def _send_again(self, tsn: int, chunk: Chunk, now: float) -> None:
        message = chunk.message
        if (
            message.most_sendings is not None and chunk.sendings >= message.most_sendings
        ) or message.expires_at < now:
            self._abandon(message)
        else:
            heapq.heappush(self._lost, tsn)

    def _abandon(self, message: Message) -> None:
        """Gives a message up: nothing of it is sent any more, and the peer is told not to wait for it."""
        if message.abandoned:
            return
        message.abandoned = True
        if message.offset < len(message.data):
            self._queue.remove(message)
            self.buffered_bytes -= len(message.data) - message.offset
        if message.first_tsn < 0:
            return
        tsn = max(message.first_tsn, self._cumulative + 1)
        while (chunk := self._under_way.get(tsn)) is not None and chunk.message is message:
            if chunk.state is State.IN_FLIGHT:
                self._in_flight -= chunk.size
            self.buffered_bytes -= chunk.size
            chunk.state = State.ABANDONED
            tsn += 1
        self._extend_given_up()

    def _extend_given_up(self) -> None:
        """Finds how far the peer need not wait for anything; it is told if that is further than it knows."""
        tsn = max(self._given_up, self._cumulative) + 1
        while (chunk := self._under_way.get(tsn)) is not None and chunk.state is State.ABANDONED:
            tsn += 1
        self._given_up = tsn - 1
        self.forward_due = self._given_up > self._cumulative

    def forward_tsn(self) -> bytes:
        """Tells the peer what was given up (RFC 3758, 3.5)."""
        self.forward_due = False
        skipped: dict[int, int] = {}
        for tsn in range(self._cumulative + 1, self._given_up + 1):
            message = self._under_way[tsn].message
            if message.ordered:
                skipped[message.stream] = message.ssn
        return forward_tsn_chunk(self._given_up, skipped)

    def timed_out(self, now: float) -> bool:
        """The deadline passed: all that is in flight counts as lost. False if the peer must be gone."""
        self._timeouts += 1
        self._timeout.expired()
        self._window.timed_out()
        self._recovery_until = -1
        self.deadline = now + self._timeout.seconds
        # Also what gap blocks told of: the peer may have thrown it away again.
        for tsn, chunk in list(self._under_way.items()):
            if chunk.state is State.ABANDONED or chunk.state is State.LOST:
                continue
            if chunk.state is State.IN_FLIGHT:
                self._in_flight -= chunk.size
            chunk.state = State.LOST
            self._send_again(tsn, chunk, now)
        self._extend_given_up()
        return self._timeouts <= MOST_TIMEOUTS
