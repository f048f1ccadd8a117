"""What many calls come to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.calls import Call, CallError, Outcome
from inspector.core.summaries import percentile, summarise
from tests.support.records import a_call

times = st.lists(st.floats(0, 1e6), min_size=1, max_size=300).map(sorted)
shares = st.floats(0, 1)


def ok(ms: float) -> Call:
    return a_call(outcome=Outcome.OK, elapsed_ms=ms)


def failed(code: int | None, outcome: Outcome = Outcome.ERROR) -> Call:
    return a_call(outcome=outcome, error=CallError(code, None, "no"))


def test_percentiles_of_nothing_are_unknown() -> None:
    assert percentile([], 0.5) is None


@pytest.mark.parametrize(("share", "value"), [(0.5, 50), (0.95, 95), (0.99, 99), (1.0, 100), (0.0, 1)])
def test_of_one_to_a_hundred_the_percentile_is_its_own_number(share: float, value: int) -> None:
    assert percentile(range(1, 101), share) == value


@given(times, shares)
def test_a_percentile_is_a_measured_value_that_enough_values_do_not_exceed(
    ordered: list[float], share: float
) -> None:
    value = percentile(ordered, share)

    assert value is not None
    assert value in ordered
    assert sum(one <= value for one in ordered) >= share * len(ordered) - 1e-9


@given(times, shares, shares)
def test_a_larger_share_never_has_a_smaller_percentile(ordered: list[float], one: float, two: float) -> None:
    low, high = percentile(ordered, min(one, two)), percentile(ordered, max(one, two))
    assert low is not None
    assert high is not None
    assert ordered[0] <= low <= high <= ordered[-1]


def test_a_run_is_summed_up() -> None:
    calls = [ok(10), ok(30), ok(20), failed(1501), failed(1501), failed(1400), failed(None, Outcome.LOST)]

    summary = summarise(calls, seconds=2.0)

    assert (summary.count, summary.ok, summary.rate_per_s) == (7, 3, 3.5)
    assert summary.failures == {"1400": 1, "1501": 2, "lost": 1}
    assert (summary.p50_ms, summary.max_ms) == (20, 30)


def test_stopped_calls_count_as_such() -> None:
    assert summarise([a_call(outcome=Outcome.STOPPED)], 1.0).failures == {"stopped": 1}


def test_a_run_of_nothing_has_no_times_and_no_rate() -> None:
    summary = summarise([], seconds=0.0)
    assert (summary.count, summary.rate_per_s, summary.p50_ms, summary.max_ms) == (0, 0.0, None, None)
