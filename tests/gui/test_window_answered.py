"""What the window says of the mock that answered a call, and the ways from there to its rule."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication
from pytestqt.qtbot import QtBot

from inspector.core.mocks import (
    Ask,
    Delay,
    Fail,
    Forward,
    JsonMatch,
    Mock,
    PayloadMatch,
    Reply,
    Rule,
    Sequence,
    Step,
    When,
)
from inspector.gui.models.log_columns import Column
from inspector.gui.widgets.mock_selection import Place
from inspector.session.ports import RpcFailure, RpcRequest
from tests.support.sessions import calls
from tests.support.themes import dress
from tests.support.window_world import WindowWorld, window_world

OSLO = When(json=(JsonMatch("$.city", equals="Atlantis"),))
WEATHER = Mock(
    "get_weather",
    (
        Rule(Fail(1602, "no such city"), name="unknown city", when=OSLO),
        Rule(
            Reply('{"temp_c":21}'),
            name="slow for the web",
            when=When(caller="web*", payload=PayloadMatch(contains="monday")),
            delay=Delay(20, 10),
        ),
    ),
    source="/somewhere/demo.yaml",
)
MONDAY = '{"city":"Oslo","day":"monday"}'


@pytest.fixture
async def world(qtbot: QtBot, qapp: QApplication) -> AsyncIterator[WindowWorld]:
    dress(qapp)
    async with window_world(qtbot) as made:
        await made.join()
        made.window.resize(1280, 800)
        yield made


async def call(world: WindowWorld, method: str, payload: str = "", caller: str = "web") -> str:
    """Call a method of ours, and select the call in the log once it is over; its id."""
    with contextlib.suppress(RpcFailure):
        await world.server.call("me", method, payload, caller=caller).answer()
    call_id = [made for made in calls(world.session) if made.method == method][-1].id
    await world.select(call_id)
    return call_id


def said(world: WindowWorld) -> str:
    return world.panels.details.finding.words()


def links(world: WindowWorld) -> list[str]:
    """The links that can be seen in the details."""
    details = world.panels.details
    shown = [w for w in details.findChildren(QAbstractButton) if w.property("link") and w.isVisible()]
    return [link.text() for link in shown if link.text() not in ("Raw", "Indented")]


def push(world: WindowWorld, text: str) -> None:
    details = world.panels.details
    (found,) = [w for w in details.findChildren(QAbstractButton) if w.text() == text and w.isVisible()]
    QTest.mouseClick(found, Qt.MouseButton.LeftButton)


async def test_the_details_say_which_rule_answered_and_why_not_an_earlier_one(world: WindowWorld) -> None:
    (mock_id,) = world.session.mocks.add([WEATHER])
    await call(world, "get_weather", MONDAY)
    title, text = said(world).split("\n")
    assert title == "Answered by demo.yaml, rule 2."
    assert text.startswith("“slow for the web” waited ")
    assert text.endswith(' ms (20 ± 10). Rule 1 did not match: $.city is "Oslo", not "Atlantis".')
    world.window.show_local_room()
    push(world, "Show the rule")
    assert world.panels.mocks.isVisible()
    assert world.panels.mocks.selection.place == Place(mock_id, 1)


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ((Rule(Reply("x")),), ("Answered by the mock greet, rule 1.",)),
        ((Rule(Reply("x"), name="all"),), ("Answered by the mock greet, rule 1.", "“all” answered at once.")),
        ((Rule(Fail(1700)),), ("Answered by the mock greet, rule 1.", "It answered with error 1700.")),
        (
            (Rule(Sequence((Step(Reply("x")), Step(Reply("y"))))),),
            ("Answered by the mock greet, rule 1.", "It answered at once, step 1 of 2."),
        ),
        (
            (Rule(Reply("x"), when=OSLO), Rule(Reply("x"), when=OSLO), Rule(Reply("x"))),
            ("Answered by the mock greet, rule 3.", "Rules 1 and 2 did not match."),
        ),
        (
            (Rule(Reply("x"), enabled=False), Rule(Reply("x"), when=OSLO), Rule(Reply("x"))),
            ("Answered by the mock greet, rule 3.", "Rule 2 did not match: the payload is not JSON."),
        ),
    ],
)
async def test_what_a_rule_did_in_words(
    world: WindowWorld, rules: tuple[Rule, ...], words: tuple[str, ...]
) -> None:
    world.session.mocks.add([Mock("greet", rules)])
    await call(world, "greet")
    assert said(world).split("\n") == list(words)


async def test_an_unmatched_call_names_the_nearest_rule_and_leads_there(world: WindowWorld) -> None:
    (mock_id,) = world.session.mocks.add([WEATHER])
    await call(world, "get_weather", '{"city":"Oslo","day":"friday"}')
    assert "No mock rule matched." in said(world)
    assert 'Nearest is rule 2 "slow for the web": the payload' in said(world)
    assert 'does not contain "monday"' in said(world)
    push(world, "Show rule 2")
    assert world.panels.mocks.selection.place == Place(mock_id, 1)
    assert world.panels.mocks.editor.isVisible()


async def test_the_row_names_the_rule_and_a_click_on_it_goes_there(world: WindowWorld) -> None:
    (mock_id,) = world.session.mocks.add([Mock("greet", (Rule(Reply("x"), when=OSLO), Rule(Reply("y"))))])
    call_id = await call(world, "greet")
    table, model = world.panels.log.table, world.panels.log.model
    index = model.index(model.row_of_call(call_id) or 0, Column.OUTCOME)
    cell = table.visualRect(index)
    assert "by the mock greet, rule 2" in str(index.data(Qt.ItemDataRole.ToolTipRole))
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(cell.left() + 10, cell.center().y())
    )
    assert world.panels.mocks.selection.place is None, "a click on the outcome only selects"
    QTest.mouseClick(
        table.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(cell.left() + 55, cell.center().y())
    )
    assert world.panels.mocks.selection.place == Place(mock_id, 1)


async def test_a_mock_that_is_gone_is_named_but_leads_nowhere(world: WindowWorld) -> None:
    (mock_id,) = world.session.mocks.add([WEATHER])
    await call(world, "get_weather", MONDAY)
    world.session.mocks.remove(mock_id)
    await world.until(lambda: links(world) == [], "the link gone")
    assert "Answered by demo.yaml, rule 2." in said(world)
    world.panels.log.actions_on_calls.show_rule.trigger()
    assert "no longer there" in world.panels.notices.text


async def test_the_rule_is_told_as_it_was_when_it_answered(world: WindowWorld) -> None:
    (mock_id,) = world.session.mocks.add([WEATHER])
    await call(world, "get_weather", MONDAY)
    renamed = msgspec.structs.replace(WEATHER.rules[1], name="renamed")
    world.session.mocks.replace(mock_id, msgspec.structs.replace(WEATHER, rules=(renamed,)))
    await world.select(await call(world, "get_weather", MONDAY))
    assert "rule 1" in said(world)
    await world.select(calls(world.session)[0].id)
    assert "“slow for the web”" in said(world)


async def test_the_two_legs_of_a_forwarded_call_lead_to_each_other(world: WindowWorld) -> None:
    async def search(request: RpcRequest) -> str:
        return f"found {request.payload}"

    world.server.add_peer("agent-1", search=search)
    world.session.mocks.add([Mock("search", (Rule(Forward("agent-1")),))])
    await world.server.call("me", "search", "it").answer()
    came, went = calls(world.session)
    await world.select(came.id)
    await world.until(lambda: "It forwarded the call to agent-1." in said(world), "where it went")
    push(world, "Show the call it caused")
    await world.until(lambda: world.panels.details.call_id() == went.id, "the other leg")
    push(world, "Show the call that caused it")
    await world.until(lambda: world.panels.details.call_id() == came.id, "the first leg again")


async def test_a_call_that_waits_leads_to_where_it_is_answered(world: WindowWorld) -> None:
    world.session.mocks.add([Mock("confirm", (Rule(Ask()),))])
    answer = asyncio.create_task(world.server.call("me", "confirm", "").answer())
    await world.until(lambda: world.panels.waiting.waiting() == 1, "the waiting call")
    await world.select(calls(world.session)[0].id)
    await world.until(lambda: "Is being answered by the mock confirm, rule 1." in said(world), "the finding")
    push(world, "Answer it")
    assert world.panels.waiting.isVisible()
    QTest.keyClicks(world.panels.waiting.answer.reply, "yes")
    world.panels.waiting.send()
    assert await answer == "yes"


async def test_a_call_is_tried_with_the_rules_as_they_are_in_the_editor(world: WindowWorld) -> None:
    (mock_id,) = world.session.mocks.add([WEATHER])
    await call(world, "get_weather", MONDAY)
    push(world, "Try it with this call")
    assert world.panels.mocks.selection.place == Place(mock_id, 1)
    await world.until(lambda: "Rule 2 matches" in world.panels.mocks.editor.try_it.words(), "the result")
