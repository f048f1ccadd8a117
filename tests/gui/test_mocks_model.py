"""The tree behind the Mocks panel."""

import time

import pytest
from msgspec.structs import replace
from PySide6.QtCore import QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester

from inspector.core.documents import FileProblem, Severity
from inspector.core.mocks import Action, Ask, Delay, Fail, Forward, Mock, NoAnswer, Reply, Rule, Script
from inspector.gui.models.cells import Cell
from inspector.gui.models.mock_cells import Column
from inspector.gui.models.mocks_model import MockRole, MocksModel
from inspector.gui.widgets.controls import Tone
from inspector.session.mock_file_state import Allowed, MocksFileState
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
    return [own(model, row).data() for row in range(model.rowCount(model.own_index()))]


def own(model: MocksModel, row: int, column: Column = Column.MOCK) -> QModelIndex:
    return model.index(row, column, model.own_index())


def texts(model: MocksModel, index: QModelIndex) -> list[str]:
    return [index.siblingAtColumn(column).data() for column in Column]


def said(entry: MockEntry) -> str:
    return entry.id if len(entry.mock.rules) > 1 else f"{entry.id} · reply"


def cell(index: QModelIndex, column: Column) -> Cell:
    return index.siblingAtColumn(column).data(MockRole.CELL)  # type: ignore[no-any-return]


def test_rows_are_inserted_moved_and_removed_one_by_one(model: MocksModel) -> None:
    resets: list[None] = []
    model.modelReset.connect(lambda: resets.append(None))
    model.set_entries((A, B, C))
    kept = QPersistentModelIndex(model.index_of("b"))

    for wanted in ((C, A, B), (B,), (A, B, SEVERAL, C), (SEVERAL, C, B), ()):
        model.set_entries(wanted)
        assert methods(model) == [said(each) for each in wanted]
        if B in wanted:
            assert kept.data() == "b · reply"
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

    assert texts(model, own(model, 0)) == [
        "quote · reply",
        "on inspector*",
        '"ok" after 400 ± 150 ms',
        "1,234",
        "web-frontend · 12:04:09",
    ]
    assert texts(model, own(model, 1)) == ["a · reply", "any", "{}", "0", "never"]


def test_an_error_has_a_sign_beside_its_colour(model: MocksModel) -> None:
    model.set_entries((entry("m", Rule(Fail(1602, "no such city"))),))
    answer = cell(own(model, 0), Column.ANSWER)
    assert (answer.text, answer.tone) == ('✕ error 1602 "no such city"', Tone.ERROR)


def test_a_reply_on_several_lines_is_told_on_one(model: MocksModel) -> None:
    model.set_entries((entry("m", Rule(Reply('{\n  "a": 1\n}'))),))
    assert cell(own(model, 0), Column.ANSWER).text == '{ "a": 1 }'


def test_a_mock_that_is_off_is_faint_and_its_box_empty(model: MocksModel) -> None:
    model.set_entries((entry("m", enabled=False),))
    row = own(model, 0)
    assert {cell(row, column).tone for column in Column} == {Tone.FAINT}
    assert row.data(Qt.ItemDataRole.CheckStateRole) == Qt.CheckState.Unchecked
    assert row.data(Qt.ItemDataRole.AccessibleTextRole) == "m · reply, off"


