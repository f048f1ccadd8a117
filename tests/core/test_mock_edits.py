"""Edits of mocks files: what differs is written, every other line stays as it was."""

import json

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.core import mock_edits
from inspector.core.mock_edits import CannotEditError
from inspector.core.mock_files import parse_mocks
from inspector.core.mock_writer import mock_value
from inspector.core.mocks import Delay, Fail, JsonMatch, Mock, NoAnswer, PayloadMatch, Reply, Rule, When
from tests.support.any_mocks import MOCKS, RULES
from tests.support.styled_mocks import styled_files

WEATHER = """\
# What our back end says.
version: 1

mocks:   # all of them
  # the weather
  - method: get_weather   # asked every minute
    rules:
      # Atlantis is gone
      - name: 'unknown city'
        when: {json: {"$.city": {equals: Atlantis}}}
        error: {code: 1602, message: "no such city"}   # as the real one

      # Everybody else
      - reply:
          temp_c: 21      # degrees
          sky: [clear,   blue]
        delay: { ms: 400 }
        # jitter is not needed

  - {method: get_location, rules: [{reply: "1"}, {no_answer: true}]}

  # nobody calls this
  - method: quote
    rules:
    - reply: |-
        one
        two
# the end
"""


def edit_mock(text: str, index: int, new: Mock) -> str:
    return mock_edits.edit_mock(text, index, new).text


def add_mock(text: str, new: Mock) -> str:
    return mock_edits.add_mock(text, new).text


def remove_mock(text: str, index: int) -> str:
    return mock_edits.remove_mock(text, index).text


def move_mock(text: str, index: int, to: int) -> str:
    return mock_edits.move_mock(text, index, to).text


def mock(text: str, index: int = 0) -> Mock:
    file = parse_mocks(text, "").file
    assert file is not None
    return file.mocks[index]


def rule_changed(text: str, rule: int, index: int = 0, **changes: object) -> str:
    old = mock(text, index)
    rules = list(old.rules)
    rules[rule] = msgspec.structs.replace(rules[rule], **changes)
    return edit_mock(text, index, msgspec.structs.replace(old, rules=tuple(rules)))


def with_rules(text: str, *rules: Rule, index: int = 0) -> str:
    return edit_mock(text, index, msgspec.structs.replace(mock(text, index), rules=rules))


def differing(before: str, after: str) -> tuple[list[str], list[str]]:
    """The lines that one text has and the other has not, between those that both begin and end with."""
    one, two = before.splitlines(), after.splitlines()
    while one and two and one[0] == two[0]:
        one, two = one[1:], two[1:]
    while one and two and one[-1] == two[-1]:
        one, two = one[:-1], two[:-1]
    return one, two


def test_an_edit_that_changes_nothing_changes_no_byte() -> None:
    for index in range(3):
        assert edit_mock(WEATHER, index, mock(WEATHER, index)) == WEATHER


def test_a_value_changes_where_it_stands_and_its_comment_stays() -> None:
    after = rule_changed(WEATHER, 1, action=Reply('{"temp_c":22,"sky":["clear","blue"]}'))
    assert differing(WEATHER, after) == (
        ["          temp_c: 21      # degrees"],
        ["          temp_c: 22      # degrees"],
    )


def test_a_string_keeps_the_quotes_it_has() -> None:
    named = rule_changed(WEATHER, 0, name="it's gone")
    assert differing(WEATHER, named)[1] == ["      - name: 'it''s gone'"]
    said = rule_changed(WEATHER, 0, action=Fail(1602, "no\tsuch"))
    expected = '        error: {code: 1602, message: "no\\tsuch"}   # as the real one'
    assert differing(WEATHER, said)[1] == [expected]


def test_a_literal_block_stays_one() -> None:
    after = rule_changed(WEATHER, 0, index=2, action=Reply("one\nthree\nfour"))
    assert differing(WEATHER, after) == (["        two"], ["        three", "        four"])


def test_what_is_new_comes_in_a_line_of_its_own_and_goes_with_it() -> None:
    off = edit_mock(WEATHER, 0, msgspec.structs.replace(mock(WEATHER), enabled=False))
    assert differing(WEATHER, off) == ([], ["    enabled: false"])
    assert edit_mock(off, 0, mock(WEATHER)) == WEATHER
    often = rule_changed(WEATHER, 0, times=3)
    assert differing(WEATHER, often) == ([], ["        times: 3"])
    assert rule_changed(often, 0, times=None) == WEATHER


