"""The editor of one rule, driven as a person would."""

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from inspector.core.mocks import (
    Ask,
    Delay,
    Fail,
    Forward,
    JsonMatch,
    JsonType,
    NoAnswer,
    PayloadMatch,
    Reply,
    Rule,
    Script,
    Sequence,
    Step,
    Template,
    Then,
    When,
)
from inspector.gui.models.field_remarks import Field
from inspector.gui.widgets.mock_editor import MockEditor
from inspector.gui.widgets.number_line import Stepper
from tests.gui.mock_editor_hands import EditorHands

PLAIN = Rule(Reply("r"))


@pytest.fixture
def hands(qtbot: QtBot, show: Callable[..., None]) -> EditorHands:
    editor = MockEditor()
    show(editor, 896, 440)
    return EditorHands(qtbot, editor)


# --- conditions ------------------------------------------------------------------------------------------


def test_conditions_of_every_kind_are_added_and_typed(hands: EditorHands) -> None:
    hands.show(PLAIN)
    assert "For every call" in hands.said()
    hands.choose_in_menu("Add a condition", "caller")
    assert hands.focused() == "Condition 1: value"
    hands.type("Value", "web-*")
    hands.choose_in_menu("Add a condition", "payload")
    hands.choose("Operator", "contains", -1)
    hands.type("Value", "monday", -1)
    hands.choose_in_menu("Add a condition", "json")
    assert hands.focused() == "Condition 3: JSONPath"
    hands.type("JSONPath", "$.n")
    hands.choose("Operator", "gt", -1)
    hands.type("Value", "5", -1)
    hands.choose_in_menu("Add a condition", "schema")
    assert hands.focused() == "Condition 4: JSON Schema"
    hands.type("JSON Schema", '{"required": ["n"]}')

    assert "When all of these hold" in hands.said()
    assert hands.errors() == []
    schema: dict[str, object] = {"required": ["n"]}
    assert hands.made().when == When(
        "web-*", PayloadMatch(contains="monday"), (JsonMatch("$.n", gt=5),), schema
    )


def test_rows_on_the_same_path_make_one_condition(hands: EditorHands) -> None:
    hands.show(Rule(Reply("r"), when=When(json=(JsonMatch("$.n", gt=5, lt=9),))))
    assert hands.texts("JSONPath") == ["$.n", "$.n"]
    hands.type("Value", "1.5", 0)
    assert hands.made().when == When(json=(JsonMatch("$.n", gt=1.5, lt=9),))


@pytest.mark.parametrize(
    ("typed", "value", "words"),
    [
        ('"monday"', "monday", ""),
        ("7", 7, ""),
        ("true", True, ""),
        ("null", None, ""),
        ('{"a": [1]}', {"a": [1]}, ""),
        ("monday", "monday", 'taken as the text "monday"'),
        ("{a}", "{a}", 'taken as the text "{a}"'),
    ],
)
def test_a_value_is_json_and_anything_else_is_taken_as_text_and_said_so(
    hands: EditorHands, typed: str, value: object, words: str
) -> None:
    hands.show(Rule(Reply("r"), when=When(json=(JsonMatch("$.day", equals=0),))))
    hands.type("Value", typed)
    assert hands.made().when == When(json=(JsonMatch("$.day", equals=value),))
    assert ("taken as the text" in hands.said()) == bool(words)
    assert words in hands.said()


