"""The window's own local room: a process that is started when somebody asks, and ends with the window."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, Signal

from inspector.core.problems import Problem, ProblemError, ProblemKind
from inspector.gui.models.local_room_facts import LocalRoomFacts, RoomState
from inspector.sdk.addresses import is_here, port_of
from inspector.tasks import TaskOwner

if TYPE_CHECKING:
    from inspector.local_room.options import RoomServerOptions

DEFAULT_PORT = 7880
HOST = "127.0.0.1"
ANY_PORT = 0


class RunningRoom(Protocol):
    """A room's process, as `launcher.LocalRoomProcess` is one."""

    @property
    def url(self) -> str:
        """Where clients connect."""

    async def ended(self) -> Problem | None:
        """Waits until it is over; why, unless it was stopped here."""

    async def stop(self) -> None:
        """Ends it. Harmless twice."""


LaunchRoom = Callable[["RoomServerOptions"], Awaitable[RunningRoom]]
"""Starts a room and returns once it accepts connections; raises ProblemError where it cannot."""
FindRoom = Callable[[str, int], Awaitable[bool]]
"""Whether a local room or LiveKit server answers at a host and port already."""


class LocalRoom(QObject):
    """Starts and stops the room. Whoever makes one awaits `close`."""

    changed = Signal()
    """Its `facts` are others."""

    def __init__(
        self, tasks: TaskOwner, launch: LaunchRoom | None = None, find: FindRoom | None = None
    ) -> None:
        super().__init__()
        self._tasks = tasks
        self._launch = launch or _launch_process
        self._find = find or _somebody_to_join
        self._room: RunningRoom | None = None
        self._settled = asyncio.Event()  # while it is not starting
        self._settled.set()
        self.facts = LocalRoomFacts()

    @property
    def is_running(self) -> bool:
        """Whether it can be joined."""
        return self.facts.state is RoomState.RUNNING

    def is_at(self, url: str) -> bool:
        """Whether an address leads to this room, under whatever name of this machine."""
        return is_here(url) and port_of(url) == self.facts.port

    def start(self, port: int = DEFAULT_PORT, *, or_any: bool = False) -> None:
        """Starts it at `port` (0: any that is free), unless it runs or is on its way.

        With `or_any` another port does as well where this one is taken.
        """
        if self.facts.state not in (RoomState.STOPPED, RoomState.FAILED):
            return
        self._settled.clear()
        url = f"ws://{HOST}:{port}" if port else self.facts.url
        self._become(RoomState.STARTING, url=url, problem=None)
        self._tasks.spawn(self._run(port, or_any), "local room")

    def stop(self) -> None:
        """Stops it, if it runs; its participants are told."""
        if self.is_running and self._room is not None:
            self._become(RoomState.STOPPING)
            self._tasks.spawn(self._room.stop(), "stop the local room")

    async def address(self, port: int | None = None) -> str:
        """Where a local room can be joined: this one, started where need be, or one that others started.

        Raises:
            ProblemError: there is none, and none can be started.
        """
        wanted = self.facts.port if port is None else port
        if not self.is_running:
            self.start(wanted)
            await self._settled.wait()
        if self.is_running:
            return self.facts.url
        problem = self.facts.problem
        if problem is None:  # somebody stopped it in the same moment
            return await self.address(port)
        if problem.kind is ProblemKind.PORT_TAKEN and await self._find(HOST, wanted):
            self._become(RoomState.STOPPED, problem=None)
            return f"ws://{HOST}:{wanted}"
        raise ProblemError(problem)

    async def own_address(self) -> str:
        """Where our own room can be joined; it is started where need be, at another port if its own is taken.

        Raises:
            ProblemError: it cannot be started.
        """
        self.start(self.facts.port, or_any=True)
        await self._settled.wait()
        if self.is_running:
            return self.facts.url
        assert self.facts.problem is not None
        raise ProblemError(self.facts.problem)

    async def close(self) -> None:
        """Ends the room with the window."""
        if self._room is not None:
            await self._room.stop()

    async def _run(self, port: int, or_any: bool) -> None:
        try:
            room = await self._launched(port, or_any)
        except ProblemError as error:
            self._become(RoomState.FAILED, problem=error.problem)
            return
        finally:
            self._settled.set()
        self._room = room
        self._become(RoomState.RUNNING, url=room.url, since=time.time())
        problem = await room.ended()
        self._room = None
        self._become(RoomState.STOPPED if problem is None else RoomState.FAILED, problem=problem)

    async def _launched(self, port: int, or_any: bool) -> RunningRoom:
        from inspector.local_room.options import RoomServerOptions

        options = RoomServerOptions(keys={self.facts.api_key: self.facts.api_secret}, port=port)
        try:
            return await self._launch(options)
        except ProblemError as error:
            if not or_any or error.problem.kind is not ProblemKind.PORT_TAKEN:
                raise
        return await self._launch(replace(options, port=ANY_PORT))

    def _become(self, state: RoomState, **facts: object) -> None:
        if state is not RoomState.RUNNING:
            facts["since"] = None
        self.facts = replace(self.facts, state=state, **facts)  # type: ignore[arg-type]
        self.changed.emit()


async def _launch_process(options: RoomServerOptions) -> RunningRoom:
    from inspector.local_room.process.launcher import LocalRoomProcess  # not needed until a room is wanted

    return await LocalRoomProcess.start(options)


async def _somebody_to_join(host: str, port: int) -> bool:
    from inspector.local_room.process.occupants import Occupant, occupant_of

    return await occupant_of(host, port) in (Occupant.LOCAL_ROOM, Occupant.LIVEKIT_SERVER)