def test_a_comment_on_why_something_is_off_stays_when_it_is_on_again() -> None:
    text = "mocks:\n  - method: a\n    enabled: false  # until May\n    rules: [{reply: x}]\n"
    after = edit_mock(text, 0, msgspec.structs.replace(mock(text), enabled=True))
    assert after == text.replace("false", "true")


def test_the_key_beside_the_dash_can_go() -> None:
    after = rule_changed(WEATHER, 0, name=None)
    assert differing(WEATHER, after) == (
        ["      - name: 'unknown city'", '        when: {json: {"$.city": {equals: Atlantis}}}'],
        ['      - when: {json: {"$.city": {equals: Atlantis}}}'],
    )


def test_another_answer_takes_the_place_of_the_old_one() -> None:
    after = rule_changed(WEATHER, 0, action=NoAnswer())
    assert differing(WEATHER, after)[1] == ["        no_answer: true   # as the real one"]


def test_conditions_change_one_by_one() -> None:
    text = (
        "mocks:\n  - method: a\n    rules:\n      - when:\n          # from the web\n          caller: 'w*'\n"
    )
    text += "          json:\n            $.a: {exists: true}  # any\n            $.b: {gt: 3}\n"
    text += "        reply: x\n"
    when = When(caller="w*", json=(JsonMatch("$.a", exists=True), JsonMatch("$.b", gt=4)))
    after = rule_changed(text, 0, when=when)
    assert after == text.replace("gt: 3", "gt: 4")
    added = rule_changed(text, 0, when=msgspec.structs.replace(when, payload=PayloadMatch(contains="x")))
    assert "          payload: {contains: x}\n          json:" in added
    assert "# from the web" in added


def test_a_rule_moves_with_the_comments_right_above_it() -> None:
    first, second = mock(WEATHER).rules
    after = with_rules(WEATHER, second, first)
    assert after.splitlines()[7:18] == [
        "      # Everybody else",
        "      - reply:",
        "          temp_c: 21      # degrees",
        "          sky: [clear,   blue]",
        "        delay: { ms: 400 }",
        "        # jitter is not needed",
        "",
        "      # Atlantis is gone",
        "      - name: 'unknown city'",
        '        when: {json: {"$.city": {equals: Atlantis}}}',
        '        error: {code: 1602, message: "no such city"}   # as the real one',
    ]
    assert with_rules(after, first, second) == WEATHER


def test_a_rule_goes_with_the_comments_right_above_it() -> None:
    first, second = mock(WEATHER).rules
    without = with_rules(WEATHER, first)
    assert "Everybody else" not in without
    assert "# Atlantis is gone" in without
    assert with_rules(WEATHER, second).count("Atlantis") == 0


def test_a_rule_comes_where_it_is_meant_to() -> None:
    first, second = mock(WEATHER).rules
    new = Rule(Reply("new"), times=2)
    after = with_rules(WEATHER, first, new, second)
    assert differing(WEATHER, after) == ([], ["      - times: 2", "        reply: new", ""])
    assert with_rules(after, first, second) == WEATHER
    last = with_rules(WEATHER, first, second, new)
    assert last == WEATHER.replace("needed\n", "needed\n\n      - times: 2\n        reply: new\n")
    before = with_rules(WEATHER, new, first, second)
    assert with_rules(before, first, second) == WEATHER


def test_rules_in_brackets_stay_in_brackets() -> None:
    one, two = mock(WEATHER, 1).rules
    moved = with_rules(WEATHER, two, one, Rule(Fail(5, "x")), index=1)
    assert differing(WEATHER, moved)[1] == [
        '  - {method: get_location, rules: [{no_answer: true}, {reply: "1"}, {error: {code: 5, message: x}}]}'
    ]
    off = edit_mock(WEATHER, 1, msgspec.structs.replace(mock(WEATHER, 1), enabled=False))
    assert "{method: get_location, enabled: false, rules: [" in off
    assert edit_mock(off, 1, mock(WEATHER, 1)) == WEATHER


def test_mocks_come_go_and_move() -> None:
    new = Mock("new", (Rule(Reply("x")),))
    added = add_mock(WEATHER, new)
    assert differing(WEATHER, added) == ([], ["", "  - method: new", "    rules: [{reply: x}]"])
    assert remove_mock(added, 3) == WEATHER
    without = remove_mock(WEATHER, 2)
    assert "nobody calls this" not in without
    assert without.endswith("{no_answer: true}]}\n# the end\n")
    moved = move_mock(WEATHER, 0, 2)
    assert [each.method for each in parse_mocks(moved, "").file.mocks] == [  # type: ignore[union-attr]
        "get_location",
        "quote",
        "get_weather",
    ]
    assert sorted(moved.splitlines()) == sorted(WEATHER.splitlines())
    assert move_mock(moved, 2, 0) == WEATHER