@pytest.mark.parametrize(
    ("match", "name", "typed", "words"),
    [
        (JsonMatch("$.a", gt=1), "JSONPath", "a", "not a JSONPath: a JSONPath begins with `$`"),
        (JsonMatch("$.a", gt=1), "Value", "x", "`gt` is a number"),
        (JsonMatch("$.a", regex="a"), "Value", "(", "not a regular expression: missing )"),
        (JsonMatch("$.a", equals=1), "Value", "", "a value is missing"),
    ],
)
def test_what_cannot_be_used_is_marked_with_the_reason_beneath(
    hands: EditorHands, match: JsonMatch, name: str, typed: str, words: str
) -> None:
    hands.show(Rule(Reply("r"), when=When(json=(match,))))
    hands.type(name, typed)
    assert f"✕ {words}" in hands.said()
    assert any(words in error for error in hands.errors())


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("{", "no JSON from line 1, column 2"),
        ("[]", "`schema` is a JSON Schema"),
        ('{"type": 5}', "not a JSON Schema (at /type)"),
    ],
)
def test_a_schema_is_checked_as_it_is_typed(hands: EditorHands, typed: str, words: str) -> None:
    hands.show(Rule(Reply("r"), when=When(schema=True)))
    hands.type("JSON Schema", typed)
    assert words in hands.said()


def test_what_a_rule_can_have_once_is_not_had_twice(hands: EditorHands) -> None:
    hands.show(Rule(Reply("r"), when=When("a")))
    hands.choose_in_menu("Add a condition", "caller")
    assert "✕ a rule has a condition on the caller once" in hands.said()


def test_types_and_existence_are_chosen(hands: EditorHands) -> None:
    hands.show(Rule(Reply("r"), when=When(json=(JsonMatch("$.a", equals=1),))))
    hands.choose("Operator", "exists")
    assert hands.made().when == When(json=(JsonMatch("$.a", exists=True),))
    hands.choose("Value", "false")
    assert hands.made().when == When(json=(JsonMatch("$.a", exists=False),))
    hands.choose("Operator", "type")
    hands.choose("Value", "object")
    assert hands.made().when == When(json=(JsonMatch("$.a", type=JsonType.OBJECT),))


def test_a_condition_is_about_something_else_with_a_key(hands: EditorHands) -> None:
    hands.show(Rule(Reply("r"), when=When("web-*")))
    hands.choose("Subject", "payload")
    assert hands.made().when == When(payload=PayloadMatch(equals="web-*"))


def test_a_condition_is_removed_and_the_rest_stay(hands: EditorHands) -> None:
    hands.show(
        Rule(Reply("r"), when=When("web-*", json=(JsonMatch("$.a", equals=1), JsonMatch("$.b", lt=2))))
    )
    hands.click("remove", 1)
    assert hands.made().when == When("web-*", json=(JsonMatch("$.b", lt=2),))
    hands.click("remove", 0)
    hands.click("remove", 0)
    assert hands.made().when is None
    assert hands.focused() == "Add a condition"


# --- how soon and how often ------------------------------------------------------------------------------


def test_how_soon_and_how_often_are_typed_and_told_in_words(hands: EditorHands) -> None:
    hands.show(PLAIN)
    assert "at once" in hands.said()
    assert "at every match" in hands.said()
    hands.type("Mock delay in milliseconds", "400")
    hands.type("Mock delay, give or take milliseconds", "150")
    hands.type("Rule chance in per cent", "12.5")
    hands.type("Rule times at most", "3")
    assert "250 to 550 ms" in hands.said()
    assert "at 12.5 % of matches, 3 times" in hands.said()
    assert hands.made() == Rule(Reply("r"), delay=Delay(400, 150), probability=0.125, times=3)


def test_arrows_count_with_keys_and_with_the_mouse(hands: EditorHands) -> None:
    hands.show(PLAIN)
    hands.find("Rule times at most").setFocus()
    hands.press(Qt.Key.Key_Up, Qt.Key.Key_Up)
    assert hands.made().times == 2
    chance = hands.find("Rule chance in per cent")
    frame = chance.parentWidget()
    assert frame is not None
    (stepper,) = frame.findChildren(Stepper)
    hands.qtbot.mouseClick(stepper, Qt.MouseButton.LeftButton, pos=QPoint(6, stepper.height() - 4))
    assert hands.made().probability == 0.95


