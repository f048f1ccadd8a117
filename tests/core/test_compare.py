"""What differs between two calls."""

import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.calls import Call, CallError, Direction, Outcome
from inspector.core.compare import ComparedAs, Diff, compare_calls, compare_texts
from inspector.core.diff_lines import DiffLine, LineKind
from inspector.core.json_tree import MAX_DEPTH

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-3, 3) | st.sampled_from(["", "a", "1", "\n", "ü"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcd"), inner, max_size=4),
    max_leaves=12,
)


def shown(diff: Diff) -> list[str]:
    """The lines with their signs; of a changed one both values."""
    return [f"{line.kind.value} {whole(line)}" for line in diff.lines]


def whole(line: DiffLine) -> str:
    if line.kind is LineKind.CHANGED:
        return f"{line.text}{line.before} → {line.after}{line.tail}"
    return line.text


def json_side(diff: Diff, *, of_b: bool) -> Any:
    """The JSON of one side. A line that both have bears a comma where only one of them goes on behind it."""
    return json.loads(re.sub(r",(\n[]}])", r"\1", side(diff, of_b=of_b)))


def side(diff: Diff, *, of_b: bool) -> str:
    """The text of one side, put together from the lines that it has."""
    own = LineKind.ADDED if of_b else LineKind.REMOVED
    parts = []
    for line in diff.lines:
        if line.kind is LineKind.CHANGED:
            parts.append(line.text + (line.after if of_b else line.before) + line.tail)
        elif line.kind in (LineKind.EQUAL, own):
            parts.append(line.text)
    return "\n".join(parts)


def same(one: object, other: object) -> bool:
    """Equality of JSON: true is not 1."""
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


@given(ANY_JSON, ANY_JSON)
def test_both_sides_can_be_read_back_from_the_lines(a: Any, b: Any) -> None:
    diff = compare_texts(json.dumps(a), json.dumps(b))
    assert diff.compared_as is ComparedAs.JSON
    assert same(json_side(diff, of_b=False), a)
    assert same(json_side(diff, of_b=True), b)
    assert diff.is_same == same(a, b)


@given(st.text("ab\n", max_size=20), st.text("ab\n", max_size=20))
def test_both_texts_can_be_read_back_from_the_lines(a: str, b: str) -> None:
    diff = compare_texts(f"!{a}", f"!{b}")
    assert side(diff, of_b=False) == f"!{a}"
    assert side(diff, of_b=True) == f"!{b}"


def test_moved_keys_spacing_and_the_writing_of_numbers_are_no_difference() -> None:
    diff = compare_texts('{"a": 1, "b": [2.0, 1e2]}', '{ "b":[2,100],"a":1.0 }')
    assert diff.is_same
    assert "  " + '"a": 1,' in shown(diff)  # as A has it


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("1", "true"),
        ("1", '"1"'),
        ("0", "false"),
        ("12345678901234567890123456789012345678901", "12345678901234567890123456789012345678902"),
        ("0.1", "0.10000000000000000000000000000000000000000001"),
        ("1e9999999999999999999", "2e9999999999999999999"),
        ("null", '"null"'),
        ("[]", "{}"),
    ],
)
def test_what_is_another_value_is_a_difference(a: str, b: str) -> None:
    assert not compare_texts(f"[{a}]", f"[{b}]").is_same


def test_values_of_the_same_key_are_held_against_each_other() -> None:
    a = '{"city":"Oslo","temp_c":4.1,"wind":{"ms":7.2,"gust_ms":11.8},"source":"met.no"}'
    b = '{"source":"met.no","city":"Oslo","temp_c":3.6,"wind":{"ms":7.2,"from":"NNW"}}'
    assert shown(compare_texts(a, b)) == [
        "  {",
        '  "city": "Oslo",',
        '~ "temp_c": 4.1 → 3.6,',
        '  "wind": {',
        '  "ms": 7.2,',
        '- "gust_ms": 11.8',
        '+ "from": "NNW"',
        "  },",
        '  "source": "met.no"',
        "  }",
    ]


