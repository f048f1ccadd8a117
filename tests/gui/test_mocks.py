"""The Mocks panel, driven as a person would; a mock set stands behind it as in the window."""

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMenu, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.mocks import Delay, Fail, Mock, Reply, Rule
from inspector.gui.docks.mocks import MocksPanel
from inspector.gui.models.mock_cells import Column
from inspector.gui.widgets.mocks_head import HINT
from inspector.session.mock_set import MockSet
from tests.support.themes import dress

LOCATION = Mock("get_location", (Rule(Reply('{"lat":59.91}')),))
REFUSAL = Mock("search", (Rule(Fail(1602, "no such city", "{}")),), enabled=False)
WEATHER = Mock(
    "get_weather",
    (
        Rule(Fail(1602, "no such city"), name="unknown city"),
        Rule(Reply("21"), name="the rest", delay=Delay(400, 150)),
    ),
    identity="inspector*",
    source="/somewhere/weather.yaml",
)


class Desk:
    """The panel with a mock set behind it, joined as the window joins them."""

    def __init__(self, qtbot: QtBot, panel: MocksPanel) -> None:
        self.qtbot = qtbot
        self.panel = panel
        self.mocks = MockSet()
        self.mocks.on_changed(lambda: panel.set_entries(self.mocks.entries()))
        panel.add_requested.connect(lambda mock: self.mocks.add((mock,)))
        panel.replace_requested.connect(self.mocks.replace)
        panel.remove_requested.connect(self.mocks.remove)
        panel.enable_requested.connect(self._enable)

    def _enable(self, mock_id: str, enabled: bool) -> None:
        entry = self.mocks.get(mock_id)
        assert entry is not None
        self.mocks.replace(mock_id, msgspec.structs.replace(entry.mock, enabled=enabled))

    def in_force(self) -> list[Mock]:
        return [entry.mock for entry in self.mocks.entries()]

    def id_of(self, method: str) -> str:
        return next(entry.id for entry in self.mocks.entries() if entry.mock.method == method)

    # what a person does

    def press(self, *keys: Qt.Key, control: bool = False) -> None:
        modifier = Qt.KeyboardModifier.ControlModifier if control else Qt.KeyboardModifier.NoModifier
        for key in keys:
            focused = QApplication.focusWidget()
            assert focused is not None
            self.qtbot.keyClick(focused, key, modifier)

    def type(self, text: str) -> None:
        focused = QApplication.focusWidget()
        assert focused is not None
        self.qtbot.keyClicks(focused, text)

    def retype(self, widget: QWidget, text: str) -> None:
        self.qtbot.mouseClick(widget, Qt.MouseButton.LeftButton)
        self.press(Qt.Key.Key_A, control=True)
        self.press(Qt.Key.Key_Delete)
        self.type(text)

    def tab_to(self, name: str) -> None:
        for _ in range(40):
            if self.focused() == name:
                return
            self.press(Qt.Key.Key_Tab)
        raise AssertionError(f"Tab never reaches {name!r}")

    def click(self, method: str, rule: int | None = None) -> None:
        index = self.panel.model.index_of(self.id_of(method), rule)
        self.panel.table.scrollTo(index)
        self.click_at(self.panel.table.places(index).text.center())

    def tick(self, method: str, rule: int | None = None) -> None:
        index = self.panel.model.index_of(self.id_of(method), rule)
        self.click_at(self.panel.table.places(index).box.center().toPoint())

    def click_at(self, place: QPoint) -> None:
        self.qtbot.mouseClick(self.panel.table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def push(self, text: str) -> None:
        """Clicks the button with that text, or with that name where several have the text."""
        in_sight = [button for button in self.panel.findChildren(QPushButton) if button.isVisible()]
        named = {button.accessibleName(): button for button in in_sight}
        self.qtbot.mouseClick(named.get(text) or self.buttons()[text], Qt.MouseButton.LeftButton)

    # what a person sees

    def focused(self) -> str:
        focused = QApplication.focusWidget()
        return "" if focused is None else focused.accessibleName()

    def buttons(self) -> dict[str, QPushButton]:
        return {b.text(): b for b in self.panel.findChildren(QPushButton) if b.isVisible()}

    def said(self) -> str:
        return "\n".join(w.text() for w in self.panel.findChildren(QLabel) if w.isVisible()).replace(
            "\u200b", ""
        )

    def rows(self) -> list[str]:
        """The mocks made here, then those of files, each with what is said of its state."""
        model = self.panel.model
        groups = [model.own_index(), *(model.index(row, 0) for row in range(model.rowCount() - 1))]
        mocks = [model.index(row, 0, group) for group in groups for row in range(model.rowCount(group))]
        return [_without_answer(mock.data()) for mock in mocks]

    def selected(self) -> list[str]:
        rows = self.panel.table.selectionModel().selectedRows(Column.MOCK)
        return [_without_answer(index.data()) for index in rows]

    def field(self, name: str) -> QLineEdit:
        return next(w for w in self.panel.findChildren(QLineEdit) if w.accessibleName() == name)


def _without_answer(said: str) -> str:
    """What a row says, but for the kind of its answer."""
    name, *marks = said.split(" · ")
    return " ".join([name, *(mark for mark in marks if mark in ("edited", "new"))])


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Desk:
    dress(qapp)
    panel = MocksPanel()
    panel.resize(1280, 400)
    qtbot.addWidget(panel)
    panel.show()
    panel.activateWindow()
    qtbot.waitActive(panel)
    return Desk(qtbot, panel)


@pytest.fixture
def full(desk: Desk) -> Desk:
    desk.mocks.add((LOCATION, REFUSAL, WEATHER))
    return desk


# --- empty -----------------------------------------------------------------------------------------------


def test_an_empty_panel_says_what_mocks_are_and_what_never_reaches_it(desk: Desk) -> None:
    assert "No mocks yet." in desk.said()
    assert "A mock answers a method in place of the program that will have it." in desk.said()
    assert HINT in desk.said()

    desk.push("New mock")

    assert desk.focused() == "Mock method"


def test_the_hint_stays_in_sight_beside_the_count(full: Desk) -> None:
    assert "3 methods · saved" in full.said()
    assert HINT in full.said()


# --- writing ---------------------------------------------------------------------------------------------


def test_a_reply_is_made_with_the_keyboard_alone(full: Desk) -> None:
    full.panel.table.setFocus()
    full.tab_to("New mock")
    full.press(Qt.Key.Key_Space)
    assert full.focused() == "Mock method"
    full.type("quote")
    full.press(Qt.Key.Key_Tab)
    full.type("web-*")
    full.press(Qt.Key.Key_Tab)
    assert full.focused() == "Rule name"
    full.type("first")
    full.tab_to("Mock delay in milliseconds")
    full.type("400")
    full.press(Qt.Key.Key_Tab)
    full.type("150")
    assert "250 to 550 ms" in full.said()
    full.tab_to("Reply")
    full.type('{"n": 1}')
    assert full.rows()[2] == "quote new"
    assert "1 not saved" in full.said()

    full.press(Qt.Key.Key_S, control=True)

    made = Mock("quote", (Rule(Reply('{"n":1}'), "first", delay=Delay(400, 150)),), identity="web-*")
    assert full.in_force() == [LOCATION, REFUSAL, WEATHER, made]
    assert full.rows()[2] == "quote"
    assert full.selected() == ["quote"]
    assert full.focused() == "Reply"
    assert "4 methods · saved" in full.said()


def test_an_error_is_made_with_the_keyboard_alone(desk: Desk) -> None:
    desk.panel.new_mock()
    desk.type("m")
    desk.tab_to("Answer: Reply")
    desk.press(Qt.Key.Key_Right, Qt.Key.Key_Right)
    desk.tab_to("Error code")
    desk.press(Qt.Key.Key_A, control=True)
    desk.type("4242")
    assert "4242, a code of your own" in desk.said()
    desk.press(Qt.Key.Key_Tab)
    desk.type("no such city")
    desk.press(Qt.Key.Key_Tab)
    desk.type("{}")
    desk.press(Qt.Key.Key_S, control=True)

    assert desk.in_force() == [Mock("m", (Rule(Fail(4242, "no such city", "{}")),))]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a": [1]}', ("sent as compact JSON, 9 B", "✓ valid")),
        ('"a"', ("sent as it is, 3 B", "✓ valid JSON")),
        ('{"a": }', ("sent as text, 7 B", "! no JSON from line 1, column 7")),
        ("plain", ("sent as text, 5 B", "not JSON")),
        ("", ("sent empty",)),
    ],
)
def test_a_reply_says_how_it_is_sent(full: Desk, text: str, words: tuple[str, ...]) -> None:
    full.click("get_location")
    full.retype(full.panel.editor.answer.reply.editor, text)
    full.qtbot.waitUntil(lambda: all(word in full.said() for word in words))


