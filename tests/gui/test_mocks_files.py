"""Mocks files in the Mocks panel: their rows, their problems, their scripts, and edits of their mocks."""

from collections.abc import Callable

import msgspec
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.documents import FileProblem, Severity
from inspector.core.mocks import Delay, Fail, Mock, Reply, Rule, Script, When
from inspector.gui.docks.mocks import MocksPanel
from inspector.gui.models.mock_cells import Column
from inspector.session.mock_file_state import Allowed, MocksFileState
from inspector.session.mock_set import MockSet

DEMO, LIGHTS = "/mocks/demo.yaml", "/mocks/lights.yaml"
WEB = When(caller="web-*")
FIRST = Rule(Fail(1602), name="one", when=WEB)
SECOND = Rule(Reply("2"), name="two", when=WEB)
THIRD = Rule(Reply("3"))
WEATHER = Mock("get_weather", (FIRST, SECOND, THIRD), source=DEMO)
QUOTE = Mock("quote", (Rule(Script("/mocks/quote.py")),), source=DEMO)
SET_LIGHTS = Mock("set_lights", (Rule(Reply("ok")),), source=LIGHTS)
OWN = Mock("own", (Rule(Reply("mine"), delay=Delay(5)),))


class Files:
    """The panel with two files open and a mock of its own; edits are in force at once, as when written."""

    def __init__(self, qtbot: QtBot, panel: MocksPanel) -> None:
        self.qtbot = qtbot
        self.panel = panel
        self.mocks = MockSet()
        self.states = {
            path: MocksFileState(path, (), 0.0, True, (), Allowed.NONE, "") for path in (DEMO, LIGHTS)
        }
        self.said: list[tuple[object, ...]] = []
        self.mocks.on_changed(lambda: panel.set_entries(self.mocks.entries()))
        panel.replace_requested.connect(self.mocks.replace)
        panel.remove_requested.connect(self.mocks.remove)
        panel.add_requested.connect(lambda mock: self.mocks.add((mock,)))
        panel.enable_requested.connect(lambda *said: self.said.append(said))
        panel.allow_scripts_requested.connect(lambda *said: self.said.append(said))
        panel.close_file_requested.connect(lambda *said: self.said.append(said))
        panel.open_file_requested.connect(lambda: self.said.append(("open",)))
        self.mocks.add((WEATHER, QUOTE, SET_LIGHTS, OWN))
        self.set_file(DEMO)

    def set_file(self, path: str, *problems: FileProblem, **fields: object) -> None:
        state = msgspec.structs.replace(self.states[path], problems=problems, **fields)
        self.states[path] = state
        self.panel.set_files(tuple(self.states.values()))

    def in_force(self, method: str) -> Mock:
        return next(entry.mock for entry in self.mocks.entries() if entry.mock.method == method)

    def names(self, method: str) -> list[str]:
        return [rule.name or "" for rule in self.in_force(method).rules]

    def id_of(self, method: str) -> str:
        return next(entry.id for entry in self.mocks.entries() if entry.mock.method == method)

    def rewrite(self, mock: Mock) -> None:
        """Another program writes the mock of that method in the file."""
        self.mocks.replace(self.id_of(mock.method), mock)

    # what a person does

    def press(self, *keys: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        for key in keys:
            self.qtbot.keyClick(_focused(), key, modifier)

    def retype(self, name: str, text: str) -> None:
        widget = next(w for w in self.panel.findChildren(QWidget) if w.accessibleName() == name)
        widget.setFocus()
        self.press(Qt.Key.Key_A, modifier=Qt.KeyboardModifier.ControlModifier)
        self.qtbot.keyClicks(widget, text)

    def save(self) -> None:
        self.press(Qt.Key.Key_S, modifier=Qt.KeyboardModifier.ControlModifier)

    def click(self, method: str, rule: int | None = None, *, box: bool = False) -> None:
        table = self.panel.table
        index = self.panel.model.index_of(self.id_of(method), rule)
        table.scrollTo(index)
        places = table.places(index)
        place = places.box.center().toPoint() if box else places.text.center()
        self.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def click_file(self, path: str) -> None:
        table = self.panel.table
        index = self.panel.model.index_of_file(path)
        place = table.places(index).text.center()
        self.qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)

    def push(self, name: str) -> None:
        buttons = [
            w for w in self.panel.findChildren(QWidget) if w.accessibleName() == name and w.isVisible()
        ]
        self.qtbot.mouseClick(buttons[0], Qt.MouseButton.LeftButton)

    def menu(self, text: str) -> None:
        """Chooses from the menu of the current row, opened with the menu key."""
        table = self.panel.table
        place = table.visualRect(table.currentIndex()).center()
        where = table.viewport().mapToGlobal(place)
        QApplication.sendEvent(
            table.viewport(), QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, place, where)
        )
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        action = next(action for action in menu.actions() if action.text().startswith(text))
        self.qtbot.mouseClick(menu, Qt.MouseButton.LeftButton, pos=menu.actionGeometry(action).center())

    # what a person sees

    def seen(self) -> str:
        shown = [w for w in self.panel.findChildren(QWidget) if w.isVisible()]
        texts = [text() for w in shown if callable(text := getattr(w, "text", None))]
        return "\n".join(text for text in texts if isinstance(text, str)).replace("\u200b", "")

    def selected(self) -> list[str]:
        return [index.data() for index in self.panel.table.selectionModel().selectedRows(Column.MOCK)]


