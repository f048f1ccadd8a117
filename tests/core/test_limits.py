"""How a timeout is shared between caller and handler, as measured with the Python SDK (facts, section 3)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.limits import MAX_TIMEOUT_S, budgets, seconds_text


@pytest.mark.parametrize(("timeout_s", "handler_s"), [(None, 8.0), (15.0, 8.0), (10.0, 3.0), (5.0, 1.0)])
def test_the_handler_gets_what_the_acknowledgement_leaves(timeout_s: float | None, handler_s: float) -> None:
    assert budgets(timeout_s).handler_s == handler_s


def test_without_a_timeout_the_sdks_own_holds() -> None:
    shares = budgets(None)
    assert (shares.timeout_s, shares.ack_timeout_s, shares.worst_s) == (15.0, 7.0, 22.0)


def test_a_shorter_ack_timeout_leaves_the_handler_more() -> None:
    assert budgets(5.0, 1.0).handler_s == 4.0


def test_the_sentence_names_both_shares_and_what_ends_the_wait_for_the_ack() -> None:
    assert budgets(5.0, 1.0).sentence() == "5 s; the handler gets 4 s. No ack within 1 s ends it as 1501."


@given(st.floats(0.001, MAX_TIMEOUT_S), st.floats(0.001, MAX_TIMEOUT_S))
def test_no_handler_gets_less_than_a_second_or_more_than_the_timeout_beyond_it(
    timeout_s: float, ack_timeout_s: float
) -> None:
    shares = budgets(timeout_s, ack_timeout_s)
    assert 1.0 <= shares.handler_s <= max(1.0, timeout_s)
    assert shares.worst_s == ack_timeout_s + timeout_s


@pytest.mark.parametrize(("seconds", "text"), [(8.0, "8 s"), (0.25, "0.25 s"), (100.0, "100 s")])
def test_seconds_take_the_fewest_digits(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text
