"""The log's columns: a row read from them is the call's own, ids are found, and a million rows are small."""

import gc
import tracemalloc

from hypothesis import given
from hypothesis import strategies as st

from inspector.core.calls import Call, CallError, Direction, Outcome
from inspector.core.log import CallLog, row_of
from inspector.core.log_columns import LogColumns
from inspector.core.log_ids import CallIds
from tests.support.records import a_call

_NAMES = st.sampled_from(["", "agent", "web-1", "\N{SNOWMAN}"])
_MAYBE_NAMES = st.none() | _NAMES
_MAYBE_MS = st.none() | st.floats(0, 1e6)
_CALLS = st.builds(
    Call,
    id=st.sampled_from(["run-1", "run-007", "run-", "run-" + "9" * 30, "other-1", ""]),
    room=_MAYBE_NAMES,
    connection=_MAYBE_NAMES,
    direction=st.sampled_from(Direction),
    caller=_MAYBE_NAMES,
    destination=_MAYBE_NAMES,
    method=_NAMES,
    payload_bytes=st.none() | st.integers(0, 2**40),
    error=st.none() | st.builds(CallError, st.none() | st.integers(0, 2**32), st.none(), st.just("broken")),
    outcome=st.sampled_from(Outcome),
    started_at=st.floats(0, 1e10),
    queued_ms=_MAYBE_MS,
    ack_ms=_MAYBE_MS,
    elapsed_ms=_MAYBE_MS,
    wire=_MAYBE_NAMES,
    mock=_MAYBE_NAMES,
    rule=_MAYBE_NAMES,
    unmatched=st.none() | st.booleans(),
    fault=_MAYBE_NAMES,
    note=_MAYBE_NAMES,
)


@given(_CALLS, _CALLS)
def test_a_row_read_from_the_columns_is_that_of_the_call(first: Call, second: Call) -> None:
    log = CallLog("run")
    log.open(first)
    log.open(second)
    assert [log[0], log[1], log[-2], log[-1]] == [row_of(call) for call in (first, second) * 2]


def test_the_last_row_is_the_last_also_after_another_came() -> None:
    log = CallLog("run")
    for method in ("first", "second"):
        call = a_call(log.new_id(), method=method)
        log.open(call)
        assert log[-1] == row_of(call)


def test_a_call_is_found_by_an_id_of_any_run() -> None:
    columns = LogColumns("run")
    ids = ["run-1", "run-01", "elsewhere-1", "run-2"]
    for call_id in ids:
        columns.add_call(a_call(call_id))
    assert [columns.index_of(call_id) for call_id in ids] == [0, 1, 2, 3]
    assert [columns.call_id(index) for index in range(-4, 4)] == ids * 2
    columns.let_go(2)
    assert [columns.index_of(call_id) for call_id in ids] == [None, None, 0, 1]
    assert [columns.index_of(unknown) for unknown in ("run-3", "run-x", "")] == [None] * 3


def test_ids_that_were_let_go_take_no_room() -> None:
    ids = CallIds("run")
    for position in range(100_000):
        ids.put(f"run-{position + 1}" if position % 2 else f"other-{position}", position)
        if position % 1000 == 0:
            ids.forget_before(position)
    ids.forget_before(100_000)
    assert (len(ids._whole), len(ids._whole_at)) == (0, 0)
    assert len(ids._pages) <= 1


def test_symbols_of_no_call_are_let_go_where_they_are_many() -> None:
    columns = LogColumns("run")
    for number in range(10_000):
        columns.add_call(a_call(f"run-{number + 1}", method=f"method-{number}"))
    columns.let_go(9_000)
    assert len(columns.routes) == 1_000
    for number in range(10_000, 11_000):
        columns.add_call(a_call(f"run-{number + 1}", method=f"method-{number}"))
    assert len(columns.routes.values) <= 10_001, "numbers that are free again are given anew"
    route = columns.routes.value(columns.route[0])
    assert route.method == "method-9000"


def test_a_row_takes_less_than_400_bytes_beyond_its_payload() -> None:
    rows = 20_000
    log = CallLog("run", full_records=0)
    gc.collect()
    tracemalloc.start()
    try:
        for _ in range(rows):
            call_id = log.new_id()
            log.open(a_call(call_id, payload='{"city":"Oslo"}', started_at=1e9 + rows))
            log.change(call_id, outcome=Outcome.OK, response="x" * 400, elapsed_ms=1.5)
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken / rows < 150
