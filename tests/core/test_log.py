"""The call log: what it keeps, lets go, counts and tells."""

from collections.abc import Iterator

import msgspec
import pytest

from inspector.core.calls import Call, CallError, Outcome
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.log import CallLog, Entry, Row
from tests.support.records import a_call


class Mirror:
    """What a table shows that follows the log only by what it is told."""

    def __init__(self, log: CallLog) -> None:
        self._log = log
        self.entries: list[Entry] = list(log)
        self.told: list[str] = []

    def entry_added(self, index: int) -> None:
        assert index == len(self.entries)
        self.entries.append(self._log[index])
        self.told.append(f"added {index}")

    def entry_changed(self, index: int) -> None:
        self.entries[index] = self._log[index]
        self.told.append(f"changed {index}")

    def entries_removed(self) -> None:
        self.entries = list(self._log)
        self.told.append("removed")


@pytest.fixture
def log() -> CallLog:
    return CallLog("run")


@pytest.fixture
def mirror(log: CallLog) -> Iterator[Mirror]:
    mirror = Mirror(log)
    log.subscribe(mirror)
    yield mirror
    assert mirror.entries == list(log)


def event(identity: str = "agent") -> RoomEvent:
    return RoomEvent(0.0, "demo", "me@demo", identity, RoomEventKind.LEFT)


def open_call(log: CallLog, **fields: object) -> str:
    call = a_call(log.new_id(), **fields)
    log.open(call)
    return call.id


def ids(log: CallLog) -> list[str]:
    return [entry.id if isinstance(entry, Row) else entry.identity for entry in log]


def settle(log: CallLog, call_id: str, outcome: Outcome = Outcome.OK, **fields: object) -> Call:
    call = log.change(call_id, outcome=outcome, **fields)
    assert call is not None
    return call


def test_ids_never_repeat_and_carry_the_run() -> None:
    one, two = CallLog("a"), CallLog("b")
    made = [log.new_id() for log in (one, one, two)]
    assert made == ["a-1", "a-2", "b-1"]


def test_an_opened_call_is_a_pending_row_at_the_end(log: CallLog, mirror: Mirror) -> None:
    log.add_event(event())
    call_id = open_call(log, payload="hi", payload_bytes=2)

    row = log[1]
    assert isinstance(row, Row)
    assert (row.id, row.outcome, row.size_bytes) == (call_id, Outcome.PENDING, 2)
    assert log.index_of(call_id) == 1
    assert [call.payload for call in log.pending()] == ["hi"]
    assert (log.counts.calls, log.counts.pending) == (1, 1)
    assert mirror.told == ["added 0", "added 1"]


def test_a_call_settles_in_place(log: CallLog, mirror: Mirror) -> None:
    call_id = open_call(log)
    open_call(log)

    settled = settle(log, call_id, response="yes", response_bytes=3, elapsed_ms=2.0)

    row = log[0]
    assert isinstance(row, Row)
    assert (row.outcome, row.elapsed_ms, row.size_bytes) == (Outcome.OK, 2.0, 3)
    assert log.get(call_id) is settled
    assert (log.counts.pending, log.counts.ok, log.counts.errors) == (1, 1, 0)
    assert mirror.told[-1] == "changed 0"
    assert mirror.entries == list(log)


@pytest.mark.parametrize("outcome", [Outcome.ERROR, Outcome.STOPPED, Outcome.LOST])
def test_whatever_is_not_ok_counts_as_an_error(log: CallLog, outcome: Outcome) -> None:
    settle(log, open_call(log), outcome, error=CallError(1501, None, "no"))
    assert (log.counts.ok, log.counts.errors) == (0, 1)


def test_a_pending_call_may_grow_before_it_settles(log: CallLog) -> None:
    call_id = open_call(log)
    log.change(call_id, mock="greet", rule="1")

    row = log[0]
    assert isinstance(row, Row)
    assert (row.mock, row.outcome) == ("greet", Outcome.PENDING)
    assert log.counts.pending == 1


