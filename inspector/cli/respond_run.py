"""What `respond` does while it runs: joins, answers, runs a program beside that, and sums up."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from inspector.cli import output
from inspector.cli.call_lines import answered_line
from inspector.cli.call_printer import CallPrinter
from inspector.cli.companion import Companion, NotStartedError
from inspector.cli.exit_codes import ExitCode
from inspector.cli.fresh_room import FreshRoom
from inspector.cli.live_mocks import LiveMocks
from inspector.cli.ready_file import ReadyFile
from inspector.cli.record_option import RecordOption
from inspector.cli.respond_summary import Demands, say_ready, say_summary
from inspector.cli.running import heed_sigterm
from inspector.cli.runtime import NotConnectedError, Runtime
from inspector.cli.unmatched_calls import UnmatchedCalls
from inspector.core.calls import Direction, to_json
from inspector.core.problems import ProblemError
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.session.session import Session
from inspector.session.waiting import until

LAST_NEWS_S = 0.25
"""X-ray tells of a call within this time after its caller has its answer."""

XRAY_WITHIN_S = 10.0
"""A room of our own shows its calls long before that."""


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What the command line asks for."""

    mocks: LiveMocks
    source: ConnectionSource
    as_json: bool
    duration_s: float | None
    seed: int
    ready_file: ReadyFile
    recording: RecordOption
    demands: Demands
    program: tuple[str, ...]
    """The words of the program to run; empty for none."""
    quiet: bool

    @property
    def wants_fresh_room(self) -> bool:
        """Whether the room is one of its own, that nobody else can have any part in."""
        return self.source.local and bool(self.program)


async def respond_as_asked(runtime: Runtime, asked: Asked) -> int:
    """Answers until it is over; the exit status.

    Raises:
        NotConnectedError: it could not join, or lost the connection or its room for good.
        ProblemError: something cannot be written.
    """
    runtime.session.mocks.seed = asked.seed
    await asked.mocks.open(runtime.session)
    asked.ready_file.remove()  # one that a killed run left behind would say what is not true yet
    if not asked.wants_fresh_room:
        return await _join_and_answer(runtime, asked, asked.source, None)
    try:
        room = await FreshRoom.start(asked.source)
    except ProblemError as error:
        raise NotConnectedError(error.problem) from None
    try:
        if not asked.quiet:
            output.say(f"Using {room.source.label}: {room.source.summary()}")
        return await _join_and_answer(runtime, asked, room.source, room)
    finally:
        await runtime.session.close()  # first, so that nobody finds the room gone
        await room.stop()


async def _join_and_answer(
    runtime: Runtime, asked: Asked, source: ConnectionSource, room: FreshRoom | None
) -> int:
    session = runtime.session
    line = to_json if asked.as_json else answered_line
    # With a program beside us, stdout is the program's alone.
    printer = CallPrinter(session.log, Direction.IN, line, output.beside if asked.program else output.result)
    session.log.subscribe(printer)
    unmatched = UnmatchedCalls(session.log)
    session.log.subscribe(unmatched)
    connection_id = await runtime.join(source)
    if room is not None:
        await _see_everything(session, connection_id)
    await asked.recording.begin(session.log)
    asked.ready_file.write()
    say_ready(runtime.info(connection_id), session.mocks)
    run = _Run(runtime, asked, printer, connection_id, room)
    try:
        return await run.until_over(source)
    finally:
        await run.close()
        info = session.connection(connection_id)
        if info is not None and info.xray:
            await asyncio.sleep(LAST_NEWS_S)
        await session.close()  # what was under way has its outcome from then on
        say_summary(session.mocks, unmatched, asked.demands)
        asked.ready_file.remove()


async def _see_everything(session: Session, connection_id: str) -> None:
    """Waits for X-ray of a room that has it, so that no call of the program goes unseen."""

    def seen() -> bool | None:
        info = session.connection(connection_id)
        return True if info is not None and info.xray else None

    if not await until(session, seen, XRAY_WITHIN_S):
        output.say("The room does not show its calls: those of methods nobody registered are not counted.")


class _Run:
    """The time in which every mock answers."""

    def __init__(
        self,
        runtime: Runtime,
        asked: Asked,
        printer: CallPrinter,
        connection_id: str,
        room: FreshRoom | None,
    ) -> None:
        self._runtime = runtime
        self._asked = asked
        self._printer = printer
        self._connection_id = connection_id
        self._room = room
        self._companion: Companion | None = None

    async def until_over(self, source: ConnectionSource) -> int:
        """Returns the exit status once something ends it. Raises as `respond_as_asked`."""
        lasting = self._runtime.lost_for_good(self._connection_id, self._asked.duration_s)
        answering = self._spawn(lasting, "answering")
        ends: list[asyncio.Future[Any]] = [answering, self._printer.over]
        if self._room is not None:
            ends.append(self._spawn(_watch_over(self._room), "watch over the room"))
        ended: asyncio.Task[int] | None = None
        if self._asked.program:
            self._companion = Companion(self._asked.program)
            try:
                await self._companion.start(_environment_for(source))
            except NotStartedError as error:
                output.say(str(error))
                return error.status
            ends.append(ended := self._spawn(self._companion.ended(), "run the program"))
        await asyncio.wait(ends, return_when=asyncio.FIRST_COMPLETED)
        if ended is not None and ended.done():
            return ended.result()
        for end in ends:
            if end.done():
                end.result()
        return await self._end_companion()

    async def close(self) -> None:
        """Ends what it began, the program first."""
        self._printer.over.cancel()
        if self._companion is not None:
            await self._companion.close()
            heed_sigterm()  # no longer the program's

    async def _end_companion(self) -> int:
        """The time is over."""
        if self._companion is None:
            return ExitCode.DONE
        output.say(f"The time that --for gives is over: ending {self._asked.program[0]}.")
        status = await self._companion.close()
        assert status is not None
        return status

    def _spawn(self, coroutine: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        return self._runtime.session.tasks.spawn(coroutine, name, awaited=True)


def _environment_for(source: ConnectionSource) -> dict[str, str]:
    """The environment of the program: ours, but that it joins the same room by its key, as whom it likes."""
    key = source.credentials
    assert isinstance(key, KeyCredentials)
    kept = dict(os.environ)
    for name in ("LIVEKIT_TOKEN", "LIVEKIT_IDENTITY"):
        kept.pop(name, None)
    return {
        **kept,
        "LIVEKIT_URL": source.url,
        "LIVEKIT_API_KEY": key.api_key,
        "LIVEKIT_API_SECRET": key.api_secret,
        "LIVEKIT_ROOM": source.room,
    }


async def _watch_over(room: FreshRoom) -> None:
    """Returns once the room was stopped. Raises NotConnectedError where it ended by itself."""
    try:
        await room.over()
    except ProblemError as error:
        raise NotConnectedError(error.problem) from None
