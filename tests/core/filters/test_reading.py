"""Filters that cannot be read say why and where; those that can are printed so that they are read again."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.calls import Call
from inspector.core.filters import FilterSyntaxError, parse_filter, print_filter
from inspector.core.log import row_of
from tests.core.filters.sample_calls import calls, filter_texts


@pytest.mark.parametrize(
    ("text", "message", "part"),
    [
        ("ms:>fast", "ms takes a number, e.g. ms:>500", "ms:>fast"),
        ("dir:in -ms:>", "ms takes a number, e.g. ms:>500", "ms:>"),
        ("size:5s", "size takes a number, e.g. size:>15KiB", "size:5s"),
        ("code:1400|teapot", "code takes a number, e.g. code:>=1400", "teapot"),
        ("dir:inn", "dir takes in, out or seen", "dir:inn"),
        ("a outcome:ok|bad b", "outcome takes pending, ok, error, stopped or lost", "bad"),
        ("is:slow", "is takes pending, error, unmatched, seen or noted", "is:slow"),
        ("metod:get", "there is no field metod; method: is meant?", "metod:get"),
        ("-caller:a", "there is no field caller; from: is meant?", "caller:a"),
        ("https://x", "there is no field https; in quotes it is a word", "https://x"),
        ("method:a|method:b", "the field stands once: method:a|b", "method:b"),
        ("oslo|payload:b", "alternatives are of one field; in quotes it is a word", "payload:b"),
        ('"', "the quote is not closed", '"'),
        ('a "b', "the quote is not closed", '"b'),
        ('-"a\\"', "the quote is not closed", '"a\\"'),
        ('from:a|x"b c', "the quote is not closed", '"b c'),
    ],
)
def test_what_cannot_be_read_says_why_and_where(text: str, message: str, part: str) -> None:
    with pytest.raises(FilterSyntaxError) as raised:
        parse_filter(text)
    assert raised.value.message == message
    assert text[raised.value.start : raised.value.end] == part


@given(
    st.text(alphabet='ab|- "\\:*>0\n', max_size=30)
    | st.text(max_size=30)
    | st.lists(
        st.sampled_from(["dir:", "in", "ms:", ">", "5", "s", "|", "-", '"', "*", " ", "is:", "code:"])
    ).map("".join)
)
def test_any_text_is_read_or_refused_with_its_place(text: str) -> None:
    refused: FilterSyntaxError | None = None
    try:
        wanted = parse_filter(text)
        assert parse_filter(print_filter(wanted)) == wanted
    except FilterSyntaxError as error:
        refused = error
    if refused is not None:
        assert 0 <= refused.start < refused.end <= len(text)
        assert refused.message


@given(filter_texts())
def test_a_printed_filter_is_read_as_the_same_and_printed_the_same(text: str) -> None:
    wanted = parse_filter(text)
    printed = print_filter(wanted)
    assert parse_filter(printed) == wanted
    assert print_filter(parse_filter(printed)) == printed


@given(filter_texts(), calls())
def test_a_printed_filter_lets_the_same_calls_through(text: str, call: Call) -> None:
    wanted, row = parse_filter(text), row_of(call)
    assert parse_filter(print_filter(wanted)).passes(row, call) == wanted.passes(row, call)
    assert hash(parse_filter(print_filter(wanted))) == hash(wanted)


def test_the_normal_form_is_short() -> None:
    assert print_filter(parse_filter(' Dir:IN   -from:Agent-*|"x y"  ms:>=1.50s size:1KiB  a|"b" ')) == (
        'dir:in -from:agent-*|"x y" ms:>=1500 size:1024 a|b'
    )


def test_filters_are_equal_by_what_they_ask_for() -> None:
    assert parse_filter("MS:>1s  a") == parse_filter('ms:>1000 "A"')
    assert parse_filter("ms:118") != parse_filter("ms:118.0")
    assert parse_filter("a b") != parse_filter("a -b")
