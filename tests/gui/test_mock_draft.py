"""Mocks as they are being written."""

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from msgspec.structs import replace

from inspector.core.mocks import (
    Delay,
    Fail,
    Forward,
    JsonMatch,
    Mock,
    NoAnswer,
    PayloadMatch,
    Reply,
    Rule,
    Sequence,
    Step,
    StepAction,
    Then,
    When,
)
from inspector.gui.models.answer_draft import AnswerDraft, AnswerKind, StepDraft, code_words, sent_text
from inspector.gui.models.delay_draft import DelayDraft, OftenDraft, delay_words, often_words
from inspector.gui.models.field_remarks import Field
from inspector.gui.models.mock_draft import (
    MockDraft,
    RuleDraft,
    differs,
    draft_of,
    draft_of_text,
    has_text,
    mock_of,
    remarks,
    text_of_rule,
)
from inspector.gui.models.mock_drafts import MockDrafts
from inspector.session.mock_set import MockEntry
from tests.support.any_mocks import RULES

mocks = st.builds(
    Mock, st.text(), st.lists(RULES, max_size=2).map(tuple), st.booleans(), st.none() | st.text(), st.just("")
)


def said(
    draft: MockDraft, base: Mock | None = None, above: tuple[Mock, ...] = ()
) -> list[tuple[str, str, bool]]:
    return [(r.field.value, r.message, r.is_error) for r in remarks(draft, base=base, above=above)]


def draft(method: str = "m", **fields: str) -> MockDraft:
    """A draft of one rule with these texts, wherever it keeps them."""
    kind = AnswerKind.ERROR if {"code", "message", "data"} & fields.keys() else AnswerKind.REPLY
    delay = DelayDraft(fields.pop("delay_ms", ""), fields.pop("jitter_ms", ""))
    often = OftenDraft(fields.pop("chance", ""), fields.pop("times", ""))
    return MockDraft(
        method, "", (RuleDraft(delay=delay, often=often, answer=replace(AnswerDraft(kind), **fields)),)
    )


@given(mocks)
def test_what_was_not_touched_stays_exactly_as_it_was(mock: Mock) -> None:
    assert mock_of(draft_of(mock), mock) is mock
    renamed = mock_of(replace(draft_of(mock), method="another"), mock)
    assert renamed == replace(mock, method="another", rules=mock.rules or (Rule(Reply("")),))


BEFORE = (
    Rule(Reply("x")),
    Rule(Fail(1, "m", "d"), "n", When("c", PayloadMatch("p")), Delay(1, 2), 0.5, 3),
    Rule(Sequence((Step(NoAnswer(), Delay(3)), Step(Reply("y"))), Then.CYCLE)),
)


@given(RULES, st.sampled_from(BEFORE))
def test_the_fields_of_a_rule_make_that_rule_whatever_stood_there_before(rule: Rule, before: Rule) -> None:
    shown = draft_of(Mock("m", (rule,)))
    made = mock_of(shown, Mock("m", (before,))).rules[0]
    assert _told(made) == _told(replace(rule, enabled=before.enabled))


def _told(rule: Rule) -> Rule:
    """The rule with nothing in place of empty texts and conditions: no field tells those apart."""
    action = rule.action
    steps = action.steps if isinstance(action, Sequence) else ()
    told = tuple(replace(step, action=_told_action(step.action)) for step in steps)
    return replace(
        rule,
        name=rule.name or None,
        when=None if rule.when == When() else rule.when,
        action=replace(action, steps=told) if isinstance(action, Sequence) else _told_action(action),
    )


def _told_action(action: StepAction) -> StepAction:
    match action:
        case Fail(data=""):
            return replace(action, data=None)
        case Forward(method=""):
            return replace(action, method=None)
    return action


