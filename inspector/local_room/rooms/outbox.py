"""Data on its way to one participant: held while it joins, bounded while it is slow, never out of order."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from livekit.protocol.models import DataPacket

from inspector.local_room.limits import LimitReachedError, Limits
from inspector.local_room.rooms.connections import Connections, Kind

HELD_FOR_S = 2.0
"""How long a packet for somebody who is just joining is kept (livekit-server's `dataMessageCacheTTL`)."""
CAUGHT_UP = 0.5
"""Who had fallen behind is sent to again when so much of the bound is left to receive."""


@dataclass(frozen=True)
class Outgoing:
    """A packet to one or several participants, packed once."""

    packet: DataPacket
    data: bytes

    @classmethod
    def of(cls, packet: DataPacket) -> Outgoing:
        """Packs a packet."""
        return cls(packet, packet.SerializeToString())

    def without_sequence(self) -> Outgoing:
        """The same, such that its receiver does not take it for one that it has seen."""
        copy = DataPacket()
        copy.CopyFrom(self.packet)
        copy.sequence = 0
        return Outgoing.of(copy)


class Outbox:
    """What goes out to one participant; `on_drop` hears of losses, once each time that it falls behind."""

    def __init__(
        self,
        connections: Connections,
        limits: Limits,
        clock: Callable[[], float],
        on_drop: Callable[[LimitReachedError], None],
        receiver: str,
    ) -> None:
        """`receiver` is what reports call the participant."""
        self._receiver = receiver
        self._connections = connections
        self._limits = limits
        self._clock = clock
        self._on_drop = on_drop
        self._held: deque[tuple[float, Outgoing]] = deque()
        self._held_bytes = 0
        self._is_open = False
        self._is_behind = False
        self._last_sequences: dict[str, int] = {}

    def open(self) -> None:
        """Data can be sent from now on; sends what was held for it."""
        self._is_open = True
        youngest = self._clock() - HELD_FOR_S
        held, self._held = self._held, deque()
        self._held_bytes = 0
        for at, outgoing in held:
            if at >= youngest:
                self.send(outgoing)

    def send(self, outgoing: Outgoing) -> None:
        """Sends a packet, holds it, or drops it."""
        packet = outgoing.packet
        reliable = packet.kind == Kind.RELIABLE
        if not self._is_open:
            if reliable and packet.sequence:
                self._hold(outgoing)
            return
        if self._falls_behind(len(outgoing.data), reliable=reliable):
            return
        if reliable and packet.sequence and self._is_old(packet):
            outgoing = outgoing.without_sequence()
        self._connections.send(packet.kind, outgoing.data)

    def _hold(self, outgoing: Outgoing) -> None:
        now = self._clock()
        while self._held and (
            self._held[0][0] < now - HELD_FOR_S or self._held_bytes > self._limits.lossy_backlog_size
        ):
            _, oldest = self._held.popleft()
            self._held_bytes -= len(oldest.data)
        self._held.append((now, outgoing))
        self._held_bytes += len(outgoing.data)

    def _falls_behind(self, size: int, *, reliable: bool) -> bool:
        limits = self._limits
        waiting = self._connections.buffered_bytes
        if not reliable:
            return waiting + size > limits.lossy_backlog_size
        bound = limits.reliable_backlog_size
        if self._is_behind:
            # Between two packets that were let through, those that were dropped would only break streams.
            self._is_behind = waiting > bound * CAUGHT_UP
        elif waiting + size > bound:
            self._is_behind = True
            self._on_drop(
                LimitReachedError(
                    f"more than {bound} bytes wait for {self._receiver} to receive them; "
                    "until it has caught up, packets to it are dropped"
                )
            )
        return self._is_behind

    def _is_old(self, packet: DataPacket) -> bool:
        """Whether the receiver would drop it, since something later of the same sender went before it."""
        last = self._last_sequences.get(packet.participant_sid, 0)
        if packet.sequence <= last:
            return True
        self._last_sequences[packet.participant_sid] = packet.sequence
        return False

    def forget(self, sender_sid: str) -> None:
        """A sender's session is over."""
        self._last_sequences.pop(sender_sid, None)