def test_a_large_reply_is_said_to_be_too_large_for_v1(full: Desk) -> None:
    full.click("get_location")
    full.qtbot.mouseClick(full.panel.editor.answer.reply.editor.viewport(), Qt.MouseButton.LeftButton)
    QApplication.clipboard().setText("x" * 15361)
    full.press(Qt.Key.Key_A, Qt.Key.Key_V, control=True)
    assert "callers over RPC v1 get 1504 instead" in full.said()


def test_a_code_that_cannot_be_sent_is_refused_in_words(full: Desk) -> None:
    full.click("search")
    full.retype(full.field("Error code"), "-1")
    words = "error codes go from 0 to 4294967295: the SDK cannot send -1"
    assert f"✕ {words}" in full.said()
    assert words in full.field("Error code").accessibleDescription()

    full.field("Error message").setFocus()
    full.press(Qt.Key.Key_S, control=True)

    assert full.in_force()[1] == REFUSAL
    assert f"✕ Not saved: {words}" in full.said()
    assert full.focused() == "Error code"

    full.press(Qt.Key.Key_A, control=True)
    full.type("4001")
    assert words not in full.said()
    full.press(Qt.Key.Key_S, control=True)
    assert full.in_force()[1].rules == (Rule(Fail(4001, "no such city", "{}")),)