@given(mocks.filter(lambda mock: mock.rules), st.text())
def test_an_edit_of_one_rule_leaves_the_others(mock: Mock, name: str) -> None:
    before = draft_of(mock)
    last = replace(before.rules[-1], name=name + "x")

    after = mock_of(replace(before, rules=(*before.rules[:-1], last)), mock)

    assert after.rules[:-1] == mock.rules[:-1]
    assert after.rules[-1] == replace(mock.rules[-1], name=name + "x")


def test_a_new_mock_is_made_of_what_was_typed() -> None:
    rule = RuleDraft("n", delay=DelayDraft(" 400 ", ".5"), answer=AnswerDraft(reply=" hi "))
    assert mock_of(MockDraft("m", "web-*", (rule,)), None) == Mock(
        "m", (Rule(Reply(" hi "), "n", delay=Delay(400, 0.5)),), identity="web-*", source=""
    )
    assert mock_of(draft(code=" 4001 ", message="no", data=""), None).rules == (Rule(Fail(4001, "no", None)),)


def test_what_was_typed_for_the_other_kind_of_answer_is_no_change() -> None:
    mock = Mock("m", (Rule(Reply("r")),))
    shown = draft_of(mock)
    answer = shown.rules[0].answer
    assert not differs(_answering(shown, replace(answer, code="x", message="y")), mock)
    assert differs(_answering(shown, replace(answer, kind=AnswerKind.ERROR)), mock)


def _answering(mock: MockDraft, answer: AnswerDraft) -> MockDraft:
    return mock.with_rule(0, replace(mock.rules[0], answer=answer))


# --- replies ---------------------------------------------------------------------------------------------


def test_compact_json_is_laid_out_to_be_read_and_sent_compact() -> None:
    mock = Mock("m", (Rule(Reply('{"a":[1,2.50],"b":"x y"}')),))
    shown = draft_of(mock)
    text = '{\n  "a": [\n    1,\n    2.50\n  ],\n  "b": "x y"\n}'
    assert shown.rules[0].answer.reply == text
    typed = _answering(shown, replace(shown.rules[0].answer, reply=text.replace("2.50", "3")))
    assert mock_of(typed, mock).rules == (Rule(Reply('{"a":[1,3],"b":"x y"}')),)


@pytest.mark.parametrize("text", ['{"a": 1}', "[1, 2]", " {}", '{"a":1,}', "plain  text", '"a b"', ""])
def test_what_is_not_compact_json_is_shown_and_sent_as_it_is(text: str) -> None:
    answer = draft_of(Mock("m", (Rule(Reply(text)),))).rules[0].answer
    assert answer.reply == text
    assert sent_text(answer) == text


def test_json_can_be_sent_as_written() -> None:
    typed = AnswerDraft(reply='{"a": 1}')
    assert sent_text(typed) == '{"a":1}'
    assert sent_text(replace(typed, is_compact=False)) == '{"a": 1}'


# --- what there is to say --------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["-1", "4294967296", "", "1.5", "one", "1_000", "\uff11\uff12", "9" * 5000])
def test_a_code_that_cannot_be_sent_stands_against_saving(code: str) -> None:
    (remark,) = said(draft(code=code))
    field, words, is_error = remark
    assert (field, is_error) == ("error code", True)
    assert "0 to 4294967295" in words


@pytest.mark.parametrize(
    ("field", "value", "words"),
    [
        ("message", "m" * 257, "an error message of 257 bytes, over 256"),
        ("data", "d" * 15361, "error data of 15,361 bytes, over 15,360"),
        ("reply", "r" * 15361, "callers over RPC v1 get 1504 instead"),
        ("delay_ms", "8001", "over 8 s, all that a caller's default timeout leaves: it gets 1502"),
        ("method", "m" * 65, "a method name of 65 bytes, over 64"),
        ("method", "m ", "a space at its start or end counts"),
    ],
)
def test_what_is_risky_is_pointed_out_but_can_be_saved(field: str, value: str, words: str) -> None:
    ((_, message, is_error),) = said(draft(**{field: value}))
    assert words in message
    assert not is_error