def _focused() -> QWidget:
    focused = QApplication.focusWidget()
    assert focused is not None
    return focused


@pytest.fixture
def files(qtbot: QtBot, show: Callable[..., None]) -> Files:
    panel = MocksPanel()
    show(panel, 1280, 460)
    return Files(qtbot, panel)


def problem(path: str, line: int, message: str, severity: Severity = Severity.ERROR) -> FileProblem:
    return FileProblem(path, line, 11, message, severity)


# --- rows and head ---------------------------------------------------------------------------------------


def test_the_head_counts_files_and_methods_and_names_the_edited_file(files: Files) -> None:
    assert "2 files · 4 methods · saved" in files.seen()
    files.click("get_weather", rule=1)
    files.retype("Rule name", "other")
    assert "2 files · 4 methods · demo.yaml edited" in files.seen()
    assert files.panel.model.index_of_file(DEMO).data() == "demo.yaml edited"


def test_mocks_made_here_stand_at_the_top_as_long_as_there_is_no_file(files: Files) -> None:
    table = files.panel.table
    own = files.panel.model.own_index()
    assert table.visualRect(own).isValid()
    for method in ("get_weather", "quote", "set_lights"):
        files.mocks.remove(files.id_of(method))
    files.panel.set_files(())
    assert not table.visualRect(own).isValid()
    assert table.visualRect(files.panel.model.index_of(files.id_of("own"))).top() == 0


def test_the_row_over_no_mocks_made_here_is_not_there(files: Files) -> None:
    files.mocks.remove(files.id_of("own"))
    assert not files.panel.table.visualRect(files.panel.model.own_index()).isValid()


def test_a_file_row_folds_by_keys_and_its_pane_closes_the_file(files: Files) -> None:
    files.click_file(DEMO)
    assert "2 mocks, loaded at" in files.seen()
    assert DEMO in files.seen()
    index = files.panel.model.index_of_file(DEMO)
    files.press(Qt.Key.Key_Space)
    assert not files.panel.table.isExpanded(index)
    files.press(Qt.Key.Key_Return)
    assert files.panel.table.isExpanded(index)
    files.push("Close demo.yaml")
    files.menu("Close file")
    assert files.said == [(DEMO,), (DEMO,)]


def test_a_file_is_opened_from_the_head_and_from_the_empty_panel(files: Files) -> None:
    files.push("Open a mocks file")
    for entry in files.mocks.entries():
        files.mocks.remove(entry.id)
    files.panel.set_files(())
    files.push("Open a mocks file…")
    assert files.said == [("open",), ("open",)]


def test_what_the_servers_do_with_other_methods_is_said_quietly(files: Files) -> None:
    files.panel.set_server_note("The server answers 1400 for them.")
    assert "The server answers 1400 for them." in files.seen()


# --- problems --------------------------------------------------------------------------------------------


def test_a_broken_file_says_where_it_is_and_that_the_last_version_goes_on(files: Files) -> None:
    files.set_file(LIGHTS, problem(LIGHTS, 14, "unknown key replay"), is_current=False)
    seen = files.seen()
    for words in ("✕ Problem", "lights.yaml:14:11", "unknown key replay", "The version loaded at "):
        assert words in seen
    assert "1 of 1" not in seen

    files.set_file(LIGHTS, is_current=True)
    assert "lights.yaml:14:11" not in files.seen()


