"""Mocks made of logged calls: what "Mock it" makes of the selected rows, and what it says of that."""

from collections.abc import AsyncIterator

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.core.calls import CallError, Direction, Outcome
from inspector.core.mocks import JsonMatch, Mock, NoAnswer, PayloadMatch, Reply, Rule, Sequence, Step, When
from tests.support.records import a_call
from tests.support.themes import dress
from tests.support.window_world import WindowWorld, window_world


@pytest.fixture
async def world(qtbot: QtBot, qapp: QApplication) -> AsyncIterator[WindowWorld]:
    dress(qapp)
    async with window_world(qtbot) as made:
        yield made


def seen(world: WindowWorld, method: str, payload: str, response: str | None, code: int | None = None) -> str:
    """Log a call between two others that was answered so."""
    call_id = world.session.log.new_id()
    world.session.log.open(a_call(call_id, method=method, payload=payload, direction=Direction.SEEN))
    error = None if code is None else CallError(code, None, "")
    outcome = Outcome.OK if code is None else Outcome.ERROR
    world.session.log.change(call_id, outcome=outcome, response=response, error=error)
    return call_id


def mocks(world: WindowWorld) -> list[Mock]:
    return [entry.mock for entry in world.session.mocks.entries()]


def said(world: WindowWorld) -> str:
    return world.panels.mocks.head.note()


async def mock_selected(world: WindowWorld, *call_ids: str) -> None:
    await world.select(*call_ids)
    world.controller.mock_selected()


async def test_several_rows_of_a_method_become_a_rule_for_each_payload(world: WindowWorld) -> None:
    oslo = seen(world, "get_weather", '{"city":"Oslo"}', "21")
    bergen = seen(world, "get_weather", "bergen", "12")
    await mock_selected(world, oslo, bergen)
    assert mocks(world) == [
        Mock(
            "get_weather",
            (
                Rule(Reply("21"), when=When(json=(JsonMatch("$", equals={"city": "Oslo"}),))),
                Rule(Reply("12"), when=When(payload=PayloadMatch(equals="bergen"))),
            ),
        )
    ]
    assert said(world) == "1 new mock."
    assert world.panels.mocks.isVisible()


async def test_the_order_of_the_calls_counts_not_that_of_the_clicks(world: WindowWorld) -> None:
    first, second = seen(world, "poll", "", "waiting"), seen(world, "poll", "", "done")
    await mock_selected(world, second, first)
    assert mocks(world) == [Mock("poll", (Rule(Sequence((Step(Reply("waiting")), Step(Reply("done"))))),))]


async def test_rows_of_several_methods_become_a_mock_each(world: WindowWorld) -> None:
    ids = [seen(world, "a", "", "1"), seen(world, "b", "", None, 1502), seen(world, "c", "", None, 1501)]
    await mock_selected(world, *ids)
    assert mocks(world) == [Mock("a", (Rule(Reply("1")),)), Mock("b", (Rule(NoAnswer()),))]
    assert said(world) == "2 new mocks. 1 call left out: answered by no handler (1501)."


async def test_another_answer_of_a_mocked_method_becomes_a_rule_before_the_others(world: WindowWorld) -> None:
    world.session.mocks.add([Mock("get_weather", (Rule(Reply("mild")),))])
    await mock_selected(world, seen(world, "get_weather", "oslo", "21"))
    (mock,) = mocks(world)
    assert mock.rules[0] == Rule(Reply("21"), when=When(payload=PayloadMatch(equals="oslo")))
    assert mock.rules[1] == Rule(Reply("mild"))
    assert said(world) == "Rule 1 of get_weather is new: it answers this payload."

    await mock_selected(world, seen(world, "get_weather", "oslo", "21"))
    assert mocks(world) == [mock]
    assert said(world) == "get_weather has this mock already."


async def test_of_several_rows_only_what_is_new_is_added(world: WindowWorld) -> None:
    world.session.mocks.add([Mock("a", (Rule(Reply("1")),))])
    ids = [seen(world, "a", "x", "1"), seen(world, "a", "y", "2"), seen(world, "b", "", "3")]
    await mock_selected(world, *ids)
    (a, b) = mocks(world)
    assert [rule.action for rule in a.rules] == [Reply("2"), Reply("1")]
    assert b == Mock("b", (Rule(Reply("3")),))
    assert said(world) == "1 new mock and 1 rule added to mocks made before."
    await mock_selected(world, *ids)
    assert mocks(world) == [a, b]
    assert said(world) == "The mocks made before answer these calls so already."


async def test_rows_without_any_answer_say_why_there_is_nothing_to_mock(world: WindowWorld) -> None:
    ids = [seen(world, "a", "", None, 1501), seen(world, "b", "", None, 1501)]
    await mock_selected(world, *ids)
    assert mocks(world) == []
    assert "Nothing to mock: 2 calls left out: answered by no handler (1501)." in said(world)


async def test_a_method_nobody_registered_gets_the_mock_that_is_missing(world: WindowWorld) -> None:
    await mock_selected(world, seen(world, "get_user", "{}", None, 1400))
    assert mocks(world) == [Mock("get_user", (Rule(Reply("")),))]


async def test_without_a_selection_it_says_what_to_select(world: WindowWorld) -> None:
    world.controller.mock_selected()
    assert "Select calls in the log first" in world.panels.notices.text
