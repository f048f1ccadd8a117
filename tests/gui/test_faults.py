"""The faults of the Local room panel: the table, the editor of a rule, and the file; by keys and mouse."""

from pathlib import Path

import msgspec
import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication, QComboBox, QFileDialog, QLineEdit
from pytestqt.qtbot import QtBot

from inspector.core.faults import CallPart, FaultKind, FaultMatch, FaultRule, FaultState
from inspector.gui.models.faults_model import FaultColumn, FaultsModel
from inspector.gui.models.local_room_facts import LocalRoomFacts
from inspector.gui.theme import DARK
from tests.support.local_room_desk import DELAY, DROP, ERROR, RUNNING, Desk, nameless, popup
from tests.support.themes import dress

ALT = Qt.KeyboardModifier.AltModifier

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")


@pytest.fixture
def empty(qtbot: QtBot, qapp: QApplication) -> Desk:
    dress(qapp)
    return Desk(qtbot)


@pytest.fixture
def desk(qtbot: QtBot, qapp: QApplication) -> Desk:
    dress(qapp)
    return Desk(qtbot, DELAY, DROP, ERROR)


def choose_kind(desk: Desk, kind: FaultKind) -> None:
    """Writes a new fault of a kind, from the menu."""
    desk.push("New fault")
    desk.choose(popup(), kind.value)


def kind_box(desk: Desk) -> QComboBox:
    return desk.panel.body.editor.kind


# --- the table -------------------------------------------------------------------------------------------


def test_no_faults_say_what_one_is_and_offer_a_file(empty: Desk) -> None:
    assert "No faults." in empty.said()
    assert "Load a faults file…" in empty.buttons()


def test_each_rule_is_a_row(desk: Desk) -> None:
    assert desk.rows() == [
        "get_weather | * → agent-* | delay | 800 ms, 1 in 4",
        "move_to | * → robot-1 | drop_request | 1501, 1 in 10",
        "get_user | * → * | error | 1401 at once",
    ]


def test_hits_grow_in_place_and_leave_the_selection(qtbot: QtBot, desk: Desk) -> None:
    desk.click_row(1)
    resets: list[None] = []
    desk.panel.body.faults.model.modelReset.connect(lambda: resets.append(None))
    states = (FaultState(DELAY, 1031), FaultState(DROP, 4), FaultState(ERROR))
    desk.panel.show_faults(states)
    model = desk.panel.body.faults.model
    assert [model.index(row, FaultColumn.HITS).data() for row in range(3)] == ["1,031", "4", "0"]
    assert desk.selected() == 1
    assert not resets


def test_a_rule_that_is_off_is_faint_all_over(desk: Desk) -> None:
    table = desk.panel.body.faults.table
    image = table.viewport().grab().toImage()
    off = table.visualRect(table.model().index(2, FaultColumn.METHOD))
    on = table.visualRect(table.model().index(0, FaultColumn.METHOD))
    assert DARK.text not in colors(image, off)
    assert DARK.text in colors(image, on)


def colors(image: QImage, rect: QRect) -> set[str]:
    return {
        image.pixelColor(x, y).name()
        for x in range(rect.left(), rect.right())
        for y in range(rect.top(), rect.bottom())
    }


def test_a_click_on_the_box_switches_and_selects_nothing(desk: Desk) -> None:
    desk.click_row(0, FaultColumn.ON)
    assert desk.last_asked() == (msgspec.structs.replace(DELAY, enabled=False), DROP, ERROR)
    desk.click_row(0, FaultColumn.ON)
    assert desk.last_asked()[0] == DELAY
    assert desk.selected() is None


def test_space_switches_the_selected_rule(desk: Desk) -> None:
    desk.click_row(2)
    desk.press(Qt.Key.Key_Space)
    assert desk.last_asked()[2].enabled
    assert desk.selected() == 2


