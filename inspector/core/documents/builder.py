"""Builds nodes from what a reader meets, and bounds what a hostile or mistaken text can cost."""

from __future__ import annotations

from collections.abc import Sequence as AnySequence
from typing import Protocol

import msgspec

from inspector.core.documents.nodes import MAX_NUMBER_CHARS, Mapping, Node, Scalar, Sequence, resolve_plain
from inspector.core.documents.positions import Finding, Lines, ReadError
from inspector.core.payloads import shortened

MAX_DEPTH = 100
"""Mappings and lists inside each other; far below where a recursive walk would exhaust the stack."""
MAX_NODES = 500_000
"""Values in a document, those that aliases repeat counted each time (a thousand mocks have some 30,000)."""
MAX_ALIASED_CHARS = 32 * 1024 * 1024
"""Characters of text that aliases repeat."""

__all__ = [
    "MAX_ALIASED_CHARS",
    "MAX_DEPTH",
    "MAX_NODES",
    "MAX_NUMBER_CHARS",
    "BothBuilders",
    "Builder",
    "NodeBuilder",
]


class Builder(Protocol):
    """Whom a reader gives what it meets, in the order of the text. Offsets are those of the text."""

    def fault(self, offset: int, message: str, /) -> None:
        """Notes something wrong that reading goes on after."""

    def scalar(self, start: int, text: str, /, *, plain: bool, anchor: str | None = None) -> None:
        """A scalar."""

    def open(self, start: int, anchor: str | None = None, /, *, is_mapping: bool) -> None:
        """A mapping or list begins."""

    def close(self) -> None:
        """The mapping or list opened last ends."""

    def alias(self, start: int, name: str, /) -> None:
        """What was anchored as `name` once more."""

    def reached(self, end: int, /) -> None:
        """What was given last ends before `end`: a scalar, an alias, an opening or a closing bracket."""


class BothBuilders:
    """Gives what it is given to two builders; what the first one refuses the second does not see."""

    def __init__(self, first: Builder, second: Builder) -> None:
        self._both = (first, second)

    def fault(self, offset: int, message: str, /) -> None:
        """Notes something wrong that reading goes on after."""
        for builder in self._both:
            builder.fault(offset, message)

    def scalar(self, start: int, text: str, /, *, plain: bool, anchor: str | None = None) -> None:
        """A scalar."""
        for builder in self._both:
            builder.scalar(start, text, plain=plain, anchor=anchor)

    def open(self, start: int, anchor: str | None = None, /, *, is_mapping: bool) -> None:
        """A mapping or list begins."""
        for builder in self._both:
            builder.open(start, anchor, is_mapping=is_mapping)

    def close(self) -> None:
        """The mapping or list opened last ends."""
        for builder in self._both:
            builder.close()

    def alias(self, start: int, name: str, /) -> None:
        """What was anchored as `name` once more."""
        for builder in self._both:
            builder.alias(start, name)

    def reached(self, end: int, /) -> None:
        """What was given last ends before `end`."""
        for builder in self._both:
            builder.reached(end)


class _Cost(msgspec.Struct):
    """What a node costs whoever walks it: aliases make that far more than its text."""

    nodes: int = 1
    chars: int = 0
    height: int = 0

    def add(self, child: _Cost) -> None:
        self.nodes += child.nodes
        self.chars += child.chars
        self.height = max(self.height, child.height + 1)


class _Frame:
    """A mapping or list that is still open. A mapping's children alternate between key and value."""

    def __init__(self, start: int, anchor: str | None, *, is_mapping: bool) -> None:
        self.start = start
        self.anchor = anchor
        self.is_mapping = is_mapping
        self.children: list[Node] = []
        self.cost = _Cost(height=1)