def test_what_was_said_of_one_mock_is_not_said_of_the_next(full: Desk) -> None:
    full.click("search")
    full.retype(full.field("Error code"), "-1")
    full.press(Qt.Key.Key_S, control=True)
    full.click("get_location")
    assert "Not saved" not in full.said()
    assert HINT in full.said()


def test_a_mock_without_a_method_is_refused(desk: Desk) -> None:
    desk.panel.new_mock()
    desk.tab_to("Reply")
    desk.type("x")
    desk.push("Save  Ctrl+S")
    assert desk.in_force() == []
    assert "✕ Not saved: a mock needs the name of its method" in desk.said()
    assert desk.focused() == "Mock method"


def test_a_mock_for_calls_that_another_answers_says_so(full: Desk) -> None:
    full.panel.new_mock()
    full.type("get_locatio")
    assert "answers first" not in full.said()
    full.type("n")
    assert "! the mock above answers first" in full.said()


def test_words_beneath_fields_never_move_the_edge_of_the_dock(full: Desk) -> None:
    full.click("search")
    QApplication.processEvents()
    least = full.panel.minimumSizeHint()
    full.retype(full.field("Error code"), "-1")
    full.retype(full.field("Error message"), "m" * 300)
    full.retype(full.field("Mock delay in milliseconds"), "9000")
    QApplication.processEvents()
    assert full.panel.minimumSizeHint() == least
    assert least.height() <= 190


# --- edits -----------------------------------------------------------------------------------------------


def test_an_edit_is_saved_in_place(full: Desk) -> None:
    full.click("get_location")
    full.retype(full.field("Mock method"), "get_place")
    assert full.rows()[0] == "get_location edited"
    assert full.in_force()[0] == LOCATION

    full.push("Save  Ctrl+S")

    assert full.in_force()[0] == msgspec.structs.replace(LOCATION, method="get_place")
    assert full.rows()[0] == "get_place"
    assert not full.buttons()["Save  Ctrl+S"].isEnabled()
    assert full.focused() == "Mock method"


def test_saving_by_the_button_s_keys_leaves_the_focus_where_keys_do_no_harm(full: Desk) -> None:
    full.click("get_location")
    full.retype(full.field("Mock method"), "get_place")
    full.tab_to("Save the mock")
    full.press(Qt.Key.Key_Space)
    assert full.in_force()[0].method == "get_place"
    assert full.focused() == "Mocks"


