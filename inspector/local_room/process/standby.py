"""A local room for as long as a command or window runs, started where nothing listens at its address."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from inspector.core.problems import ProblemError
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.process.launcher import LocalRoomProcess
from inspector.local_room.process.occupants import Occupant, occupant_of
from inspector.tasks import TaskOwner

Launch = Callable[[RoomServerOptions], Awaitable[LocalRoomProcess]]

AGAIN_AFTER_S = 0.5
"""The pause before a room that crashed is started again."""
HOST = "localhost"
"""What `--local` joins, whatever family of addresses that is first."""


class StandbyRoom:
    """Sees to it that a room is there to be joined. Whoever makes one awaits `stop`."""

    def __init__(
        self,
        options: RoomServerOptions,
        say: Callable[[str], None],
        tasks: TaskOwner,
        launch: Launch = LocalRoomProcess.start,
    ) -> None:
        """`say` tells a person, in a sentence, whose room it is and what became of it."""
        self._options = options
        self._say = say
        self._tasks = tasks
        self._launch = launch
        self._own: LocalRoomProcess | None = None
        self._used_of_others = False
        self._one_at_a_time = asyncio.Lock()

    async def ensure(self) -> None:
        """Returns once something listens: what was there already, or else a room of our own.

        To be called before each try to join: the room of others may have gone meanwhile.

        Raises:
            ProblemError: nothing listens, and no room can be started.
        """
        async with self._one_at_a_time:
            if self._own is not None and self._own.is_running:
                return
            if await self._somebody_listens():
                return
            try:
                self._own = await self._launch(self._options)
            except ProblemError:
                if not await self._somebody_listens():  # else another was quicker
                    raise
                return
            self._say(
                f"Started a local room at {self._own.url} for as long as this runs: nothing listened there."
            )
            self._tasks.spawn(self._watch_over(self._own), "watch over the local room")

    async def stop(self) -> None:
        """Ends the room if it is our own. Harmless twice."""
        if self._own is not None:
            await self._own.stop()

    async def _somebody_listens(self) -> bool:
        occupant = await occupant_of(HOST, self._options.port)
        if occupant is Occupant.NOBODY:
            return False
        if not self._used_of_others:
            self._used_of_others = True
            self._say(f"Port {self._options.port} is in use by {occupant.value}: using that.")
        return True

    async def _watch_over(self, room: LocalRoomProcess) -> None:
        """Starts another room if this one crashes: whoever is in it comes back by itself."""
        problem = await room.ended()
        if problem is None:
            return
        self._say(f"{problem.what} ({problem.detail})" if problem.detail else problem.what)
        await asyncio.sleep(AGAIN_AFTER_S)
        try:
            await self.ensure()
        except ProblemError as error:
            self._say(error.problem.sentence())
