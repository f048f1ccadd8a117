"""The filter of plain words: how it is written, and which calls it lets through."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.calls import Call, CallError, Direction, Outcome
from inspector.core.log import row_of
from inspector.core.word_filter import FilterSyntaxError, Term, WordFilter, parse_filter, searched_text


def a_call(**fields: object) -> Call:
    known: dict[str, object] = {
        "id": "run-1",
        "room": "demo",
        "connection": "c1",
        "direction": Direction.OUT,
        "caller": "inspector",
        "destination": "agent-weather",
        "method": "get_weather",
    }
    return Call(**(known | fields))  # type: ignore[arg-type]


def passes(text: str, call: Call) -> bool:
    return parse_filter(text).matches(searched_text(row_of(call), call))


FAILED = a_call(
    payload='{"city": "New York"}',
    response=None,
    outcome=Outcome.ERROR,
    error=CallError(1502, "RESPONSE_TIMEOUT", "Response timed out", '{"after": 15}'),
)
ANSWERED = a_call(payload='{"city": "Oslo"}', response='{"sky": "Cloudy"}', outcome=Outcome.OK)


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


def test_quotes_keep_spaces_together() -> None:
    assert passes('"new york"', FAILED)
    assert not passes('"york new"', FAILED)
    assert passes("york new", FAILED)


def test_in_quotes_a_minus_and_a_bar_are_characters_like_any_other() -> None:
    call = a_call(payload="a|b -c")
    assert passes('"a|b"', call)
    assert passes('"-c"', call)
    assert not passes('"b|a"', call)


def test_in_quotes_a_backslash_escapes_a_quote_and_itself_and_nothing_else() -> None:
    (quote,) = parse_filter(r'"{\"city\": \"Oslo\"}"').terms
    assert quote.words[0].text == '{"city": "Oslo"}'
    (path,) = parse_filter(r'"C:\\new\names"').terms
    assert path.words[0].text == r"C:\new\names"


def test_outside_quotes_a_backslash_is_a_character() -> None:
    (term,) = parse_filter("a\\b").terms
    assert term.words[0].text == "a\\b"


def test_a_quoted_part_joins_what_stands_beside_it() -> None:
    (term,) = parse_filter('city":  "Oslo').terms
    assert term.words[0].text == "city:  Oslo"
    assert term.words[0].quoted


def test_a_field_is_a_word_for_now() -> None:
    (term,) = parse_filter("dir:in").terms
    assert term.words[0].text == "dir:in"


@pytest.mark.parametrize("text", ["", "   ", "-", "|", '""', '-""', "-|", " - | "])
def test_what_is_empty_asks_for_nothing(text: str) -> None:
    assert not parse_filter(text)
    assert passes(text, ANSWERED)


def test_an_alternative_still_to_be_typed_does_not_widen_the_filter() -> None:
    assert parse_filter("oslo|") == parse_filter("oslo")
    assert parse_filter("oslo|") != parse_filter("oslo|bergen")


def test_terms_and_words_know_where_they_stand() -> None:
    first, second = parse_filter('  a|"b c"  -d').terms
    assert (first.start, first.end, first.negated) == (2, 9, False)
    assert [(word.start, word.end) for word in first.words] == [(2, 3), (4, 9)]
    assert (second.start, second.end, second.negated) == (11, 13, True)


@pytest.mark.parametrize(("text", "start"), [('"', 0), ('a "b', 2), ('-"a\\"', 1), ('a|"', 2)])
def test_an_unfinished_quote_is_an_error_that_says_where(text: str, start: int) -> None:
    with pytest.raises(FilterSyntaxError, match="the quote is not closed") as raised:
        parse_filter(text)
    assert (raised.value.start, raised.value.end) == (start, len(text))


def test_no_word_matches_across_two_texts() -> None:
    call = a_call(method="ab", payload="cd")
    assert not passes("abcd", call)
    assert passes("ab cd", call)


def test_a_call_whose_record_was_let_go_is_searched_by_method_and_code() -> None:
    text = searched_text(row_of(FAILED), None)
    assert parse_filter("get_weather 1502 response_timeout").matches(text)
    assert not parse_filter("york").matches(text)


def test_case_does_not_matter_in_any_script() -> None:
    assert passes("STRASSE", a_call(payload="Straße"))
    assert passes("ΣΊΣΥΦΟΣ", a_call(payload="σίσυφος"))


@given(st.text(alphabet='ab|- "\\\n', max_size=30) | st.text(max_size=30))
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    terms: tuple[Term, ...] = ()
    refused: FilterSyntaxError | None = None
    try:
        terms = parse_filter(text).terms
    except FilterSyntaxError as error:
        refused = error
    if refused is not None:
        assert text[refused.start] == '"'
        assert refused.end == len(text)
    for term in terms:
        assert text[term.start : term.end].strip() == text[term.start : term.end]
        assert all(term.start <= word.start < word.end <= term.end for word in term.words)


@given(st.text(min_size=1, max_size=40))
def test_anything_can_be_searched_in_quotes(wanted: str) -> None:
    escaped = wanted.replace("\\", "\\\\").replace('"', '\\"')
    (term,) = parse_filter(f'"{escaped}"').terms
    assert [word.text for word in term.words] == [wanted]
    call = a_call(payload=f"before {wanted} after")
    assert parse_filter(f'"{escaped}"').matches(searched_text(row_of(call), call))
    assert not parse_filter(f'-"{escaped}"').matches(searched_text(row_of(call), call))


def test_an_empty_filter_is_equal_to_none() -> None:
    assert parse_filter("  ") == WordFilter()
