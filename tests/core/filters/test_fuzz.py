"""Random filters of the language's own pieces: each is read, or refused with its place, and completed."""

import random

import pytest

from inspector.core.filters import (
    Field,
    Filter,
    FilterSyntaxError,
    complete,
    parse_filter,
    print_filter,
    with_term,
)
from inspector.core.log import row_of
from tests.core.filters.sample_calls import ANSWERED, FAILED
from tests.support.fuzzing import CASES

PIECES = [
    *(f"{field}:" for field in Field),
    *(
        "in",
        "ok",
        "error",
        "get_",
        "oslo",
        "1502",
        "5",
        ".5",
        "kB",
        "s",
        "ms",
        "ß",
        "İ",
        "\x1f",
        "\u2028",
        "\ud800",
    ),
    *' -|*"\\:<>=',
    '"a b"',
    "metod:",
]
KNOWN = {
    Field.METHOD: {"get_weather": 3, "get_location": 2, 'q"q': 1, "": 1},
    Field.FROM: {"a|b": 1, "\ud800": 2},
}


@pytest.mark.fuzz
def test_a_random_filter_is_read_and_stays_the_same_or_is_refused() -> None:
    chance = random.Random(0)
    read = 0
    for _ in range(CASES):
        text = "".join(chance.choices(PIECES, k=chance.randint(0, 8)))
        wanted = read_or_refused(text)
        if wanted is not None:
            read += 1
            printed = print_filter(wanted)
            assert parse_filter(printed) == wanted, text
            assert print_filter(parse_filter(printed)) == printed, text
            for call in (ANSWERED, FAILED):
                assert parse_filter(printed).passes(row_of(call), call) == wanted.passes(row_of(call), call)
        parse_filter(with_term(text, "method", chance.choice(PIECES), negated=chance.random() < 0.5))
        cursor = chance.randint(0, len(text))
        for completion in complete(text, cursor, KNOWN):
            written, at = completion.applied(text)
            assert 0 <= at <= len(written)
            assert wanted is None or read_or_refused(written) is not None, (text, cursor, completion)
    assert read > CASES * 0.2


def read_or_refused(text: str) -> Filter | None:
    try:
        return parse_filter(text)
    except FilterSyntaxError as error:
        assert 0 <= error.start < error.end <= len(text), text  # noqa: PT017 - most are refused
        return None
