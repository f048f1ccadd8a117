"""The call log: the one source of truth for what was called, in the order it was asked for.

Entries are slim rows for calls, and room events between them. They are kept as columns (`log_columns`),
of which a row is made when it is asked for. The full record is kept for pending calls and for the newest
finished ones, within a bound on their number and payload bytes; what a bound lets go is counted, never
silent.
"""

from __future__ import annotations

import itertools
from collections import OrderedDict
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet
from math import isnan
from typing import Protocol

import msgspec

from inspector.core.calls import Call, Direction, Outcome
from inspector.core.events import RoomEvent
from inspector.core.listeners import Listeners, Report
from inspector.core.log_columns import ROUTE_FIELDS, LogColumns

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
    ack_ms: float | None = None
    queued_ms: float | None = None
    noted: bool = False
    """Somebody wrote a note on it."""


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
        ack_ms=call.ack_ms,
        queued_ms=call.queued_ms,
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
        self.columns = LogColumns(run)
        """What is known of each entry, for whoever looks through all of them."""
        self._full_records = full_records
        self._full_bytes = full_bytes
        self._limit = entries
        self._numbers = itertools.count(1)
        self._made: tuple[int, Row] | None = None  # the row made last: all who hear of a change ask for it
        self._pending: dict[str, Call] = {}
        self._finished: OrderedDict[str, Call] = OrderedDict()
        self._finished_bytes = 0
        self._listeners = Listeners[LogListener](report)

    def __len__(self) -> int:
        return len(self.columns)

    def __getitem__(self, index: int) -> Entry:
        if index < 0:
            index += len(self.columns)
        made = self._made
        if made is not None and made[0] == index:
            return made[1]
        if not self.columns.is_call(index):
            return self.columns.event(index)
        row = _row_at(self.columns, index)
        self._made = (index, row)
        return row

    def __iter__(self) -> Iterator[Entry]:
        index = 0
        while index < len(self.columns):
            yield self[index]
            index += 1

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
        return self.columns.index_of(call_id)

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
        self._append(lambda: self.columns.add_call(call))

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
        self._change_row(call, fields.keys())
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
        self._change_row(call, fields.keys())
        return call

    def add_event(self, event: RoomEvent) -> None:
        """Adds a thin line between the calls."""
        self._append(lambda: self.columns.add_event(event))

    def add_missed(self, messages: int) -> None:
        """Counts messages of X-ray that never came."""
        self.counts.missed += messages

    def clear(self) -> None:
        """Forgets every settled call and every event; pending calls stay, in order."""
        self._made = None
        self.columns.clear()
        self._finished.clear()
        self._finished_bytes = 0
        pending, faulted = len(self._pending), sum(bool(call.fault) for call in self._pending.values())
        self.counts = msgspec.structs.replace(
            self.counts, calls=pending, pending=pending, ok=0, errors=0, faulted=faulted
        )
        for call in self._pending.values():
            self.columns.add_call(call)
        self._listeners.tell(lambda listener: listener.entries_removed())

    def _append(self, add: Callable[[], None]) -> None:
        if len(self.columns) >= self._limit:
            self._let_entries_go()
        add()
        index = len(self.columns) - 1
        self._listeners.tell(lambda listener: listener.entry_added(index))

    def _change_row(self, call: Call, changed: AbstractSet[str]) -> None:
        index = self.index_of(call.id)
        if index is None:
            return
        columns = self.columns
        if call.fault and not columns.standings.value(columns.standing[index]).fault:
            self.counts.faulted += 1
        columns.set_call(index, call, has_moved=not ROUTE_FIELDS.isdisjoint(changed))
        self._made = None
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
        gone = max(1, self._limit // 10)
        self._made = None
        self.columns.let_go(gone)
        self.counts.entries_let_go += gone
        self._listeners.tell(lambda listener: listener.entries_removed())


def _row_at(columns: LogColumns, index: int) -> Row:
    """The row of the call at `index`, as `row_of` makes it of the call itself."""
    route = columns.routes.value(columns.route[index])
    standing = columns.standings.value(columns.standing[index])
    elapsed_ms, ack_ms, queued_ms = columns.elapsed_ms[index], columns.ack_ms[index], columns.queued_ms[index]
    return Row(
        columns.call_id(index),
        route.direction,
        route.caller,
        route.destination,
        route.method,
        standing.outcome,
        standing.code,
        columns.started_at[index],
        None if isnan(elapsed_ms) else elapsed_ms,
        columns.size_bytes[index],
        route.connection,
        standing.unmatched,
        standing.mock,
        standing.wire,
        standing.fault,
        standing.rule,
        route.room,
        None if isnan(ack_ms) else ack_ms,
        None if isnan(queued_ms) else queued_ms,
        standing.noted,
    )
