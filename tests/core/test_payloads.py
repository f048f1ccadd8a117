"""Payload text: JSON or not, laid out, measured, and safe to show."""

import json
import re
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.payloads import (
    check_json,
    format_json,
    format_size,
    looks_like_json,
    minify_json,
    shortened,
    visible,
)

UNICODE = st.characters(exclude_categories=["Cs"])
NUMBERS = st.from_regex(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][+-]?[0-9]{1,5})?", fullmatch=True)
SPACE = st.text(" \t\r\n", max_size=3)


@st.composite
def json_texts(draw: st.DrawFn, depth: int = 3) -> str:
    """JSON as a person may write it: any white space, any number text, keys twice, escapes or none."""
    kinds = ["string", "number", "word"] + (["array", "object"] if depth else [])
    kind = draw(st.sampled_from(kinds))
    if kind == "array":
        parts = draw(st.lists(json_texts(depth=depth - 1), max_size=4))
        body = f"[{','.join(parts) or draw(SPACE)}]"
    elif kind == "object":
        key = st.tuples(json_strings(), SPACE, json_texts(depth=depth - 1))
        parts = [f"{k}{space}:{value}" for k, space, value in draw(st.lists(key, max_size=4))]
        body = "{" + (",".join(parts) or draw(SPACE)) + "}"
    elif kind == "number":
        body = draw(NUMBERS)
    else:
        body = draw(json_strings() if kind == "string" else st.sampled_from(["true", "false", "null"]))
    return f"{draw(SPACE)}{body}{draw(SPACE)}"


def json_strings() -> st.SearchStrategy[str]:
    return st.builds(json.dumps, st.text(UNICODE), ensure_ascii=st.booleans())


def as_written(text: str) -> Any:
    """The value with numbers as their text, and objects as their pairs in order: nothing is lost."""

    return json.loads(
        text,
        parse_int=lambda digits: ("int", digits),
        parse_float=lambda digits: ("float", digits),
        object_pairs_hook=lambda pairs: ("object", pairs),
    )


@given(json_texts())
def test_minifying_keeps_values_number_text_and_order_of_keys(text: str) -> None:
    assert as_written(minify_json(text)) == as_written(text)


@given(json_texts(), st.integers(0, 8))
def test_formatting_keeps_values_number_text_and_order_of_keys(text: str, indent: int) -> None:
    assert as_written(format_json(text, indent)) == as_written(text)


@given(json_texts(), st.integers(0, 8))
def test_minifying_undoes_formatting(text: str, indent: int) -> None:
    assert minify_json(format_json(text, indent)) == minify_json(text)


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(UNICODE), st.lists))
def test_minified_text_has_no_white_space_between_tokens(value: Any) -> None:
    assert minify_json(json.dumps(value, indent=3)) == json.dumps(value, separators=(",", ":"))


def test_formatting_puts_one_member_on_a_line() -> None:
    assert format_json('{"a":[1,{}],"b":""}') == '{\n  "a": [\n    1,\n    {}\n  ],\n  "b": ""\n}'


@given(st.text(UNICODE))
def test_any_text_is_json_or_is_told_where_it_is_not(text: str) -> None:
    check = check_json(text)
    if check.valid:
        json.loads(text, parse_int=str)
    else:
        assert check.message
        assert check.line >= 1
        assert check.column >= 1


def test_it_says_where_json_stops_being_json() -> None:
    check = check_json('{\n  "a": oops\n}')
    assert (check.valid, check.line, check.column) == (False, 2, 8)


@pytest.mark.parametrize(
    "text", ["", " ", "NaN", "[Infinity]", "-Infinity", "{'a': 1}", "[1] 2", "\ufeff[]", "01"]
)
def test_what_only_looks_like_json_is_refused(text: str) -> None:
    assert not check_json(text).valid
    with pytest.raises(ValueError, match=r"."):
        minify_json(text)
    with pytest.raises(ValueError, match=r"."):
        format_json(text)


