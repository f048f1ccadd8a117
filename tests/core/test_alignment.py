"""Which elements of two sequences belong together."""

from hypothesis import given
from hypothesis import strategies as st

from inspector.core.alignment import EXACT_PAIRS, align

SOME = st.lists(st.integers(0, 5), max_size=30)


def equal_parts(a: list[int], b: list[int]) -> list[list[int]]:
    return [a[part.a_start : part.a_end] for part in align(a, b) if part.equal]


@given(SOME, SOME)
def test_stretches_go_from_end_to_end_and_equal_ones_are_equal(a: list[int], b: list[int]) -> None:
    a_at = b_at = 0
    for part in align(a, b):
        assert (part.a_start, part.b_start) == (a_at, b_at)
        a_at, b_at = part.a_end, part.b_end
        if part.equal:
            assert a[part.a_start : part.a_end] == b[part.b_start : part.b_end]
    assert (a_at, b_at) == (len(a), len(b))


def test_what_was_put_in_or_taken_out_leaves_the_others_together() -> None:
    assert equal_parts([1, 2, 3, 4], [1, 3, 9, 4]) == [[1], [3], [4]]


def test_long_sequences_are_cut_at_what_both_have_once() -> None:
    half = int(EXACT_PAIRS**0.5) + 50
    a = [-1] * half + [1] + [-2] * half + [2] + [-3] * half
    b = [-4] * half + [1] + [-5] * half + [2] + [-6] * half
    assert [1] in equal_parts(a, b)
    assert [2] in equal_parts(a, b)


def test_a_hundred_thousand_elements_are_found_where_others_went() -> None:
    numbers = list(range(100_000))
    kept = [number for number in numbers if number % 7]
    together = sum(len(part) for part in equal_parts(numbers, kept))
    assert together == len(kept)
