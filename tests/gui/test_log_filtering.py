"""The log's model through a filter, and while it is paused."""

from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from inspector.gui.models.log_columns import Column
from inspector.gui.models.log_hits import LogFilter
from inspector.gui.models.log_model import LogModel
from tests.gui.log_model_hands import made, methods, shows, text, words
from tests.support.filled_log import FilledLog


@pytest.fixture
def filled() -> FilledLog:
    return FilledLog()


@pytest.fixture
def model(filled: FilledLog, qtbot: QtBot) -> Iterator[LogModel]:
    model = made(filled)
    yield model
    model.close()


@pytest.fixture
def unwatched(filled: FilledLog, qtbot: QtBot) -> Iterator[LogModel]:
    """A model for very many rows: Qt's tester would look at all of them after each change."""
    model = LogModel(filled.log, now=filled.clock)
    yield model
    model.close()


def test_words_keep_the_calls_that_have_them_and_hide_events(
    filled: FilledLog, model: LogModel, qtbot: QtBot
) -> None:
    filled.ok("get_weather", payload='{"city": "Oslo"}')
    filled.event()
    filled.ok("ping")
    filled.ok("get_location", response='{"city": "OSLO"}')
    model.set_filter(words("oslo"))
    shows(qtbot, model, "get_weather", "get_location")
    model.set_filter(LogFilter())
    assert methods(model) == ["get_weather", "[robot-1]", "ping", "get_location"]


def test_a_participant_keeps_its_calls_and_its_events(
    filled: FilledLog, model: LogModel, qtbot: QtBot
) -> None:
    filled.ok("to_agent")
    filled.ok("from_robot", caller="robot-1", destination="inspector")
    filled.ok("to_robot", destination="robot-1")
    filled.event("robot-1")
    filled.event("web-1")
    model.set_filter(LogFilter(identity="robot-1"))
    shows(qtbot, model, "from_robot", "to_robot", "[robot-1]")
    model.set_filter(words("to_", "robot-1"))
    shows(qtbot, model, "to_robot")


