"""YAML and JSON texts as nodes: what they mean, where things stand, and what a hostile text can cost."""

import json
import math

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from inspector.core.documents import (
    MAX_CHARS,
    MAX_DEPTH,
    MAX_NODES,
    Document,
    Mapping,
    read_document,
    to_value,
)


def value(text: str) -> object:
    document = read_document(text)
    assert document.is_readable, document.findings
    assert document.findings == ()
    return None if document.root is None else to_value(document.root)


def findings(text: str) -> list[tuple[int, int, str]]:
    document = read_document(text)
    return [(*document.lines.place(finding.offset), finding.message) for finding in document.findings]


def finding(text: str) -> tuple[int, int, str]:
    (only,) = findings(text)
    return only


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("~", None),
        ("null", None),
        ("true", True),
        ("FALSE", False),
        ("12", 12),
        ("+012", 12),
        ("-0x1", "-0x1"),
        ("0x1F", 31),
        ("0o17", 15),
        ("1_000", "1_000"),
        ("1.", 1.0),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("12:30:45", "12:30:45"),
        ("2001-12-14", "2001-12-14"),
        ("on", "on"),
        ("yes", "yes"),
        ("No", "No"),
        ("=", "="),
        ("'12'", "12"),
        ('"true"', "true"),
        ("!!str 12", "12"),
        ("! 12", "12"),
        ("|-\n  12", "12"),
        ('"\\ud83d\\ude00"', "😀"),
    ],
)
def test_a_scalar_means_what_yaml_1_2_says(text: str, meaning: object) -> None:
    read = value(f"- {text}\n")

    assert read == [meaning]
    assert isinstance(read, list)
    assert type(read[0]) is type(meaning)


@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "\ufeff"])
def test_a_text_without_content_has_no_root(text: str) -> None:
    document = read_document(text)

    assert document.is_readable
    assert document.root is None


def test_keys_are_strings_whatever_they_look_like() -> None:
    assert value("1: a\ntrue: b\n0x10: c\non: d\n? null\n: e\n") == {
        "1": "a",
        "true": "b",
        "0x10": "c",
        "on": "d",
        "null": "e",
    }


def test_an_alias_repeats_what_was_anchored_even_as_a_key() -> None:
    assert value("a: &x {b: &k c}\nd: *x\n*k : e") == {"a": {"b": "c"}, "d": {"b": "c"}, "c": "e"}


def test_an_anchor_may_be_used_again_for_something_else() -> None:
    assert value("[&x 1, *x, &x 2, *x]") == [1, 1, 2, 2]


def test_json_indented_with_tabs_is_read() -> None:
    assert value('\n{\n\t"a": [1, -2.5e3, {}, [], true, null],\n\t"b": "x\\n\\u00e5"\n}\n') == {
        "a": [1, -2500.0, {}, [], True, None],
        "b": "x\nå",
    }


def test_a_flow_mapping_that_is_not_json_is_read_as_yaml() -> None:
    assert value("{a: 1, 'b': [c],}") == {"a": 1, "b": ["c"]}


FINITE = st.floats(allow_nan=False, allow_infinity=False)
JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**20), 10**20) | FINITE | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(st.dictionaries(st.text(), JSON_VALUES, max_size=4), st.sampled_from([None, 2, "\t"]), st.booleans())
def test_json_means_what_the_standard_library_reads(
    written: dict[str, object], indent: int | str | None, ascii_only: bool
) -> None:
    assert value(json.dumps(written, indent=indent, ensure_ascii=ascii_only)) == written


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_places_count_lines_of_every_ending_and_no_byte_order_mark(end: str, mark: str) -> None:
    document = read_document(mark + end.join(["a: 1", "å😀:", "  - x", "  - {y: z}"]))

    assert isinstance(document.root, Mapping)
    places = [document.lines.place(key.start) for key, _ in document.root.pairs]
    assert places == [(1, 1), (2, 1)]
    nodes = document.root.pairs[1][1]
    assert not isinstance(nodes, Mapping)
    assert [document.lines.place(item.start) for item in getattr(nodes, "items", ())] == [(3, 5), (4, 5)]


