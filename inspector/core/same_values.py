"""Whether two values that JSON can hold are the very same."""

from __future__ import annotations


def same(one: object, two: object) -> bool:
    """Whether two values are written the same: 1 is not true, and keys in another order are another text."""
    if type(one) is not type(two):
        return False
    if isinstance(one, dict) and isinstance(two, dict):
        return list(one) == list(two) and all(map(same, one.values(), two.values()))
    if isinstance(one, list) and isinstance(two, list):
        return len(one) == len(two) and all(map(same, one, two))
    return one == two
