"""Listeners: each is told, whoever fails."""

import pytest

from inspector.core.listeners import Listeners


def test_a_failing_listener_is_reported_and_the_others_are_told() -> None:
    reported: list[tuple[BaseException, str]] = []
    told: list[str] = []
    listeners = Listeners[list[str]](lambda error, doing: reported.append((error, doing)))
    listeners.add(told)
    listeners.add(told)

    def news(listener: list[str]) -> None:
        listener.append("news")
        if len(listener) == 1:
            raise ValueError("out of order")

    listeners.tell(news)

    assert told == ["news", "news"]
    assert [str(error) for error, _ in reported] == ["out of order"]


def test_without_a_report_the_failure_is_raised() -> None:
    listeners = Listeners[list[str]]()
    listeners.add([])

    with pytest.raises(ValueError, match="not in list"):
        listeners.tell(lambda listener: listener.remove("absent"))


def test_a_listener_that_was_removed_hears_nothing_more() -> None:
    told: list[str] = []
    listeners = Listeners[list[str]]()
    remove = listeners.add(told)

    remove()
    listeners.tell(lambda listener: listener.append("news"))

    assert told == []
