"""Durations as people write them."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.durations import format_duration, format_ms, parse_duration
from inspector.core.limits import MAX_TIMEOUT_S


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("500ms", 0.5),
        ("15s", 15.0),
        ("2m", 120.0),
        ("24h", 86_400.0),
        ("1.5", 1.5),
        (".25s", 0.25),
        ("3.", 3.0),
        ("  7 s ", 7.0),
        ("1ms", 0.001),
    ],
)
def test_it_reads_what_people_write(text: str, seconds: float) -> None:
    assert parse_duration(text) == pytest.approx(seconds)


@pytest.mark.parametrize("text", ["", "s", "1x", "1 2", "-1s", "1e3", "nan", "inf", "٣s", "1s\x00", "1,5s"])
def test_it_refuses_what_is_no_duration_and_says_how_to_write_one(text: str) -> None:
    with pytest.raises(ValueError, match="write it as 500ms"):
        parse_duration(text)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("0", "no time at all"),
        ("0ms", "no time at all"),
        ("0.0", "no time at all"),
        ("0.5ms", "under a millisecond"),
        ("25h", "longer than a day"),
        ("9" * 400, "longer than a day"),
    ],
)
def test_it_says_why_a_duration_cannot_be_used(text: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        parse_duration(text)


@given(st.floats(min_value=0.001, max_value=MAX_TIMEOUT_S))
def test_what_it_writes_it_reads_back_to_the_millisecond(seconds: float) -> None:
    precision = 0.000_000_5 if seconds < 1 else 0.000_5
    assert abs(parse_duration(format_duration(seconds)) - seconds) <= precision * 1.001


@given(st.text(alphabet="0123456789.smh \t-+e٣ _", max_size=12))
def test_whatever_is_typed_is_a_usable_duration_or_refused(text: str) -> None:
    try:
        seconds = parse_duration(text)
    except ValueError:
        return
    assert math.isfinite(seconds)
    assert 0.001 <= seconds <= MAX_TIMEOUT_S


@pytest.mark.parametrize(
    ("seconds", "text"), [(0.5, "500ms"), (15, "15s"), (0.0015, "1.5ms"), (2.25, "2.25s"), (100, "100s")]
)
def test_it_writes_the_fewest_digits(seconds: float, text: str) -> None:
    assert format_duration(seconds) == text


@pytest.mark.parametrize(
    ("ms", "text"),
    [
        (None, ""),
        (0.0, "0.0"),
        (4.26, "4.3"),
        (99.94, "99.9"),
        (99.96, "100"),
        (100.4, "100"),
        (12_345.6, "12,346"),
    ],
)
def test_milliseconds_for_a_table(ms: float | None, text: str) -> None:
    assert format_ms(ms) == text
