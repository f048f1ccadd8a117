"""A JSON text as a tree whose values can be compared at once: equal ones bear the same number."""

from __future__ import annotations

import json
from collections.abc import Hashable
from decimal import Decimal, InvalidOperation

import msgspec

MAX_DEPTH = 200
"""How deeply a text may be nested to be read as a tree."""


class Leaf(msgspec.Struct, frozen=True):
    """A string, number or word of JSON, as it is written."""

    same_as: int
    text: str


class Items(msgspec.Struct, frozen=True):
    """A list."""

    same_as: int
    values: tuple[Node, ...]


class Fields(msgspec.Struct, frozen=True):
    """An object, its keys in the order of the text."""

    same_as: int
    values: dict[str, Node]


Node = Leaf | Items | Fields


class NoTreeError(ValueError):
    """A text is no JSON, is nested too deeply, or an object in it has a key twice."""


class TreeReader:
    """Reads texts into trees. Nodes of one reader are equal as JSON where their `same_as` is equal.

    As JSON, 1 is 1.0 but not true, and an object's keys have no order.
    """

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def read(self, text: str) -> Node:
        """The tree of a text.

        Raises:
            NoTreeError: it cannot be read as one.
        """
        try:
            value = json.loads(
                text,
                parse_int=_Number,
                parse_float=_Number,
                parse_constant=_refuse,
                object_pairs_hook=_unique,
            )
        except (ValueError, RecursionError) as error:
            raise NoTreeError(str(error)) from None
        return self.node(value)

    def string(self, text: str) -> Leaf:
        """A string as a node."""
        return Leaf(self._number(("string", text)), json.dumps(text, ensure_ascii=False))

    def number(self, value: int) -> Leaf:
        """A whole number as a node."""
        return self._leaf(_Number(value))

    def fields(self, values: dict[str, Node]) -> Fields:
        """An object of nodes."""
        parts = frozenset((key, node.same_as) for key, node in values.items())
        return Fields(self._number(("object", parts)), values)

    def node(self, value: object, depth: int = 0) -> Node:
        """A value of `json.loads` as a node."""
        if depth > MAX_DEPTH:
            msg = "nested too deeply to compare"
            raise NoTreeError(msg)
        if isinstance(value, dict):
            return self.fields({key: self.node(part, depth + 1) for key, part in value.items()})
        if isinstance(value, list):
            values = tuple(self.node(part, depth + 1) for part in value)
            return Items(self._number(("list", *(part.same_as for part in values))), values)
        return self._leaf(value)

    def _leaf(self, value: object) -> Leaf:
        if isinstance(value, _Number):
            return Leaf(self._number(("number", value.worth)), value)
        if isinstance(value, str):
            return self.string(value)
        return Leaf(self._number(("word", value)), json.dumps(value))

    def _number(self, what: Hashable) -> int:
        return self._numbers.setdefault(what, len(self._numbers))


class _Number(str):
    """A number as it is written; reading it must not round it."""

    __slots__ = ()

    @property
    def worth(self) -> Decimal | str:
        """What equals another number of the same worth; the text where it is beyond all measure."""
        try:
            return Decimal(self)
        except InvalidOperation:
            return str(self)


def _refuse(name: str) -> object:
    msg = f"{name} is not JSON"
    raise ValueError(msg)


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    fields = dict(pairs)
    if len(fields) != len(pairs):
        msg = "an object has a key twice"
        raise ValueError(msg)
    return fields
