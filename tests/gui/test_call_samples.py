"""Calls of the log as samples to try a mock with."""

from inspector.core.calls import Call, Direction
from inspector.core.log import CallLog
from inspector.gui.models.call_samples import call_samples


def opened(log: CallLog, method: str, caller: str, payload: str | None) -> None:
    log.open(
        Call(
            id=log.new_id(),
            room="demo",
            connection="c1",
            direction=Direction.IN,
            caller=caller,
            destination="inspector",
            method=method,
            payload=payload,
            started_at=0.0,
        )
    )


def test_the_newest_calls_of_the_method_come_first_each_once() -> None:
    log = CallLog("run")
    opened(log, "m", "web-1", "a")
    opened(log, "other", "web-1", "x")
    opened(log, "m", "web-2", "a")
    opened(log, "m", "web-1", "b")
    opened(log, "m", "web-1", "a")
    assert [sample[1:] for sample in call_samples(log, "m")] == [
        ("web-1", "a"),
        ("web-1", "b"),
        ("web-2", "a"),
    ]


def test_a_menu_is_not_as_long_as_the_log_and_shows_no_control_characters() -> None:
    log = CallLog("run")
    for number in range(50):
        opened(log, "m", "web\n1", f"{number}\x1b")
    samples = call_samples(log, "m")
    assert len(samples) == 12
    assert samples[0][2] == "49\x1b"
    assert samples[0][0].isprintable()


def test_a_payload_that_nobody_knows_is_none_to_try() -> None:
    log = CallLog("run")
    opened(log, "m", "web-1", None)
    assert call_samples(log, "m") == ()
