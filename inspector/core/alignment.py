"""Which elements of two sequences belong together, whatever their length, in bounded time."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from difflib import SequenceMatcher

import msgspec

EXACT_PAIRS = 250_000
"""Up to so many pairs of elements are looked at closely: about 100 ms; beyond, only at what is there once."""


class Stretch(msgspec.Struct, frozen=True, gc=False):
    """Elements `a_start` to `a_end` of one sequence stand against `b_start` to `b_end` of the other."""

    equal: bool
    a_start: int
    a_end: int
    b_start: int
    b_end: int


def align(a: Sequence[Hashable], b: Sequence[Hashable]) -> Iterator[Stretch]:
    """Both sequences from end to end, in stretches of equal and of different elements."""
    head = _alike(a, b)
    tail = _alike(a[head:][::-1], b[head:][::-1])
    if head:
        yield Stretch(True, 0, head, 0, head)
    a_end, b_end = len(a) - tail, len(b) - tail
    yield from _middle(a, b, Stretch(False, head, a_end, head, b_end))
    if tail:
        yield Stretch(True, a_end, len(a), b_end, len(b))


def _middle(a: Sequence[Hashable], b: Sequence[Hashable], part: Stretch) -> Iterator[Stretch]:
    """Parts small enough are aligned closely, others are first cut at the elements that are there once."""
    rows, columns = part.a_end - part.a_start, part.b_end - part.b_start
    if rows * columns <= EXACT_PAIRS:
        yield from _closely(a, b, part)
        return
    a_at, b_at = part.a_start, part.b_start
    for a_next, b_next in [*_anchors(a, b, part), (part.a_end, part.b_end)]:
        gap = Stretch(False, a_at, a_next, b_at, b_next)
        if (a_next - a_at) * (b_next - b_at) <= EXACT_PAIRS:
            yield from _closely(a, b, gap)
        else:
            yield gap
        if a_next < part.a_end and b_next < part.b_end:
            yield Stretch(True, a_next, a_next + 1, b_next, b_next + 1)
        a_at, b_at = a_next + 1, b_next + 1


def _closely(a: Sequence[Hashable], b: Sequence[Hashable], part: Stretch) -> Iterator[Stretch]:
    if part.a_start == part.a_end and part.b_start == part.b_end:
        return
    mine, theirs = a[part.a_start : part.a_end], b[part.b_start : part.b_end]
    for tag, a1, a2, b1, b2 in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        a_start, b_start = part.a_start, part.b_start
        yield Stretch(tag == "equal", a_start + a1, a_start + a2, b_start + b1, b_start + b2)


def _anchors(a: Sequence[Hashable], b: Sequence[Hashable], part: Stretch) -> list[tuple[int, int]]:
    """Places of elements that both have exactly once, as many as keep their order ("patience diff")."""
    a_counts = Counter(a[part.a_start : part.a_end])
    b_counts = Counter(b[part.b_start : part.b_end])
    b_places = {b[place]: place for place in range(part.b_start, part.b_end) if b_counts[b[place]] == 1}
    pairs = [
        (place, b_places[a[place]])
        for place in range(part.a_start, part.a_end)
        if a_counts[a[place]] == 1 and a[place] in b_places
    ]
    return _longest_rising(pairs)


def _longest_rising(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """The longest selection of `pairs`, in their order, whose second parts rise."""
    ends: list[int] = []  # the least second part that ends a selection of each length
    last: list[int] = []  # which pair that is
    before: list[int] = []
    for number, (_, place) in enumerate(pairs):
        length = bisect_left(ends, place)
        before.append(last[length - 1] if length else -1)
        ends[length : length + 1] = [place]
        last[length : length + 1] = [number]
    found = []
    number = last[-1] if last else -1
    while number >= 0:
        found.append(pairs[number])
        number = before[number]
    return found[::-1]


def _alike(a: Sequence[Hashable], b: Sequence[Hashable]) -> int:
    """How many elements from the first on are equal."""
    for place, (mine, theirs) in enumerate(zip(a, b, strict=False)):
        if mine != theirs:
            return place
    return min(len(a), len(b))