def test_an_edit_waits_while_another_mock_is_looked_at(full: Desk) -> None:
    full.click("get_location")
    full.retype(full.field("Mock method"), "get_place")
    full.click("search")
    assert full.field("Mock method").text() == "search"
    assert full.rows()[0] == "get_location edited"
    assert "3 methods · 1 not saved" in full.said()

    full.click("get_location")

    assert full.field("Mock method").text() == "get_place"


def test_a_new_mock_waits_while_another_is_looked_at(full: Desk) -> None:
    full.panel.new_mock()
    full.type("quote")
    full.click("search")
    full.panel.new_mock()
    assert full.field("Mock method").text() == "quote"
    assert full.rows().count("quote new") == 1


def test_revert_goes_back_to_what_is_in_force(full: Desk) -> None:
    full.click("get_location")
    full.retype(full.field("Mock method"), "get_place")
    full.retype(full.panel.editor.answer.reply.editor, "x")

    full.push("Revert")

    assert full.field("Mock method").text() == "get_location"
    assert full.panel.editor.answer.reply.editor.text() == '{\n  "lat": 59.91\n}'
    assert full.rows()[0] == "get_location"
    assert full.in_force()[0] == LOCATION


def test_a_new_mock_can_be_discarded(full: Desk) -> None:
    full.panel.new_mock()
    full.type("quote")
    full.push("Discard")
    assert full.rows() == ["get_location", "search", "get_weather"]
    assert full.selected() == []
    assert full.panel.editor.isHidden()


def test_escape_goes_from_the_editor_to_the_table_and_then_closes_the_editor(full: Desk) -> None:
    full.click("get_location")
    full.press(Qt.Key.Key_Return)
    assert full.focused() == "Mock method"
    full.type("x")
    full.press(Qt.Key.Key_Escape)
    assert full.focused() == "Mocks"
    assert full.rows()[0] == "get_location edited"
    full.press(Qt.Key.Key_Escape)
    assert full.panel.editor.isHidden()


def test_escape_gives_up_a_new_mock_in_which_nothing_was_written(full: Desk) -> None:
    full.panel.new_mock()
    full.press(Qt.Key.Key_Escape)
    assert full.rows() == ["get_location", "search", "get_weather"]


def test_what_was_typed_for_the_other_kind_of_answer_is_there_on_the_way_back(full: Desk) -> None:
    full.click("get_location")
    full.push("Error")
    full.retype(full.field("Error code"), "7")
    full.press(Qt.Key.Key_S, control=True)
    assert full.in_force()[0].rules == (Rule(Fail(7)),)
    full.push("Reply")
    assert full.panel.editor.answer.reply.editor.text() == '{\n  "lat": 59.91\n}'

    full.panel.new_mock()
    full.type("quote")
    full.retype(full.panel.editor.answer.reply.editor, "typed")
    full.push("Error")
    full.press(Qt.Key.Key_S, control=True)
    assert full.in_force()[-1].rules == (Rule(Fail(1500)),)
    full.push("Reply")
    assert full.panel.editor.answer.reply.editor.text() == "typed"


# --- on and off ------------------------------------------------------------------------------------------


def test_a_click_on_its_box_switches_a_mock_and_selects_nothing(full: Desk) -> None:
    full.tick("get_location")
    assert full.in_force()[0] == msgspec.structs.replace(LOCATION, enabled=False)
    assert full.selected() == []
    full.tick("get_location")
    assert full.in_force()[0] == LOCATION


def test_space_switches_the_current_mock(full: Desk) -> None:
    full.click("get_location")
    full.press(Qt.Key.Key_Down, Qt.Key.Key_Space)
    assert full.selected() == ["search"]
    assert full.in_force()[1].enabled
    full.press(Qt.Key.Key_Space)
    assert full.in_force()[1] == REFUSAL


def test_switching_a_mock_leaves_its_unsaved_edits(full: Desk) -> None:
    full.click("get_location")
    full.retype(full.field("Mock method"), "get_place")
    full.tick("get_location")
    full.press(Qt.Key.Key_S, control=True)
    assert full.in_force()[0] == msgspec.structs.replace(LOCATION, method="get_place", enabled=False)


def test_a_mock_of_a_file_is_switched_like_any_other(full: Desk) -> None:
    full.tick("get_weather")
    assert full.in_force()[2] == msgspec.structs.replace(WEATHER, enabled=False)


