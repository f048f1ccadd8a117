"""Starts a local room as a process of its own, and ends it: for the window and for `--local`.

The window imports this: what makes a room server is imported in that process alone.
"""

from __future__ import annotations

import asyncio

import msgspec

from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.process.start_problems import ended_problem, silent_problem
from inspector.processes import ChildProcess
from inspector.roles import LOCAL_ROOM

STARTS_WITHIN_S = 20.0
"""How long a room's process may take until it accepts connections; under a second where cores are free."""


class Ready(msgspec.Struct, frozen=True, tag="ready"):
    """What a room's process says once it accepts connections."""

    url: str
    port: int


class Refused(msgspec.Struct, frozen=True, tag="refused"):
    """What it says where it cannot start."""

    problem: Problem


FirstWord = Ready | Refused


class LocalRoomProcess:
    """A local room that runs. Whoever starts it awaits `stop`."""

    def __init__(self, child: ChildProcess, ready: Ready) -> None:
        self._child = child
        self._stopped = False
        self.url = ready.url
        """Where clients connect."""
        self.port = ready.port

    @classmethod
    async def start(cls, options: RoomServerOptions) -> LocalRoomProcess:
        """Starts one and returns once it accepts connections.

        Raises:
            ProblemError: it cannot be started; where its port is taken (kind PORT_TAKEN), with by whom.
        """
        try:
            child = await ChildProcess.start(LOCAL_ROOM, options)
        except OSError as error:
            raise ProblemError(_no_process(error)) from None
        try:
            return cls(child, await _first_word(child))
        except BaseException:
            await child.stop()
            raise

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._child.pid

    @property
    def is_running(self) -> bool:
        """Whether its process is there."""
        return not self._child.ended.done()

    async def ended(self) -> Problem | None:
        """Waits until it is over; why, with the last line it wrote, unless it was stopped here."""
        end = await asyncio.shield(self._child.ended)
        return None if self._stopped else ended_problem(end.status, end.last_words)

    async def stop(self) -> None:
        """Ends it: its participants are told. Harmless twice."""
        self._stopped = True
        await self._child.stop()


async def _first_word(child: ChildProcess) -> Ready:
    try:
        async with asyncio.timeout(STARTS_WITHIN_S):
            line = await child.line()
    except TimeoutError:
        raise ProblemError(silent_problem(STARTS_WITHIN_S, (await child.stop()).last_words)) from None
    if line is None:
        end = await child.ended
        raise ProblemError(ended_problem(end.status, end.last_words))
    word: FirstWord = msgspec.json.decode(line, type=FirstWord)
    if isinstance(word, Refused):
        raise ProblemError(word.problem)
    return word


def _no_process(error: OSError) -> Problem:
    return Problem(
        kind=ProblemKind.UNEXPECTED,
        what="No process can be started for the local room.",
        side=Side.HERE,
        next_step="End some programs and try again.",
        detail=error.strerror or type(error).__name__,
    )
