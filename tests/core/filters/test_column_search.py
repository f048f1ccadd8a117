"""The search in the log's columns finds what a plain scan finds, whatever became of the log."""

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core import log_columns
from inspector.core.calls import Call, Outcome
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.filters import Filter, parse_filter
from inspector.core.filters.column_search import ColumnSearch
from inspector.core.log import CallLog, Row
from tests.core.filters.sample_calls import a_call, calls, filter_texts


def put(log: CallLog, call: Call) -> str:
    """Has the log hold that call as it is, under an id of the log."""
    call = msgspec.structs.replace(call, id=log.new_id())
    log.open(msgspec.structs.replace(call, outcome=Outcome.PENDING))
    if call.outcome is not Outcome.PENDING:
        fields = ("response", "response_bytes", "error", "outcome", "elapsed_ms", "mock", "unmatched", "note")
        log.change(call.id, **{name: getattr(call, name) for name in fields})
    return call.id


def an_event(identity: str = "a") -> RoomEvent:
    return RoomEvent(0.0, "demo", "c1", identity, RoomEventKind.JOINING)


def found(search: ColumnSearch, log: CallLog) -> list[int]:
    indices = search.candidates(0, len(log))
    if not search.has_texts:
        return list(indices)
    at_hand = {log.index_of(call.id) for call in log.calls()}
    slim = search.passing_slim(indices)
    return [index for index in indices if (search.passes_texts(index) if index in at_hand else index in slim)]


def scanned(wanted: Filter, identity: str | None, log: CallLog) -> list[int]:
    passing = []
    for index, entry in enumerate(log):
        if isinstance(entry, RoomEvent):
            passes = not wanted and identity in (None, entry.identity)
        else:
            passes = identity in (None, entry.caller, entry.destination)
            passes = passes and wanted.passes(entry, log.get(entry.id))
        if passes:
            passing.append(index)
    return passing


@given(
    st.lists(calls() | st.just(None), max_size=12),
    st.lists(calls(), max_size=6),
    filter_texts(),
    st.none() | st.sampled_from(["a", "Web-1"]),
)
def test_it_finds_what_a_plain_scan_finds(
    before: list[Call | None], after: list[Call], text: str, identity: str | None
) -> None:
    log = CallLog("run", full_records=3, entries=12)
    wanted = parse_filter(text)
    search = ColumnSearch(log, wanted, identity)
    for call in before:
        if call is None:
            log.add_event(an_event())
        else:
            put(log, call)
    assert found(search, log) == scanned(wanted, identity, log)
    for call in after:
        put(log, call)
    for pending in log.pending()[:2]:
        log.change(pending.id, outcome=Outcome.LOST, elapsed_ms=500.0)
    assert found(search, log) == scanned(wanted, identity, log)


def test_a_symbol_that_means_something_else_since_entries_were_let_go_is_tried_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(log_columns, "_MANY_SYMBOLS", 2)
    log = CallLog("run", entries=10)
    search = ColumnSearch(log, parse_filter("method:m0|m12"))
    for number in range(10):
        put(log, a_call(method=f"m{number}", outcome=Outcome.OK))
    assert list(search.candidates(0, 10)) == [0]
    for number in range(10, 13):
        put(log, a_call(method=f"m{number}", outcome=Outcome.OK))
    assert list(search.candidates(0, 10)) == [9]


@pytest.mark.parametrize("identity", [None, "a"])
def test_events_are_found_only_where_there_is_no_filter(identity: str | None) -> None:
    log = CallLog("run")
    log.add_event(an_event("a"))
    log.add_event(an_event("b"))
    assert list(ColumnSearch(log, Filter(), identity).candidates(0, 2)) == (
        [0, 1] if identity is None else [0]
    )
    assert list(ColumnSearch(log, parse_filter("-dir:in"), identity).candidates(0, 2)) == []


def test_rows_of_a_part_of_the_log_are_named_by_their_index_in_all_of_it() -> None:
    log = CallLog("run")
    for number in range(10):
        put(log, a_call(method="even" if number % 2 == 0 else "odd"))
    indices = ColumnSearch(log, parse_filter("method:even")).candidates(3, 9)
    assert list(indices) == [4, 6, 8]
    assert all(isinstance(row := log[index], Row) and row.method == "even" for index in indices)
