"""Bare words of a filter: where they are searched, and how they are written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.filters import Filter, parse_filter
from inspector.core.log import row_of
from tests.core.filters.sample_calls import ANSWERED, FAILED, a_call, passes


@pytest.mark.parametrize("word", ["get_weather", "york", "1502", "response_TIMEOUT", "timed", "after"])
def test_a_word_is_searched_in_method_payload_and_every_part_of_the_error(word: str) -> None:
    assert passes(word, FAILED)


def test_a_word_is_searched_in_the_response() -> None:
    assert passes("cloudy", ANSWERED)
    assert not passes("cloudy", FAILED)


def test_identities_and_rooms_are_not_searched() -> None:
    assert not passes("agent-weather", ANSWERED)
    assert not passes("demo", ANSWERED)


def test_all_words_must_hold() -> None:
    assert passes("oslo cloudy", ANSWERED)
    assert not passes("oslo rain", ANSWERED)


def test_a_minus_keeps_out_what_has_the_word() -> None:
    assert passes("get_weather -1502", ANSWERED)
    assert not passes("get_weather -1502", FAILED)


def test_alternatives_need_one_of_them() -> None:
    assert passes("bergen|oslo", ANSWERED)
    assert not passes("bergen|paris", ANSWERED)


def test_a_minus_before_alternatives_refuses_each_of_them() -> None:
    assert not passes("-paris|oslo", ANSWERED)
    assert not passes("-oslo|paris", ANSWERED)
    assert passes("-bergen|paris", ANSWERED)


def test_a_star_stands_for_any_text_within_one_of_the_texts() -> None:
    assert passes("city*oslo", ANSWERED)
    assert not passes("oslo*city", ANSWERED)
    assert not passes("oslo*cloudy", ANSWERED)


def test_quotes_keep_spaces_together() -> None:
    assert passes('"new york"', FAILED)
    assert not passes('"york new"', FAILED)
    assert passes("york new", FAILED)


def test_in_quotes_every_character_stands_for_itself() -> None:
    call = a_call(payload="a|b -c d*e to:f")
    for text in ('"a|b"', '"-c"', '"d*e"', '"to:f"'):
        assert passes(text, call)
    assert not passes('"b|a"', call)
    assert not passes('"a*b"', call)


def test_in_quotes_a_backslash_escapes_a_quote_and_itself_and_nothing_else() -> None:
    assert passes(r'"{\"city\": \"Oslo\"}"', ANSWERED)
    assert passes(r'"C:\\new\names"', a_call(payload=r"C:\new\names"))


def test_outside_quotes_a_backslash_is_a_character() -> None:
    assert passes("a\\b", a_call(payload="a\\b"))


def test_a_quoted_part_joins_what_stands_beside_it() -> None:
    assert parse_filter('{"city":"* osl"o') == parse_filter('"{city:* oslo"')


@pytest.mark.parametrize(
    "text", ["", "   ", "-", "|", '""', '-""', "-|", " - | ", "dir:", "-ms:|", 'from:""']
)
def test_what_is_empty_asks_for_nothing(text: str) -> None:
    assert parse_filter(text) == Filter()
    assert not parse_filter(text)
    assert passes(text, ANSWERED)


def test_an_alternative_still_to_be_typed_does_not_widen_the_filter() -> None:
    assert parse_filter("oslo|") == parse_filter("oslo")
    assert parse_filter("oslo|") != parse_filter("oslo|bergen")


def test_no_word_matches_across_two_texts() -> None:
    call = a_call(method="ab", payload="cd")
    assert not passes("abcd", call)
    assert passes("ab cd", call)


def test_a_call_whose_record_was_let_go_is_searched_by_method_and_code() -> None:
    row = row_of(FAILED)
    assert parse_filter("get_weather 1502 response_timeout").passes(row, None)
    assert not parse_filter("york").passes(row, None)
    assert not parse_filter("payload:york").passes(row, None)


def test_case_does_not_matter_in_any_script() -> None:
    assert passes("STRASSE", a_call(payload="Straße"))
    assert passes("ΣΊΣΥΦΟΣ", a_call(payload="σίσυφος"))


@given(st.text(min_size=1, max_size=40))
def test_anything_can_be_searched_in_quotes(wanted: str) -> None:
    escaped = wanted.replace("\\", "\\\\").replace('"', '\\"')
    call = a_call(payload=f"before {wanted} after")
    for field in ("", "payload:"):
        assert passes(f'{field}"{escaped}"', call)
        assert not passes(f'-{field}"{escaped}"', call)
