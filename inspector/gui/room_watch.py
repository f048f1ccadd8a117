"""Asks a local room, while somebody looks, how many are there and how its faults stand; sets its faults."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable
from typing import Protocol

import msgspec
from PySide6.QtCore import QObject, Signal

from inspector.core.faults import FaultRule, FaultState
from inspector.core.problems import Problem, ProblemError
from inspector.sdk.server_api import ServerApi
from inspector.sdk.sources import ConnectionSource
from inspector.sdk.tokens import admin_token
from inspector.tasks import TaskOwner

EVERY_S = 1.0
COUNTED_ROOMS = 20
"""Of more rooms than that nobody is counted: it would take a question for each."""


class RoomCounts(msgspec.Struct, frozen=True):
    """How many are in how many rooms; None is not known."""

    joined: int | None
    rooms: int | None


class RoomQuestions(Protocol):
    """What is asked of a room server; all raise ProblemError where it cannot be asked or refuses."""

    async def counts(self, source: ConnectionSource) -> RoomCounts:
        """How many are there."""

    async def faults(self, source: ConnectionSource) -> tuple[FaultState, ...]:
        """The faults as they stand."""

    async def set_faults(
        self, source: ConnectionSource, rules: tuple[FaultRule, ...]
    ) -> tuple[FaultState, ...]:
        """Puts these faults in place of all others; how they stand then."""


class RoomWatch(QObject):
    """Follows one server at a time; whoever makes one gives it the sources of local rooms only."""

    counted = Signal(object)
    """The `RoomCounts`."""
    faults_told = Signal(object)
    """A tuple of `FaultState`s."""

    def __init__(self, tasks: TaskOwner, questions: RoomQuestions | None = None) -> None:
        super().__init__()
        self._tasks = tasks
        self._questions = questions or AskServer()
        self._source: ConnectionSource | None = None
        self._is_watched = False
        self._task: asyncio.Task[None] | None = None

    def follow(self, source: ConnectionSource | None) -> None:
        """Asks this server from now on; None asks nobody."""
        if source != self._source:
            self._source = source
            self._begin()

    def set_watched(self, watched: bool) -> None:
        """Asks only while somebody sees the answers."""
        if watched != self._is_watched:
            self._is_watched = watched
            self._begin()

    def set_faults(self, rules: tuple[FaultRule, ...], refused: Callable[[Problem], None]) -> None:
        """Wants these faults to be in force; `refused` is called with the problem where they cannot be."""
        if self._source is not None:
            self._tasks.spawn(self._set_faults(self._source, rules, refused), "set the room's faults")

    def _begin(self) -> None:
        if self._task is not None:
            self._task.cancel()
            self._task = None
        if self._source is not None and self._is_watched and not self._tasks.is_shut_down:
            self._task = self._tasks.spawn(self._ask_on(self._source), "look at the local room")

    async def _ask_on(self, source: ConnectionSource) -> None:
        while True:
            try:
                counts = await self._questions.counts(source)
            except ProblemError:
                counts = RoomCounts(None, None)
            self.counted.emit(counts)
            with contextlib.suppress(ProblemError):  # what is shown stays, till it can be asked again
                self.faults_told.emit(await self._questions.faults(source))
            await asyncio.sleep(EVERY_S)

    async def _set_faults(
        self,
        source: ConnectionSource,
        rules: tuple[FaultRule, ...],
        refused: Callable[[Problem], None],
    ) -> None:
        try:
            states = await self._questions.set_faults(source, rules)
        except ProblemError as error:
            refused(error.problem)
            return
        if source == self._source:
            self.faults_told.emit(states)


class AskServer:
    """The real side of `RoomQuestions`: the server API, and the room's own endpoint for faults."""

    async def counts(self, source: ConnectionSource) -> RoomCounts:
        """How many are there. The list of rooms does not count agents, the list of participants does."""
        async with ServerApi(source) as api:
            rooms = await api.list_rooms()
            if len(rooms) > COUNTED_ROOMS:
                return RoomCounts(None, len(rooms))
            joined = 0
            for room in rooms:
                joined += len(await api.list_participants(room.name))
        return RoomCounts(joined, len(rooms))

    async def faults(self, source: ConnectionSource) -> tuple[FaultState, ...]:
        """The faults as they stand."""
        from inspector.xray.client import XrayClient

        return await XrayClient(source.url, admin_token(source, "")).get_faults()

    async def set_faults(
        self, source: ConnectionSource, rules: tuple[FaultRule, ...]
    ) -> tuple[FaultState, ...]:
        """Puts these faults in place of all others."""
        from inspector.xray.client import XrayClient

        return await XrayClient(source.url, admin_token(source, "")).set_faults(rules)