def test_several_problems_are_stepped_through_by_mouse_and_keys_errors_first(files: Files) -> None:
    files.set_file(DEMO, problem(DEMO, 1, "never reached", Severity.WARNING))
    files.set_file(LIGHTS, problem(LIGHTS, 2, "bad"), problem(LIGHTS, 3, "worse"), is_current=False)
    assert "lights.yaml:2:11" in files.seen()
    assert "1 of 3" in files.seen()
    files.push("Next problem")
    assert "lights.yaml:3:11" in files.seen()
    files.panel.body.problems.after.setFocus()
    files.press(Qt.Key.Key_Space)
    assert "! Warning" in files.seen()
    assert "demo.yaml:1:11" in files.seen()
    assert "keeps answering" not in files.seen()

    files.set_file(LIGHTS, problem(LIGHTS, 9, "another"), is_current=False)
    assert "lights.yaml:9:11" in files.seen()
    files.set_file(LIGHTS, is_current=True)
    assert "demo.yaml:1:11" in files.seen()


# --- scripts ---------------------------------------------------------------------------------------------


def test_scripts_are_asked_for_without_taking_the_focus(files: Files) -> None:
    files.click("own")
    files.retype("Rule name", "ab")
    before = _focused()
    files.set_file(DEMO, scripts=Allowed.ASK)
    assert files.panel.body.consent.text == "demo.yaml wants to run scripts: quote.py."
    assert _focused() is before
    files.push("Allow the scripts of demo.yaml")
    files.push("Do not allow the scripts of demo.yaml now")
    assert files.said == [(DEMO, True), (DEMO, False)]
    assert _focused() is before

    files.set_file(DEMO, scripts=Allowed.YES)
    assert files.panel.body.consent.text == ""


def test_scripts_that_were_refused_can_be_allowed_later(files: Files) -> None:
    files.set_file(DEMO, scripts=Allowed.NO)
    files.click_file(DEMO)
    files.push("Allow scripts of demo.yaml")
    files.menu("Allow scripts")
    files.set_file(DEMO, scripts=Allowed.YES)
    files.menu("Stop scripts")
    assert files.said == [(DEMO, True), (DEMO, True), (DEMO, False)]


# --- mocks and rules -------------------------------------------------------------------------------------


def test_mocks_of_files_and_rules_are_switched_by_click_and_space(files: Files) -> None:
    files.click("get_weather", box=True)
    files.click("set_lights")
    files.press(Qt.Key.Key_Space)
    assert files.said == [(files.id_of("get_weather"), False), (files.id_of("set_lights"), False)]
    files.click("get_weather", rule=0, box=True)
    files.click("get_weather", rule=1)
    files.press(Qt.Key.Key_Space)
    assert [rule.enabled for rule in files.in_force("get_weather").rules] == [False, False, True]


def test_rules_are_moved_by_keys_and_the_menu_and_stay_selected(files: Files) -> None:
    alt = Qt.KeyboardModifier.AltModifier
    files.click("get_weather", rule=0)
    files.press(Qt.Key.Key_Down, modifier=alt)
    assert files.names("get_weather") == ["two", "one", ""]
    assert files.selected() == ["2 one · error 1602"]
    files.press(Qt.Key.Key_Up, modifier=alt)
    files.press(Qt.Key.Key_Up, modifier=alt)
    assert files.names("get_weather") == ["one", "two", ""]
    files.menu("Move down")
    assert files.names("get_weather") == ["two", "one", ""]


def test_what_was_typed_in_a_rule_moves_along(files: Files) -> None:
    files.click("get_weather", rule=0)
    files.retype("Rule name", "typed")
    files.panel.table.setFocus()
    files.press(Qt.Key.Key_Down, modifier=Qt.KeyboardModifier.AltModifier)
    files.save()
    assert files.names("get_weather") == ["two", "typed", ""]


def test_a_rule_is_deleted_by_key_and_brought_back_where_it_was(files: Files) -> None:
    files.click("get_weather", rule=1)
    files.press(Qt.Key.Key_Delete)
    assert files.names("get_weather") == ["one", ""]
    files.push("Undo delete")
    assert files.in_force("get_weather") == WEATHER
    assert files.selected() == ["2 two · reply"]