def test_a_number_of_any_length_is_json() -> None:
    digits = "1" * 5000
    assert check_json(digits).valid
    assert minify_json(f" [ {digits} ] ") == f"[{digits}]"


def test_nesting_too_deep_to_read_is_said_and_does_not_fail() -> None:
    check = check_json("[" * 100_000 + "]" * 100_000)
    assert not check.valid
    assert "deep" in check.message


@pytest.mark.parametrize("text", [r'"\ud800"', '"\ud800"'])
def test_half_a_surrogate_pair_cannot_be_laid_out_and_it_says_so(text: str) -> None:
    with pytest.raises(ValueError, match="surrogate"):
        format_json(text)


@pytest.mark.parametrize(
    ("text", "is_it"),
    [
        ('{"a": 1}', True),
        (" [1] \n", True),
        ("{}", True),
        ("{oops}", True),
        ("12", False),
        ('"text"', False),
        ("", False),
        ("{", False),
        ("{]", False),
    ],
)
def test_an_object_or_array_by_its_ends_is_worth_showing_as_json(text: str, is_it: bool) -> None:
    assert looks_like_json(text) is is_it


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 kB"),
        (9_949, "9.9 kB"),
        (9_951, "10 kB"),
        (15_361, "15 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (5_000_000, "5.0 MB"),
    ],
)
def test_sizes_for_a_person(size: int, text: str) -> None:
    assert format_size(size) == text


@given(st.integers(0, 10**12))
def test_no_size_has_more_digits_than_its_unit_needs(size: int) -> None:
    number, unit = format_size(size).split()
    assert unit == "MB" or float(number) < 1000


# Of the format characters these have a look of their own: signs around Arabic, Kaithi and Egyptian text.
SEEN_FORMATS = re.compile(
    "[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001343f]"
)


FILLERS = "\u115f\u1160\u3164\uffa0"
"""Letters by category, but with nothing to see: shown as their code like the others."""


def acts_unseen(char: str) -> bool:
    category = unicodedata.category(char)
    return category in ("Cc", "Cs", "Zl", "Zp") or (category == "Cf" and not SEEN_FORMATS.match(char))


def test_every_character_that_acts_unseen_is_made_visible() -> None:
    unseen = [char for char in map(chr, range(0x110000)) if acts_unseen(char)]
    assert [hex(ord(char)) for char in unseen if any(map(acts_unseen, visible(char)))] == []


@given(st.text(st.characters() | st.characters(categories=["Cc", "Cf", "Cs", "Zl", "Zp"])))
def test_no_control_character_is_left(text: str) -> None:
    assert not any(map(acts_unseen, visible(text)))
    assert not any(map(acts_unseen, re.sub("[\n\t]", "", visible(text, keep_lines=True))))


@given(st.text(st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters=FILLERS)))
def test_text_without_any_is_shown_as_it_is(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\x00b\x1b[1m", "a\\u0000b\\u001b[1m"),
        ("del\x7f", "del\\u007f"),
        ("\x9b", "\\u009b"),
        ("\u202egnp.exe", "\\u202egnp.exe"),
        ("\u2028", "\\u2028"),
        ("\U000e0041", "\\U000e0041"),
        ("a\ud800", "a\\ud800"),
        ("line\nnext\ttab\r", "line\\nnext\\ttab\\r"),
    ],
)
def test_what_a_control_character_becomes(text: str, shown: str) -> None:
    assert visible(text) == shown


def test_lines_and_tabs_stay_where_lines_are_shown() -> None:
    assert visible("line\nnext\ttab\r", keep_lines=True) == "line\nnext\ttab\\r"


@pytest.mark.parametrize(
    ("text", "short"),
    [("abcd", "abcd"), ("abcde", "abc…"), ("a\ncde", "a\\nc…"), ("", ""), ("ab\x00d", "ab\\u0000d")],
)
def test_long_text_is_cut_with_a_mark_and_made_visible(text: str, short: str) -> None:
    assert shortened(text, 4) == short
