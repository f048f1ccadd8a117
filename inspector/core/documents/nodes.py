"""What a document is made of: scalars, sequences and mappings, and the values they stand for."""

from __future__ import annotations

import math
import re
from typing import TypeAlias

import msgspec

MAX_NUMBER_CHARS = 300
"""Python refuses to print integers beyond a configurable length, at the least 640 digits."""

_NULLS = frozenset({"", "~", "null", "Null", "NULL"})
_BOOLS = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?[0-9]+")
_OCTAL = re.compile(r"0o[0-7]+")
_HEX = re.compile(r"0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_NOT_FINITE = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)")

ScalarValue: TypeAlias = str | int | float | bool | None


class Scalar(msgspec.Struct, frozen=True, gc=False):
    """A string, number, true, false or null, with the text it was written as."""

    start: int
    """Offset of its first character in the text."""
    text: str
    value: ScalarValue
    plain: bool
    """Written without quotes and not as a block."""


class Sequence(msgspec.Struct, frozen=True):
    """A list."""

    start: int
    items: tuple[Node, ...]


class Mapping(msgspec.Struct, frozen=True):
    """Keys and values, in the order they were written. Keys are named by their text: `1` is `"1"`."""

    start: int
    pairs: tuple[tuple[Scalar, Node], ...]


Node: TypeAlias = Scalar | Sequence | Mapping


def resolve_plain(text: str) -> ScalarValue:
    """The value of a scalar written without quotes, by the core schema of YAML 1.2.2, section 10.3.2.

    Raises ValueError, with a message for the writer of the file, for a number that JSON cannot carry.
    """
    if text in _NULLS:
        return None
    if text in _BOOLS:
        return _BOOLS[text]
    if text[0] not in "-+.0123456789":
        return text
    return _number(text)


def to_value(node: Node) -> object:
    """What the node stands for in Python: str, int, float, bool, None, list or dict."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [to_value(item) for item in node.items]
    return {key.text: to_value(value) for key, value in node.pairs}


def _number(text: str) -> ScalarValue:
    if _NOT_FINITE.fullmatch(text):
        raise ValueError(f"JSON has no `{text}`: write it in quotes")
    base = next(
        (base for pattern, base in ((_INT, 10), (_OCTAL, 8), (_HEX, 16)) if pattern.fullmatch(text)), 0
    )
    if not base and not _FLOAT.fullmatch(text):
        return text
    if len(text) > MAX_NUMBER_CHARS:
        raise ValueError(f"a number of more than {MAX_NUMBER_CHARS} characters: write it in quotes")
    if base:
        return int(text if base == 10 else text[2:], base)
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"`{text}` is too large for a number: write it in quotes")
    return number
