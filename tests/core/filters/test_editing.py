"""Only this, not this: a filter changed by a click on a value."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.filters import parse_filter, with_term
from tests.core.filters.sample_calls import a_call, filter_texts, passes


@pytest.mark.parametrize(
    ("text", "field", "value", "negated", "expected"),
    [
        ("", "method", "get_weather", False, "method:get_weather"),
        ("", "method", "get_weather", True, "-method:get_weather"),
        ("oslo", "from", "a b*", False, 'oslo from:"a b*"'),
        ("dir:in ms:>5", "dir", "out", False, "ms:>5 dir:out"),
        ("dir:in  ms:>5", "dir", "in", False, "dir:in ms:>5"),
        ("-from:a", "from", "a", False, "from:a"),
        ("from:a to:b", "from", "a", True, "to:b -from:a"),
        ("-from:a", "from", "b", True, "-from:a -from:b"),
        ("is:seen", "is", "error", False, "is:seen is:error"),
        ("ms:>5", "ms", ">500", False, "ms:>500"),
        ("to:b ms:>fast", "from", "a", False, "to:b from:a"),
        ('to:b "open', "from", "a", False, "to:b from:a"),
        ("to:b", "from", "", False, "to:b"),
    ],
)
def test_a_term_is_added_and_what_contradicts_it_gives_way(
    text: str, field: str, value: str, negated: bool, expected: str
) -> None:
    assert with_term(text, field, value, negated=negated) == expected


@pytest.mark.parametrize(("field", "value"), [("metod", "a"), ("ms", "fast"), ("dir", "in out")])
def test_no_such_field_or_value_is_an_error(field: str, value: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        with_term("", field, value)


@given(filter_texts(), st.text(min_size=1), st.sampled_from(["from", "to", "method"]))
def test_any_name_can_be_asked_for_alone_and_be_left_out(text: str, name: str, field: str) -> None:
    attribute = {"from": "caller", "to": "destination"}.get(field, field)
    call, other = a_call(**{attribute: name}), a_call(**{attribute: f"{name}+"})
    assert passes(with_term("", field, name), call)
    assert not passes(with_term("", field, name), other)
    assert not passes(with_term(text, field, name, negated=True), call)
    once = with_term(text, field, name)
    assert with_term(once, field, name) == once
    parse_filter(once)