def test_jitter_counts_towards_the_time_a_handler_has() -> None:
    assert said(draft(delay_ms="7000", jitter_ms="1000")) == []
    assert [field for field, _, _ in said(draft(delay_ms="7000", jitter_ms="1001"))] == [Field.DELAY]


@pytest.mark.parametrize(
    ("delay", "jitter", "field"), [("x", "", "delay"), ("1", "-2", "jitter"), ("1e3", "", "delay")]
)
def test_milliseconds_that_are_none_stand_against_saving(delay: str, jitter: str, field: str) -> None:
    assert [(at, is_error) for at, _, is_error in said(draft(delay_ms=delay, jitter_ms=jitter))] == [
        (field, True)
    ]


def test_a_mock_needs_a_method_unless_it_came_without_one() -> None:
    assert said(draft("")) == [("method", "a mock needs the name of its method", True)]
    ((_, message, is_error),) = said(draft(""), base=Mock(""))
    assert "empty method name" in message
    assert not is_error


def test_a_mock_for_the_same_calls_further_up_is_named() -> None:
    above = (Mock("other"), Mock("m", identity="web-1", source="/a/b/demo.yaml"), Mock("m", enabled=False))
    assert said(draft("m"), above=above) == []
    assert said(replace(draft("m"), identity="web-1"), above=above) == [
        ("method", "the mock above (from demo.yaml) answers first", False)
    ]
    assert said(draft("m"), above=(*above, Mock("m"))) == [("method", "the mock above answers first", False)]


def test_a_mock_that_is_off_has_no_rival() -> None:
    assert said(draft("m"), base=Mock("m", enabled=False), above=(Mock("m"),)) == []


def test_each_rule_is_looked_at() -> None:
    rules_ = (RuleDraft(), RuleDraft(answer=AnswerDraft(AnswerKind.ERROR, code="x")))
    assert [(r.field, r.rule) for r in remarks(MockDraft("m", "", rules_), base=None, above=())] == [
        (Field.CODE, 1)
    ]


def test_each_step_is_looked_at() -> None:
    steps = (StepDraft(), StepDraft(AnswerDraft(AnswerKind.ERROR, code="x"), DelayDraft("y")))
    rule = RuleDraft(answer=AnswerDraft(AnswerKind.SEQUENCE), steps=steps)
    found = remarks(MockDraft("m", "", (rule,)), base=None, above=())
    assert [(r.field, r.item) for r in found] == [(Field.CODE, 1), (Field.DELAY, 1)]
    none = remarks(MockDraft("m", "", (replace(rule, steps=()),)), base=None, above=())
    assert [(r.field, r.message) for r in none] == [(Field.STEPS, "a sequence has at least one step")]


@pytest.mark.parametrize(
    ("kind", "field"), [(AnswerKind.SCRIPT, Field.SCRIPT), (AnswerKind.FORWARD, Field.TO)]
)
def test_an_answer_that_leads_nowhere_stands_against_saving(kind: AnswerKind, field: Field) -> None:
    typed = _answering(draft(), AnswerDraft(kind))
    ((at, _, is_error),) = said(typed)
    assert (at, is_error) == (field.value, True)


@pytest.mark.parametrize("chance", ["x", "-1", "101", "1e1"])
def test_a_chance_that_is_none_stands_against_saving(chance: str) -> None:
    assert said(draft(chance=chance)) == [("chance", "a chance is a number of per cent, from 0 to 100", True)]


@pytest.mark.parametrize("times", ["x", "0", "-1", "1.5"])
def test_times_that_are_none_stand_against_saving(times: str) -> None:
    ((field, words, is_error),) = said(draft(times=times))
    assert (field, is_error) == ("times", True)
    assert "a whole number from 1" in words


@pytest.mark.parametrize(
    ("chance", "times", "words"),
    [
        ("", "", "at every match"),
        ("25", "", "at 25 % of matches"),
        ("0", "3", "never"),
        ("", "1", "once, then never"),
        ("", "2000", "2,000 times, then never"),
        ("12.5", "3", "at 12.5 % of matches, 3 times"),
        ("x", "", ""),
    ],
)
def test_how_often_is_told_in_words(chance: str, times: str, words: str) -> None:
    assert often_words(OftenDraft(chance, times)) == words


