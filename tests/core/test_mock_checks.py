"""What is said about the parts of a mock before a call ever meets them."""

from fnmatch import fnmatchcase

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from inspector.core.documents import Remark, Severity
from inspector.core.mock_checks import (
    check_code,
    check_data,
    check_identity_glob,
    check_message,
    check_method,
    check_milliseconds,
    check_reply,
    shadowed_mocks,
    unreachable_rules,
)
from inspector.core.mocks import Mock, Reply, Rule, applies_to

ON = Rule(Reply(""))
OFF = Rule(Reply(""), enabled=False)


def severities(remarks: tuple[Remark, ...]) -> list[Severity]:
    return [remark.severity for remark in remarks]


@pytest.mark.parametrize(
    ("limit", "check"),
    [(64, check_method), (256, check_message), (15_360, check_data), (15_360, check_reply)],
)
def test_text_beyond_a_limit_of_livekit_is_a_warning_counted_in_bytes(limit: int, check: object) -> None:
    assert callable(check)

    assert check("x" * limit) == ()
    assert severities(check("x" * (limit + 1))) == [Severity.WARNING]
    assert check("å" * (limit // 2)) == ()
    assert severities(check("å" * (limit // 2 + 1))) == [Severity.WARNING]


@pytest.mark.parametrize("check", [check_method, check_message, check_data, check_reply])
def test_text_that_cannot_be_sent_is_an_error(check: object) -> None:
    assert callable(check)

    assert severities(check("half \ud800")) == [Severity.ERROR]


def test_an_empty_method_is_unusual_and_allowed() -> None:
    assert severities(check_method("")) == [Severity.WARNING]


@pytest.mark.parametrize("code", [0, 1, 1000, 1001, 1400, 1602, 1999, 2**32 - 1])
def test_any_code_of_32_bits_is_fine_reserved_ones_too(code: int) -> None:
    assert check_code(code) == ()


@pytest.mark.parametrize("code", [-1, 2**32, 10**300])
def test_a_code_the_sdk_cannot_send_is_an_error(code: int) -> None:
    (remark,) = check_code(code)

    assert remark.severity is Severity.ERROR
    assert len(remark.message) < 100


@pytest.mark.parametrize("ms", [0, 0.5, 400, 86_400_000])
def test_a_delay_may_last_up_to_a_day(ms: float) -> None:
    assert check_milliseconds(ms) == ()


@pytest.mark.parametrize("ms", [-1, -0.1, 86_400_001, 10**400, float("nan"), float("inf"), float("-inf")])
def test_no_call_waits_for_other_delays(ms: float) -> None:
    assert severities(check_milliseconds(ms)) == [Severity.ERROR]


def test_an_empty_identity_glob_is_pointed_out() -> None:
    assert severities(check_identity_glob("")) == [Severity.WARNING]
    assert check_identity_glob("*") == ()


@pytest.mark.parametrize(
    ("rules", "unreachable"),
    [((), ()), ((ON,), ()), ((OFF, ON), ()), ((ON, OFF), ()), ((OFF, ON, OFF, ON, ON), ((3, 1), (4, 1)))],
)
def test_rules_behind_one_that_always_answers_are_never_reached(
    rules: tuple[Rule, ...], unreachable: tuple[tuple[int, int], ...]
) -> None:
    assert unreachable_rules(rules) == unreachable


@pytest.mark.parametrize(
    ("first", "second"),
    [(None, None), (None, "a"), ("*", None), ("a*", "a*"), ("a*", "ab"), ("a*", "ab*"), ("a*c", "ab*c")],
)
def test_a_mock_is_shadowed_by_an_earlier_one_for_all_its_connections(
    first: str | None, second: str | None
) -> None:
    assert shadowed_mocks([Mock("m", identity=first), Mock("m", identity=second)]) == ((1, 0),)


@pytest.mark.parametrize(
    ("first", "second"),
    [("a", None), ("a", "a*"), ("a*", "*a"), ("a*", "b*"), ("x*a*", "x[ab]"), ("a?", "a?*"), ("a*", "*")],
)
def test_a_mock_for_other_connections_too_is_not_shadowed(first: str | None, second: str | None) -> None:
    assert shadowed_mocks([Mock("m", identity=first), Mock("m", identity=second)]) == ()


def test_a_disabled_mock_neither_shadows_nor_is_shadowed() -> None:
    mocks = [Mock("m", enabled=False), Mock("m"), Mock("m", enabled=False), Mock("n")]

    assert shadowed_mocks(mocks) == ()


GLOBS = st.none() | st.text("ab*?[]!", max_size=5)


@given(
    st.lists(st.builds(Mock, method=st.sampled_from("mn"), identity=GLOBS), max_size=5),
    st.text("ab", max_size=4),
)
def test_a_shadowed_mock_is_never_the_one_that_answers(mocks: list[Mock], identity: str) -> None:
    shadowed = shadowed_mocks(mocks)
    assume(shadowed)
    for index, winner in shadowed:
        mock = mocks[index]
        if mock.identity is None or fnmatchcase(identity, mock.identity):
            answering = (m for m in mocks if m.method == mock.method and applies_to(m, identity))
            assert next(answering) is not mock
            assert mocks[winner].method == mock.method