def test_rules_are_moved_by_key_and_the_selection_goes_along(desk: Desk) -> None:
    desk.click_row(1)
    desk.press(Qt.Key.Key_Up, ALT)
    assert desk.last_asked() == (DROP, DELAY, ERROR)
    assert desk.selected() == 0
    desk.press(Qt.Key.Key_Up, ALT)
    assert len(desk.asked) == 1, "there is nothing above it"
    desk.press(Qt.Key.Key_Down, ALT)
    desk.press(Qt.Key.Key_Down, ALT)
    assert desk.last_asked() == (DELAY, ERROR, DROP)
    assert desk.selected() == 2


def test_a_rule_is_removed_by_delete_and_comes_back_by_undo(desk: Desk) -> None:
    desk.click_row(1)
    desk.press(Qt.Key.Key_Delete)
    assert desk.last_asked() == (DELAY, ERROR)
    assert desk.selected() == 1
    desk.push("Bring the removed fault back")
    assert desk.last_asked() == (DELAY, DROP, ERROR)
    assert desk.selected() == 1
    assert "Bring the removed fault back" not in desk.buttons()


def test_the_menu_of_a_row_offers_the_same(desk: Desk) -> None:
    menu = desk.open_menu(0)
    texts = [action.text().split("\t")[0] for action in menu.actions() if action.text()]
    assert texts == ["Edit", "Switch off", "Try it earlier", "Try it later", "Remove"]
    assert not menu.actions()[3].isEnabled(), "it is the first one"
    desk.choose(menu, "Try it later")
    assert desk.last_asked() == (DROP, DELAY, ERROR)
    desk.choose(desk.open_menu(2), "Switch on")
    assert desk.last_asked()[2].enabled
    desk.choose(desk.open_menu(2), "Remove")
    assert desk.last_asked() == (DROP, DELAY)


def test_names_from_elsewhere_are_plain_text(qtbot: QtBot, desk: Desk) -> None:
    evil = FaultRule(FaultKind.DELAY, FaultMatch("<b>\u202e", "*", "*"), ms=1, name="<i>x")
    desk.panel.show_faults((FaultState(evil),))
    model = desk.panel.body.faults.model
    index = model.index(0, FaultColumn.METHOD)
    assert index.data() == "<b>\\u202e"
    assert "&lt;b&gt;" in index.data(Qt.ItemDataRole.ToolTipRole)


def test_a_rule_is_found_by_what_the_log_calls_it(desk: Desk) -> None:
    assert desk.panel.select_fault("2 drop_request")
    assert desk.selected() == 1
    assert not desk.panel.select_fault("2 delay")
    named = msgspec.structs.replace(ERROR, name="bad user")
    desk.panel.show_faults((FaultState(DELAY), FaultState(named)))
    assert desk.panel.select_fault("bad user")
    assert desk.selected() == 1


# --- writing a rule ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", FaultKind)
def test_every_kind_is_in_the_menu_and_can_be_saved_as_it_opens(empty: Desk, kind: FaultKind) -> None:
    choose_kind(empty, kind)
    assert kind_box(empty).currentText() == kind.value
    assert nameless(empty.panel) == []
    empty.push("Save the fault")
    (rule,) = empty.last_asked()
    assert rule.fault is kind
    assert rule.enabled
    assert rule.match == FaultMatch()
    assert empty.selected() == 0
    assert empty.panel.body.join.isVisible(), "the editor is gone"


def test_a_rule_is_written_by_keys_alone(empty: Desk) -> None:
    empty.panel.body.faults.add.setFocus()
    empty.press(Qt.Key.Key_Space)
    menu = popup()
    for _ in range(4):
        empty.qtbot.keyClick(menu, Qt.Key.Key_Down)
    empty.qtbot.keyClick(menu, Qt.Key.Key_Return)
    assert kind_box(empty).currentText() == "error"
    empty.retype("Fault name", "bad user")
    empty.retype("Fault method", "get_*")
    empty.retype("Fault from", "web-*")
    empty.retype("Fault to", "agent-?")
    empty.retype("Fault error code", "1602")
    empty.retype("Fault error message", "no such user")
    empty.retype("Fault error data", '{"id":7}')
    empty.retype("Fault chance in per cent", "12.5")
    empty.retype("Fault at most so often", "3")
    assert "1 in 8, 3 times." in empty.said()
    empty.press(Qt.Key.Key_Return)
    assert empty.last_asked() == (
        FaultRule(
            FaultKind.ERROR,
            FaultMatch("get_*", "web-*", "agent-?"),
            name="bad user",
            code=1602,
            message="no such user",
            data='{"id":7}',
            probability=0.125,
            times=3,
        ),
    )
    assert QApplication.focusWidget() is empty.panel.body.faults.table