def test_a_call_settles_once(log: CallLog, mirror: Mirror) -> None:
    call_id = open_call(log)
    settled = settle(log, call_id)

    assert log.change(call_id, outcome=Outcome.LOST) is None
    assert log.get(call_id) is settled
    assert mirror.told == ["added 0", "changed 0"]


def test_an_unknown_call_is_none(log: CallLog) -> None:
    assert log.change("run-9", outcome=Outcome.OK) is None
    assert log.get("run-9") is None
    assert log.index_of("run-9") is None


def test_clearing_keeps_pending_calls_in_order_and_they_settle_later(log: CallLog, mirror: Mirror) -> None:
    first = open_call(log)
    settle(log, open_call(log))
    log.add_event(event())
    third = open_call(log)

    log.clear()

    assert ids(log) == [first, third]
    assert (log.counts.calls, log.counts.pending, log.counts.ok) == (2, 2, 0)
    settle(log, third)
    assert mirror.told[-2:] == ["removed", "changed 1"]
    assert mirror.entries == list(log)
    assert log.counts.ok == 1


def test_clearing_forgets_the_records_of_settled_calls(log: CallLog) -> None:
    call_id = open_call(log)
    settle(log, call_id)

    log.clear()

    assert log.get(call_id) is None
    assert log.index_of(call_id) is None
    assert log.new_id() == "run-2"


def test_only_the_newest_records_stay_and_the_rest_is_counted() -> None:
    log = CallLog("run", full_records=2)
    made = [open_call(log, payload="p", payload_bytes=1) for _ in range(4)]
    for call_id in made:
        settle(log, call_id)

    assert [call.id for call in log.calls()] == made[2:]
    assert log.get(made[0]) is None
    assert ids(log) == made
    assert log.counts.payloads_let_go == 2


def test_payload_bytes_have_a_bound_of_their_own_but_the_newest_record_stays() -> None:
    log = CallLog("run", full_bytes=10)
    small, large = open_call(log, payload_bytes=4), open_call(log, payload_bytes=50)
    settle(log, small)
    settle(log, large)

    assert [call.id for call in log.calls()] == [large]
    assert log.counts.payloads_let_go == 1


def test_pending_records_are_never_let_go() -> None:
    log = CallLog("run", full_records=1, full_bytes=1)
    pending = [open_call(log, payload_bytes=5) for _ in range(3)]
    assert [call.id for call in log.calls()] == pending
    assert log.counts.payloads_let_go == 0


def test_past_the_bound_the_oldest_tenth_of_the_entries_goes() -> None:
    log = CallLog("run", entries=20)
    mirror = Mirror(log)
    log.subscribe(mirror)
    made = [open_call(log) for _ in range(21)]

    assert ids(log) == made[2:]
    assert [log.index_of(call_id) for call_id in made] == [None, None, *range(19)]
    assert log.counts.entries_let_go == 2
    assert mirror.told[-2:] == ["removed", "added 18"]
    assert mirror.entries == list(log)


def test_a_call_whose_row_was_let_go_settles_without_one() -> None:
    log = CallLog("run", entries=2)
    first = open_call(log)
    open_call(log)
    open_call(log)
    assert log.index_of(first) is None

    assert settle(log, first).outcome is Outcome.OK
    assert log.counts.ok == 1
    assert first not in ids(log)


def test_clearing_does_not_hide_that_something_was_let_go() -> None:
    log = CallLog("run", entries=2, full_records=1)
    for _ in range(3):
        settle(log, open_call(log))

    log.clear()

    assert (log.counts.entries_let_go, log.counts.payloads_let_go) == (1, 2)
    assert (log.counts.calls, log.counts.ok) == (0, 0)


def test_who_stops_listening_hears_no_more(log: CallLog) -> None:
    mirror = Mirror(log)
    stop = log.subscribe(mirror)
    stop()
    open_call(log)
    assert mirror.told == []


