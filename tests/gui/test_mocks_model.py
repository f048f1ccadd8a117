"""The tree behind the Mocks panel."""

import time

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from inspector.core.mocks import Delay, Fail, Mock, Reply, Rule
from inspector.gui.models.cells import Cell
from inspector.gui.models.mock_cells import Column
from inspector.gui.models.mocks_model import MockRole, MocksModel
from inspector.gui.widgets.controls import Tone
from inspector.session.mock_set import MockEntry, MockUse


def entry(name: str, *rules: Rule, **fields: object) -> MockEntry:
    return MockEntry(name, Mock(name, rules or (Rule(Reply("{}")),), **fields))  # type: ignore[arg-type]


A, B, C = entry("a"), entry("b"), entry("c")
SEVERAL = entry(
    "several",
    Rule(Fail(1602, "no such city"), name="unknown city"),
    Rule(Reply("21"), delay=Delay(400, 150)),
    Rule(Reply("x"), enabled=False),
)


@pytest.fixture
def model() -> MocksModel:
    model = MocksModel()
    tester = QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal, model)
    assert tester.model() is model
    return model


def methods(model: MocksModel) -> list[str]:
    return [model.index(row, Column.METHOD).data() for row in range(model.rowCount())]


def texts(model: MocksModel, index: QModelIndex) -> list[str]:
    return [index.siblingAtColumn(column).data() for column in list(Column)[1:]]


def cell(index: QModelIndex, column: Column) -> Cell:
    return index.siblingAtColumn(column).data(MockRole.CELL)  # type: ignore[no-any-return]


def test_rows_are_inserted_moved_and_removed_one_by_one(model: MocksModel) -> None:
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.set_entries((A, B, C))
    kept = QPersistentModelIndex(model.index_of("b"))

    for wanted in ((C, A, B), (B,), (A, B, SEVERAL, C), (SEVERAL, C, B), ()):
        model.set_entries(wanted)
        assert methods(model) == [each.id for each in wanted]
        if B in wanted:
            assert kept.data(MockRole.CELL) == Cell(checked=True)
            assert kept.row() == wanted.index(B)

    assert resets == []


def test_the_same_again_changes_nothing(model: MocksModel) -> None:
    model.set_entries((A, SEVERAL))
    changes: list[None] = []
    model.dataChanged.connect(lambda *_: changes.append(None))

    model.set_entries((A, SEVERAL))
    model.update_entry(A)

    assert changes == []


def test_only_the_row_of_a_used_mock_changes(model: MocksModel) -> None:
    model.set_entries((A, B, C))
    changed: list[int] = []
    model.dataChanged.connect(lambda first, last, *_: changed.extend(range(first.row(), last.row() + 1)))

    model.update_entry(replace(B, use=MockUse(1, {0: 1}, 0.0, "web")))
    model.update_entry(entry("nobody knows"))

    assert changed == [1]


def test_a_mock_says_when_what_and_whom_it_answered(model: MocksModel) -> None:
    at = time.mktime((2026, 7, 31, 12, 4, 9, 0, 0, -1))
    used = replace(
        entry("quote", Rule(Reply('"ok"'), delay=Delay(400, 150)), identity="inspector*"),
        use=MockUse(1234, {0: 1234}, at, "web-frontend"),
    )
    model.set_entries((used, A))

    assert texts(model, model.index(0, 0)) == [
        "quote",
        "on inspector*",
        '"ok" after 400 ± 150 ms',
        "1,234",
        "web-frontend · 12:04:09",
    ]
    assert texts(model, model.index(1, 0)) == ["a", "any", "{}", "0", "never"]


def test_an_error_has_a_sign_beside_its_colour(model: MocksModel) -> None:
    model.set_entries((entry("m", Rule(Fail(1602, "no such city"))),))
    answer = cell(model.index(0, 0), Column.ANSWER)
    assert (answer.text, answer.tone) == ('✕ error 1602 "no such city"', Tone.ERROR)