def test_rules_are_switched_in_the_table_and_in_the_editor(full: Desk) -> None:
    def switches() -> list[bool]:
        return [rule.enabled for rule in full.in_force()[2].rules]

    full.tick("get_weather", rule=0)
    assert switches() == [False, True]
    full.click("get_weather", rule=0)
    full.tab_to("Rule enabled")
    full.press(Qt.Key.Key_Space)
    assert switches() == [True, True]


# --- files and rules -------------------------------------------------------------------------------------


def test_a_mock_of_a_file_is_edited_like_any_other(full: Desk) -> None:
    full.click("get_weather", rule=0)
    full.retype(full.field("Error code"), "1603")
    full.press(Qt.Key.Key_S, control=True)
    first = Rule(Fail(1603, "no such city"), name="unknown city")
    assert full.in_force()[2] == msgspec.structs.replace(WEATHER, rules=(first, WEATHER.rules[1]))


def test_a_mock_of_a_file_is_deleted_and_brought_back_like_any_other(full: Desk) -> None:
    full.click("get_weather")
    full.press(Qt.Key.Key_Delete)
    assert full.in_force() == [LOCATION, REFUSAL]
    full.push("Undo delete")
    assert full.in_force() == [LOCATION, REFUSAL, WEATHER]


def test_a_duplicate_of_a_file_s_mock_can_be_edited(full: Desk) -> None:
    full.click("get_weather")
    choose(full, "get_weather", "Duplicate")

    copy = msgspec.structs.replace(WEATHER, source="")
    assert full.in_force() == [LOCATION, REFUSAL, WEATHER, copy]
    assert full.selected() == ["get_weather"]
    assert full.panel.table.currentIndex().parent() == full.panel.model.own_index()
    assert "the mock above (from weather.yaml) answers first" in full.said()
    full.retype(full.field("Mock method"), "my_weather")
    full.retype(full.panel.editor.answer.error.data, "{}")
    full.press(Qt.Key.Key_S, control=True)
    first = Rule(Fail(1602, "no such city", "{}"), name="unknown city")
    rules = (first, *copy.rules[1:])
    assert full.in_force()[3] == msgspec.structs.replace(copy, method="my_weather", rules=rules)
    assert full.in_force()[2] == WEATHER


def test_each_rule_of_several_can_be_edited(desk: Desk) -> None:
    desk.mocks.add((msgspec.structs.replace(WEATHER, source=""),))
    desk.click("get_weather", rule=1)
    assert desk.field("Rule name").text() == "the rest"
    assert "Not reached: a rule above answers every call." in desk.said()
    desk.retype(desk.panel.editor.answer.reply.editor, "22")
    desk.click("get_weather", rule=0)
    assert desk.field("Rule name").text() == "unknown city"
    desk.retype(desk.field("Error code"), "4001")
    desk.press(Qt.Key.Key_S, control=True)

    first, second = desk.in_force()[0].rules
    assert first == Rule(Fail(4001, "no such city"), name="unknown city")
    assert second == Rule(Reply("22"), name="the rest", delay=Delay(400, 150))


def test_a_refusal_shows_the_rule_it_is_about(desk: Desk) -> None:
    desk.mocks.add((msgspec.structs.replace(WEATHER, source=""),))
    desk.click("get_weather", rule=0)
    desk.retype(desk.field("Error code"), "x")
    desk.click("get_weather", rule=1)
    desk.press(Qt.Key.Key_S, control=True)
    assert "Not saved: rule 1, a code is a whole number from 0 to 4294967295" in desk.said()
    assert desk.focused() == "Error code"


def test_the_rule_that_answers_is_shown_first(full: Desk) -> None:
    full.tick("get_weather", rule=0)
    full.click("get_weather")
    assert full.field("Rule name").text() == "the rest"


def test_a_click_on_the_arrow_folds_the_rules(full: Desk) -> None:
    index = full.panel.model.index_of(full.id_of("get_weather"))
    assert full.panel.table.isExpanded(index)
    full.click_at(full.panel.table.places(index).arrow.center())
    assert not full.panel.table.isExpanded(index)
    assert full.in_force()[2] == WEATHER