def test_what_comes_is_filtered_as_it_comes(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    filled.ok("old_yes")
    model.set_filter(words("yes"))
    shows(qtbot, model, "old_yes")
    filled.ok("no")
    filled.event()
    filled.ok("new_yes")
    shows(qtbot, model, "old_yes", "new_yes")


def test_a_call_appears_in_its_place_when_it_begins_to_match(
    filled: FilledLog, model: LogModel, qtbot: QtBot
) -> None:
    filled.ok("first", response="sunny")
    second, third = filled.pending("second"), filled.pending("third")
    filled.ok("fourth", response="sunny")
    model.set_filter(words("sunny"))
    shows(qtbot, model, "first", "fourth")
    with qtbot.waitSignal(model.calls_added) as added:
        filled.settle(third, "sunny")
        filled.settle(second, "sunny")
    assert added.args == [2]
    shows(qtbot, model, "first", "second", "third", "fourth")


def test_calls_that_begin_to_match_between_others_each_take_their_place(
    filled: FilledLog, model: LogModel, qtbot: QtBot
) -> None:
    pending = []
    for number in range(6):
        filled.ok(f"ok{number}", response="sunny")
        pending.append(filled.pending(f"late{number}"))
    model.set_filter(words("sunny"))
    shows(qtbot, model, *[f"ok{number}" for number in range(6)])
    for number in (4, 1, 2):
        filled.settle(pending[number], "sunny")
    shows(qtbot, model, "ok0", "ok1", "late1", "ok2", "late2", "ok3", "ok4", "late4", "ok5")


def test_a_call_goes_when_it_ceases_to_match(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    filled.ok("first")
    second, third = filled.pending("second"), filled.pending("third")
    filled.ok("fourth")
    model.set_filter(words("-1502"))
    shows(qtbot, model, "first", "second", "third", "fourth")
    filled.fail(second, 1502)
    filled.fail(third, 1502)
    shows(qtbot, model, "first", "fourth")


def test_a_call_whose_record_was_let_go_is_found_by_its_method(qtbot: QtBot) -> None:
    filled = FilledLog(full_records=1)
    filled.ok("get_weather", payload="oslo")
    filled.ok("get_weather", payload="oslo")
    model = made(filled)
    model.set_filter(words("oslo"))
    qtbot.waitUntil(lambda: model.rowCount() == 1 and not model.is_searching)
    model.set_filter(words("weather"))
    qtbot.waitUntil(lambda: model.rowCount() == 2 and not model.is_searching)
    model.close()


def test_a_search_shows_the_newest_hits_first_and_then_the_rest_in_order(
    filled: FilledLog, unwatched: LogModel, qtbot: QtBot
) -> None:
    model = unwatched
    for number in range(30_000):
        filled.ok(f"m{number}")
    qtbot.waitUntil(lambda: model.rowCount() == 30_000, timeout=20_000)
    pages: list[list[str]] = []
    for shown in (model.modelReset, model.rowsInserted):
        shown.connect(lambda *_: pages.append(methods(model)))
    with qtbot.waitSignal(model.modelReset):
        model.set_filter(words("m"))
        assert model.is_outdated
    qtbot.waitUntil(lambda: model.rowCount() == 30_000, timeout=20_000)
    assert len(pages) > 1, "the first of them comes before all is looked at, be it still empty"
    for page in pages:
        assert page == [f"m{number}" for number in range(30_000 - len(page), 30_000)], "the newest"
    filled.ok("m30000")
    qtbot.waitUntil(lambda: model.rowCount() == 30_001)
    assert methods(model) == [f"m{number}" for number in range(30_001)]


def test_the_search_for_another_filter_takes_the_place_of_one_under_way(
    filled: FilledLog, unwatched: LogModel, qtbot: QtBot
) -> None:
    model = unwatched
    for number in range(20_000):
        filled.ok("even" if number % 2 == 0 else "odd")
    model.set_filter(words("e"))
    model.set_filter(words("nothing"))
    model.set_filter(words("odd"))
    qtbot.waitUntil(lambda: not model.is_searching)
    assert methods(model) == ["odd"] * 10_000


def test_a_call_that_settles_during_a_search_is_seen_as_it_is(
    filled: FilledLog, unwatched: LogModel, qtbot: QtBot
) -> None:
    model = unwatched
    old = filled.pending("old")
    for _ in range(20_000):
        filled.ok("filler")
    new = filled.pending("new")
    qtbot.waitUntil(lambda: model.rowCount() == 20_002)
    with qtbot.waitSignal(model.modelReset):
        model.set_filter(words("sunny|filler"))
    assert model.is_searching
    filled.settle(old, "sunny")
    filled.settle(new, "sunny")
    model.catch_up()
    qtbot.waitUntil(lambda: not model.is_searching and model.rowCount() == 20_002)
    assert methods(model)[0] == "old"
    assert methods(model)[-1] == "new"


def test_a_paused_model_holds_back_and_counts_what_passes(
    filled: FilledLog, model: LogModel, qtbot: QtBot
) -> None:
    filled.ok("old_yes")
    model.set_filter(words("yes"))
    shows(qtbot, model, "old_yes")
    model.set_paused(True)
    filled.ok("yes_1")
    filled.ok("no")
    filled.ok("yes_2")
    qtbot.waitUntil(lambda: model.held_calls == 2)
    assert methods(model) == ["old_yes"]
    with qtbot.waitSignal(model.calls_added) as added:
        model.set_paused(False)
    assert added.args == [2]
    assert methods(model) == ["old_yes", "yes_1", "yes_2"]
    assert model.held_calls == 0


def test_what_is_shown_settles_while_paused(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    pending = filled.pending()
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    model.set_paused(True)
    with qtbot.waitSignal(model.dataChanged):
        filled.settle(pending)
    assert text(model, 0, Column.OUTCOME) == "✓ ok"


def test_a_filter_set_while_paused_still_holds_back(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    filled.ok("yes_1")
    filled.ok("no_1")
    model.set_paused(True)
    filled.ok("yes_2")
    held = filled.pending("no_2")
    qtbot.waitUntil(lambda: model.held_calls == 2)
    model.set_filter(words("yes"))
    shows(qtbot, model, "yes_1")
    assert model.held_calls == 1
    filled.settle(held, "yes")
    qtbot.waitUntil(lambda: model.held_calls == 2)
    filled.ok("no_3")
    model.set_filter(LogFilter())
    assert methods(model) == ["yes_1", "no_1"]
    assert model.held_calls == 3
    model.set_paused(False)
    assert methods(model) == ["yes_1", "no_1", "yes_2", "no_2", "no_3"]


def test_a_held_call_that_ceases_to_match_is_not_counted(
    filled: FilledLog, model: LogModel, qtbot: QtBot
) -> None:
    model.set_filter(words("-1502"))
    qtbot.waitUntil(lambda: not model.is_searching)
    model.set_paused(True)
    held = filled.pending()
    qtbot.waitUntil(lambda: model.held_calls == 1)
    filled.fail(held, 1502)
    qtbot.waitUntil(lambda: model.held_calls == 0)
    model.set_paused(False)
    assert model.rowCount() == 0


def test_clearing_while_paused_leaves_nothing_held(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    model.set_paused(True)
    filled.ok()
    filled.pending("still")
    qtbot.waitUntil(lambda: model.held_calls == 2)
    filled.log.clear()
    assert model.held_calls == 0
    assert methods(model) == ["still"]
