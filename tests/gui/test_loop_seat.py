"""The wait that the status line shows."""

from inspector.gui.loop_seat import DelayMeter


def test_nothing_noted_is_no_delay() -> None:
    assert DelayMeter().longest_s(100.0) == 0.0


def test_the_longest_wait_of_the_last_second_counts() -> None:
    meter = DelayMeter()
    for now, wait_s in [(10.0, 0.5), (10.2, 0.1), (10.4, 0.3), (10.6, 0.2)]:
        meter.add(now, wait_s)

    assert meter.longest_s(10.9) == 0.5
    assert meter.longest_s(11.1) == 0.3
    assert meter.longest_s(11.5) == 0.2
    assert meter.longest_s(11.7) == 0.0


def test_a_longer_wait_outdoes_those_before() -> None:
    meter = DelayMeter()
    meter.add(10.0, 0.1)
    meter.add(10.1, 0.4)

    assert meter.longest_s(10.1) == 0.4