class NodeBuilder:
    """Takes scalars, openings, closings and aliases in the order of the text; holds the root at the end.

    Faults that do not end the reading are collected in `findings`; others raise ReadError.
    """

    def __init__(self, lines: Lines) -> None:
        self.root: Node | None = None
        self.findings: list[Finding] = []
        self._lines = lines
        self._open: list[_Frame] = []
        self._anchors: dict[str, tuple[Node, _Cost]] = {}
        self._nodes = 0
        self._aliased_chars = 0

    def fault(self, offset: int, message: str) -> None:
        """Notes something wrong that reading goes on after."""
        self.findings.append(Finding(offset, message))

    def scalar(self, start: int, text: str, *, plain: bool, anchor: str | None = None) -> None:
        """A scalar; a `plain` one means what YAML's core schema says, any other is a string."""
        text = self._sendable(start, text)
        try:
            value = resolve_plain(text) if plain else text
        except ValueError as error:
            self.fault(start, str(error))
            value = None
        if plain and not text:
            start = self._start_of_nothing(start)
        self._place(Scalar(start, text, value, plain), _Cost(chars=len(text)), anchor)

    def open(self, start: int, anchor: str | None = None, *, is_mapping: bool) -> None:
        """A mapping or list begins."""
        if len(self._open) >= MAX_DEPTH:
            raise ReadError(start, f"more than {MAX_DEPTH} levels inside each other")
        self._open.append(_Frame(start, anchor, is_mapping=is_mapping))

    def close(self) -> None:
        """The mapping or list opened last ends."""
        frame = self._open.pop()
        node: Node
        if frame.is_mapping:
            node = Mapping(frame.start, self._pairs(frame.children))
        else:
            node = Sequence(frame.start, tuple(frame.children))
        self._place(node, frame.cost, frame.anchor)

    def alias(self, start: int, name: str) -> None:
        """`*name`: the node that was anchored as `&name` once more."""
        if any(frame.anchor == name for frame in self._open):
            raise ReadError(start, f"the alias `*{shortened(name, 40)}` stands inside what it repeats")
        if name not in self._anchors:
            raise ReadError(start, f"nothing above is anchored as `&{shortened(name, 40)}`")
        node, cost = self._anchors[name]
        if len(self._open) + cost.height > MAX_DEPTH:
            raise ReadError(start, f"more than {MAX_DEPTH} levels inside each other, aliases included")
        self._aliased_chars += cost.chars
        if self._aliased_chars > MAX_ALIASED_CHARS:
            raise ReadError(start, "the aliases up to here repeat too much text")
        self._count(start, cost.nodes)
        self._attach(node, cost)

    def reached(self, _end: int, /) -> None:
        """Of no use: problems are told by where something starts."""

    def _start_of_nothing(self, start: int) -> int:
        """A value left empty stands where its key does; ruamel puts it at whatever comes next."""
        parent = self._open[-1] if self._open else None
        if parent is not None and parent.is_mapping and len(parent.children) % 2:
            return parent.children[-1].start
        return start

    def _place(self, node: Node, cost: _Cost, anchor: str | None) -> None:
        self._count(node.start, 1)
        if anchor is not None:
            self._anchors[anchor] = (node, cost)
        self._attach(node, cost)

    def _attach(self, node: Node, cost: _Cost) -> None:
        if not self._open:
            self.root = node
            return
        parent = self._open[-1]
        parent.children.append(node)
        parent.cost.add(cost)

    def _count(self, start: int, nodes: int) -> None:
        self._nodes += nodes
        if self._nodes > MAX_NODES:
            raise ReadError(start, f"more than {MAX_NODES:,} values in one file, aliases included")

    def _pairs(self, children: AnySequence[Node]) -> tuple[tuple[Scalar, Node], ...]:
        pairs: dict[str, tuple[Scalar, Node]] = {}
        for key, value in zip(children[::2], children[1::2], strict=True):
            if not isinstance(key, Scalar):
                self.fault(key.start, "a mapping or list cannot be a key: keys are strings")
            elif key.plain and key.text == "<<":
                self.fault(
                    key.start, "YAML 1.2 has no merge key `<<`: repeat the keys, or alias a whole value"
                )
            elif key.text in pairs:
                line, _ = self._lines.place(pairs[key.text][0].start)
                self.fault(key.start, f"duplicate key `{shortened(key.text, 40)}`, first on line {line}")
            else:
                pairs[key.text] = (key, value)
        return tuple(pairs.values())

    def _sendable(self, start: int, text: str) -> str:
        """`text` with surrogate pairs, as JSON escapes write them, joined to the characters they mean."""
        if text.isascii() or _is_utf8(text):
            return text
        try:
            return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
        except UnicodeDecodeError:
            self.fault(start, "half of a surrogate pair, which cannot be sent as UTF-8")
            return text.encode("utf-8", "replace").decode()


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True
