"""The log's model: it mirrors the call log, and tells of it ten times a second at most."""

import time
from collections.abc import Iterator
from itertools import pairwise

import pytest
from PySide6.QtCore import Qt, QTimer
from pytestqt.qtbot import QtBot

from inspector.core.calls import Outcome
from inspector.gui.models.log_columns import Column
from inspector.gui.models.log_hits import runs
from inspector.gui.models.log_model import BUSY_ENTRIES, BUSY_TICK_MS, TICK_MS, LogModel
from tests.gui.log_model_hands import made, methods, shows, text, words
from tests.support.filled_log import START, FilledLog


@pytest.fixture
def filled() -> FilledLog:
    return FilledLog()


@pytest.fixture
def model(filled: FilledLog, qtbot: QtBot) -> Iterator[LogModel]:
    model = made(filled)
    yield model
    model.close()


def test_what_was_there_before_is_shown_at_once(filled: FilledLog, qtbot: QtBot) -> None:
    filled.ok("one")
    filled.event("robot-1")
    model = made(filled)
    assert methods(model) == ["one", "[robot-1]"]
    model.close()


def test_what_comes_is_told_in_one_batch(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    batches: list[tuple[int, int]] = []
    model.rowsInserted.connect(lambda _parent, first, last: batches.append((first, last)))
    with qtbot.waitSignal(model.calls_added) as added:
        for number in range(500):
            filled.ok(f"m{number}")
    assert batches == [(0, 499)]
    assert added.args == [500]
    assert model.rowCount() == 500


def test_after_a_rest_a_call_is_shown_at_once(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    happened: list[str] = []
    model.rowsInserted.connect(lambda: happened.append("shown"))
    QTimer.singleShot(TICK_MS // 2, lambda: happened.append("half a tick later"))
    filled.ok()
    qtbot.waitUntil(lambda: len(happened) == 2)
    assert happened == ["shown", "half a tick later"]


def test_pages_that_nobody_can_read_come_half_as_often(
    filled: FilledLog, model: LogModel, qtbot: QtBot
) -> None:
    came: list[float] = []
    model.rowsInserted.connect(lambda: came.append(time.monotonic()))
    feed = QTimer()
    feed.timeout.connect(lambda: [filled.ok() for _ in range(BUSY_ENTRIES)])
    feed.start(TICK_MS // 5)
    qtbot.waitUntil(lambda: len(came) == 4)
    feed.stop()
    pauses_ms = [(later - sooner) * 1000 for sooner, later in pairwise(came)]
    assert min(pauses_ms) > BUSY_TICK_MS * 0.9


def test_a_batch_counts_calls_and_not_events(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    with qtbot.waitSignal(model.calls_added) as added:
        filled.ok()
        filled.event()
    assert added.args == [1]


def test_a_pending_row_settles_in_place(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    pending = filled.pending()
    filled.ok()
    shows(qtbot, model, "get_weather", "get_weather")
    assert text(model, 0, Column.OUTCOME) == "… 0.0 s"
    with qtbot.waitSignal(model.dataChanged) as changed:
        filled.settle(pending)
    assert changed.args is not None
    assert (changed.args[0].row(), changed.args[1].row()) == (0, 0)
    assert text(model, 0, Column.OUTCOME) == "✓ ok"
    assert text(model, 0, Column.MS) == "12.4"


def test_many_changed_rows_are_told_as_few_ranges(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    pending = [filled.pending() for _ in range(100)]
    qtbot.waitUntil(lambda: model.rowCount() == 100)
    ranges: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: ranges.append((first.row(), last.row())))
    for call_id in pending[10:20]:
        filled.settle(call_id)
    qtbot.waitUntil(lambda: bool(ranges))
    assert ranges == [(10, 19)]
    ranges.clear()
    for call_id in pending[20::2]:
        filled.settle(call_id)
    qtbot.waitUntil(lambda: bool(ranges))
    assert ranges == [(20, 98)]


def test_only_watched_pending_rows_tick(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    filled.pending()
    filled.pending()
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    told: list[int] = []
    model.dataChanged.connect(lambda first, _last: told.append(first.row()))
    model.watch(1, 1)
    filled.now = START + 1.25
    with qtbot.waitSignals([model.pending_ticked, model.pending_ticked]):
        pass
    assert set(told) == {1}
    assert text(model, 1, Column.OUTCOME) == "… 1.2 s"


def test_without_watched_pending_rows_nothing_ticks(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    pending = filled.pending()
    qtbot.waitUntil(lambda: model.rowCount() == 1)
    model.watch(0, 0)
    with qtbot.waitSignal(model.pending_ticked):
        pass
    filled.settle(pending)
    qtbot.waitUntil(lambda: text(model, 0, Column.OUTCOME) == "✓ ok" and not model.is_ticking)
    model.watch(0, 0)
    assert not model.is_ticking


@pytest.mark.parametrize("filter_text", ["", "get"])
def test_clearing_leaves_the_pending_calls(
    filled: FilledLog, model: LogModel, qtbot: QtBot, filter_text: str
) -> None:
    filled.ok("get_old")
    filled.event()
    filled.pending("get_pending")
    model.set_filter(words(filter_text))
    qtbot.waitUntil(lambda: model.rowCount() >= 2 and not model.is_searching)
    filled.log.clear()
    shows(qtbot, model, "get_pending")
    filled.ok("get_new")
    shows(qtbot, model, "get_pending", "get_new")


@pytest.mark.parametrize("filter_text", ["", "m"])
def test_rows_that_the_log_lets_go_leave_from_the_top(qtbot: QtBot, filter_text: str) -> None:
    filled = FilledLog(entries=100)
    for number in range(100):
        filled.ok(f"m{number}")
    model = made(filled)
    model.set_filter(words(filter_text))
    qtbot.waitUntil(lambda: model.rowCount() == 100 and not model.is_searching)
    resets: list[None] = []
    removed: list[tuple[int, int]] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.rowsRemoved.connect(lambda _parent, first, last: removed.append((first, last)))
    pending = filled.pending("m100")
    shows(qtbot, model, *[f"m{number}" for number in range(10, 101)])
    assert removed == [(0, 9)]
    assert not resets
    filled.settle(pending)
    qtbot.waitUntil(lambda: text(model, 90, Column.OUTCOME) == "✓ ok")
    for number in range(1000):
        filled.ok(f"m{number}")
    qtbot.waitUntil(lambda: methods(model)[-1] == "m999" and "gone" not in methods(model))
    assert model.rowCount() == len(filled.log)
    model.close()


def test_a_call_is_found_by_its_id(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    filled.event()
    call_id = filled.ok("yes")
    other = filled.ok("no")
    assert model.row_of_call(call_id) is None
    model.catch_up()
    assert model.row_of_call(call_id) == 1
    model.set_filter(words("yes"))
    shows(qtbot, model, "yes")
    assert model.row_of_call(call_id) == 0
    assert model.row_of_call(other) is None
    assert model.row_of_call("run-unknown") is None


def test_the_next_failure_comes_round_to_the_first(filled: FilledLog, model: LogModel, qtbot: QtBot) -> None:
    filled.failed()
    filled.ok()
    filled.event()
    lost, stopped = filled.pending(), filled.pending()
    filled.end(lost, Outcome.LOST)
    filled.end(stopped, Outcome.STOPPED)
    model.catch_up()
    assert model.next_failure(-1) == 0
    assert model.next_failure(0) == 3
    assert model.next_failure(3) == 0
    filled.log.clear()
    assert model.next_failure(-1) is None


def test_only_calls_can_be_selected(filled: FilledLog, model: LogModel) -> None:
    filled.ok()
    filled.event()
    model.catch_up()
    selectable = Qt.ItemFlag.ItemIsSelectable
    assert model.flags(model.index(0, 0)) & selectable
    assert not model.flags(model.index(1, 0)) & selectable


def test_an_event_has_one_text_which_begins_at_the_direction(filled: FilledLog, model: LogModel) -> None:
    filled.event("robot-1")
    model.catch_up()
    texts = {column: text(model, 0, column) for column in Column if text(model, 0, column)}
    assert texts == {Column.DIRECTION: "— robot-1 is joining"}


def test_every_cell_of_a_row_says_the_whole_row_to_a_screen_reader(
    filled: FilledLog, model: LogModel
) -> None:
    filled.ok()
    model.catch_up()
    said = {model.data(model.index(0, column), Qt.ItemDataRole.AccessibleTextRole) for column in Column}
    assert said == {"out, inspector to agent-weather, get_weather, ok, 12.4 ms"}


def test_a_tool_tip_shows_a_tag_from_a_peer_as_text(filled: FilledLog, model: LogModel) -> None:
    filled.ok("<img src=x>")
    model.catch_up()
    shown = model.data(model.index(0, Column.METHOD), Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img src=x&gt;" in str(shown)


def test_numbers_stand_on_the_right_under_their_heads(filled: FilledLog, model: LogModel) -> None:
    filled.ok()
    model.catch_up()
    role = Qt.ItemDataRole.TextAlignmentRole
    for column in Column:
        head = model.headerData(column, Qt.Orientation.Horizontal, role)
        assert head == model.data(model.index(0, column), role)
        assert isinstance(head, Qt.AlignmentFlag)
        right = bool(head & Qt.AlignmentFlag.AlignRight)
        assert right is (column in (Column.MS, Column.SIZE))


def test_a_closed_model_does_not_follow_any_more(filled: FilledLog, qtbot: QtBot) -> None:
    model = made(filled)
    model.close()
    filled.ok()
    assert not model.is_ticking
    assert model.rowCount() == 0


def test_neighbours_make_a_run() -> None:
    assert list(runs([])) == []
    assert list(runs([4])) == [(4, 4)]
    assert list(runs([1, 2, 3, 7, 9, 10])) == [(1, 3), (7, 7), (9, 10)]