def test_a_listener_may_stop_listening_while_it_is_told(log: CallLog) -> None:
    class Once(Mirror):
        def entry_added(self, index: int) -> None:
            super().entry_added(index)
            stop()

    once, after = Once(log), Mirror(log)
    stop = log.subscribe(once)
    log.subscribe(after)

    open_call(log)
    open_call(log)

    assert once.told == ["added 0"]
    assert after.told == ["added 0", "added 1"]


def test_a_pending_call_is_enriched_and_stays_pending(log: CallLog, mirror: Mirror) -> None:
    call_id = open_call(log)

    enriched = log.enrich(call_id, wire="v2", ack_ms=1.5)

    row = log[0]
    assert isinstance(row, Row)
    assert (row.wire, row.outcome) == ("v2", Outcome.PENDING)
    assert log.get(call_id) is enriched
    assert log.pending() == (enriched,)
    assert mirror.told == ["added 0", "changed 0"]


def test_what_enriched_a_pending_call_is_there_when_it_has_settled(log: CallLog) -> None:
    call_id = open_call(log)
    log.enrich(call_id, ack_ms=1.5)
    assert settle(log, call_id).ack_ms == 1.5


def test_a_settled_call_is_enriched_without_being_reopened(log: CallLog, mirror: Mirror) -> None:
    call_id = open_call(log)
    settle(log, call_id, elapsed_ms=9.0)
    counts = msgspec.structs.replace(log.counts)

    enriched = log.enrich(call_id, fault="1 delay", request_id="r")

    assert enriched is not None
    assert (enriched.outcome, enriched.elapsed_ms, enriched.request_id) == (Outcome.OK, 9.0, "r")
    assert log.get(call_id) is enriched
    assert log.counts == msgspec.structs.replace(counts, faulted=1)
    assert not log.pending()
    row = log[0]
    assert isinstance(row, Row)
    assert row.fault == "1 delay"
    assert mirror.told[-1] == "changed 0"


def test_enriching_with_what_is_known_already_tells_nobody(log: CallLog, mirror: Mirror) -> None:
    call_id = open_call(log, wire="v1")
    log.enrich(call_id, wire="v1")
    assert mirror.told == ["added 0"]


def test_a_call_that_was_let_go_is_not_enriched(mirror: Mirror) -> None:
    log = CallLog("run", full_records=1)
    first = open_call(log)
    settle(log, first)
    settle(log, open_call(log))

    assert log.enrich(first, wire="v2") is None
    assert log.enrich("run-99", wire="v2") is None


def test_enriching_keeps_the_order_in_which_records_are_let_go_and_their_bytes(mirror: Mirror) -> None:
    log = CallLog("run", full_bytes=10)
    first, second = (open_call(log, payload_bytes=4) for _ in range(2))
    settle(log, first)
    settle(log, second)
    log.enrich(first, payload_bytes=7)  # 11 bytes now: the next to settle lets the oldest go

    settle(log, open_call(log, payload_bytes=3))

    assert log.get(first) is None
    assert log.get(second) is not None
    assert log.counts.payloads_let_go == 1


@pytest.mark.parametrize("field", ["id", "outcome", "elapsed_ms"])
def test_how_a_call_stands_is_not_enriched(log: CallLog, field: str) -> None:
    call_id = open_call(log)
    with pytest.raises(ValueError, match=field):
        log.enrich(call_id, **{field: Outcome.OK})


def test_clearing_the_log_keeps_what_was_missed(log: CallLog) -> None:
    log.add_missed(3)
    log.clear()
    assert log.counts.missed == 3


def test_faulted_calls_are_counted_once_whenever_it_becomes_known(log: CallLog) -> None:
    log.open(a_call("run-1", fault="1 delay"))
    log.open(a_call("run-2"))
    log.open(a_call("run-3"))
    assert log.counts.faulted == 1
    log.change("run-2", fault="1 delay")
    log.change("run-2", outcome=Outcome.OK, fault="1 delay")
    log.change("run-3", outcome=Outcome.OK)
    assert log.counts.faulted == 2
    log.enrich("run-3", fault="2 error")
    assert log.counts.faulted == 3
    log.clear()
    assert log.counts.faulted == 1