# --- delete ----------------------------------------------------------------------------------------------


def test_delete_removes_the_mock_and_goes_on_to_the_next(full: Desk) -> None:
    full.click("get_location")
    full.press(Qt.Key.Key_Delete)
    assert full.in_force() == [REFUSAL, WEATHER]
    assert full.selected() == ["search"]
    assert full.field("Mock method").text() == "search"


def test_what_was_deleted_can_be_brought_back(full: Desk) -> None:
    full.click("get_location")
    full.press(Qt.Key.Key_Delete)
    full.press(Qt.Key.Key_Delete)
    assert full.in_force() == [WEATHER]
    assert "Undo delete" in full.buttons()
    full.push("Undo delete")
    full.push("Undo delete")
    assert full.in_force() == [WEATHER, REFUSAL, LOCATION]
    assert full.selected() == ["get_location"]
    assert "Undo delete" not in full.buttons()


def choose(desk: Desk, method: str, text: str) -> None:
    """Pick a word from the menu of a mock's row."""
    table = desk.panel.table
    place = table.visualRect(desk.panel.model.index_of(desk.id_of(method))).center()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, place, table.viewport().mapToGlobal(place))
    QApplication.sendEvent(table.viewport(), asked)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    action = next(action for action in menu.actions() if action.text().startswith(text))
    desk.qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())


def test_the_menu_of_a_row_acts_on_that_row(full: Desk) -> None:
    full.click("get_location")
    choose(full, "search", "Switch the mock on")
    assert full.in_force()[1].enabled
    choose(full, "search", "Duplicate")
    assert full.rows() == ["get_location", "search", "search", "get_weather"]
    choose(full, "search", "Delete")
    assert full.rows() == ["get_location", "search", "get_weather"]


def test_deleting_the_last_mock_leaves_the_empty_panel(desk: Desk) -> None:
    desk.mocks.add((LOCATION,))
    desk.click("get_location")
    desk.press(Qt.Key.Key_Delete)
    assert "No mocks yet." in desk.said()


# --- live ------------------------------------------------------------------------------------------------


def use(desk: Desk, method: str, caller: str = "web-frontend") -> None:
    mock_id = desk.id_of(method)
    desk.mocks.count_hit(mock_id, 0, caller, 0.0)
    entry = desk.mocks.get(mock_id)
    assert entry is not None
    desk.panel.mock_used(entry)


def test_hits_and_the_last_caller_appear_as_mocks_are_used(full: Desk) -> None:
    use(full, "get_weather", "<b>web</b>")
    use(full, "get_weather", "<b>web</b>")
    row = full.panel.model.index_of(full.id_of("get_weather"))
    rule = full.panel.model.index(0, 0, row)
    assert row.siblingAtColumn(Column.HITS).data() == "2"
    assert row.siblingAtColumn(Column.LAST).data().startswith("<b>web</b> · ")
    assert rule.siblingAtColumn(Column.HITS).data() == "2"


@pytest.mark.parametrize("name", ["Mock method", "Error message", "Error data"])
def test_nothing_that_happens_meanwhile_disturbs_who_writes(full: Desk, name: str) -> None:
    full.click("search")
    full.tab_to(name)
    full.press(Qt.Key.Key_A, control=True)
    full.type("abcd")
    full.press(Qt.Key.Key_Left, Qt.Key.Key_Left)

    use(full, "search")
    full.mocks.add((Mock("another"),))
    full.mocks.remove(full.id_of("get_location"))
    full.panel.enable_requested.emit(full.id_of("search"), True)
    full.type("X")
    full.press(Qt.Key.Key_S, control=True)

    saved = full.in_force()[0]
    action = saved.rules[0].action
    assert isinstance(action, Fail)
    assert "abXcd" in (saved.method, action.message, action.data)


def test_the_selected_rule_stays_selected_as_rows_come_and_go(full: Desk) -> None:
    full.click("get_weather", rule=1)
    full.mocks.remove(full.id_of("get_location"))
    use(full, "get_weather")
    full.mocks.add((LOCATION,))
    assert full.selected() == ["2 the rest"]


def test_a_selected_mock_that_goes_by_itself_is_followed_by_none(full: Desk) -> None:
    full.click("search")
    full.mocks.remove(full.id_of("search"))
    assert full.selected() == []
    assert full.panel.editor.isHidden()