def test_a_delay_that_leaves_no_time_is_pointed_out(hands: EditorHands) -> None:
    hands.show(PLAIN)
    hands.type("Mock delay in milliseconds", "9000")
    assert "! over 8 s, all that a caller's default timeout leaves" in hands.said()


# --- answers ---------------------------------------------------------------------------------------------


def test_every_kind_of_answer_is_made(hands: EditorHands) -> None:
    hands.show(PLAIN)
    hands.click("Answer: No answer")
    assert hands.made().action == NoAnswer()
    assert "The caller hears nothing, and gets 1502" in hands.said()
    hands.click("Answer: Ask")
    assert hands.made().action == Ask()
    assert "The call waits here until you answer it" in hands.said()
    hands.click("Answer: Script")
    assert "✕ a script is the name of a Python file, such as `quote.py`" in hands.said()
    hands.type("Script", "quote.py")
    assert hands.made().action == Script("quote.py")
    hands.click("Answer: Template")
    hands.type("Template", "{{ hits")
    assert "✕ template: " in hands.said()
    hands.type("Template", "{{ hits }}")
    assert hands.errors() == []
    assert hands.made().action == Template("{{ hits }}")
    hands.click("Answer: Forward")
    assert "✕ `to` names nobody: it is empty" in hands.said()
    hands.type("Forward to", "@agent")
    hands.type("Forward method", "search")
    assert hands.made().action == Forward("@agent", "search")
    hands.click("Answer: Error")
    hands.type("Error code", "1502")
    hands.type("Error message", "late")
    assert "1502 RESPONSE_TIMEOUT" in hands.said()
    assert hands.made().action == Fail(1502, "late")
    hands.click("Answer: Reply")
    assert hands.made() == PLAIN


def test_json_is_sent_compact_or_as_written(hands: EditorHands) -> None:
    hands.show(Rule(Reply('{"a":1}')))
    assert "sent as compact JSON, 7 B" in hands.said()
    hands.click("Reply: send as written")
    assert hands.made().action == Reply('{\n  "a": 1\n}')
    assert "sent as written, 12 B" in hands.said()
    hands.click("Reply: send as compact JSON")
    assert hands.made().action == Reply('{"a":1}')


def test_a_sequence_is_written_step_by_step(hands: EditorHands) -> None:
    hands.show(PLAIN)
    hands.click("Answer: Sequence")
    hands.type("Step 1: reply", '{"a":1}')
    hands.click("Add a step")
    assert hands.focused() == "Step 2: kind of answer"
    hands.choose("Step 2: kind of answer", "Error")
    hands.type("Step 2: error code", "1500")
    hands.type("Step 2: error message", "once")
    hands.type("Step 2: delay in milliseconds", "50")
    hands.click("Add a step")
    hands.choose("Step 3: kind of answer", "No answer")
    hands.type("Step 3: delay in milliseconds", "")
    hands.click("After the last step: from the first again")
    steps = (Step(Reply('{"a":1}')), Step(Fail(1500, "once"), Delay(50)), Step(NoAnswer()))
    assert hands.made().action == Sequence(steps, Then.CYCLE)


def test_the_step_that_has_the_focus_is_in_sight(hands: EditorHands) -> None:
    hands.show(Rule(Sequence(tuple(Step(Reply(str(n))) for n in range(8)))))
    hands.click("Add a step")
    assert hands.focused() == "Step 9: kind of answer"
    assert is_in_sight(QApplication.focusWidget())
    hands.editor.focus_field(Field.REPLY, 0)
    assert is_in_sight(QApplication.focusWidget())


def is_in_sight(widget: QWidget | None) -> bool:
    """Whether all of it is to be seen."""
    return widget is not None and widget.visibleRegion().boundingRect() == widget.rect()


def test_steps_move_and_go(hands: EditorHands) -> None:
    one, two, three = (Step(Reply(text)) for text in ("one", "two", "three"))
    hands.show(Rule(Sequence((one, two, three))))
    hands.click("Step 1: move down")
    assert hands.made().action == Sequence((two, one, three))
    assert hands.focused() == "Step 2: move down"
    hands.press(Qt.Key.Key_Space)
    assert hands.made().action == Sequence((two, three, one))
    hands.click("Step 1: remove")
    assert hands.made().action == Sequence((three, one))


