"""Finds where a mocks file names scripts, for whoever can look whether they are there."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.core.documents import Document, Mapping, Node, Scalar, Sequence

_WAY = ("mocks", "rules")
"""Where rules are: lists of lists. The steps of a sequence are looked at from the rule."""


def script_places(document: Document) -> Iterator[tuple[str, int, int]]:
    """Each script as it is named, with line and column, both from 1. Never raises, however broken it is."""
    nodes = [] if document.root is None else [document.root]
    for key in _WAY:
        nodes = [item for node in nodes for item in _items(node, key)]
    for rule in nodes:
        sequence = _value(rule, "sequence")
        steps = [] if sequence is None else _items(sequence, "steps")
        for each in (rule, *steps):
            script = _value(each, "script")
            if isinstance(script, Scalar) and isinstance(script.value, str) and script.value:
                yield script.value, *document.lines.place(script.start)


def _items(node: Node, key: str) -> tuple[Node, ...]:
    value = _value(node, key)
    return value.items if isinstance(value, Sequence) else ()


def _value(node: Node, key: str) -> Node | None:
    pairs = node.pairs if isinstance(node, Mapping) else ()
    return next((value for name, value in pairs if name.text == key), None)