@pytest.mark.parametrize("text", ["mocks: []  # none yet\n", "version: 1\nmocks: []", "# a\nmocks:\n  []\n"])
def test_the_first_mock_of_an_empty_file(text: str) -> None:
    new = Mock("new", (Rule(Reply("x")),))
    added = add_mock(text, new)
    assert mock(added) == new
    assert ("  # none yet\n" in added) == ("  # none yet\n" in text)
    assert parse_mocks(remove_mock(added, 0), "").file is not None


def test_the_last_mock_can_go() -> None:
    text = "mocks:  # all\n  # one\n  - method: a\n    rules: [{reply: x}]\n"
    assert remove_mock(text, 0) == "mocks: []  # all\n"


JSON = '{\r\n\t"version": 1,\r\n\t"mocks": [\r\n\t\t{"method": "a", "rules": [{"reply": {"a": 1}}]},\r\n'
JSON += '\t\t{\r\n\t\t\t"method": "b",\r\n\t\t\t"rules": []\r\n\t\t}\r\n\t]\r\n}\r\n'


def test_json_stays_json_with_its_tabs_and_line_ends() -> None:
    changed = rule_changed(JSON, 0, action=Reply('{"a":"\u00e9\\"","b":null}'))
    assert changed == JSON.replace('{"a": 1}', '{"a": "\u00e9\\"", "b": null}')
    off = edit_mock(JSON, 1, msgspec.structs.replace(mock(JSON, 1), enabled=False))
    assert off == JSON.replace('"b",\r\n', '"b",\r\n\t\t\t"enabled": false,\r\n')
    added = add_mock(JSON, Mock("c", (Rule(Reply("x")),)))
    assert added == JSON.replace(
        "\t\t}\r\n\t]", '\t\t},\r\n\t\t{"method": "c", "rules": [{"reply": "x"}]}\r\n\t]'
    )
    assert remove_mock(added, 2) == JSON


def test_line_ends_and_byte_order_mark_stay() -> None:
    text = "\ufeff" + WEATHER.replace("\n", "\r\n")
    after = rule_changed(text, 1, times=2, name="all", delay=Delay(5))
    assert after.startswith("\ufeff#")
    assert after.count("\r\n") == after.count("\n") == text.count("\n") + 2
    added = add_mock(text, Mock("new", (Rule(Reply("a\nb\n")),)))
    assert added.count("\r\n") == added.count("\n")
    assert mock(added, 3).rules[0].action == Reply("a\nb\n")


def test_an_alias_is_replaced_and_an_anchor_that_is_repeated_is_not_touched() -> None:
    text = "mocks:\n  - {method: a, rules: &r [{reply: x}]}\n  - method: b\n    rules: *r\n"
    after = rule_changed(text, 0, index=1, action=Reply("other"))
    assert after == text.replace("*r", "[{reply: other}]")
    with pytest.raises(CannotEditError, match="anchor"):
        rule_changed(text, 0, action=Reply("y"))


ANCHORED = "mocks: &m\n- method: a\n  rules: &r\n  - &q\n    reply: x\n    times: 2\n  - reply: z\n"
TAGGED = (
    "mocks:\n  - method: !!str a\n    rules: !!seq\n      - reply: !!str x\n        times: 2\n"
    "      - reply: z\n"
)
QUESTIONS = (
    "mocks:\n  - ? method\n    : a\n    rules:\n      - ? reply\n        : x\n        times: 2\n"
    "      - reply: z\n"
)
KEEPING = (
    "mocks:\n  - rules:\n      - times: 2\n        reply: |\n          # text\n          text\n"
    "      # owned\n      - reply: |+\n          keep\n\n\n    method: a\n"
)
EMPTY = "mocks:\n  - method: a\n    rules:\n      - reply:\n        times: 4\n      - reply:\n"
PAIRS = 'mocks: [{method: a, "rules":[reply: x, {"reply":"z"}]}]\n...\n'


@pytest.mark.parametrize("text", [ANCHORED, TAGGED, QUESTIONS, KEEPING, EMPTY, PAIRS])
def test_what_few_people_write_is_edited_too(text: str) -> None:
    first, second = mock(text).rules
    on_one_line = "\n  " not in text
    off = with_rules(text, first, msgspec.structs.replace(second, enabled=False))
    assert len(differing(text, off)[0]) == 1
    assert sorted(with_rules(text, second, first).splitlines()) == sorted(text.splitlines()) or on_one_line
    more = with_rules(text, first, second, Rule(Reply("last")))
    assert on_one_line or len(more.splitlines()) == len(text.splitlines()) + 1
    for each in (off, more, with_rules(text, second), with_rules(text), remove_mock(text, 0)):
        assert parse_mocks(each, "").file is not None