def test_a_step_says_what_is_wrong_with_it(hands: EditorHands) -> None:
    hands.show(Rule(Sequence((Step(Reply("a")), Step(Fail(1500))))))
    hands.type("Step 2: error code", "x")
    assert "✕ a code is a whole number from 0 to 4294967295" in hands.said()
    hands.editor.focus_field(Field.CODE, 1)
    assert hands.focused() == "Step 2: error code"
    hands.click("Step 2: remove")
    hands.click("Step 1: remove")
    assert "✕ a sequence has at least one step" in hands.said()


def test_a_very_long_text_is_kept_though_its_line_shows_a_part(hands: EditorHands) -> None:
    rule = Rule(Reply("r"), when=When(payload=PayloadMatch(equals="x" * 100_000)))
    hands.show(rule)
    assert len(hands.texts("Value")[0]) < 10_000
    hands.type("Rule name", "n")
    assert hands.made().when == rule.when


# --- the rule as a whole ---------------------------------------------------------------------------------


def test_wishes_about_the_rule_go_out(hands: EditorHands) -> None:
    wishes: list[tuple[object, ...]] = []
    editor = hands.editor
    editor.move_requested.connect(lambda rule, by: wishes.append(("move", rule, by)))
    editor.rule_add_requested.connect(lambda: wishes.append(("add",)))
    editor.rule_duplicate_requested.connect(lambda rule: wishes.append(("duplicate", rule)))
    editor.rule_delete_requested.connect(lambda rule: wishes.append(("delete", rule)))
    editor.rule_enable_requested.connect(lambda rule, on: wishes.append(("enable", rule, on)))
    hands.show(PLAIN, PLAIN, PLAIN, rule=1)
    assert "Rule 2 of 3" in hands.said()

    for name in (
        "Move the rule up",
        "Move the rule down",
        "Duplicate the rule",
        "Delete the rule",
        "Add a rule",
        "Rule enabled",
    ):
        hands.find(name).setFocus()
        hands.press(Qt.Key.Key_Space)

    assert wishes == [
        ("move", 1, -1),
        ("move", 1, 1),
        ("duplicate", 1),
        ("delete", 1),
        ("add",),
        ("enable", 1, False),
    ]


def test_showing_the_same_again_moves_no_caret(hands: EditorHands) -> None:
    hands.show(Rule(Reply("r"), when=When("abcd")))
    hands.type("Value", "abcd")
    hands.press(Qt.Key.Key_Left, Qt.Key.Key_Left)
    hands.editor.show_mock(hands.draft, 0, hands.saved)
    hands.qtbot.keyClicks(hands.find("Value"), "X")
    assert hands.made().when == When("abXcd")


@pytest.mark.parametrize(
    "kind", ["Reply", "Template", "Error", "Sequence", "Script", "Ask", "Forward", "No answer"]
)
def test_everything_that_takes_the_focus_has_a_name_of_its_own(hands: EditorHands, kind: str) -> None:
    hands.show(Rule(Reply("r"), when=When("a", PayloadMatch("b"), (JsonMatch("$.a", gt=1),), True)))
    hands.click(f"Answer: {kind}")
    widgets = [w for w in hands.editor.findChildren(QWidget) if w.isVisible()]
    focusable = [w for w in widgets if w.focusPolicy() is not Qt.FocusPolicy.NoFocus]
    assert [w for w in focusable if not w.accessibleName()] == []


# --- try it ----------------------------------------------------------------------------------------------

UNKNOWN = Rule(Fail(1602, "no such city"), when=When(json=(JsonMatch("$.city", equals="Atlantis"),)))
SLOW = Rule(Reply('{"t":21}'), when=When("web-*"), delay=Delay(400, 150))


