"""All that watches the calls of one server and does faults to them, made and ended together."""

from __future__ import annotations

import asyncio

from aiohttp import web

from inspector.local_room.hooks import Deliver
from inspector.local_room.watching.control import Control
from inspector.local_room.watching.fault_engine import FaultEngine
from inspector.local_room.watching.timers import Timers
from inspector.local_room.watching.watcher import CallWatcher
from inspector.local_room.watching.xray_feed import XrayFeed
from inspector.tasks import ReportUnexpected, TaskOwner


class Watching:
    """The faults and the X-ray of a server. It is made inside the server's event loop."""

    def __init__(self, tasks: TaskOwner, report: ReportUnexpected) -> None:
        self.faults = FaultEngine()
        """Its rules can be set at any time."""
        self._timers = Timers(asyncio.get_running_loop())
        self.feed = XrayFeed(self.faults, self._timers, report)
        """Tells of every call in every room, also to subscribers in this process."""
        self._control = Control(self.feed, self.faults, tasks)

    def make_watcher(self, room: str, deliver: Deliver) -> CallWatcher:
        """The watcher of a new room."""
        return CallWatcher(room, deliver, self.faults, self.feed, self._timers)

    def add_routes(self, app: web.Application) -> None:
        """Adds the endpoints of `xray/messages.py`."""
        self._control.add_routes(app)

    def close(self) -> None:
        """Nothing happens any more; delayed packets are let go of."""
        self._timers.close()
