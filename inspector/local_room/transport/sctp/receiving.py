"""The receiving half of an association: which chunks have come, and what to acknowledge when."""

from __future__ import annotations

from typing import Final

from inspector.local_room.transport.sctp.reassembly import Deliver, Reassembly
from inspector.local_room.transport.sctp.wire import (
    HALF,
    IMMEDIATE,
    M32,
    PAIR,
    PLAIN_SACK,
    SACK,
    SACK_FIELDS,
    U32,
    chunk,
)

ACK_DELAY_S: Final = 0.02
"""How long a single packet may wait for its acknowledgement; data going back often takes it along."""
PACKETS_PER_ACK: Final = 2
FURTHEST_AHEAD: Final = 16_384
"""Chunks numbered further ahead than this cannot be within any window we announced."""
MOST_GAP_BLOCKS: Final = 200
MOST_DUPLICATES: Final = 16


class Receiver:
    """Takes DATA and FORWARD-TSN, delivers messages, and composes SACK chunks."""

    def __init__(self, first_tsn: int, window_bytes: int, deliver: Deliver) -> None:
        # Unwrapped: it grows past 32 bits instead of starting over, so that numbers compare and sort.
        self._cumulative = first_tsn - 1
        self._window = window_bytes
        self._messages = Reassembly(deliver)
        self._beyond: set[int] = set()
        self._duplicates: list[int] = []
        self._packets = 0
        self.ack_pending = False
        """Whether something came that no SACK has told of."""
        self.ack_now = False
        """Whether that must be told at once."""

    @property
    def cumulative(self) -> int:
        """The number up to which every chunk has come, as on the wire."""
        return self._cumulative & M32

    @property
    def has_gap(self) -> bool:
        """Whether something is missing before what has come."""
        return bool(self._beyond)

    @property
    def held_bytes(self) -> int:
        """What is kept of messages that cannot be delivered yet."""
        return self._messages.held_bytes

    @property
    def longest_bytes(self) -> int:
        """What is kept of the incomplete message that grew last."""
        return self._messages.longest_bytes

    def data(self, flags: int, tsn: int, stream: int, ssn: int, protocol: int, payload: bytes) -> None:
        """Takes a DATA chunk."""
        self.ack_pending = True
        if flags & IMMEDIATE:
            self.ack_now = True
        ahead = (tsn - self._cumulative) & M32
        if ahead == 1:
            self._cumulative += 1
            number = self._cumulative
            if self._beyond:
                self._advance()
        elif not self._is_new_beyond(ahead, len(payload)):
            return
        else:
            number = self._cumulative + ahead
        if payload:
            self._messages.add(flags, number, stream, ssn, protocol, payload)

    def _is_new_beyond(self, ahead: int, size: int) -> bool:
        """Notes a chunk after a gap; False if it came before or there is no room for it."""
        self.ack_now = True
        number = self._cumulative + ahead
        if ahead == 0 or ahead >= HALF or number in self._beyond:
            if len(self._duplicates) < MOST_DUPLICATES:
                self._duplicates.append(number & M32)
            return False
        if ahead > FURTHEST_AHEAD or self._messages.held_bytes + size > self._window:
            return False
        self._beyond.add(number)
        return True

    def _advance(self) -> None:
        self.ack_now = True
        while self._cumulative + 1 in self._beyond:
            self._cumulative += 1
            self._beyond.remove(self._cumulative)

    def forward(self, tsn: int, skipped: list[tuple[int, int]]) -> None:
        """Takes a FORWARD-TSN: the peer sends nothing up to `tsn` any more (RFC 3758, 3.6)."""
        self.ack_pending = self.ack_now = True
        ahead = (tsn - self._cumulative) & M32
        if ahead == 0 or ahead >= HALF:
            return
        self._cumulative += ahead
        self._beyond = {number for number in self._beyond if number > self._cumulative}
        reached = self._cumulative
        self._advance()
        self._messages.forget_until(reached, skipped)

    def reset(self, stream: int) -> None:
        """The peer starts this stream over."""
        self._messages.reset(stream)

    def packet_ended(self) -> None:
        """A packet that brought data is through."""
        self._packets += 1
        if self._packets >= PACKETS_PER_ACK:
            self.ack_now = True

    def sack(self) -> bytes:
        """Acknowledges all that came."""
        self.ack_pending = self.ack_now = False
        self._packets = 0
        window = max(self._window - self._messages.held_bytes, 0)
        cumulative = self._cumulative & M32
        if not self._beyond and not self._duplicates:
            return PLAIN_SACK.pack(SACK, 0, 16, cumulative, window, 0, 0)
        blocks = self._gap_blocks()
        duplicates, self._duplicates = self._duplicates, []
        content = [SACK_FIELDS.pack(cumulative, window, len(blocks), len(duplicates))]
        content += [PAIR.pack(*block) for block in blocks]
        content += [U32.pack(number) for number in duplicates]
        return chunk(SACK, 0, b"".join(content))

    def _gap_blocks(self) -> list[tuple[int, int]]:
        """What came beyond the first gap, as first and last distance from the cumulative number."""
        blocks: list[tuple[int, int]] = []
        first = last = 0
        for number in sorted(self._beyond):
            distance = number - self._cumulative
            if distance != last + 1 or not first:
                if first:
                    blocks.append((first, last))
                    if len(blocks) == MOST_GAP_BLOCKS:
                        return blocks
                first = distance
            last = distance
        if first:
            blocks.append((first, last))
        return blocks
