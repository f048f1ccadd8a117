"""Filters of JSONPath: the examples of RFC 9535, and the same as python-jsonpath where that is right."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inspector.core.matching.effort import LARGE_EFFORT, Effort, TooMuchEffortError
from inspector.core.matching.paths import Path

EXAMPLE = {
    "a": [3, 5, 1, 2, 4, 6, {"b": "j"}, {"b": "k"}, {"b": {}}, {"b": "kilo"}],
    "o": {"p": 1, "q": 2, "r": 3, "s": 5, "t": {"u": 6}},
    "e": "f",
}
COMPARED = [{"obj": {"x": "y"}, "arr": [2, 3]}]


def values(path: str, root: object, effort: int = LARGE_EFFORT) -> list[object]:
    return Path(path).values(root, Effort(effort))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("$.a[?@.b == 'kilo']", [{"b": "kilo"}]),
        ("$.a[?(@.b == 'kilo')]", [{"b": "kilo"}]),
        ("$.a[?@>3.5]", [5, 4, 6]),
        ("$.a[?@.b]", [{"b": "j"}, {"b": "k"}, {"b": {}}, {"b": "kilo"}]),
        ("$[?@.*]", [EXAMPLE["a"], EXAMPLE["o"]]),
        ("$[?@[?@.b]]", [EXAMPLE["a"]]),
        ("$.o[?@<3, ?@<3]", [1, 2, 1, 2]),
        ('$.a[?@<2 || @.b == "k"]', [1, {"b": "k"}]),
        ('$.a[?match(@.b, "[jk]")]', [{"b": "j"}, {"b": "k"}]),
        ('$.a[?search(@.b, "[jk]")]', [{"b": "j"}, {"b": "k"}, {"b": "kilo"}]),
        ("$.o[?@>1 && @<4]", [2, 3]),
        ("$.o[?@.u || @.x]", [{"u": 6}]),
        ("$.a[?@.b == $.x]", [3, 5, 1, 2, 4, 6]),
        ("$.o[?@ == $.o.s]", [5]),
        ("$.a[?@ == @]", EXAMPLE["a"]),
        ("$.a[?!@.b]", [3, 5, 1, 2, 4, 6]),
        ("$..[?@.b == 'j']", [{"b": "j"}]),
        ("$.a[?@.b.c]", []),
        ("$.e[?@ == 'f']", []),
    ],
)
def test_the_examples_of_the_rfc(path: str, expected: object) -> None:
    assert values(path, EXAMPLE) == expected


@pytest.mark.parametrize(
    ("comparison", "holds"),
    [
        ("@.absent1 == @.absent2", True),
        ("@.absent1 <= @.absent2", True),
        ("@.absent1 == 'g'", False),
        ("@.absent1 != @.absent2", False),
        ("@.absent1 != 'g'", True),
        ("1 <= 2", True),
        ("1 > 2", False),
        ("13 == '13'", False),
        ("'a' <= 'b'", True),
        ("'a' > 'b'", False),
        ("@.obj == @.arr", False),
        ("@.obj != @.arr", True),
        ("@.obj == @.obj", True),
        ("@.obj != @.obj", False),
        ("@.arr == @.arr", True),
        ("@.obj == 17", False),
        ("@.obj != 17", True),
        ("@.obj <= @.arr", False),
        ("@.obj < @.arr", False),
        ("@.obj <= @.obj", True),
        ("1 <= @.arr", False),
        ("1 >= @.arr", False),
        ("1 > @.arr", False),
        ("1 < @.arr", False),
        ("true <= true", True),
        ("true > true", False),
        ("true > 0", False),
        ("true == 1", False),
        ("@.absent1 == null", False),
        ("@.arr[0] == 2.0", True),
    ],
)
def test_the_comparisons_of_the_rfc(comparison: str, holds: bool) -> None:
    assert values(f"$[?{comparison}]", COMPARED) == (COMPARED if holds else [])


def test_a_filter_over_very_much_is_given_up() -> None:
    with pytest.raises(TooMuchEffortError):
        values("$[?@[?@[?@ > 1]]]", [[[0] * 30] * 30] * 30, 20_000)


QUERIES = st.sampled_from(["@", "@.a", "@.b", "@['a']['b']", "@[0]", "@[-1].a", "$.a", "$[0]"])
LITERALS = st.sampled_from(["1", "0", "-1.5", "'a'", "''", "null", "2e3"])
COMPARISONS = st.tuples(
    QUERIES | LITERALS, st.sampled_from(["==", "!=", "<", ">", "<=", ">="]), QUERIES | LITERALS
)
EXISTENCE = st.sampled_from(["@.a", "@.*", "@..b", "@[0:2]", "@[?@.a > 0]", "@['a', 'b']"])
PATTERNS = st.tuples(
    st.sampled_from(["match", "search"]),
    st.sampled_from(["@", "@.a", "$.a", "'ab'"]),
    st.sampled_from(["'a'", "'^b|a$'", "'('", "@.b", "'.*'"]),
).map(lambda parts: f"{parts[0]}({parts[1]}, {parts[2]})")
TESTS = st.recursive(
    COMPARISONS.map(" ".join) | EXISTENCE | PATTERNS,
    lambda inner: (
        st.tuples(inner, st.sampled_from(["&&", "||"]), inner).map(lambda parts: f"({' '.join(parts)})")
        | inner.map(lambda test: f"!({test})")
    ),
    max_leaves=6,
)
# Without true and false, which the library takes for the numbers 1 and 0 in places.
VALUES = st.recursive(
    st.none() | st.sampled_from([0, 1, 2, -1.5, 2000]) | st.sampled_from(["a", "", "b"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("ab"), inner, max_size=2),
    max_leaves=12,
)


@given(TESTS, VALUES)
def test_a_filter_finds_what_the_library_finds(test: str, root: object) -> None:
    path = Path(f"$[?{test}]")
    assert path._segments is not None, "else the library would be compared with itself"
    ours = path.values(root, Effort(LARGE_EFFORT))

    path._segments = None

    assert json.dumps(ours) == json.dumps(path.values(root, Effort(LARGE_EFFORT)))