# --- for everybody ---------------------------------------------------------------------------------------


def test_everything_that_takes_the_focus_has_a_name(full: Desk) -> None:
    def nameless(of: Callable[[], object]) -> list[QWidget]:
        of()
        widgets = full.panel.findChildren(QWidget)
        return [
            w for w in widgets if w.focusPolicy() is not Qt.FocusPolicy.NoFocus and not w.accessibleName()
        ]

    assert nameless(lambda: full.click("get_weather")) == []
    assert nameless(full.panel.new_mock) == []


def test_nothing_is_cut_at_its_least_height(full: Desk) -> None:
    full.panel.resize(1280, 190)
    full.click("search")
    for name in ("Error data", "Rule times at most", "Mock method"):
        full.tab_to(name)
        focused = QApplication.focusWidget()
        assert focused is not None
        assert focused.visibleRegion().boundingRect().height() >= min(focused.height(), 24), name
    assert full.panel.height() == 190


# --- mocks made from calls ---------------------------------------------------------------------------------


def test_a_mock_made_from_a_call_is_there_at_once_and_its_reply_ready_to_be_written(full: Desk) -> None:
    full.panel.mock_call("get_user", Reply('{"id":7}'))
    assert full.in_force()[-1] == Mock("get_user", (Rule(Reply('{"id":7}')),))
    assert full.selected() == ["get_user"]
    assert full.focused() == "Reply"


def test_an_error_of_a_programs_own_is_mocked_as_one(full: Desk) -> None:
    full.panel.mock_call("book", Fail(1602, "sold out"))
    assert full.in_force()[-1].rules == (Rule(Fail(1602, "sold out")),)
    assert full.focused() == "Error message"


def test_a_method_that_has_a_mock_made_here_is_gone_to(full: Desk) -> None:
    before = full.in_force()
    full.panel.mock_call("get_location", Reply("other"))
    assert full.in_force() == before
    assert full.selected() == ["get_location"]
    assert "get_location has this mock already." in full.said()


def test_a_mock_of_a_file_does_not_count_as_made_here(full: Desk) -> None:
    full.panel.mock_call("get_weather", Reply("mild"))
    assert [mock.source for mock in full.in_force() if mock.method == "get_weather"] == [WEATHER.source, ""]


def test_what_is_being_written_meanwhile_is_kept(desk: Desk) -> None:
    desk.push("+ Mock")
    desk.retype(desk.field("Mock method"), "half_writ")
    desk.panel.mock_call("get_user", Reply("7"))
    assert desk.rows() == ["get_user", "half_writ new"]


# --- rules of a mock ---------------------------------------------------------------------------------------


def names(desk: Desk) -> list[str | None]:
    return [rule.name for rule in desk.in_force()[0].rules]


def test_rules_move_double_and_go_at_once(desk: Desk) -> None:
    desk.mocks.add((msgspec.structs.replace(WEATHER, source=""),))
    desk.click("get_weather", rule=0)
    desk.push("Move the rule down")
    assert names(desk) == ["the rest", "unknown city"]
    assert desk.selected() == ["2 unknown city"]
    desk.push("Duplicate the rule")
    assert names(desk) == ["the rest", "unknown city", "unknown city"]
    desk.push("Delete the rule")
    desk.push("Delete the rule")
    assert names(desk) == ["the rest"]
    desk.push("Add a rule")
    assert desk.in_force()[0].rules[1] == Rule(Reply(""))
    assert desk.selected() == ["2 every call"]
    assert desk.focused() == "Reply"


def test_what_was_typed_in_a_rule_moves_with_it(desk: Desk) -> None:
    desk.mocks.add((msgspec.structs.replace(WEATHER, source=""),))
    desk.click("get_weather", rule=0)
    desk.retype(desk.field("Error code"), "4001")
    desk.push("Move the rule down")
    assert desk.in_force()[0].rules[1].action == Fail(1602, "no such city")
    assert desk.field("Error code").text() == "4001"
    desk.press(Qt.Key.Key_S, control=True)
    assert desk.in_force()[0].rules[1].action == Fail(4001, "no such city")
    assert desk.in_force()[0].rules[0] == WEATHER.rules[1]