def test_a_trial_says_which_rule_answers_and_why_others_do_not(hands: EditorHands) -> None:
    hands.show(UNKNOWN, SLOW, PLAIN)
    assert hands.tried("web-1", '{"city":"Oslo"}') == (
        '✓ Rule 2 matches, answers {"t":21} after 400 ± 150 ms.\n'
        'Rule 1 did not: $.city is "Oslo", not "Atlantis". Rule 3 is not reached. '
        "Nothing was sent and no hit was counted."
    )
    assert hands.tried("web-1", '{"city":"Atlantis"}').startswith(
        '✓ Rule 1 matches, answers with error 1602 "no such city"'
    )


def test_a_trial_goes_by_what_is_typed_and_follows_it(hands: EditorHands) -> None:
    hands.show(SLOW)
    assert hands.tried("phone", "") == (
        "✕ No rule matches: the caller gets 1500 `no mock rule matched`.\n"
        'Rule 1 did not: the caller is "phone", not "web-*". Nothing was sent and no hit was counted.'
    )
    with hands.qtbot.waitSignal(hands.editor.try_it.shown):
        hands.type("Value", "ph*")
    hands.qtbot.waitUntil(lambda: hands.editor.try_it.words().startswith("✓ Rule 1 matches"))


def test_of_many_rules_a_few_say_why_they_do_not_answer(hands: EditorHands) -> None:
    hands.show(*(Rule(Reply("r"), when=When(payload=PayloadMatch(equals=str(n)))) for n in range(200)), PLAIN)
    assert hands.tried("web-1", "x") == (
        "✓ Rule 201 matches, answers r\n"
        'Rule 1 did not: the payload is "x", not "0". Rule 2 did not: the payload is "x", not "1". '
        'Rule 3 did not: the payload is "x", not "2". Rules 4 to 200 did not either. '
        "Nothing was sent and no hit was counted."
    )


def test_the_rule_that_answers_is_one_click_away(hands: EditorHands) -> None:
    hands.show(UNKNOWN, SLOW, rule=0)
    hands.tried("web-1", "{}")
    with hands.qtbot.waitSignal(hands.editor.rule_chosen) as chosen:
        hands.click("Show rule 2")
    assert chosen.args == [1]
    hands.editor.show_mock(hands.draft, 1, hands.saved)
    hands.editor.show_remarks(())
    assert "Show rule 2" not in [b.text() for b in hands.editor.findChildren(QPushButton) if b.isVisible()]


def test_a_trial_tells_chance_and_what_comes_otherwise(hands: EditorHands) -> None:
    hands.show(Rule(Reply("a"), probability=0.5), Rule(NoAnswer(), enabled=False), Rule(Reply("b")))
    assert hands.tried("web-1", "x") == (
        "✓ Rule 1 matches and acts at 50 % of matches: answers a\n"
        "Rule 2 is off. Otherwise rule 3 answers b. Nothing was sent and no hit was counted."
    )


def test_a_trial_waits_for_what_cannot_be_read(hands: EditorHands) -> None:
    hands.show(Rule(Fail(1602)))
    hands.type("Error code", "x")
    words = hands.tried("web-1", "")
    assert words == "✕ Nothing to try yet: rule 1, a code is a whole number from 0 to 4294967295"


def test_a_call_of_the_log_is_tried(hands: EditorHands) -> None:
    hands.show(UNKNOWN, PLAIN)
    hands.editor.try_it.samples_wanted.connect(
        lambda: hands.editor.try_it.set_samples((("12:00:00  web & co", "web-1", '{"city":"Atlantis"}'),))
    )
    with hands.qtbot.waitSignal(hands.editor.try_it.shown):
        hands.choose_in_menu("Try it: a call from the log", "12:00:00  web")
    assert hands.texts("Try it: payload") == ['{"city":"Atlantis"}']
    assert hands.editor.try_it.words().startswith("✓ Rule 1 matches")


