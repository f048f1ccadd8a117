"""Finds the records of logged calls wherever they are: in memory, or in the recording of their run."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence

from inspector.core.calls import Call
from inspector.core.log import CallLog, Row
from inspector.core.problems import ProblemError
from inspector.gui.models.row_text import call_of
from inspector.tasks import TaskOwner

KEPT_CALLS = 200
KEPT_BYTES = 32 * 1024 * 1024
"""Records that were read back and stay at hand: so many, of so many payload bytes."""

Use = Callable[[list[Call]], None]
ReadBack = Callable[[Sequence[str]], list[Call]]
"""Reads records by their ids from where they are kept; what is not there is left out. It blocks."""


class Records:
    """The records of every log of a window. Ids of calls never repeat, so they need no log beside them."""

    def __init__(self, log: CallLog, tasks: TaskOwner, notice: Callable[[str], None]) -> None:
        """`log` is the one of this run. `notice` tells a person why a record is not there."""
        self._tasks = tasks
        self._notice = notice
        self._unreadable: set[str] = set()
        self._coming: set[str] = set()
        self._sources: dict[CallLog, ReadBack | None] = {log: None}
        self._read: OrderedDict[str, Call] = OrderedDict()
        self._read_bytes = 0

    def add(self, log: CallLog, read_back: ReadBack) -> None:
        """A log is shown, or the recording of one begins; what left its memory is read by `read_back`."""
        self._sources[log] = read_back

    def remove(self, log: CallLog) -> None:
        """A log is shown no more."""
        self._sources.pop(log, None)

    def get(self, call_id: str) -> Call | None:
        """The record where it is at hand, without waiting for it."""
        for log in self._sources:
            if (call := log.get(call_id)) is not None:
                return call
        return self._read.get(call_id)

    def row(self, call_id: str) -> Row | None:
        """The row of a call in the log that has it."""
        log = self.log_of(call_id)
        index = None if log is None else log.index_of(call_id)
        entry = None if log is None or index is None else log[index]
        return entry if isinstance(entry, Row) else None

    def log_of(self, call_id: str) -> CallLog | None:
        """The log that has a row of the call."""
        return next((log for log in self._sources if log.index_of(call_id) is not None), None)

    def can_read(self, call_id: str) -> bool:
        """Whether the record is not at hand, and may yet be read back."""
        return self.get(call_id) is None and call_id not in self._unreadable and bool(self._recorded_logs())

    def bring_back(self, call_id: str) -> None:
        """Has the record read back, so that `get` finds it soon; else `can_read` no longer holds."""
        if self.can_read(call_id) and call_id not in self._coming:
            self._coming.add(call_id)
            self._tasks.spawn(self._read_or_say([call_id]), f"read {call_id}")

    def use(self, ids: Sequence[str], then: Callable[[list[Call]], None], *, or_rows: bool = False) -> None:
        """Hands the records of these calls to `then`: at once where all are at hand, else when they are read.

        For one that is nowhere any more, `or_rows` gives what its row tells. Where nothing is left to hand
        over, that is said, and `then` is not called.
        """
        if any(self.can_read(call_id) for call_id in ids):
            self._tasks.spawn(self._use_later(ids, then, or_rows), f"read {ids[0]} to use it")
        else:
            at_hand = [call for call_id in ids if (call := self.get(call_id)) is not None]
            self._hand_over(ids, at_hand, then, or_rows)

    async def _use_later(self, ids: Sequence[str], then: Use, or_rows: bool) -> None:
        self._hand_over(ids, await self._read_or_say(ids), then, or_rows)

    def _hand_over(self, ids: Sequence[str], calls: list[Call], then: Use, or_rows: bool) -> None:
        if or_rows:
            known = {call.id: call for call in calls}
            rows = {call_id: row for call_id in ids if (row := self.row(call_id)) is not None}
            calls = [known.get(call_id) or call_of(rows[call_id]) for call_id in ids if call_id in rows]
        if calls:
            then(calls)
        else:
            self._notice("The payload of this call is no longer in memory, and no recording has it.")

    async def _read_or_say(self, ids: Sequence[str]) -> list[Call]:
        """Reads; why it cannot be done is said, and the same calls are not tried again."""
        try:
            calls = await self.read(ids)
        except ProblemError as error:
            self._notice(error.problem.sentence())
            calls = []
        self._unreadable.update(set(ids) - {call.id for call in calls})
        self._coming.difference_update(ids)
        return calls

    async def read(self, ids: Sequence[str]) -> list[Call]:
        """The records of these calls in this order; those that are nowhere any more are left out.

        Raises:
            ProblemError: a recording cannot be read.
        """
        found = {call_id: call for call_id in ids if (call := self.get(call_id)) is not None}
        loop = asyncio.get_running_loop()
        for read_back in self._recorded_logs():
            missing = [call_id for call_id in ids if call_id not in found]
            if not missing:
                break
            for call in await loop.run_in_executor(None, read_back, missing):
                found[call.id] = call
                self._keep(call)
        return [found[call_id] for call_id in ids if call_id in found]

    def _recorded_logs(self) -> list[ReadBack]:
        return [read_back for read_back in self._sources.values() if read_back is not None]

    def _keep(self, call: Call) -> None:
        before = self._read.pop(call.id, None)
        self._read[call.id] = call
        self._read_bytes += call.size_bytes - (before.size_bytes if before else 0)
        while len(self._read) > KEPT_CALLS or (self._read_bytes > KEPT_BYTES and len(self._read) > 1):
            _, oldest = self._read.popitem(last=False)
            self._read_bytes -= oldest.size_bytes
