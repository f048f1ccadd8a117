"""Prints calls of the log as they get their outcome, until nobody reads any more."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from inspector.cli import output
from inspector.core.calls import Call, Direction
from inspector.core.events import RoomEvent
from inspector.core.log import CallLog
from inspector.core.problems import ProblemError

LAST_ANSWER_S = 0.5
"""How long a command goes on after the reader of its output has gone."""


class CallPrinter:
    """A listener of the log. Prints each call of one direction as `line` has it; None prints nothing."""

    def __init__(
        self,
        log: CallLog,
        direction: Direction,
        line: Callable[[Call], str | None],
        write: Callable[[str], None] = output.result,
    ) -> None:
        self._log = log
        self._direction = direction
        self._line = line
        self._write = write
        self._pending: set[str] = set()
        self.over: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        """Settled once nothing can be printed any more; raises ProblemError where that is a failure."""

    def entry_added(self, index: int) -> None:
        """Nothing to print yet: a call that has just begun has no outcome."""
        entry = self._log[index]
        if not isinstance(entry, RoomEvent) and entry.direction is self._direction:
            self._pending.add(entry.id)

    def entry_changed(self, index: int) -> None:
        """Prints the call if it has its outcome now; what is learned of it later changes no line."""
        entry = self._log[index]
        if isinstance(entry, RoomEvent) or entry.id not in self._pending:
            return
        call = self._log.get(entry.id)
        if call is not None and not call.is_pending:
            self._pending.discard(entry.id)
            self._print(call)

    def _print(self, call: Call) -> None:
        line = self._line(call)
        if line is None:
            return
        try:
            self._write(line)
        except output.ReaderGoneError:
            output.say("Nobody reads the output any more; ending.")
            self._end_soon(lambda: self.over.set_result(None))
        except ProblemError as error:
            problem = error
            self._end_soon(lambda: self.over.set_exception(problem))

    def _end_soon(self, settle: Callable[[], None]) -> None:
        """Not at once: the answer to the very call that was to be printed may still be to be sent."""
        later = asyncio.get_running_loop().call_later
        later(LAST_ANSWER_S, lambda: None if self.over.done() else settle())

    def entries_removed(self) -> None:
        """The log let go of its oldest rows; they were printed."""