def test_a_value_left_empty_stands_at_its_key() -> None:
    document = read_document("a:\n\n\nb: 1\n")

    assert isinstance(document.root, Mapping)
    assert document.lines.place(document.root.pairs[0][1].start) == (1, 1)


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        ("a: 1\nb: 2\na: 3", 3, 1, "duplicate key `a`, first on line 1"),
        ('{"a": 1,\n "a": 2}', 2, 2, "duplicate key `a`, first on line 1"),
        ("a: {1: x, '1': y}", 1, 11, "duplicate key `1`"),
        ("a: &x {b: 1}\nc:\n  <<: *x", 3, 3, "merge key"),
        ("? [a]\n: b", 1, 3, "cannot be a key"),
        ("a: !secret b", 1, 4, "the tag `!secret` is not supported"),
        ("a: !!binary aGk=", 1, 4, "the tag `!!binary` is not supported"),
        ("a: !!python/object:x {}", 1, 4, "the tag `!!python/object:x` is not supported"),
        ("a: .nan", 1, 4, "JSON has no `.nan`"),
        ("a: 1e999", 1, 4, "too large"),
        (f"a: {'9' * 5000}", 1, 4, "more than 300 characters"),
        ('a: "\\ud800"', 1, 4, "surrogate"),
        ('{"a": "\\udc00 \\ud800"}', 1, 7, "surrogate"),
        ("a: \ud800", 1, 4, "surrogate"),
        ("a: *x", 1, 4, "nothing above is anchored as `&x`"),
        ("a: &x [1, *x]", 1, 11, "inside what it repeats"),
        ("a: 1\n---\nb: 2", 2, 1, "a second document"),
        ("%YAML 1.1\n---\na: on", 2, 1, "read as 1.2"),
        ("%YAML 1.3\n---\na: on", 1, 1, "not YAML"),
        ("a:\n\tb: 1", 2, 1, "a tab cannot stand here"),
        ("a: b: c", 1, 5, "put a value that contains `: ` in quotes"),
        ("- a\nb: 1", 2, 1, "check the indentation"),
        ("a: [1, 2", 1, 9, "the end of the text"),
        ('a: "x', 1, 6, "ends inside quotes"),
        ("a: \x1b", 1, 4, "U+001B cannot stand here"),
        ("a: 'x \u2028 y'", 1, 7, "U+2028 cannot stand here"),
        ('a: "\\UFFFFFFFF"', 1, 5, "names no Unicode character"),
        ('{\n\t"a" 1}', 2, 6, "expected `:`"),
        ('{\n\t"a": 1\n\t"b": 2}', 3, 2, "expected `,` or `}`"),
        ('{\n\t"a": 1,\n\tb: "\n}', 3, 2, "expected a key in double quotes"),
        ('{\n\t"a": @\n}', 2, 7, "expected a JSON value"),
        ('{\n\t"a": "x\n}', 2, 9, "not JSON: invalid control character"),
        ("{\n\ta: b: c\n}", 2, 6, "not YAML"),
        ('{\n\t"a": 1\n} x', 3, 3, "ends before this"),
        ('{"a": [1\n', 2, 1, "expected `,` or `]`"),
    ],
)
def test_what_is_wrong_is_said_where_it_stands(text: str, line: int, column: int, words: str) -> None:
    found = finding(text)

    assert found[:2] == (line, column)
    assert words in found[2]


def test_faults_that_do_not_end_the_reading_are_all_found() -> None:
    places = sorted(found[:2] for found in findings("a: !x 1\na: 2\nb: .inf\n? {}\n: 1\n"))

    assert places == [(1, 4), (2, 1), (3, 4), (4, 3)]


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", '{"a": ', "[[[],", "&a ["])
def test_deep_nesting_is_refused(opening: str) -> None:
    assert f"more than {MAX_DEPTH} levels" in finding(opening * 100_000)[2]


def test_as_deep_as_allowed_is_read() -> None:
    assert json.dumps(value("[" * MAX_DEPTH + "]" * MAX_DEPTH)) == "[" * MAX_DEPTH + "]" * MAX_DEPTH


def test_aliases_do_not_reach_deeper_than_nesting_may() -> None:
    depth = MAX_DEPTH // 2
    text = f"a: &x {'[' * depth}{']' * depth}\nb: &y {'[' * depth}*x{']' * depth}\n"

    assert "levels inside each other, aliases included" in finding(text)[2]


def test_a_few_aliases_cannot_stand_for_a_billion_values() -> None:
    laughs = "a0: &a0 [lol, lol, lol, lol, lol, lol, lol, lol, lol, lol]\n" + "".join(
        f"a{level}: &a{level} [{', '.join([f'*a{level - 1}'] * 10)}]\n" for level in range(1, 30)
    )

    line, _, message = finding(laughs)

    assert line < 10
    assert f"more than {MAX_NODES:,} values" in message


def test_aliases_cannot_repeat_a_long_text_without_end() -> None:
    assert "repeat too much text" in finding(f"- &a {'x' * 1_000_000}\n" + "- *a\n" * 100)[2]


def test_a_text_of_too_many_values_is_refused() -> None:
    assert f"more than {MAX_NODES:,} values" in finding('{"a": [' + "0," * MAX_NODES + "0]}")[2]


def test_a_text_that_is_too_long_is_refused_unread() -> None:
    assert "longer than" in finding("#" * (MAX_CHARS + 1))[2]


PIECES = st.sampled_from(
    [
        *"abc-?:,[]{}&*!|>'\"%@`#\\ \t\n\r\x85\u2028\ufeff\x00å😀~",
        *(
            "  ",
            "- ",
            ": ",
            "? ",
            "a: ",
            "&a ",
            "*a",
            "<<: ",
            "!!str ",
            "!t ",
            "---\n",
            "...\n",
            "|\n ",
            ">+2\n",
        ),
        *("%YAML 1.2\n---\n", "%YAML 1.1", "%YAML 1.9", "%TAG ! x\n", '"\\u', '"\\ud800"', '"\\UFFFFFFFF"'),
        *("\r\n", ">+2\n", "0x1", "1e999", ".nan", '{"a": ', '"a"', "null", "\ud800"),
    ]
)
TEXTS = st.text() | st.lists(PIECES, max_size=30).map("".join)


@settings(max_examples=1000, deadline=None)
@given(TEXTS)
@example("%YAML 1." + "9" * 5000)
@example("\ufeff\ufeff{")
def test_any_text_becomes_nodes_or_findings(text: str) -> None:
    document = read_document(text)

    assert document.is_readable or document.findings
    if document.root is not None and not document.findings:
        assert_json_can_carry(to_value(document.root))
    assert_places_lie_in(text, document)


def assert_json_can_carry(read: object) -> None:
    assert json.loads(json.dumps(read, allow_nan=False)) == read
    json.dumps(read, ensure_ascii=False).encode()
    assert not isinstance(read, float) or math.isfinite(read)


def assert_places_lie_in(text: str, document: Document) -> None:
    lines = text.count("\n") + text.count("\r") + 1
    for found in document.findings:
        line, column = document.lines.place(found.offset)
        assert 1 <= line <= lines
        assert 1 <= column <= len(text) + 1
