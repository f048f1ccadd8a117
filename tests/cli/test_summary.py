"""What a summary of many calls says, and that it is printed however they end."""

import pytest

from inspector.cli.summary import counted, summary_text, summed_up
from inspector.core.calls import Call, CallError, Direction, Outcome
from inspector.core.summaries import summarise


def _call(outcome: Outcome, ms: float, code: int | None = None) -> Call:
    error = None if code is None else CallError(code, None, "no")
    return Call("1", "r", None, Direction.OUT, "a", "b", "m", outcome=outcome, elapsed_ms=ms, error=error)


def test_says_count_rate_percentiles_and_failures_by_code() -> None:
    calls = [_call(Outcome.OK, 10.0), _call(Outcome.OK, 20.0), _call(Outcome.ERROR, 30.0, 1500)]

    assert summary_text(summarise(calls, 2.0)) == (
        "3 calls in 2.00 s, 1.5/s, 2 ok\n"
        "p50 20.0 ms, p95 30.0 ms, p99 30.0 ms, max 30.0 ms\n"
        "failures by code: 1500: 1"
    )


def test_says_so_where_nothing_was_measured() -> None:
    assert summary_text(summarise([], 1.0), "probe") == (
        "0 probes in 1.00 s, 0.0/s, 0 ok\np50 -, p95 -, p99 -, max -\nfailures by code: none"
    )


def test_counts_as_people_do() -> None:
    assert [counted(number, "call") for number in (0, 1, 2)] == ["0 calls", "1 call", "2 calls"]


def test_sums_up_also_what_was_interrupted(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(KeyboardInterrupt), summed_up([_call(Outcome.OK, 1.0)], "call", as_json=False):
        raise KeyboardInterrupt

    assert capsys.readouterr().out.startswith("1 call in ")


def test_leaves_stdout_to_the_records(capsys: pytest.CaptureFixture[str]) -> None:
    with summed_up([], "call", as_json=True):
        pass

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("0 calls in ")