def test_a_rule_is_duplicated_and_deleted_from_the_menu(files: Files) -> None:
    files.click("get_weather", rule=1)
    files.menu("Duplicate the rule")
    assert files.names("get_weather") == ["one", "two", "two", ""]
    files.menu("Delete the rule")
    assert files.names("get_weather") == ["one", "two", ""]


def test_a_mock_of_a_file_is_deleted(files: Files) -> None:
    files.click("set_lights")
    files.press(Qt.Key.Key_Delete)
    assert [entry.mock for entry in files.mocks.entries()] == [WEATHER, QUOTE, OWN]


# --- changes on disk -------------------------------------------------------------------------------------


CHANGED = msgspec.structs.replace(WEATHER, rules=(FIRST, msgspec.structs.replace(SECOND, action=Reply("22"))))


def test_what_is_being_written_stays_when_its_file_changes_and_save_writes_it(files: Files) -> None:
    files.click("get_weather", rule=1)
    files.retype("Rule name", "typed")
    files.rewrite(CHANGED)
    assert "! Changed on disk: Save writes yours, Revert takes the file's." in files.seen()
    files.save()
    assert files.names("get_weather") == ["one", "typed", ""]
    assert "Changed on disk" not in files.seen()
    files.retype("Rule name", "typed again")
    assert "Changed on disk" not in files.seen()
    files.rewrite(CHANGED)
    assert "Changed on disk" in files.seen()


def test_revert_takes_what_the_file_says_by_now(files: Files) -> None:
    files.click("get_weather", rule=1)
    files.retype("Rule name", "typed")
    files.rewrite(CHANGED)
    files.push("Revert the mock")
    assert files.panel.editor.head.name.text() == "two"
    assert "Changed on disk" not in files.seen()
    assert files.in_force("get_weather") == CHANGED


def test_a_switch_or_a_move_here_is_no_change_by_another(files: Files) -> None:
    files.click("get_weather", rule=1)
    files.retype("Rule name", "typed")
    files.click("get_weather", rule=0, box=True)
    files.panel.table.setFocus()
    files.press(Qt.Key.Key_Down, modifier=Qt.KeyboardModifier.AltModifier)
    assert "Changed on disk" not in files.seen()


def test_a_rule_that_is_gone_from_the_file_leaves_no_hole(files: Files) -> None:
    files.click("get_weather", rule=2)
    files.rewrite(msgspec.structs.replace(WEATHER, rules=(FIRST,)))
    assert "error" in str(files.panel.model.index_of(files.id_of("get_weather")).data())
    files.click("get_weather")
    assert files.panel.editor.head.name.text() == "one"


def test_what_is_written_of_a_mock_that_leaves_its_file_goes_on_as_a_new_mock(files: Files) -> None:
    files.click("set_lights")
    files.retype("Rule name", "typed")
    files.mocks.remove(files.id_of("set_lights"))
    assert files.selected() == ["set_lights · new"]
    assert "The mock you were writing is gone from its file" in files.seen()
    files.save()
    rules = (msgspec.structs.replace(SET_LIGHTS.rules[0], name="typed"),)
    assert files.in_force("set_lights") == Mock("set_lights", rules)


def test_a_mock_that_is_deleted_here_takes_what_was_written_with_it(files: Files) -> None:
    files.click("set_lights")
    files.retype("Rule name", "typed")
    files.panel.table.setFocus()
    files.press(Qt.Key.Key_Delete)
    assert "new" not in " ".join(files.selected())
    assert "2 files · 3 methods · saved" in files.seen()


def test_rules_of_another_number_are_not_moved_over_what_is_written(files: Files) -> None:
    files.click("get_weather", rule=1)
    files.retype("Rule name", "typed")
    files.rewrite(CHANGED)
    files.panel.table.setFocus()
    files.press(Qt.Key.Key_Up, modifier=Qt.KeyboardModifier.AltModifier)
    assert files.in_force("get_weather") == CHANGED
    assert "✕ Not done: the file has other rules by now than what you wrote." in files.seen()


def test_everything_that_takes_the_focus_has_a_name(files: Files) -> None:
    files.set_file(LIGHTS, problem(LIGHTS, 2, "bad"), problem(LIGHTS, 3, "worse"), scripts=Allowed.ASK)
    files.click_file(LIGHTS)
    for widget in files.panel.findChildren(QWidget):
        assert widget.focusPolicy() is Qt.FocusPolicy.NoFocus or widget.accessibleName(), widget
