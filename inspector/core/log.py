"""The call log: the one source of truth for what was called, in the order it was asked for.

Entries are slim rows for calls, and room events between them. The full record is kept for pending calls and
for the newest finished ones, within a bound on their number and their payload bytes; what a bound lets go is
counted, never silent.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterator
from typing import Protocol

import msgspec

from inspector.core.calls import Call, Direction, Outcome
from inspector.core.events import RoomEvent
from inspector.core.listeners import Listeners, Report

FULL_RECORDS = 20_000
"""Finished calls whose request and response stay in memory."""
FULL_BYTES = 256 * 1024 * 1024
"""Payload bytes of finished calls that stay in memory."""
ENTRIES = 1_000_000
"""Rows and events kept; past it the oldest tenth is let go."""
_NOT_ENRICHED = frozenset({"id", "outcome", "elapsed_ms"})


class Row(msgspec.Struct, frozen=True, gc=False):
    """What the table shows of a call, whether or not its payloads are still in memory."""

    id: str
    direction: Direction
    caller: str | None
    destination: str | None
    method: str
    outcome: Outcome
    code: int | None
    started_at: float
    elapsed_ms: float | None
    size_bytes: int
    connection: str | None
    unmatched: bool
    mock: str | None
    wire: str | None = None
    fault: str | None = None
    rule: str | None = None
    room: str | None = None
    noted: bool = False


Entry = Row | RoomEvent


def row_of(call: Call) -> Row:
    """The slim row of a record."""
    return Row(
        id=call.id,
        direction=call.direction,
        caller=call.caller,
        destination=call.destination,
        method=call.method,
        outcome=call.outcome,
        code=call.code,
        started_at=call.started_at,
        elapsed_ms=call.elapsed_ms,
        size_bytes=call.size_bytes,
        connection=call.connection,
        unmatched=bool(call.unmatched),
        mock=call.mock,
        wire=call.wire,
        fault=call.fault,
        rule=call.rule,
        room=call.room,
        noted=bool(call.note),
    )


class LogListener(Protocol):
    """Who follows the log. Called synchronously for every change: note it and return."""

    def entry_added(self, index: int) -> None:
        """An entry now stands at `index`, the end of the log."""

    def entry_changed(self, index: int) -> None:
        """The call at `index` has more to show, or has settled. A settled one may still gain facts."""

    def entries_removed(self) -> None:
        """The log was cleared or its oldest part let go: every index changed."""


class LogCounts(msgspec.Struct):
    """Running totals; clearing the log starts them anew, except for what was let go or missed."""

    calls: int = 0
    pending: int = 0
    ok: int = 0
    errors: int = 0
    """Ended in an RPC error, stopped or lost."""
    payloads_let_go: int = 0
    entries_let_go: int = 0
    missed: int = 0
    """Messages of X-ray that never came, since this program read them too slowly."""
    faulted: int = 0
    """The local room did something to them on purpose."""


class CallLog:
    """Keeps every call and event of a run, hands out ids, and tells its listeners of each change."""

    def __init__(
        self,
        run: str,
        *,
        report: Report | None = None,
        full_records: int = FULL_RECORDS,
        full_bytes: int = FULL_BYTES,
        entries: int = ENTRIES,
    ) -> None:
        self.run = run
        self.counts = LogCounts()
        self._full_records = full_records
        self._full_bytes = full_bytes
        self._limit = entries
        self._numbers = itertools.count(1)
        self._entries: list[Entry] = []
        self._index: dict[str, int] = {}
        self._offset = 0  # how many entries were let go from the front: index = position + offset
        self._pending: dict[str, Call] = {}
        self._finished: OrderedDict[str, Call] = OrderedDict()
        self._finished_bytes = 0
        self._listeners = Listeners[LogListener](report)

    def __len__(self) -> int:
        return len(self._entries)

    def __getitem__(self, index: int) -> Entry:
        return self._entries[index]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def subscribe(self, listener: LogListener) -> Callable[[], None]:
        """Tells `listener` of every change from now on; the result ends it."""
        return self._listeners.add(listener)

    def new_id(self) -> str:
        """An id no other call of this run has."""
        return f"{self.run}-{next(self._numbers)}"

    def get(self, call_id: str) -> Call | None:
        """The full record, None when it was let go or never existed."""
        return self._pending.get(call_id) or self._finished.get(call_id)

    def index_of(self, call_id: str) -> int | None:
        """Where the call stands now, None when its row was cleared or let go."""
        position = self._index.get(call_id)
        return None if position is None else position - self._offset

    def calls(self) -> Iterator[Call]:
        """The full records at hand, oldest first among the finished, then the pending."""
        yield from self._finished.values()
        yield from self._pending.values()

    def pending(self) -> tuple[Call, ...]:
        """The calls that have no outcome yet."""
        return tuple(self._pending.values())

    def open(self, call: Call) -> None:
        """Adds a call that has just been asked for, or has just arrived."""
        self._pending[call.id] = call
        self.counts.calls += 1
        self.counts.pending += 1
        self.counts.faulted += bool(call.fault)
        self._append(row_of(call), call.id)

    def change(self, call_id: str, **fields: object) -> Call | None:
        """Replaces fields of a pending call; None where there is no such pending call any more."""
        call = self._pending.get(call_id)
        if call is None:
            return None
        call = msgspec.structs.replace(call, **fields)
        if call.is_pending:
            self._pending[call_id] = call
        else:
            self._settle(call)
        self._replace_row(call)
        return call

    def enrich(self, call_id: str, **fields: object) -> Call | None:
        """Adds what somebody else saw of a call, pending or settled; how it stands is not touched.

        None where its full record was let go. Nobody is told where nothing changes.

        Raises:
            ValueError: a field would settle the call, reopen it or make it another one.
        """
        if fields.keys() & _NOT_ENRICHED:
            msg = f"enriching leaves {', '.join(sorted(_NOT_ENRICHED))} as they are"
            raise ValueError(msg)
        before = self.get(call_id)
        if before is None:
            return None
        call = msgspec.structs.replace(before, **fields)
        if call == before:
            return before
        if call.is_pending:
            self._pending[call_id] = call
        else:
            self._finished[call_id] = call
            self._finished_bytes += call.size_bytes - before.size_bytes
        self._replace_row(call)
        return call

    def add_event(self, event: RoomEvent) -> None:
        """Adds a thin line between the calls."""
        self._append(event, None)

    def add_missed(self, messages: int) -> None:
        """Counts messages of X-ray that never came."""
        self.counts.missed += messages

    def clear(self) -> None:
        """Forgets every settled call and every event; pending calls stay, in order."""
        self._entries.clear()
        self._index.clear()
        self._offset = 0
        self._finished.clear()
        self._finished_bytes = 0
        pending, faulted = len(self._pending), sum(bool(call.fault) for call in self._pending.values())
        self.counts = msgspec.structs.replace(
            self.counts, calls=pending, pending=pending, ok=0, errors=0, faulted=faulted
        )
        for call in self._pending.values():
            self._index[call.id] = len(self._entries)
            self._entries.append(row_of(call))
        self._listeners.tell(lambda listener: listener.entries_removed())

    def _append(self, entry: Entry, call_id: str | None) -> None:
        if len(self._entries) >= self._limit:
            self._let_entries_go()
        if call_id is not None:
            self._index[call_id] = len(self._entries) + self._offset
        self._entries.append(entry)
        index = len(self._entries) - 1
        self._listeners.tell(lambda listener: listener.entry_added(index))

    def _replace_row(self, call: Call) -> None:
        index = self.index_of(call.id)
        if index is None:
            return
        before = self._entries[index]
        if call.fault and isinstance(before, Row) and not before.fault:
            self.counts.faulted += 1
        self._entries[index] = row_of(call)
        self._listeners.tell(lambda listener: listener.entry_changed(index))

    def _settle(self, call: Call) -> None:
        del self._pending[call.id]
        self.counts.pending -= 1
        if call.outcome is Outcome.OK:
            self.counts.ok += 1
        else:
            self.counts.errors += 1
        self._finished[call.id] = call
        self._finished_bytes += call.size_bytes
        while len(self._finished) > self._full_records or (
            self._finished_bytes > self._full_bytes and len(self._finished) > 1
        ):
            _, oldest = self._finished.popitem(last=False)
            self._finished_bytes -= oldest.size_bytes
            self.counts.payloads_let_go += 1

    def _let_entries_go(self) -> None:
        """Drops the oldest tenth in one go, so that the cost per new entry stays small."""
        gone = self._entries[: max(1, self._limit // 10)]
        del self._entries[: len(gone)]
        self._offset += len(gone)
        self.counts.entries_let_go += len(gone)
        for entry in gone:
            if isinstance(entry, Row):
                self._index.pop(entry.id, None)
        self._listeners.tell(lambda listener: listener.entries_removed())
