"""What becomes of the rules of a mock when one is moved, doubled or deleted: the old places in new order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")
Order = tuple[int, ...]
"""For each new place the old one (from 0)."""


def moved(count: int, rule: int, by: int) -> Order:
    """One of `count` rules goes down by so many places (up where negative), as far as there are places."""
    places = list(range(count))
    places.insert(min(max(rule + by, 0), count - 1), places.pop(rule))
    return tuple(places)


def doubled(count: int, rule: int) -> Order:
    """A copy of the rule stands right after it."""
    return (*range(rule + 1), *range(rule, count))


def without(count: int, rule: int) -> Order:
    """The rule is gone."""
    return tuple(place for place in range(count) if place != rule)


def in_order(items: Sequence[Item], order: Order) -> tuple[Item, ...]:
    """The items in that order."""
    return tuple(items[place] for place in order)
