"""What all rooms of one server share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from inspector.local_room import sids
from inspector.local_room.hooks import FaultSource, NoFaults, RoomObserver, WatcherMaker
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.transport import TransportHub
from inspector.tasks import ReportUnexpected, TaskOwner


@dataclass(frozen=True, kw_only=True)
class Services:
    """The server as its rooms know it."""

    options: RoomServerOptions
    hub: TransportHub
    tasks: TaskOwner
    report: ReportUnexpected
    make_watcher: WatcherMaker | None = None
    faults: FaultSource = field(default_factory=NoFaults)
    observers: list[RoomObserver] = field(default_factory=list)
    node_id: str = field(default_factory=lambda: sids.new_sid(sids.NODE))
    clock: Callable[[], float] = time.monotonic
    wall_clock: Callable[[], float] = time.time

    def guarded(self, do: Callable[[], object], doing: str) -> None:
        """Has something done for others, whose mistakes are reported and cost the rooms nothing."""
        try:
            do()
        except Exception as error:  # noqa: BLE001 - a room outlives whatever watches it
            self.report(error, doing)

    def tell_observers(self, tell: Callable[[RoomObserver], None]) -> None:
        """Tells all observers."""
        for observer in self.observers:
            self.guarded(partial(tell, observer), "following what happens in rooms")