def test_a_broken_file_and_a_mock_that_is_gone_are_not_edited() -> None:
    with pytest.raises(CannotEditError, match="line 1, column 8"):
        add_mock("mocks: {}", Mock("a"))
    with pytest.raises(CannotEditError, match="not in it any more"):
        remove_mock(WEATHER, 3)


def changed_rules(mock: Mock, data: st.DataObject) -> tuple[Rule, ...]:
    """The rules after one edit: one replaced, changed in part, put in, taken out, or moved."""
    rules = list(mock.rules)
    at = data.draw(st.integers(0, max(len(rules) - 1, 0)))
    match data.draw(st.sampled_from(["new", "out", "move", "replace", "answer", "name", "on", "when"])):
        case "new":
            rules.insert(at, data.draw(RULES))
        case "out":
            rules = rules[:at] + rules[at + 1 :]
        case "move":
            rules = data.draw(st.permutations(rules))
        case change if rules:
            other, old = data.draw(RULES), rules[at]
            parts: dict[str, Rule] = {
                "replace": other,
                "answer": msgspec.structs.replace(old, action=other.action),
                "name": msgspec.structs.replace(old, name=other.name, delay=other.delay),
                "on": msgspec.structs.replace(old, enabled=not old.enabled),
                "when": msgspec.structs.replace(old, when=other.when),
            }
            rules[at] = parts[change]
    return tuple(rules)


@settings(max_examples=100)
@given(st.lists(MOCKS, min_size=1, max_size=3), st.data())
def test_however_a_file_is_written_an_edit_changes_one_mock_and_no_other_text(
    mocks: list[Mock], data: st.DataObject
) -> None:
    styled = data.draw(styled_files(mocks))
    index = data.draw(st.integers(0, len(mocks) - 1))
    old = mock(styled.text, index)
    new = msgspec.structs.replace(
        old,
        rules=changed_rules(old, data),
        enabled=data.draw(st.booleans()),
        identity=data.draw(st.sampled_from([old.identity, None, "web-*"])),
    )
    after = edit_mock(styled.text, index, new)
    before, behind = styled.around(index)
    assert after.startswith(before)
    assert after.endswith(behind)
    assert [mock_value(mock(after, each)) for each in range(len(mocks))] == [
        mock_value(new if each == index else one) for each, one in enumerate(mocks)
    ]


@settings(max_examples=100)
@given(st.lists(MOCKS, min_size=1, max_size=4), MOCKS, st.data())
def test_however_a_file_is_written_mocks_come_go_and_move(
    mocks: list[Mock], new: Mock, data: st.DataObject
) -> None:
    styled = data.draw(styled_files(mocks))
    index, to = (data.draw(st.integers(0, len(mocks) - 1)) for _ in range(2))
    values = [mock_value(each) for each in mocks]
    added = add_mock(styled.text, new)
    assert values_of(added) == [*values, mock_value(new)]
    removed = remove_mock(styled.text, index)
    assert values_of(removed) == [*values[:index], *values[index + 1 :]]
    moved = move_mock(styled.text, index, to)
    assert sorted(moved.splitlines()) == sorted(styled.text.splitlines())
    others = [*values[:index], *values[index + 1 :]]
    assert values_of(moved) == [*others[:to], values[index], *others[to:]]


@settings(max_examples=100)
@given(st.lists(MOCKS, min_size=1, max_size=3), st.sampled_from([None, 2, "\t"]), st.data())
def test_however_json_is_written_it_stays_json(
    mocks: list[Mock], indent: int | str | None, data: st.DataObject
) -> None:
    text = json.dumps({"mocks": [mock_value(each) for each in mocks]}, indent=indent)
    index = data.draw(st.integers(0, len(mocks) - 1))
    new = msgspec.structs.replace(mocks[index], rules=changed_rules(mocks[index], data))
    after = edit_mock(text, index, new)
    json.loads(after)
    assert values_of(after) == [mock_value(new if i == index else each) for i, each in enumerate(mocks)]
    json.loads(add_mock(text, new))
    json.loads(remove_mock(text, index))


def values_of(text: str) -> list[dict[str, object]]:
    file = parse_mocks(text, "").file
    assert file is not None
    return [mock_value(each) for each in file.mocks]
