"""From DATA chunks to messages: joins fragments, and puts each ordered stream's messages in order.

Fragments of one message have consecutive numbers (TSNs), so neighbours join into runs whatever the order
they come in, and a run that has both ends is a message. No message waits for another stream's.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from inspector.local_room.transport.sctp.wire import BEGIN, END, UNORDERED, WHOLE

Deliver = Callable[[int, int, bytes], None]
"""Takes a message: its stream, its payload protocol identifier, its bytes."""

SSN_MASK: Final = 0xFFFF
SSN_HALF: Final = 0x8000


class _Run:
    """Fragments next to each other."""

    __slots__ = ("first", "flags", "last", "parts", "protocol", "size", "ssn", "stream")

    def __init__(self, tsn: int, flags: int, stream: int, ssn: int, protocol: int, part: bytes) -> None:
        self.first = self.last = tsn
        self.flags = flags
        self.stream = stream
        self.ssn = ssn
        self.protocol = protocol
        self.parts = [part]
        self.size = len(part)

    def absorb(self, later: _Run) -> None:
        self.last = later.last
        self.flags |= later.flags & END
        self.parts += later.parts
        self.size += later.size


class Reassembly:
    """Takes every chunk once, in any order, and delivers messages."""

    def __init__(self, deliver: Deliver) -> None:
        self._deliver = deliver
        self._by_first: dict[int, _Run] = {}
        self._by_last: dict[int, _Run] = {}
        self._next_ssn: dict[int, int] = {}
        self._early: dict[int, dict[int, tuple[int, bytes]]] = {}
        self.held_bytes = 0
        """What is kept of messages that are incomplete, or ahead of their turn."""
        self.longest_bytes = 0
        """Of the incomplete message that grew last."""

    def add(self, flags: int, tsn: int, stream: int, ssn: int, protocol: int, payload: bytes) -> None:
        """Takes a chunk; its `tsn` is unwrapped."""
        if flags & WHOLE != WHOLE:
            self._add_fragment(_Run(tsn, flags, stream, ssn, protocol, payload))
        elif flags & UNORDERED:
            self._deliver(stream, protocol, payload)
        else:
            self._add_ordered(stream, ssn, protocol, payload)

    def _add_fragment(self, run: _Run) -> None:
        self.held_bytes += run.size
        before = self._by_last.get(run.first - 1)
        if before is not None and not run.flags & BEGIN and not before.flags & END:
            del self._by_last[before.last]
            before.absorb(run)
            run = before
        after = self._by_first.get(run.last + 1)
        if after is not None and not run.flags & END and not after.flags & BEGIN:
            del self._by_first[after.first], self._by_last[after.last]
            run.absorb(after)
        if run.flags & WHOLE == WHOLE:
            self._by_first.pop(run.first, None)
            self.held_bytes -= run.size
            self.add(run.flags, run.first, run.stream, run.ssn, run.protocol, b"".join(run.parts))
        else:
            self._by_first[run.first] = self._by_last[run.last] = run
            self.longest_bytes = run.size

    def _add_ordered(self, stream: int, ssn: int, protocol: int, payload: bytes) -> None:
        expected = self._next_ssn.get(stream, 0)
        if ssn == expected:
            self._next_ssn[stream] = (ssn + 1) & SSN_MASK
            self._deliver(stream, protocol, payload)
            if stream in self._early:
                self._deliver_early(stream)
        elif (ssn - expected) & SSN_MASK < SSN_HALF:
            early = self._early.setdefault(stream, {})
            if ssn not in early:
                early[ssn] = (protocol, payload)
                self.held_bytes += len(payload)

    def _deliver_early(self, stream: int) -> None:
        early = self._early[stream]
        while (found := early.pop(self._next_ssn[stream], None)) is not None:
            protocol, payload = found
            self.held_bytes -= len(payload)
            self._next_ssn[stream] = (self._next_ssn[stream] + 1) & SSN_MASK
            self._deliver(stream, protocol, payload)
        if not early:
            self._early.pop(stream, None)

    def forget_until(self, tsn: int, skipped: list[tuple[int, int]]) -> None:
        """Gives up fragments up to `tsn`, and on each stream named the messages up to the given one."""
        for run in [run for run in self._by_first.values() if run.first <= tsn]:
            del self._by_first[run.first], self._by_last[run.last]
            self.held_bytes -= run.size
        for stream, ssn in skipped:
            expected = self._next_ssn.get(stream, 0)
            if (ssn - expected) & SSN_MASK >= SSN_HALF:
                continue
            early = self._early.get(stream, {})
            reached = [
                number for number in early if (number - expected) & SSN_MASK <= (ssn - expected) & SSN_MASK
            ]
            self._next_ssn[stream] = (ssn + 1) & SSN_MASK
            for number in sorted(reached, key=lambda number: (number - expected) & SSN_MASK):
                protocol, payload = early.pop(number)
                self.held_bytes -= len(payload)
                self._deliver(stream, protocol, payload)
            if stream in self._early:
                self._deliver_early(stream)

    def reset(self, stream: int) -> None:
        """The peer's next ordered message on this stream is number 0 again."""
        self._next_ssn.pop(stream, None)
        for _, payload in self._early.pop(stream, {}).values():
            self.held_bytes -= len(payload)
