"""What is offered while a filter is written."""

from hypothesis import given
from hypothesis import strategies as st

from inspector.core.filters import Completion, Field, FilterSyntaxError, complete, parse_filter
from tests.core.filters.sample_calls import filter_texts

KNOWN = {
    Field.METHOD: {
        "get_ticket": 84_302,
        "get_weather": 412_083,
        "get_location": 268_410,
        "flaky": 6,
        "budget": 1,
    },
    Field.FROM: {"web-1": 3, "web 2": 2, "agent": 9},
    Field.CODE: {"1502": 4, "1400": 7, "3": 1},
    Field.DIR: {"in": 5},
}


def at_end(text: str) -> list[Completion]:
    return complete(text, len(text), KNOWN)


def shown(text: str) -> list[str]:
    return [completion.shown for completion in at_end(text)]


def test_an_empty_filter_offers_every_field() -> None:
    assert shown("") == [f"{field}:" for field in Field]
    assert shown("dir:in ") == shown("")


def test_values_seen_are_offered_with_their_counts_and_a_glob_for_all() -> None:
    found = at_end("dir:in method:get_")
    assert [(completion.shown, completion.count, completion.note) for completion in found] == [
        ("get_weather", 412_083, ""),
        ("get_location", 268_410, ""),
        ("get_ticket", 84_302, ""),
        ("get_*", 764_795, "all 3"),
    ]


def test_values_that_have_it_inside_come_after_those_that_begin_so() -> None:
    assert shown("method:get")[-2:] == ["budget", "get_*"]


def test_a_word_offers_fields_and_methods() -> None:
    assert shown("me") == ["method:"]
    assert shown("fl") == ["flaky"]
    assert at_end("a -fl")[0].applied("a -fl") == ("a -method:flaky ", 16)


def test_choices_are_offered_with_what_they_mean() -> None:
    assert [(found.shown, found.note, found.count) for found in at_end("dir:i")] == [
        ("in", "we were called", 5)
    ]
    assert shown("is:") == ["pending", "error", "unmatched", "seen", "noted"]
    assert shown("dir:in|") == ["in", "out", "seen"]


def test_codes_are_offered_with_their_names() -> None:
    assert ("1502", "RESPONSE_TIMEOUT") in [(found.shown, found.note) for found in at_end("code:15")]
    assert shown("ms:>5") == [">500", ">5s"]


def test_a_completion_takes_the_place_of_the_value_that_the_cursor_is_in() -> None:
    text = "from:we|agent to:b"
    chosen = complete(text, 7, KNOWN)[0]
    assert chosen.applied(text) == ("from:web-1|agent to:b", 10)
    (field,) = [found for found in complete("met", 3, KNOWN) if found.shown == "method:"]
    assert field.applied("met") == ("method:", 7)


def test_a_value_that_needs_quotes_is_written_in_them() -> None:
    assert [found.text for found in at_end("from:web")] == ["web-1", '"web 2"']


def test_a_word_that_stands_after_the_cursor_is_left_alone() -> None:
    assert complete("oslo", 0, KNOWN) == []
    assert complete("dir:in", 1, KNOWN) == []


def test_nothing_is_offered_inside_an_open_quote_or_for_an_unknown_field() -> None:
    assert shown('from:"we') == []
    assert shown("nothing:") == []


@given(st.text(alphabet='abdirgetfomh_:|-*" ', max_size=20) | filter_texts(), st.data())
def test_what_is_offered_can_be_read_where_the_rest_can(text: str, data: st.DataObject) -> None:
    cursor = data.draw(st.integers(0, len(text)))
    for completion in complete(text, cursor, KNOWN):
        written, at = completion.applied(text)
        assert 0 <= at <= len(written)
        try:
            parse_filter(text)
        except FilterSyntaxError:
            continue
        parse_filter(written)