def test_a_delay_names_the_part_it_holds_back(empty: Desk) -> None:
    choose_kind(empty, FaultKind.DELAY)
    empty.retype("Fault delay in milliseconds", "1500")
    empty.panel.body.editor.part.setFocus()
    empty.press(Qt.Key.Key_Down)
    empty.push("Save the fault")
    assert empty.last_asked() == (FaultRule(FaultKind.DELAY, ms=1500, part=CallPart.ACK),)


@pytest.mark.parametrize("way", ["enter", "double click", "menu"])
def test_a_rule_is_edited_in_place(desk: Desk, way: str) -> None:
    if way == "enter":
        desk.click_row(1)
        desk.press(Qt.Key.Key_Return)
    elif way == "menu":
        desk.choose(desk.open_menu(1), "Edit")
    else:
        desk.double_click_row(1)
    assert "Fault 2" in desk.said()
    assert desk.field("Fault method").text() == "move_to"
    assert desk.field("Fault chance in per cent").text() == "10"
    desk.retype("Fault to", "robot-*")
    desk.push("Save the fault")
    edited = msgspec.structs.replace(DROP, match=FaultMatch("move_to", "*", "robot-*"))
    assert desk.last_asked() == (DELAY, edited, ERROR)


def test_a_rule_that_is_off_stays_off_when_it_is_edited(desk: Desk) -> None:
    desk.double_click_row(2)
    desk.retype("Fault error code", "1404")
    desk.push("Save the fault")
    assert desk.last_asked()[2] == msgspec.structs.replace(ERROR, code=1404)


def test_another_kind_keeps_only_what_it_heeds(desk: Desk) -> None:
    desk.double_click_row(2)
    kind_box(desk).setFocus()
    desk.press(Qt.Key.Key_Up)
    assert kind_box(desk).currentText() == "drop_response"
    assert "Fault error code" not in {line.accessibleName() for line in visible_lines(desk)}
    desk.push("Save the fault")
    assert desk.last_asked()[2] == FaultRule(FaultKind.DROP_RESPONSE, FaultMatch("get_user"), enabled=False)


def visible_lines(desk: Desk) -> list[QLineEdit]:
    return [line for line in desk.panel.findChildren(QLineEdit) if line.isVisible()]


@pytest.mark.parametrize(
    ("kind", "field", "text", "words"),
    [
        (FaultKind.ERROR, "Fault error code", "no", "code: a whole number"),
        (FaultKind.ERROR, "Fault error code", "99999999999", "error codes go from 0 to"),
        (FaultKind.DELAY, "Fault delay in milliseconds", "soon", "delay: milliseconds"),
        (FaultKind.DROP_ACK, "Fault chance in per cent", "120", "chance: per cent, from 0 to 100"),
        (FaultKind.DROP_ACK, "Fault chance in per cent", "", "chance: per cent"),
        (FaultKind.DROP_ACK, "Fault at most so often", "often", "times: a whole number, or nothing"),
        (FaultKind.DROP_ACK, "Fault at most so often", "0", "times counts from 1"),
    ],
)
def test_what_cannot_be_is_said_as_one_types_and_is_not_saved(
    empty: Desk, kind: FaultKind, field: str, text: str, words: str
) -> None:
    choose_kind(empty, kind)
    empty.retype(field, text)
    assert f"✕ {words}" in empty.said()
    assert words.split(":")[0] in empty.field(field).accessibleDescription()
    empty.push("Save the fault")
    assert empty.asked == []
    focused = QApplication.focusWidget()
    assert focused is not None
    assert focused.accessibleName() == field
    assert "Not saved" in empty.panel.head.words()


