"""What all rooms of one server share."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

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
