"""The queue of waiting calls as rows, and what a written answer sends."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from inspector.core.mocks import Fail, Reply
from inspector.gui.models.answer_draft import AnswerKind
from inspector.gui.models.held_calls import (
    HeldCallsModel,
    HeldColumn,
    HeldDraft,
    NotSentError,
    answer_of,
    draft_of,
    left_text,
    waiting_words,
)
from inspector.session.holding import HeldCall
from tests.support.themes import dress


def held(call_id: str, until: float = 10.0) -> HeldCall:
    return HeldCall(
        call_id, "demo", "me@demo", "me", "web\u202e", "confirm", f"payload {call_id}", 0.0, until
    )


def shown(model: HeldCallsModel, column: HeldColumn) -> list[str]:
    return [model.index(row, column).data() for row in range(model.rowCount())]


def test_rows_follow_the_queue_and_their_time_runs(qapp: QApplication) -> None:
    dress(qapp)
    model = HeldCallsModel()
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    first, second, third = held("1"), held("2", 70.5), held("3")
    model.set_calls([first, second])
    model.set_calls([second, third])
    assert shown(model, HeldColumn.PAYLOAD) == ["payload 2", "payload 3"]
    assert shown(model, HeldColumn.CALLER) == ["web\\u202e"] * 2
    model.set_now(8.25)
    assert shown(model, HeldColumn.LEFT) == ["1:02", "1.8 s"]
    assert (model.row_of("3"), model.row_of("1")) == (1, None)
    said = model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "confirm from web\\u202e, 1.8 s left"
    model.set_calls([])
    assert model.rowCount() == 0


@pytest.mark.parametrize(
    ("left_s", "text"), [(6.24, "6.2 s"), (0.04, "0.0 s"), (-1, "0.0 s"), (59.9, "59.9 s"), (65.9, "1:05")]
)
def test_time_left_in_words(left_s: float, text: str) -> None:
    assert left_text(left_s) == text


def test_how_many_wait_in_words() -> None:
    assert [waiting_words(count) for count in (0, 1, 2_000)] == [
        "",
        "1 call waits for you",
        "2,000 calls wait for you",
    ]
    assert waiting_words(2, 6.2) == "2 calls wait for you · 6.2 s left"


@pytest.mark.parametrize(
    ("draft", "answer"),
    [
        (HeldDraft(), Reply("")),
        (HeldDraft(text='{ "a": 1.0 }'), Reply('{"a":1.0}')),
        (HeldDraft(text='{ "a": 1.0 }', compact=False), Reply('{ "a": 1.0 }')),
        (HeldDraft(text=" plain text "), Reply(" plain text ")),
        (HeldDraft(AnswerKind.ERROR, code="1602", message="no"), Fail(1602, "no", None)),
        (HeldDraft(AnswerKind.ERROR, code="7", data="{}"), Fail(7, "", "{}")),
    ],
)
def test_what_a_draft_sends(draft: HeldDraft, answer: Reply | Fail) -> None:
    assert answer_of(draft) == answer


@pytest.mark.parametrize(
    ("draft", "why"),
    [
        (HeldDraft(text="[1,"), "no JSON from line 1"),
        (HeldDraft(AnswerKind.ERROR, code="x"), "whole number"),
        (HeldDraft(AnswerKind.ERROR, code="1_500"), "whole number"),
        (HeldDraft(AnswerKind.ERROR, code="-1"), "error codes go from 0"),
        (HeldDraft(AnswerKind.ERROR, code=str(2**40)), "error codes go from 0"),
    ],
)
def test_what_cannot_be_sent_says_why(draft: HeldDraft, why: str) -> None:
    with pytest.raises(NotSentError, match=why):
        answer_of(draft)


@pytest.mark.parametrize("answer", [Reply('{ "a": 1 }'), Reply(""), Fail(1602, "no", "[1]"), Fail(1500)])
def test_a_picked_answer_is_sent_as_it_was_saved(answer: Reply | Fail) -> None:
    assert answer_of(draft_of(answer)) == answer
