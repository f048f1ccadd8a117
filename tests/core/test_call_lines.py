"""A record's line of JSON comes back as the record, and no other line does harm."""

import pytest
from hypothesis import given

from inspector.core.calls import Call, Direction, from_json, to_json
from tests.support.any_calls import CALLS
from tests.support.fuzzing import mutations
from tests.support.records import AT, a_call


@given(CALLS)
def test_a_record_of_any_shape_comes_back_from_its_line(call: Call) -> None:
    line = to_json(call)
    assert from_json(line) == call
    assert to_json(from_json(line)) == line


def test_what_a_line_does_not_tell_is_unknown_and_what_is_not_known_here_is_left() -> None:
    made = from_json('{"id":"1","method":"m","direction":"in","started_at":null,"of":"a later version"}')
    assert made == Call("1", None, None, Direction.IN, None, None, "m")


@pytest.mark.parametrize(
    ("moment", "seconds"),
    [
        ("2023-11-14T22:13:20Z", AT),
        ("2023-11-14T22:13:20", AT),
        ("2023-11-15T00:13:20.250+02:00", AT + 0.25),
    ],
)
def test_times_are_rfc_3339_and_without_an_offset_utc(moment: str, seconds: float) -> None:
    line = f'{{"id":"1","method":"m","direction":"in","started_at":"{moment}"}}'
    assert from_json(line).started_at == seconds


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("", "truncated"),
        ("[]", "not an object"),
        ("[" * 100_000, "nested too deeply"),
        ('{"id":"1"}', "direction"),
        ('{"id":1,"method":"m","direction":"in"}', "`str`, got `int`"),
        ('{"id":"1","method":"m","direction":"up"}', "Invalid enum value 'up'"),
        ('{"id":"1","method":"m","direction":"in","started_at":"yesterday"}', "Invalid isoformat string"),
        ('{"id":"1","method":"m","direction":"in","started_at":"1901-01-01T00:00:00Z"}', "from 1970 on"),
        ('{"id":"1","method":"m","direction":"in","started_at":7}', "RFC 3339"),
    ],
)
def test_a_line_that_is_no_record_says_why(line: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        from_json(line)


def test_bytes_that_were_changed_give_a_record_or_a_value_error() -> None:
    line = to_json(a_call(payload='{"a":"\u00fc"}', elapsed_ms=1.5, truncated=False)).encode()
    for changed in mutations([line]):
        try:
            to_json(from_json(changed))
        except ValueError:
            continue
