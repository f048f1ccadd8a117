"""One scale for the rows in sight, and where their bars stand on it."""

import pytest

from inspector.core.log import Row
from inspector.gui.models.timeline import TimeScale, end_s, scale_of
from tests.support.filled_log import START, FilledLog


def rows(*calls: tuple[float, float | None]) -> list[Row]:
    """Calls by their start (seconds after the beginning) and length in milliseconds; None is pending."""
    filled = FilledLog()
    for start_s, length_ms in calls:
        call_id = filled.pending(started_at=START + start_s)
        if length_ms is not None:
            filled.settle(call_id, elapsed_ms=length_ms)
    return [entry for entry in filled.log if isinstance(entry, Row)]


def test_the_scale_goes_from_the_first_start_to_the_last_end() -> None:
    scale = scale_of(rows((1.0, 500), (2.0, 3000), (4.0, 100)), START + 100)
    assert (scale.start_s, scale.end_s) == (START + 1.0, START + 5.0)


def test_bars_stand_where_the_calls_were() -> None:
    calls = rows((0.0, 1000), (2.0, 2000))
    scale = scale_of(calls, START + 9)
    first, second = (scale.bar(call, START + 9) for call in calls)
    assert (first.start, first.length) == pytest.approx((0.0, 0.25))
    assert (second.start, second.length) == pytest.approx((0.5, 0.5))
    assert not first.cut
    assert not second.cut


def test_a_pending_bar_grows_until_now() -> None:
    calls = rows((0.0, 1000), (1.0, None))
    assert end_s(calls[1], START + 3) == START + 3
    scale = scale_of(calls, START + 3)
    assert scale.bar(calls[1], START + 3).length == pytest.approx(2 / 3)


def test_one_call_far_longer_than_the_others_is_cut_so_that_they_keep_a_length() -> None:
    calls = rows(*[(place * 0.01, 100) for place in range(20)], (0.05, 15_000))
    scale = scale_of(calls, START + 60)
    assert scale.end_s - scale.start_s < 1
    assert scale.bar(calls[-1], START + 60).cut
    assert scale.bar(calls[0], START + 60).length > 0.1


def test_calls_of_no_length_at_one_moment_still_have_a_place() -> None:
    (call,) = rows((0.0, 0))
    bar = scale_of([call], START).bar(call, START)
    assert (bar.start, bar.length) == (0.0, 0.0)


def test_without_calls_there_is_a_scale_of_no_length() -> None:
    assert scale_of([], START) == TimeScale(START, START)


def test_a_call_outside_the_scale_stays_within_the_column() -> None:
    (call,) = rows((5.0, 1000))
    before = TimeScale(START, START + 1).bar(call, START)
    assert 0.0 <= before.start <= 1.0
    assert before.start + before.length <= 1.0
