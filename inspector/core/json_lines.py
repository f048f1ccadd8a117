"""Two trees of JSON as the lines of one indented text that tells where they differ."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from itertools import zip_longest

from inspector.core.alignment import align
from inspector.core.diff_lines import DiffLine, DiffWriter
from inspector.core.json_tree import Fields, Items, Leaf, Node

Write = Callable[[str, int], None]
"""Writes a line, indented so many steps."""
Member = tuple[str, Node | None, Node | None]
"""What stands before the values of a member (its key), and the values in A and in B."""


class JsonLines:
    """Writes one comparison."""

    def __init__(self) -> None:
        self._out = DiffWriter()

    def write(self, a: Node | None, b: Node | None) -> tuple[DiffLine, ...]:
        """The lines of both; A's order where they share keys."""
        self._member(("", a, b), "", 0)
        return self._out.lines()

    def _member(self, member: Member, tail: str, depth: int) -> None:
        before, a, b = member
        if a is None or b is None:
            self._one_sided(before, a, b, tail, depth)
        elif a.same_as == b.same_as:
            self._whole(a, before, tail, depth, self._out.equal)
        elif isinstance(a, Leaf) and isinstance(b, Leaf):
            self._out.changed(before, a.text, b.text, tail, depth)
        elif isinstance(a, Fields) and isinstance(b, Fields):
            self._container(before, "{}", _members_of_fields(a, b), tail, depth)
        elif isinstance(a, Items) and isinstance(b, Items):
            self._container(before, "[]", _members_of_items(a, b), tail, depth)
        else:
            self._one_sided(before, a, b, tail, depth)

    def _one_sided(self, before: str, a: Node | None, b: Node | None, tail: str, depth: int) -> None:
        if a is not None:
            self._whole(a, before, tail, depth, self._out.removed)
        if b is not None:
            self._whole(b, before, tail, depth, self._out.added)

    def _container(
        self, before: str, brackets: str, members: Sequence[Member], tail: str, depth: int
    ) -> None:
        self._out.equal(before + brackets[0], depth)
        tails = _tails(members)
        for member, comma in zip(members, tails, strict=True):
            self._member(member, comma, depth + 1)
        self._out.equal(brackets[1] + tail, depth)

    def _whole(self, node: Node, before: str, tail: str, depth: int, write: Write) -> None:
        """All of a node on one side, or alike on both."""
        match node:
            case Leaf(text=text):
                write(f"{before}{text}{tail}", depth)
            case Items(values=values):
                self._block("[]", [("", value) for value in values], before, tail, depth, write)
            case Fields(values=fields):
                members = [(_key(key), value) for key, value in fields.items()]
                self._block("{}", members, before, tail, depth, write)

    def _block(
        self,
        brackets: str,
        members: Sequence[tuple[str, Node]],
        before: str,
        tail: str,
        depth: int,
        write: Write,
    ) -> None:
        if not members:
            write(f"{before}{brackets}{tail}", depth)
            return
        write(before + brackets[0], depth)
        for place, (key, value) in enumerate(members, 1):
            self._whole(value, key, "," if place < len(members) else "", depth + 1, write)
        write(brackets[1] + tail, depth)


def _members_of_fields(a: Fields, b: Fields) -> list[Member]:
    return [(_key(key), a.values.get(key), b.values.get(key)) for key in _keys(a.values, b.values)]


def _keys(a: Iterable[str], b: Iterable[str]) -> list[str]:
    """The keys of A in their order; those that only B has stand behind the one they follow there."""
    shared = set(a) & set(b)
    added: dict[str | None, list[str]] = {}
    follows: str | None = None
    for key in b:
        if key in shared:
            follows = key
        else:
            added.setdefault(follows, []).append(key)
    keys: list[str] = []
    waiting = added.get(None, [])  # behind what A alone has: what went stands before what came
    for key in a:
        if key in shared:
            keys += waiting
            waiting = added.get(key, [])
        keys.append(key)
    return keys + waiting


def _members_of_items(a: Items, b: Items) -> list[Member]:
    """Items that are alike stand together; between those, objects are held against objects, and so on."""
    members: list[Member] = []
    for part in align([node.same_as for node in a.values], [node.same_as for node in b.values]):
        mine, theirs = a.values[part.a_start : part.a_end], b.values[part.b_start : part.b_end]
        if part.equal:
            members += _side_by_side(mine, theirs)
        else:
            for kin in align([type(node) for node in mine], [type(node) for node in theirs]):
                members += _side_by_side(mine[kin.a_start : kin.a_end], theirs[kin.b_start : kin.b_end])
    return members


def _side_by_side(mine: Sequence[Node], theirs: Sequence[Node]) -> list[Member]:
    """One against the other in their order; what is left of the longer one alone."""
    return [("", one, other) for one, other in zip_longest(mine, theirs)]


def _tails(members: Sequence[Member]) -> list[str]:
    """A comma behind each member that another one follows on its own side."""
    tails: list[str] = []
    a_follows = b_follows = False
    for _, a, b in reversed(members):
        follows = (a is not None and a_follows) or (b is not None and b_follows)
        tails.append("," if follows else "")
        a_follows = a_follows or a is not None
        b_follows = b_follows or b is not None
    return tails[::-1]


def _key(key: str) -> str:
    return f"{json.dumps(key, ensure_ascii=False)}: "
