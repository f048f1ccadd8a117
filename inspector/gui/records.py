"""Finds the records of logged calls wherever they are: in memory, or in the recording of their run."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Sequence

from inspector.core.calls import Call
from inspector.core.log import CallLog, Row

KEPT_CALLS = 200
KEPT_BYTES = 32 * 1024 * 1024
"""Records that were read back and stay at hand: so many, of so many payload bytes."""

ReadBack = Callable[[Sequence[str]], list[Call]]
"""Reads records by their ids from where they are kept; what is not there is left out. It blocks."""


class Records:
    """The records of every log of a window. Ids of calls never repeat, so they need no log beside them."""

    def __init__(self, log: CallLog) -> None:
        """`log` is the one of this run."""
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
        return self.get(call_id) is None and bool(self._recorded_logs())

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
