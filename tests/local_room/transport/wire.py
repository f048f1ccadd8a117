"""Two associations on a wire in memory that loses, repeats and reorders packets, under a clock of its own."""

from __future__ import annotations

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from inspector.local_room.transport.sctp.association import Association
from inspector.local_room.transport.sctp.handshake import Settings


@dataclass(frozen=True)
class Faults:
    """What the wire does to packets: shares of them, and seconds."""

    loss: float = 0.0
    repeats: float = 0.0
    delay_s: float = 0.001
    most_extra_delay_s: float = 0.0
    seed: int = 0


PERFECT = Faults()


@dataclass
class Side:
    """One association and what it told."""

    name: str
    association: Association = field(init=False)
    messages: list[tuple[int, int, bytes]] = field(default_factory=list)
    resets: list[int] = field(default_factory=list)
    is_established: bool = False
    ends: list[str] = field(default_factory=list)

    def established(self) -> None:
        self.is_established = True

    def message(self, stream: int, protocol: int, data: bytes) -> None:
        self.messages.append((stream, protocol, data))

    def stream_reset(self, stream: int) -> None:
        self.resets.append(stream)

    def ended(self, reason: str) -> None:
        self.ends.append(reason)

    def of_stream(self, stream: int) -> list[bytes]:
        """What came on a stream, in the order it came."""
        return [data for found, _, data in self.messages if found == stream]


class Wire:
    """Both sides, and the packets between them."""

    def __init__(self, faults: Faults = PERFECT, settings: Settings | None = None) -> None:
        self.now = 1000.0
        self.faults = faults
        self.random = Random(faults.seed)
        self.client, self.server = Side("client"), Side("server")
        self.sent: list[tuple[str, bytes]] = []
        self.loses: Callable[[str, bytes], bool] = lambda _sender, _packet: False
        self._on_the_way: list[tuple[float, int, Side, bytes]] = []
        self._count = 0
        for side, other in ((self.client, self.server), (self.server, self.client)):
            side.association = Association(
                settings or Settings(), side, self._transmitter(side.name, other), lambda: self.now
            )

    def _transmitter(self, sender: str, receiver: Side) -> Callable[[bytes], None]:
        def transmit(packet: bytes) -> None:
            self.sent.append((sender, packet))
            copies = 1 + (self.random.random() < self.faults.repeats)
            for _ in range(copies):
                if self.random.random() >= self.faults.loss and not self.loses(sender, packet):
                    self.put(receiver, packet)

        return transmit

    def put(self, receiver: Side, packet: bytes) -> None:
        """Puts a packet on its way."""
        self._count += 1
        delay = self.faults.delay_s + self.random.random() * self.faults.most_extra_delay_s
        heapq.heappush(self._on_the_way, (self.now + delay, self._count, receiver, packet))

    def flush(self) -> None:
        """Both sides send what is due."""
        self.client.association.flush()
        self.server.association.flush()

    def run(self, until: Callable[[], bool], within_s: float = 600.0) -> None:
        """Lets time pass until something is so; fails when that takes longer than `within_s`."""
        end = self.now + within_s
        self.flush()
        while not until():
            deadline = min(self.client.association.deadline, self.server.association.deadline)
            packet_at = self._on_the_way[0][0] if self._on_the_way else float("inf")
            self.now = max(self.now, min(deadline, packet_at))
            assert self.now < end, "it did not happen in time"
            if packet_at <= deadline:
                # What arrives at the same time is handled together, as a drained socket has it.
                while self._on_the_way and self._on_the_way[0][0] <= self.now:
                    _, _, receiver, packet = heapq.heappop(self._on_the_way)
                    receiver.association.receive(packet)
            else:
                for side in (self.client, self.server):
                    if side.association.deadline <= self.now:
                        side.association.on_time()
            self.flush()

    def run_for(self, seconds: float) -> None:
        """Lets this much time pass."""
        end = self.now + seconds
        self.flush()
        while True:
            deadline = min(self.client.association.deadline, self.server.association.deadline)
            packet_at = self._on_the_way[0][0] if self._on_the_way else float("inf")
            if min(deadline, packet_at) > end:
                self.now = end
                return
            happened = False

            def once() -> bool:
                nonlocal happened
                happened, before = True, happened
                return before

            self.run(once)

    def connected(self) -> Wire:
        """Returns once both sides can send."""
        self.client.association.connect()
        self.run(lambda: self.client.is_established and self.server.is_established)
        return self

    @property
    def is_idle(self) -> bool:
        """Whether all that was sent was acknowledged."""
        return not self.client.association.buffered_bytes and not self.server.association.buffered_bytes
