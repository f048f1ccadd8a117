"""Values seen in a log are counted as its filter finds them."""

import pytest

from inspector.core.calls import Direction
from inspector.core.filters import Field, complete, parse_filter, seen_values
from inspector.core.filters.column_search import ColumnSearch
from inspector.core.filters.printing import quoted
from inspector.core.filters.seen_values import SeenValues
from tests.support.filled_log import FilledLog


@pytest.fixture
def filled() -> FilledLog:
    filled = FilledLog()
    for number in range(6):
        filled.event()
        filled.ok(f"get_{number % 2}", caller="web 1", direction=Direction.SEEN)
        filled.failed("flaky", code=1500 + number % 2, room=None)
    filled.pending("late", destination=None)
    return filled


def counted(filled: FilledLog) -> SeenValues:
    seen = SeenValues(filled.log.columns)
    while seen.work():
        pass
    return seen


def test_each_value_is_counted_as_often_as_a_filter_for_it_finds_calls(
    filled: FilledLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(seen_values, "ENTRIES", 4)
    known = counted(filled).known()
    assert known[Field.CODE] == {"1500": 3, "1501": 3}
    assert known[Field.IS] == {"seen": 6, "error": 6, "pending": 1}
    assert {Field.DIR, Field.FROM, Field.TO, Field.METHOD, Field.OUTCOME, Field.ROOM} <= known.keys()
    for field, values in known.items():
        for value, count in values.items():
            search = ColumnSearch(filled.log, parse_filter(f"{field}:{quoted(value)}"))
            assert len(search.candidates(0, len(filled.log))) == count


def test_what_was_counted_completes_a_filter(filled: FilledLog) -> None:
    shown = [(found.shown, found.count) for found in complete("method:get", 10, counted(filled).known())]
    assert shown == [("get_0", 3), ("get_1", 3), ("get_*", 6)]


def test_a_log_that_is_cleared_meanwhile_has_no_values(filled: FilledLog) -> None:
    seen = SeenValues(filled.log.columns)
    filled.log.clear()
    while seen.work():
        pass
    assert seen.known()[Field.METHOD] == {"late": 1}