def test_lines_are_numbered_on_both_sides() -> None:
    diff = compare_texts('{"a":1,"b":2}', '{"a":1,"c":3}')
    assert [(line.a_number, line.b_number) for line in diff.lines] == [
        (1, 1),
        (2, 2),
        (3, None),
        (None, 3),
        (4, 4),
    ]


def test_items_put_in_move_no_other_item() -> None:
    a = '[{"id":1,"v":1},{"id":2,"v":2},{"id":3,"v":3}]'
    b = '[{"id":0},{"id":1,"v":1},{"id":2,"v":9},{"id":3,"v":3}]'
    diff = compare_texts(a, b)
    assert diff.counts[LineKind.CHANGED] == 1
    assert '~ "v": 2 → 9' in shown(diff)
    assert diff.counts[LineKind.ADDED] == 3


def test_items_of_a_kind_are_held_against_each_other() -> None:
    assert '~ "a": 1 → 2' in shown(compare_texts('[1,2,{"a":1}]', '[1,{"a":2}]'))


def test_a_text_that_is_no_json_is_compared_by_lines() -> None:
    diff = compare_texts("one\ntwo\nthree", "one\n2\nthree\nfour")
    assert diff.compared_as is ComparedAs.TEXT
    assert shown(diff) == ["  one", "~ two → 2", "  three", "+ four"]


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ('{"a":1,"a":2}', "a key that stands twice would be lost"),
        ("[" * (MAX_DEPTH + 5) + "]" * (MAX_DEPTH + 5), "nested too deeply"),
        ("[" * 100_000, "nested too deeply for Python, too"),
        ("[NaN]", "NaN is no JSON"),
    ],
)
def test_what_no_tree_can_hold_is_compared_as_text(text: str, why: str) -> None:
    diff = compare_texts(text, "[]")
    assert diff.compared_as is ComparedAs.TEXT, why
    assert side(diff, of_b=False) == text


def test_half_of_a_surrogate_pair_is_compared_like_any_text() -> None:
    assert shown(compare_texts(r'["\ud800"]', r'["\ud801"]'))[1] == '~ "\ud800" → "\ud801"'


def test_a_payload_against_none_is_all_new() -> None:
    assert shown(compare_texts(None, '{"a":1}')) == ["+ {", '+ "a": 1', "+ }"]
    assert shown(compare_texts("", None)) == ["- "]
    assert compare_texts(None, None) == Diff(ComparedAs.NOTHING)


def call(**fields: Any) -> Call:
    known = {
        "id": "run-1",
        "room": "demo",
        "connection": "c1",
        "direction": Direction.OUT,
        "caller": "inspector",
        "destination": "agent",
        "method": "m",
        "payload": "{}",
    }
    return Call(**(known | fields))


def failed(**error: Any) -> Call:
    known: dict[str, Any] = {"code": 1500, "name": "N"}
    return call(outcome=Outcome.ERROR, error=CallError(**(known | error)))


def test_requests_and_responses_of_two_calls() -> None:
    found = compare_calls(call(payload="1", response="2"), call(payload="1", response="3"))
    assert found.request.is_same
    assert shown(found.answer) == ["~ 2 → 3"]


def test_errors_are_compared_part_by_part_and_their_data_as_json() -> None:
    one = failed(message="no", data='{"a":1,"b":2}')
    other = failed(message="never", data='{"b":2,"a":3}')
    lines = shown(compare_calls(one, other).answer)
    assert '  "code": 1500,' in lines
    assert '~ "message": "no" → "never",' in lines
    assert '~ "a": 1 → 3,' in lines
    assert '  "b": 2' in lines


def test_an_error_stands_against_the_response_of_the_other() -> None:
    lines = shown(compare_calls(call(response='{"code": 1500}'), failed(message="no")).answer)
    assert lines[1] == '- "response": {'
    assert '+ "error": {' in lines
    assert not any(line.startswith("~") for line in lines)
