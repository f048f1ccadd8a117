"""A room around a call watcher, with a clock of its own: what is sent, what arrives, what is told."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Iterable
from typing import Any, TypeVar, cast

from livekit.protocol.models import DataPacket

from inspector.core.faults import FaultRule
from inspector.local_room.watching.fault_engine import FaultEngine
from inspector.local_room.watching.timers import Timers
from inspector.local_room.watching.watcher import CallWatcher
from inspector.local_room.watching.xray_feed import XrayFeed
from inspector.xray.messages import Began, Ended, Message, SeenCall

M = TypeVar("M")
EPOCH = 1_700_000_000.0


class _Handle:
    is_cancelled = False

    def cancel(self) -> None:
        self.is_cancelled = True


class HandLoop:
    """The part of an event loop that timers need; it goes on when told."""

    def __init__(self) -> None:
        self.now = 1000.0
        self._due: list[tuple[float, int, _Handle, Callable[[], object]]] = []

    def time(self) -> float:
        return self.now

    def call_at(self, when: float, callback: Callable[[], object]) -> asyncio.TimerHandle:
        handle = _Handle()
        heapq.heappush(self._due, (when, id(handle), handle, callback))
        return cast("asyncio.TimerHandle", handle)

    def go_on(self, seconds: float) -> None:
        """Let time pass, and happen what is due in it."""
        end = self.now + seconds
        while self._due and self._due[0][0] <= end:
            when, _, handle, callback = heapq.heappop(self._due)
            if not handle.is_cancelled:
                self.now = max(self.now, when)
                callback()
        self.now = end


class WatchedRoom:
    """Alice, Bob and others in one room. What arrives is kept by receiver."""

    def __init__(self, *faults: FaultRule, seed: int = 0, sdks: dict[str, str] | None = None) -> None:
        self.loop = HandLoop()
        self.timers = Timers(self.loop, lambda: EPOCH + self.loop.now)
        self.faults = FaultEngine(seed)
        self.faults.set_rules(faults)
        self.feed = XrayFeed(self.faults, self.timers, _raise)
        self._sdks = sdks or {}
        self.forced: dict[str, str] = {}
        """Whom a fault keeps from v2, and what it is called."""
        self.watcher = CallWatcher("room", self, self.faults, self.feed, self.timers)
        self.arrived: list[tuple[str, DataPacket]] = []
        self.thrown_out: list[str] = []
        self.messages: list[Message] = []

    def read(self) -> WatchedRoom:
        """Read along from now on."""
        self.feed.subscribe(self.messages.append)
        return self

    def send(self, packets: DataPacket | Iterable[DataPacket], sender: str) -> None:
        """What a participant publishes, stamped as the room does."""
        for packet in [packets] if isinstance(packets, DataPacket) else packets:
            packet.participant_identity = sender
            to = tuple(packet.destination_identities)
            if not self.watcher.route(packet, sender, to):
                self.arrived += [(identity, packet) for identity in to or ("everybody",)]

    def deliver(self, packet: DataPacket, to: str) -> None:
        """What the watcher sends by itself."""
        self.arrived.append((to, packet))

    def disconnect(self, identity: str) -> None:
        """A participant is thrown out."""
        self.thrown_out.append(identity)
        self.watcher.participant_left(identity)

    def sdk_of(self, identity: str) -> str:
        """What a participant is made with."""
        return self._sdks.get(identity, "")

    def forced_to_v1_by(self, identity: str) -> str:
        """The fault that keeps a participant from v2."""
        return self.forced.get(identity, "")

    def go_on(self, seconds: float) -> None:
        """Let time pass."""
        self.loop.go_on(seconds)

    def to(self, identity: str) -> list[DataPacket]:
        """What has arrived at one participant."""
        return [packet for receiver, packet in self.arrived if receiver == identity]

    def kinds_to(self, identity: str) -> list[str | None]:
        """What kinds of packets have arrived at one participant."""
        return [packet.WhichOneof("value") for packet in self.to(identity)]

    def told(self, kind: type[M]) -> list[M]:
        """The messages of one kind that the reader was told."""
        return [message for message in self.messages if isinstance(message, kind)]

    @property
    def ended(self) -> SeenCall:
        """The only call that has ended."""
        (end,) = self.told(Ended)
        return end.call

    @property
    def began(self) -> SeenCall:
        """The only call that has begun."""
        (beginning,) = self.told(Began)
        return beginning.call


def _raise(error: BaseException, _: str) -> Any:
    raise error
