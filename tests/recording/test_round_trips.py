"""What is recorded comes back unchanged."""

import tempfile
from pathlib import Path

import msgspec
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core.calls import Call, Outcome
from inspector.core.events import RoomEvent
from inspector.recording.reader import Recording
from inspector.recording.rows import ENDED_WITH_THE_PROGRAM
from inspector.recording.schema import CALL_COLUMNS, EVENT_COLUMNS
from tests.support.any_calls import CALLS, EVENTS
from tests.support.recordings import entries_of, write
from tests.support.records import a_call


def as_reopened(entry: Call | RoomEvent) -> Call | RoomEvent:
    if isinstance(entry, Call) and entry.is_pending:
        error = entry.error or ENDED_WITH_THE_PROGRAM
        return msgspec.structs.replace(entry, outcome=Outcome.LOST, error=error)
    return entry


@settings(max_examples=20)
@given(st.lists(CALLS, max_size=12, unique_by=lambda call: call.id), st.lists(EVENTS, max_size=5))
def test_calls_and_events_of_any_shape_come_back(calls: list[Call], events: list[RoomEvent]) -> None:
    written: list[Call | RoomEvent] = [*calls[:6], *events, *calls[6:]]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "any.db")
        write(path, written)

        assert entries_of(path) == [as_reopened(entry) for entry in written]
        with Recording(path) as recording:
            assert list(recording.calls()) == [as_reopened(call) for call in calls]
            assert list(recording.events()) == events


def test_every_field_of_a_record_has_its_place() -> None:
    from_error = {f"error_{name}" for name in ("code", "name", "message", "data", "side")}
    apart = {"payload", "response"}
    assert set(CALL_COLUMNS) - from_error | apart | {"error"} == set(Call.__struct_fields__)
    assert RoomEvent.__struct_fields__ == EVENT_COLUMNS


def test_rows_can_be_read_without_payloads(tmp_path: Path) -> None:
    call = a_call(payload="p", payload_bytes=1, response="r", response_bytes=1, outcome=Outcome.OK)
    write(tmp_path / "a.db", [call])

    with Recording(tmp_path / "a.db") as recording:
        (row,) = recording.calls(bodies=False)
    assert row == msgspec.structs.replace(call, payload=None, response=None)


def test_half_a_surrogate_pair_is_replaced_and_costs_nothing_else(tmp_path: Path) -> None:
    write(tmp_path / "a.db", [a_call("1", payload="a\ud800b"), a_call("2", payload="whole")])

    payloads = [entry.payload for entry in entries_of(tmp_path / "a.db") if isinstance(entry, Call)]
    assert payloads == ["a?b", "whole"]


def test_more_calls_than_one_statement_takes_come_back_in_order(tmp_path: Path) -> None:
    calls = [a_call(f"run-{number}", outcome=Outcome.OK, payload=str(number)) for number in range(1777)]
    write(tmp_path / "a.db", calls)

    assert entries_of(tmp_path / "a.db") == calls
