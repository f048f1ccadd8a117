"""What the time a caller left is enough for."""

import pytest

from inspector.core.deadlines import left_text, onward_timeouts, too_late_text
from inspector.core.mocks import Ask, Forward, NoAnswer, Reply, Script, StepAction


@pytest.mark.parametrize(
    ("left_s", "timeout_s", "ack_timeout_s"),
    [(8.0, 7.8, 2.34), (0.3, 0.1, 0.03), (60.0, 59.8, 7.0), (1.0, 0.8, 0.24)],
)
def test_a_call_onward_leaves_time_for_the_way_back_and_for_its_handler(
    left_s: float, timeout_s: float, ack_timeout_s: float
) -> None:
    timeouts = onward_timeouts(left_s)

    assert timeouts is not None
    assert (timeouts.timeout_s, timeouts.ack_timeout_s) == pytest.approx((timeout_s, ack_timeout_s))


@pytest.mark.parametrize("left_s", [0.29, 0.0, -1.0])
def test_too_little_time_is_enough_for_none(left_s: float) -> None:
    assert onward_timeouts(left_s) is None


@pytest.mark.parametrize(
    ("action", "delay_ms", "text"),
    [
        (Reply("x"), 9000.2, "too late: the rule waits 9,001 ms, the caller left 7.9 s"),
        (Ask(), 9000, "too late: the rule waits 9,000 ms, the caller left 7.9 s"),
        (NoAnswer(), 0, "no answer, as the rule says: the caller left 7.9 s"),
        (Ask(), 100, "too late: nobody answered by hand, the caller left 7.9 s"),
        (Forward("agent-1"), 0, "too late: agent-1 had not answered, the caller left 7.9 s"),
        (Script("a.py"), 0, "too late: the script had not answered, the caller left 7.9 s"),
        (Reply("x"), 7000, "too late: the answer was not ready, the caller left 7.9 s"),
    ],
)
def test_a_late_answer_says_what_took_the_time(action: StepAction, delay_ms: float, text: str) -> None:
    assert too_late_text(action, delay_ms, 7.99) == text


@pytest.mark.parametrize(
    ("seconds", "text"), [(8.0, "8 s"), (0.3, "0.3 s"), (7.999, "7.9 s"), (0.04, "0 s"), (-2, "0 s")]
)
def test_time_left_is_never_shown_as_more_than_it_is(seconds: float, text: str) -> None:
    assert left_text(seconds) == text
