"""JSON values: read from payloads, compared as JSON has it, and in words."""

from __future__ import annotations

import json
from typing import Final

from inspector.core.matching.effort import Effort
from inspector.core.mocks import JsonType
from inspector.core.payloads import shortened


class NotJson:
    """Stands for the value of a payload that is no JSON."""


NOT_JSON: Final = NotJson()

_SHOWN_CHARS = 60
_READ_IN_ONE_GO_CHARS = 100_000


def read_json(text: str) -> object:
    """The value of a payload, or `NOT_JSON`; so is JSON too deep or with too long a number to read."""
    decoder = _decoder if len(text) <= _READ_IN_ONE_GO_CHARS else _yielding_decoder
    try:
        return decoder.decode(text)
    except (ValueError, RecursionError):
        return NOT_JSON


def equal(one: object, other: object, effort: Effort) -> bool:
    """Whether two values are equal as JSON has it: numbers by what they are worth, true is not 1.

    Raises:
        TooMuchEffortError: they are too large.
    """
    pairs = [(one, other)]
    while pairs:
        left, right = pairs.pop()
        effort.spend()
        if isinstance(left, dict) and isinstance(right, dict):
            if left.keys() != right.keys():
                return False
            pairs += [(value, right[key]) for key, value in left.items()]
        elif isinstance(left, list) and isinstance(right, list):
            if len(left) != len(right):
                return False
            pairs += zip(left, right, strict=True)
        elif isinstance(left, bool) or isinstance(right, bool):
            if left is not right:
                return False
        elif left != right:
            return False
    return True


def is_number(value: object) -> bool:
    """Whether it is one of JSON's numbers, which true and false are not."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_of_type(value: object, kind: JsonType) -> bool:
    """Whether a value is of a type of JSON."""
    match kind:
        case JsonType.STRING:
            return isinstance(value, str)
        case JsonType.NUMBER:
            return is_number(value)
        case JsonType.INTEGER:
            return is_number(value) and (
                isinstance(value, int) or (isinstance(value, float) and value.is_integer())
            )
        case JsonType.BOOLEAN:
            return isinstance(value, bool)
        case JsonType.NULL:
            return value is None
        case JsonType.ARRAY:
            return isinstance(value, list)
        case JsonType.OBJECT:
            return isinstance(value, dict)


def shown(value: object) -> str:
    """A value in a sentence: compact JSON, short."""
    if isinstance(value, str):
        return f'"{shortened(value, _SHOWN_CHARS)}"'
    if isinstance(value, list | dict) and len(value) > _SHOWN_CHARS:
        return "a long list" if isinstance(value, list) else "a large object"
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    except (TypeError, ValueError, RecursionError):
        return "a value too large to show"
    return shortened(text, _SHOWN_CHARS)


def _refuse(name: str) -> object:
    msg = f"{name} is not JSON"
    raise ValueError(msg)


def _as_it_is(value: dict[str, object]) -> dict[str, object]:
    return value


def _integer(digits: str) -> int:
    return int(digits)


def _fraction(digits: str) -> float:
    return float(digits)


_decoder = json.JSONDecoder(parse_constant=_refuse)
"""Kept: `json.loads` would make one for each payload."""
_yielding_decoder = json.JSONDecoder(
    object_hook=_as_it_is, parse_int=_integer, parse_float=_fraction, parse_constant=_refuse
)
"""For long payloads, which are read in a thread. Other threads run where a function in Python is called, and
only there: without these, 5 MB would keep the event loop from running for 150 ms."""
