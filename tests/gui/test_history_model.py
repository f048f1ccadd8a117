"""The history: what it remembers, and that its rows move no more than they must."""

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from inspector.core.calls import Direction, Outcome, Source
from inspector.core.rpc_errors import outgoing_error
from inspector.gui.models.history import SentCall, SentCalls, draft_of, recent_methods
from inspector.gui.models.history_model import HistoryModel
from tests.support.made_up import call, sent


def watched(qapp: QApplication) -> HistoryModel:
    model = HistoryModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    return model


def rows(model: HistoryModel) -> list[str]:
    return [model.call(row).id for row in range(model.rowCount())]


def test_a_call_is_a_row_of_plain_words(qapp: QApplication) -> None:
    model = watched(qapp)
    model.set_calls([sent(2, "evil\u202e", outcome=Outcome.LOST), sent(1)])
    cells = [model.index(0, column).data() for column in range(5)]
    assert cells[1:] == ["evil\\u202e", "agent", "✕ lost", "2.0"]


def test_one_more_and_one_settled_keep_the_selection(qapp: QApplication) -> None:
    model = watched(qapp)
    old, pending = sent(1), sent(2, outcome=Outcome.PENDING)
    model.set_calls([pending, old])
    resets: list[bool] = []
    model.modelReset.connect(lambda: resets.append(True))
    settled = msgspec.structs.replace(pending, outcome=Outcome.ERROR, code=1500)
    model.set_calls([sent(3), settled, old])
    assert rows(model) == ["run-3", "run-2", "run-1"]
    assert model.index(1, 3).data() == "✕ 1500"
    assert resets == []


@given(st.lists(st.lists(st.integers(0, 8), unique=True, max_size=6), max_size=6))
@settings(max_examples=200, deadline=None)
def test_whatever_history_follows_another_the_model_mirrors_it(
    qapp: QApplication, histories: list[list[int]]
) -> None:
    model = watched(qapp)
    for numbers in histories:
        calls = [sent(number) for number in numbers]
        model.set_calls(calls)
        assert rows(model) == [each.id for each in calls]


def test_the_log_s_news_become_entries() -> None:
    calls = SentCalls()
    pending = call(timeout_s=5.0)
    entry = calls.note(pending)
    assert entry is not None
    assert entry.draft == draft_of(pending)
    assert entry.payload_bytes == 15
    assert calls.note(pending) is None, "nothing new"
    failed = call(timeout_s=5.0, outcome=Outcome.ERROR, error=outgoing_error(1500, "x", ""), elapsed_ms=2.0)
    entry = calls.note(failed)
    assert entry is not None
    assert (entry.outcome, entry.code, entry.elapsed_ms) == (Outcome.ERROR, 1500, 2.0)
    assert calls.newest_first() == [entry]


@pytest.mark.parametrize("fields", [{"direction": Direction.IN}, {"source": Source.XRAY}])
def test_calls_of_others_are_none_of_ours(fields: dict[str, object]) -> None:
    assert SentCalls().note(call(**fields)) is None


def test_bounds_let_the_oldest_go() -> None:
    calls = SentCalls(max_calls=3, max_payload_bytes=100)
    for number in range(5):
        calls.note(call(id=f"run-{number}", payload="x"))
    assert [each.id for each in calls.newest_first()] == ["run-4", "run-3", "run-2"]
    calls.note(call(id="large", payload="x" * 99))
    assert [each.id for each in calls.newest_first()] == ["large", "run-4"]
    calls.note(call(id="larger", payload="x" * 500))
    assert [each.id for each in calls.newest_first()] == ["larger"]
    assert calls.note(call(id="run-0", outcome=Outcome.OK)) is None, "it is gone and stays gone"


def test_recent_methods_come_once_and_newest_first() -> None:
    history: list[SentCall] = [sent(3, "b"), sent(2, "a"), sent(1, "b")]
    assert recent_methods(history) == ["b", "a"]
    assert recent_methods(history, limit=1) == ["b"]