def test_several_rules_have_rows_of_their_own(model: MocksModel) -> None:
    at = time.mktime((2026, 7, 31, 12, 4, 9, 0, 0, -1))
    model.set_entries((A, replace(SEVERAL, use=MockUse(7, {0: 7}, at, "web", {0: at}))))
    parent = model.index_of("several")
    rules = [model.index(row, 0, parent) for row in range(model.rowCount(parent))]

    assert model.rowCount(model.index_of("a")) == 0
    assert texts(model, parent)[2] == '✕ error 1602 "no such city" · rule 1'
    assert [texts(model, rule) for rule in rules] == [
        ["1 unknown city · error 1602", "every call", '✕ error 1602 "no such city"', "7", "12:04:09"],
        ["2 every call · reply · not reached", "every call", "21 after 400 ± 150 ms", "0", "never"],
        ["3 every call · reply", "every call", "x", "0", "never"],
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


def test_rules_that_stay_may_say_something_else_as_others_come_and_go(model: MocksModel) -> None:
    sure, unsure = Rule(Reply("1")), Rule(Reply("1"), times=1)
    model.set_entries((entry("m", unsure, unsure),))
    for rules in ((sure, unsure, unsure), (unsure, unsure), (unsure, sure, unsure, sure), (sure, unsure)):
        model.set_entries((entry("m", *rules),))
        assert model.rowCount(model.index_of("m")) == len(rules)
    assert model.index_of("m", 1).data() == "2 at most once · reply · not reached"


def test_a_mock_without_a_rule_that_is_on_says_what_callers_get(model: MocksModel) -> None:
    model.set_entries((entry("m", Rule(Reply("x"), enabled=False)),))
    assert cell(own(model, 0), Column.ANSWER).text == "! no rule is on: callers get 1500"
    assert own(model, 0).data() == "m · ! no rule is on"


def test_text_from_outside_is_plain_and_visible(model: MocksModel) -> None:
    nasty = replace(entry("<b>m</b>\u202e"), use=MockUse(1, {0: 1}, 0.0, "<img src=x>\u202egnp"), id="m")
    model.set_entries((nasty,))
    method, last = (own(model, 0, column) for column in (Column.MOCK, Column.LAST))

    assert method.data() == "<b>m</b>\\u202e · reply"
    assert last.data().startswith("<img src=x>\\u202egnp · ")
    assert "&lt;img src=x&gt;" in last.data(Qt.ItemDataRole.ToolTipRole)
    assert "<img" not in last.data(Qt.ItemDataRole.ToolTipRole)


def test_a_mock_being_written_stands_last_and_has_no_box(model: MocksModel) -> None:
    model.set_new("")
    model.set_entries((A, B))
    row = own(model, 2)
    assert texts(model, row) == ["new mock", "", "not saved yet", "", ""]
    assert row.data(Qt.ItemDataRole.CheckStateRole) is None
    assert not row.flags() & Qt.ItemFlag.ItemIsUserCheckable

    model.set_new("quote")
    assert texts(model, row)[0] == "quote · new"

    model.set_new(None)
    assert methods(model) == ["a · reply", "b · reply"]


def test_unsaved_edits_are_marked(model: MocksModel) -> None:
    model.set_entries((A, B))
    model.set_edited(frozenset({"b"}))
    assert methods(model) == ["a · reply", "b · reply · edited"]
    model.set_edited(frozenset({"a"}))
    assert methods(model) == ["a · reply · edited", "b · reply"]


# --- files -----------------------------------------------------------------------------------------------


DEMO, LIGHTS = "/mocks/demo.yaml", "/mocks/lights.yaml"
OF_DEMO, OF_LIGHTS = entry("d", source=DEMO), entry("l", source=LIGHTS)


def file(path: str, *problems: FileProblem, scripts: Allowed = Allowed.NONE) -> MocksFileState:
    is_current = not any(problem.severity is Severity.ERROR for problem in problems)
    return MocksFileState(path, problems, 0.0, is_current, (), scripts, "")


def groups(model: MocksModel) -> list[str]:
    return [model.index(row, 0).data() for row in range(model.rowCount())]


def test_files_stand_as_they_were_opened_and_the_mocks_made_here_last(model: MocksModel) -> None:
    model.set_entries((A, OF_LIGHTS, OF_DEMO))
    assert groups(model) == ["lights.yaml", "demo.yaml", "Made here"]
    model.set_files((file(DEMO), file(LIGHTS), file("/mocks/empty.yaml")))
    assert groups(model) == ["demo.yaml", "lights.yaml", "empty.yaml", "Made here"]
    assert [model.index_of(mock_id).parent().row() for mock_id in ("d", "l", "a")] == [0, 1, 3]


@pytest.mark.parametrize("entries_first", [True, False])
def test_a_file_that_is_closed_goes_with_its_mocks(model: MocksModel, entries_first: bool) -> None:
    model.set_files((file(DEMO), file(LIGHTS)))
    model.set_entries((OF_DEMO, OF_LIGHTS, A))
    kept = QPersistentModelIndex(model.index_of("l"))
    if entries_first:
        model.set_entries((OF_LIGHTS, A))
    model.set_files((file(LIGHTS),))
    model.set_entries((OF_LIGHTS, A))
    assert groups(model) == ["lights.yaml", "Made here"]
    assert kept.data() == "l · reply"


def test_a_file_says_what_is_wrong_with_it_and_whether_it_is_edited(model: MocksModel) -> None:
    error = FileProblem(DEMO, 14, 11, "unknown key")
    warning = FileProblem(LIGHTS, 1, 1, "never reached", Severity.WARNING)
    model.set_entries((OF_DEMO, OF_LIGHTS))
    model.set_files((file(DEMO, error), file(LIGHTS, warning, warning)))
    assert groups(model)[:2] == ["demo.yaml ✕ 1 problem", "lights.yaml ! 2 warnings"]
    assert cell(model.index(0, 0), Column.MOCK).suffix_tone is Tone.ERROR

    model.set_edited(frozenset({"d"}))
    model.set_files((file(DEMO), file(LIGHTS, scripts=Allowed.NO)))
    assert groups(model)[:2] == ["demo.yaml edited", "lights.yaml ! scripts not allowed"]
    assert model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole).count(DEMO) == 1


def test_files_of_one_name_are_told_apart_by_their_folders(model: MocksModel) -> None:
    model.set_files((file("/one/m.yaml"), file("/two/m.yaml")))
    assert groups(model) == ["one/m.yaml", "two/m.yaml", "Made here"]


def test_a_mock_that_changes_hands_moves_to_its_new_group(model: MocksModel) -> None:
    model.set_entries((A, OF_DEMO))
    model.set_entries((replace(A, mock=replace(A.mock, source=DEMO)), OF_DEMO))
    assert model.index_of("a").parent() == model.index_of_file(DEMO)
    assert methods(model) == []


def test_what_an_action_is_stands_in_a_word_or_two(model: MocksModel) -> None:
    actions: tuple[Action, ...] = (NoAnswer(), Script("/s/quote.py"), Forward("agent-1"), Ask())
    model.set_entries(tuple(entry(str(at), Rule(action)) for at, action in enumerate(actions)))
    assert methods(model) == [
        "0 · no answer",
        "1 · script quote.py",
        "2 · forward to agent-1",
        "3 · ask",
    ]
    assert cell(own(model, 3), Column.MOCK).suffix_tone is Tone.WARNING


def test_one_of_very_many_mocks_is_brought_up_to_date_at_once() -> None:
    model = MocksModel()
    rules = tuple(Rule(Reply(str(number))) for number in range(10))
    entries = tuple(entry(str(number), *rules, source=DEMO) for number in range(1000))
    model.set_entries(entries)
    used = replace(entries[-1], use=MockUse(1, {0: 1}, 0.0, "web"))
    begun = time.perf_counter()
    model.update_entry(used)
    model.set_entries((*entries[:-1], used))
    assert time.perf_counter() - begun < 0.05
    assert model.index_of("999").siblingAtColumn(Column.HITS).data() == "1"