def test_escape_and_cancel_give_the_edit_up(desk: Desk) -> None:
    for by_key in (True, False):
        desk.double_click_row(0)
        desk.retype("Fault method", "something_else")
        if by_key:
            desk.press(Qt.Key.Key_Escape)
        else:
            desk.push("Cancel the edit of the fault")
        assert desk.panel.body.join.isVisible()
    assert desk.asked == []


def test_what_was_typed_is_not_lost_to_another_rule(desk: Desk) -> None:
    desk.double_click_row(0)
    desk.retype("Fault method", "half_writ")
    desk.double_click_row(1)
    assert desk.field("Fault method").text() == "half_writ"
    assert "Save or cancel the edit of “Fault 1” first." in desk.panel.head.words()
    desk.press(Qt.Key.Key_Escape)
    desk.double_click_row(1)
    assert desk.field("Fault method").text() == "move_to"


def test_a_rule_that_is_gone_meanwhile_is_added_anew(desk: Desk) -> None:
    desk.double_click_row(1)
    desk.panel.show_faults((FaultState(DELAY),))
    desk.retype("Fault method", "go_home")
    desk.push("Save the fault")
    assert [rule.match.method for rule in desk.last_asked()] == ["get_weather", "go_home"]


def test_a_room_that_goes_closes_the_editor(desk: Desk) -> None:
    desk.double_click_row(0)
    desk.panel.show_facts(LocalRoomFacts())
    assert desk.panel.idle.isVisible()
    desk.panel.show_facts(RUNNING)
    assert desk.panel.body.join.isVisible()


# --- files -------------------------------------------------------------------------------------------------


@pytest.fixture
def own_dialogs(qapp: QApplication) -> None:
    QApplication.setAttribute(Qt.ApplicationAttribute.AA_DontUseNativeDialogs)


def file_dialog() -> QFileDialog:
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QFileDialog) and w.isVisible()]
    assert found
    return found[0]


@pytest.mark.usefixtures("own_dialogs")
def test_a_file_is_loaded(qtbot: QtBot, empty: Desk, tmp_path: Path) -> None:
    path = tmp_path / "radio.yaml"
    path.write_text("faults: []\n")
    empty.push("Load a faults file…")
    dialog = file_dialog()
    dialog.selectFile(str(path))
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: empty.wishes == [("load", path)])


@pytest.mark.usefixtures("own_dialogs")
def test_a_file_is_saved_under_a_name(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    desk.push("Faults file")
    desk.choose(popup(), "Save as…")
    dialog = file_dialog()
    dialog.setDirectory(str(tmp_path))
    dialog.selectFile("radio")
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.wishes == [("save", tmp_path / "radio.yaml")])


def test_all_are_removed_at_once(desk: Desk) -> None:
    desk.push("Faults file")
    desk.choose(popup(), "Remove all faults")
    assert desk.last_asked() == ()
    assert "No faults." in desk.said()


def test_the_file_is_named_beside_them(desk: Desk) -> None:
    desk.panel.show_file("faults.yaml · edited")
    assert "faults.yaml · edited" in desk.said()


# --- the model ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "rules",
    [(), (DELAY,), (DELAY, DROP), (DROP, DELAY, ERROR), (ERROR,), (DELAY, ERROR, DROP, ERROR), (DROP, DROP)],
)
def test_any_faults_follow_any_others(qtbot: QtBot, rules: tuple[FaultRule, ...]) -> None:
    for before in ((), (DELAY, DROP, ERROR), (ERROR, ERROR), (DROP, DELAY, DROP)):
        model = FaultsModel()
        QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Warning, model)
        model.set_states(tuple(FaultState(rule) for rule in before))
        model.set_states(tuple(FaultState(rule, 3) for rule in rules))
        assert model.rules() == rules
        assert all(state.hits == 3 for state in model.states())