def test_what_a_peer_sent_is_no_markup_in_a_trial(hands: EditorHands) -> None:
    hands.show(Rule(Reply("<b>bold</b><img src=x>")))
    hands.tried("web-1", "x")
    assert "&lt;b&gt;bold" in hands.said()
    assert "<img" not in hands.said()


def test_nothing_is_cut_at_the_least_size_of_the_editor(hands: EditorHands) -> None:
    hands.editor.resize(hands.editor.minimumSize())
    hands.show(SLOW, PLAIN)
    for name in ("Condition 1: value", "Reply", "Rule times at most", "Try it: payload", "Rule name"):
        for _ in range(40):
            if hands.focused() == name:
                break
            hands.press(Qt.Key.Key_Tab)
        seen = hands.find(name).visibleRegion().boundingRect()
        assert seen.height() >= 20, name
        assert seen.width() >= 24, name


# --- as text ---------------------------------------------------------------------------------------------


def test_a_rule_is_edited_as_the_text_that_its_file_has(hands: EditorHands) -> None:
    hands.show(SLOW)
    hands.click("Edit the rule as: YAML")
    editor = hands.editor.text.editor
    assert editor.text() == ('when: {caller: "web-*"}\ndelay: {ms: 400, jitter_ms: 150}\nreply: {t: 21}\n')
    hands.type("Rule as YAML", "name: fast\nwhen: {payload: {contains: x}}\nreply: {t: 22}\n")
    assert hands.made() == Rule(Reply('{"t":22}'), "fast", When(payload=PayloadMatch(contains="x")))

    hands.click("Edit the rule as: Form")

    assert hands.texts("Rule name") == ["fast"]
    assert hands.texts("Value") == ["x"]


def test_a_text_that_cannot_be_read_says_where_and_waits(hands: EditorHands) -> None:
    hands.show(SLOW)
    hands.click("Edit the rule as: YAML")
    hands.type("Rule as YAML", "replay: x")
    words = "line 1, column 1: unknown key `replay`, did you mean `reply`?"
    assert f"✕ {words}" in hands.said()
    assert words in hands.errors()
    assert not hands.find("Edit the rule as: Form").isEnabled()

    hands.show_again()
    assert hands.editor.text.editor.text() == "replay: x"
    hands.type("Rule as YAML", "reply: x")

    assert hands.errors() == []
    assert hands.find("Edit the rule as: Form").isEnabled()
    assert hands.made() == Rule(Reply("x"))


def test_typing_text_is_not_disturbed_by_what_it_comes_to(hands: EditorHands) -> None:
    hands.show(PLAIN)
    hands.click("Edit the rule as: YAML")
    hands.type("Rule as YAML", "reply:   x  # why")
    hands.show_again()
    assert hands.editor.text.editor.text() == "reply:   x  # why"
    assert hands.made() == Rule(Reply("x"))


def test_a_name_typed_in_the_head_is_in_the_text(hands: EditorHands) -> None:
    hands.show(PLAIN)
    hands.click("Edit the rule as: YAML")
    hands.type("Rule name", "fast")
    assert hands.editor.text.editor.text() == "name: fast\nreply: r\n"


def test_fields_that_cannot_be_read_have_no_text(hands: EditorHands) -> None:
    hands.show(Rule(Fail(1602)))
    hands.type("Error code", "x")
    assert not hands.find("Edit the rule as: YAML").isEnabled()
    hands.type("Error code", "1603")
    assert hands.find("Edit the rule as: YAML").isEnabled()


def test_what_is_on_is_no_matter_of_the_text(hands: EditorHands) -> None:
    hands.show(Rule(Reply("r"), enabled=False))
    hands.click("Edit the rule as: YAML")
    assert hands.editor.text.editor.text() == "reply: r\n"
    hands.type("Rule as YAML", "reply: r\nenabled: false")
    assert "✕ `enabled` is the box above, and takes effect at once: leave it out here" in hands.said()