@pytest.mark.parametrize(
    ("delay", "jitter", "words"),
    [
        ("", "", "at once"),
        ("0", "", "at once"),
        ("400", "", "after 400 ms"),
        ("400", "150", "250 to 550 ms"),
        ("100", "150", "0 to 250 ms"),
        ("x", "", ""),
    ],
)
def test_a_delay_is_told_as_the_time_to_wait(delay: str, jitter: str, words: str) -> None:
    assert delay_words(DelayDraft(delay, jitter)) == words


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("1400", "1400 UNSUPPORTED_METHOD"),
        ("1602", "1602, reserved for LiveKit"),
        ("4001", "4001, a code of your own"),
        ("-1", ""),
        ("", ""),
    ],
)
def test_a_code_is_called_by_its_name(code: str, words: str) -> None:
    assert code_words(code) == words


# --- drafts of several mocks -------------------------------------------------------------------------------

ENTRY = MockEntry("mock-1", Mock("m", (Rule(Reply("r")),)))


def test_an_edit_survives_changes_of_its_mock() -> None:
    drafts = MockDrafts()
    drafts.put(ENTRY.id, replace(drafts.draft(ENTRY), method="typed"))
    switched = replace(ENTRY, mock=replace(ENTRY.mock, enabled=False))

    drafts.take_entries((switched,))

    assert drafts.edited() == {ENTRY.id}
    assert mock_of(drafts.draft(switched), switched.mock) == replace(switched.mock, method="typed")


def test_what_was_only_looked_at_follows_its_mock() -> None:
    drafts = MockDrafts()
    drafts.draft(ENTRY)
    changed = replace(ENTRY, mock=replace(ENTRY.mock, method="changed"))

    drafts.take_entries((changed,))

    assert drafts.draft(changed).method == "changed"
    assert drafts.edited() == frozenset()


def test_a_saved_edit_is_none_any_more_and_keeps_what_was_typed_for_the_other_kind() -> None:
    drafts = MockDrafts()
    shown = drafts.draft(ENTRY)
    typed = _answering(shown, replace(shown.rules[0].answer, kind=AnswerKind.ERROR, code="7"))
    drafts.put(ENTRY.id, typed)
    saved = replace(ENTRY, mock=mock_of(typed, ENTRY.mock))

    drafts.take_entries((saved,))

    assert drafts.edited() == frozenset()
    assert drafts.draft(saved).rules[0].answer.reply == "r"


def test_the_draft_of_a_removed_mock_goes_and_the_new_one_stays() -> None:
    drafts = MockDrafts()
    drafts.draft(ENTRY)
    drafts.put("", replace(drafts.new_draft(), method="typed"))

    drafts.take_entries(())

    assert drafts.edited() == {""}
    assert drafts.new_draft().method == "typed"


@given(RULES.map(lambda rule: replace(rule, enabled=True)))
def test_the_text_of_a_rule_makes_the_same_fields(rule: Rule) -> None:
    (shown,) = draft_of(Mock("m", (rule,))).rules
    assume(has_text(shown, rule))
    written = draft_of_text(text_of_rule(shown, rule), RuleDraft())
    made = mock_of(MockDraft("m", "", (written,)), Mock("m", (rule,)))
    assert made.rules == (rule,)


def test_true_in_place_of_1_is_an_edit() -> None:
    mock = Mock("m", (Rule(Reply("x"), when=When(json=(JsonMatch("$.a", equals=1),))),))
    draft = draft_of(mock)
    (rule,) = draft.rules
    (condition,) = rule.conditions
    typed = replace(rule, conditions=(replace(condition, value="true"),))
    assert differs(replace(draft, rules=(typed,)), mock)
    assert not differs(draft, mock)
