"""Mocks as they are being written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from inspector.core.mocks import (
    Delay,
    Fail,
    JsonMatch,
    Mock,
    NoAnswer,
    Reply,
    Rule,
    Sequence,
    Step,
    Then,
    When,
)
from inspector.gui.models.mock_draft import (
    AnswerKind,
    Field,
    MockDraft,
    RuleDraft,
    code_words,
    delay_words,
    differs,
    draft_of,
    mock_of,
    remarks,
)
from inspector.gui.models.mock_drafts import MockDrafts
from inspector.session.mock_set import MockEntry

numbers = st.one_of(st.integers(0, 10**6), st.floats(0, 10**6, allow_nan=False))
actions = st.one_of(
    st.builds(Reply, st.text()),
    st.builds(Fail, st.integers(0, 2**32 - 1), st.text(), st.none() | st.text()),
    st.sampled_from([NoAnswer(), Sequence((Step(NoAnswer(), Delay(1)), Step(Reply("a"))), Then.CYCLE)]),
)
rules = st.builds(
    Rule,
    actions,
    st.none() | st.text(),
    st.sampled_from([None, When("web-*"), When(json=(JsonMatch("$.a", equals=1),), schema=True)]),
    st.none() | st.builds(Delay, numbers, numbers),
    st.sampled_from([1.0, 0.5]),
    st.none() | st.integers(1, 9),
    st.booleans(),
)
mocks = st.builds(
    Mock, st.text(), st.lists(rules, max_size=3).map(tuple), st.booleans(), st.none() | st.text(), st.just("")
)


def said(
    draft: MockDraft, base: Mock | None = None, above: tuple[Mock, ...] = ()
) -> list[tuple[str, str, bool]]:
    return [(r.field.value, r.message, r.is_error) for r in remarks(draft, base=base, above=above)]


def draft(method: str = "m", **fields: str) -> MockDraft:
    kind = AnswerKind.ERROR if {"code", "message", "data"} & fields.keys() else AnswerKind.REPLY
    return MockDraft(method, "", (replace(RuleDraft(kind=kind), **fields),))


@given(mocks)
def test_what_was_not_touched_stays_exactly_as_it_was(mock: Mock) -> None:
    assert mock_of(draft_of(mock), mock) is mock
    renamed = mock_of(replace(draft_of(mock), method="another"), mock)
    assert renamed == replace(mock, method="another", rules=mock.rules or (Rule(Reply("")),))


@given(mocks.filter(lambda mock: mock.rules), st.text())
def test_an_edit_of_one_rule_leaves_the_others(mock: Mock, reply: str) -> None:
    before = draft_of(mock)
    last = replace(before.rules[-1], kind=AnswerKind.REPLY, reply=reply)

    after = mock_of(replace(before, rules=(*before.rules[:-1], last)), mock)

    assert after.rules[:-1] == mock.rules[:-1]
    assert after.rules[-1].action == Reply(reply)
    assert replace(after.rules[-1], action=mock.rules[-1].action) == mock.rules[-1]


def test_a_new_mock_is_made_of_what_was_typed() -> None:
    typed = MockDraft("m", "web-*", (RuleDraft(name="n", delay_ms=" 400 ", jitter_ms=".5", reply=" {} "),))
    assert mock_of(typed, None) == Mock(
        "m", (Rule(Reply(" {} "), "n", delay=Delay(400, 0.5)),), identity="web-*", source=""
    )
    assert mock_of(draft(code=" 4001 ", message="no", data=""), None).rules == (Rule(Fail(4001, "no", None)),)


def test_what_was_typed_for_the_other_kind_of_answer_is_no_change() -> None:
    mock = Mock("m", (Rule(Reply("r")),))
    shown = draft_of(mock)
    assert not differs(replace(shown, rules=(replace(shown.rules[0], code="x", message="y"),)), mock)
    assert differs(replace(shown, rules=(replace(shown.rules[0], kind=AnswerKind.ERROR),)), mock)


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
    rules_ = (RuleDraft(), RuleDraft(kind=AnswerKind.ERROR, code="x"))
    assert [(r.field, r.rule) for r in remarks(MockDraft("m", "", rules_), base=None, above=())] == [
        (Field.CODE, 1)
    ]


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
    assert delay_words(RuleDraft(delay_ms=delay, jitter_ms=jitter)) == words


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
    typed = replace(shown, rules=(replace(shown.rules[0], kind=AnswerKind.ERROR, code="7"),))
    drafts.put(ENTRY.id, typed)
    saved = replace(ENTRY, mock=mock_of(typed, ENTRY.mock))

    drafts.take_entries((saved,))

    assert drafts.edited() == frozenset()
    assert drafts.draft(saved).rules[0].reply == "r"


def test_the_draft_of_a_removed_mock_goes_and_the_new_one_stays() -> None:
    drafts = MockDrafts()
    drafts.draft(ENTRY)
    drafts.put("", replace(drafts.new_draft(), method="typed"))

    drafts.take_entries(())

    assert drafts.edited() == {""}
    assert drafts.new_draft().method == "typed"


def test_what_the_editor_cannot_edit_is_told_in_words_and_kept_by_an_edit() -> None:
    steps = Sequence((Step(NoAnswer()), Step(Reply("a"))))
    rule = Rule(steps, when=When("web-*"), probability=0.5, times=2)
    shown = draft_of(Mock("m", (rule,)))
    (first,) = shown.rules
    assert first.kind is AnswerKind.OTHER
    assert first.other == "in turn: no answer, a; then the last"
    assert first.conditions == 'caller "web-*", in 50 % of calls, at most 2 times'

    named = mock_of(replace(shown, rules=(replace(first, name="n"),)), Mock("m", (rule,)))
    assert named.rules == (replace(rule, name="n"),)

    replied = replace(first, kind=AnswerKind.REPLY, reply="b")
    assert mock_of(replace(shown, rules=(replied,)), Mock("m", (rule,))).rules == (
        replace(rule, action=Reply("b")),
    )