def test_a_reply_on_several_lines_is_told_on_one(model: MocksModel) -> None:
    model.set_entries((entry("m", Rule(Reply('{\n  "a": 1\n}'))),))
    assert cell(model.index(0, 0), Column.ANSWER).text == '{ "a": 1 }'


def test_a_mock_that_is_off_is_faint_and_its_box_empty(model: MocksModel) -> None:
    model.set_entries((entry("m", enabled=False),))
    row = model.index(0, 0)
    assert {cell(row, column).tone for column in Column} == {Tone.FAINT}
    assert row.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    assert row.data(Qt.ItemDataRole.AccessibleTextRole) == "off"


def test_several_rules_have_rows_of_their_own(model: MocksModel) -> None:
    model.set_entries((A, replace(SEVERAL, use=MockUse(7, {0: 7}))))
    parent = model.index_of("several")
    rules = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]

    assert model.rowCount(model.index_of("a")) == 0
    assert texts(model, parent)[2] == '✕ error 1602 "no such city" · rule 1'
    assert [texts(model, rule)[:4] for rule in rules] == [
        ["1  unknown city", "rule 1 of 3", '✕ error 1602 "no such city"', "7"],
        ["2", "rule 2 of 3 not reached", "21 after 400 ± 150 ms", "0"],
        ["3", "rule 3 of 3", "x", "0"],
    ]
    states = [rule.data(Qt.ItemDataRole.CheckStateRole) for rule in rules]
    assert states == [Qt.CheckState.Checked, Qt.CheckState.Checked, Qt.CheckState.Unchecked]
    assert [model.rule_at(rule) for rule in rules] == [0, 1, 2]
    assert model.rule_at(parent) is None


def test_rules_come_and_go_with_edits(model: MocksModel) -> None:
    model.set_entries((A, SEVERAL))
    parent = model.index_of("several")
    for rules in (SEVERAL.mock.rules[:2], SEVERAL.mock.rules[:1], SEVERAL.mock.rules * 2, ()):
        model.set_entries((A, replace(SEVERAL, mock=replace(SEVERAL.mock, rules=rules))))
        assert model.rowCount(parent) == (len(rules) if len(rules) > 1 else 0)


def test_a_mock_without_a_rule_that_is_on_says_what_callers_get(model: MocksModel) -> None:
    model.set_entries((entry("m", Rule(Reply("x"), enabled=False)),))
    assert cell(model.index(0, 0), Column.ANSWER).text == "! no rule is on: callers get 1500"


def test_text_from_outside_is_plain_and_visible(model: MocksModel) -> None:
    nasty = replace(entry("<b>m</b>\u202e"), use=MockUse(1, {0: 1}, 0.0, "<img src=x>\u202egnp"), id="m")
    model.set_entries((nasty,))
    method, last = (model.index(0, column) for column in (Column.METHOD, Column.LAST))

    assert method.data() == "<b>m</b>\\u202e"
    assert last.data().startswith("<img src=x>\\u202egnp · ")
    assert "&lt;img src=x&gt;" in last.data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in last.data(Qt.ItemDataRole.ToolTipRole)


def test_a_mock_being_written_stands_last_and_has_no_box(model: MocksModel) -> None:
    model.set_new("")
    model.set_entries((A, B))
    row = model.index(2, 0)
    assert texts(model, row) == ["new mock", "", "not saved yet", "", ""]
    assert row.data(Qt.ItemDataRole.CheckStateRole) is None
    assert not row.flags() & Qt.ItemFlag.ItemIsUserCheckable

    model.set_new("quote")
    assert texts(model, row)[0] == "quote new"

    model.set_new(None)
    assert methods(model) == ["a", "b"]


def test_unsaved_edits_are_marked(model: MocksModel) -> None:
    model.set_entries((A, B))
    model.set_edited(frozenset({"b"}))
    assert methods(model) == ["a", "b edited"]
    model.set_edited(frozenset({"a"}))
    assert methods(model) == ["a edited", "b"]
