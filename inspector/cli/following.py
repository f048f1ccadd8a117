"""Follows a local room's X-ray for a command: patiently once it was there, not at all where there is none."""

from __future__ import annotations

import asyncio
import time

from inspector.cli.output import say
from inspector.cli.runtime import NotConnectedError, Runtime
from inspector.cli.seeing import Seeing
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.sdk.addresses import host_of
from inspector.sdk.server_api import probe
from inspector.sdk.sources import ConnectionSource
from inspector.sdk.tokens import admin_token
from inspector.session.connection_info import RejoinPolicy
from inspector.xray.client import OrdinaryServerError, XrayClient


class Following:
    """The stream of the room that `source` names, whose messages go to `seeing`."""

    def __init__(
        self, runtime: Runtime, source: ConnectionSource, seeing: Seeing, policy: RejoinPolicy
    ) -> None:
        self._runtime = runtime
        self._source = source
        self._seeing = seeing
        self._policy = policy
        self._is_there = False
        self._was_there = False

    async def run(self) -> None:
        """Reads until cancelled, again after the stream was lost.

        Raises:
            NotConnectedError: there is none to be had, or it was lost for good.
        """
        tries = 0
        lost_at = 0.0
        while True:
            problem = await self._read()
            if problem.final or not self._was_there:
                raise NotConnectedError(problem)
            if self._is_there:
                tries, lost_at = 0, time.monotonic()
                self._lost()
            pause_s = self._policy.pause_s(tries)
            limit_s = self._policy.give_up_after_s
            if limit_s is not None and time.monotonic() + pause_s - lost_at > limit_s:
                raise NotConnectedError(problem)
            await asyncio.sleep(pause_s)
            tries += 1

    async def _read(self) -> Problem:
        """Reads to the end of the stream, whatever that is; what ended it."""
        source = self._source
        client = XrayClient(source.url, admin_token(source, source.room))
        try:
            await self._runtime.reach(source)
            async with client.following(source.room) as messages:
                self._begun()
                async for message in messages:
                    self._seeing.take(message)
                    await asyncio.sleep(0)  # else a flood of messages would keep signals and timers out
        except OrdinaryServerError:
            return _ordinary(source)
        except ProblemError as error:
            return error.problem if self._was_there or error.problem.final else await self._why(error.problem)
        return _closed(source)

    async def _why(self, problem: Problem) -> Problem:
        """Why there is no stream to begin with, in the words for any server that cannot be reached."""
        try:
            await probe(self._source.url)
        except ProblemError as error:
            return error.problem
        return problem

    def _begun(self) -> None:
        if self._was_there:
            say(f"The local room at {host_of(self._source.url)} is back.")
            self._seeing.resumed()
        else:
            say(f"Watching room {self._source.room} at {host_of(self._source.url)}.")
        self._is_there = self._was_there = True

    def _lost(self) -> None:
        self._is_there = False
        say(f"Lost the local room at {host_of(self._source.url)}; trying again.")
        self._seeing.interrupted()


def _ordinary(source: ConnectionSource) -> Problem:
    return Problem(
        kind=ProblemKind.NOT_FOUND,
        what=(
            f"Nothing can be seen at {host_of(source.url)}, which is no local room: on an ordinary LiveKit"
            " server only a call's two ends see it."
        ),
        side=Side.SERVER,
        next_step=(
            "What sees calls is one of the ends: the window, or `rpc-inspector respond`. A local room shows"
            " them all: `rpc-inspector serve`, or --local."
        ),
        final=True,
    )


def _closed(source: ConnectionSource) -> Problem:
    return Problem(
        kind=ProblemKind.SERVER_SHUTDOWN,
        what=f"The local room at {host_of(source.url)} was stopped.",
        side=Side.SERVER,
        next_step="Start it again.",
    )
