"""The call log against a simple model of it, under any order of calls, changes, clearing and bounds."""

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from inspector.core.calls import Call, Outcome
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.log import CallLog, Entry, row_of
from tests.support.records import a_call

SIZES = st.integers(0, 12)
OUTCOMES = st.sampled_from([outcome for outcome in Outcome if outcome is not Outcome.PENDING])


class LogAndModel(RuleBasedStateMachine):
    """The model keeps every call whole and in plain lists, and applies the bounds by counting."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: dict[str, Call] = {}
        self.entries: list[str | RoomEvent] = []
        self.finished: list[str] = []
        self.made: list[str] = []
        self.let_go = 0
        self.payloads_let_go = 0
        self.table: list[Entry] = []

    @initialize(records=st.integers(1, 6), size=st.integers(1, 30), entries=st.integers(1, 25))
    def start(self, records: int, size: int, entries: int) -> None:
        self.bounds = (records, size, entries)
        self.log = CallLog("run", full_records=records, full_bytes=size, entries=entries)
        self.log.subscribe(self)

    # What a table does that follows the log.

    def entry_added(self, index: int) -> None:
        assert index == len(self.table)
        self.table.append(self.log[index])

    def entry_changed(self, index: int) -> None:
        self.table[index] = self.log[index]

    def entries_removed(self) -> None:
        self.table = list(self.log)

    # What happens to the log.

    @rule(size=SIZES)
    def open_call(self, size: int) -> None:
        call = a_call(self.log.new_id(), payload_bytes=size)
        self._add(call.id)
        self.log.open(call)
        self.calls[call.id] = call
        self.made.append(call.id)

    @rule()
    def add_event(self) -> None:
        event = RoomEvent(float(len(self.entries)), "demo", "me@demo", "agent", RoomEventKind.LEFT)
        self._add(event)
        self.log.add_event(event)

    @precondition(lambda self: self.made)
    @rule(data=st.data(), size=SIZES)
    def change(self, data: st.DataObject, size: int) -> None:
        call_id = data.draw(st.sampled_from(self.made))
        pending = self.calls[call_id].is_pending
        changed = self.log.change(call_id, payload_bytes=size)
        assert (changed is not None) == pending
        if changed is not None:
            self.calls[call_id] = changed

    @precondition(lambda self: self.made)
    @rule(data=st.data(), outcome=OUTCOMES, size=SIZES)
    def settle(self, data: st.DataObject, outcome: Outcome, size: int) -> None:
        call_id = data.draw(st.sampled_from(self.made))
        pending = self.calls[call_id].is_pending
        settled = self.log.change(call_id, outcome=outcome, response_bytes=size)
        assert (settled is not None) == pending
        if settled is None:
            return
        self.calls[call_id] = settled
        self.finished.append(call_id)
        records, full_bytes, _ = self.bounds
        while len(self.finished) > 1 and (len(self.finished) > records or self._bytes() > full_bytes):
            self.finished.pop(0)
            self.payloads_let_go += 1

    @rule()
    def clear(self) -> None:
        self.log.clear()
        self.entries = [call_id for call_id in self.made if self.calls[call_id].is_pending]
        self.finished = []
        self.made = list(self.entries)  # type: ignore[arg-type]

    def _add(self, entry: str | RoomEvent) -> None:
        limit = self.bounds[2]
        if len(self.entries) >= limit:
            gone = max(1, limit // 10)
            del self.entries[:gone]
            self.let_go += gone
        self.entries.append(entry)

    def _bytes(self) -> int:
        return sum(self.calls[call_id].size_bytes for call_id in self.finished)

    # What must hold at any time.

    @invariant()
    def rows_show_the_calls_as_they_are(self) -> None:
        expected = [row_of(self.calls[entry]) if isinstance(entry, str) else entry for entry in self.entries]
        assert list(self.log) == expected
        assert self.table == expected

    @invariant()
    def each_call_is_found_where_it_stands(self) -> None:
        for call_id in self.calls:
            expected = self.entries.index(call_id) if call_id in self.entries else None
            assert self.log.index_of(call_id) == expected

    @invariant()
    def records_are_kept_within_the_bounds(self) -> None:
        pending = [call_id for call_id in self.made if self.calls[call_id].is_pending]
        assert [call.id for call in self.log.calls()] == [*self.finished, *pending]
        assert [call.id for call in self.log.pending()] == pending
        for call_id, call in self.calls.items():
            kept = call_id in self.finished or call_id in pending
            assert self.log.get(call_id) == (call if kept else None)

    @invariant()
    def counts_are_true(self) -> None:
        outcomes = [self.calls[call_id].outcome for call_id in self.made]
        counts = self.log.counts
        assert counts.calls == len(outcomes)
        assert counts.pending == outcomes.count(Outcome.PENDING)
        assert counts.ok == outcomes.count(Outcome.OK)
        assert counts.errors == counts.calls - counts.pending - counts.ok
        assert (counts.entries_let_go, counts.payloads_let_go) == (self.let_go, self.payloads_let_go)


LogAndModel.TestCase.settings = settings(max_examples=100, stateful_step_count=40, deadline=None)
TestLogAgainstItsModel = LogAndModel.TestCase
