"""What differs between two calls: their payloads and answers, line by line, as JSON where they are JSON.

Compared as JSON, the order of an object's keys, white space and how a number is written are no difference.
"""

from __future__ import annotations

from collections import Counter
from enum import StrEnum

import msgspec

from inspector.core.alignment import align
from inspector.core.calls import Call, CallError
from inspector.core.diff_lines import DiffLine, DiffWriter, LineKind
from inspector.core.json_lines import JsonLines
from inspector.core.json_tree import Node, NoTreeError, TreeReader


class ComparedAs(StrEnum):
    """How two texts were compared."""

    JSON = "json"
    TEXT = "text"
    NOTHING = "nothing"
    """There was nothing on either side."""


class Diff(msgspec.Struct, frozen=True):
    """Two texts as one, line by line."""

    compared_as: ComparedAs
    lines: tuple[DiffLine, ...] = ()

    @property
    def counts(self) -> Counter[LineKind]:
        """How many lines there are of each kind."""
        return Counter(line.kind for line in self.lines)

    @property
    def is_same(self) -> bool:
        """Whether nothing differs."""
        return all(line.kind is LineKind.EQUAL for line in self.lines)


class CallDiff(msgspec.Struct, frozen=True):
    """What differs between two calls."""

    request: Diff
    answer: Diff
    """Responses, or errors where a call failed."""


def compare_calls(a: Call, b: Call) -> CallDiff:
    """Compares what was sent and what came of it."""
    return CallDiff(compare_texts(a.payload, b.payload), _compare_answers(a, b))


def compare_texts(a: str | None, b: str | None) -> Diff:
    """Compares two texts, as JSON where all there is of them is JSON; None where there is none."""
    if a is None and b is None:
        return Diff(ComparedAs.NOTHING)
    reader = TreeReader()
    try:
        return _diff_of_trees(_tree(reader, a), _tree(reader, b))
    except NoTreeError:
        return Diff(ComparedAs.TEXT, _text_lines(a, b))


def _tree(reader: TreeReader, text: str | None) -> Node | None:
    return None if text is None else reader.read(text)


def _diff_of_trees(a: Node | None, b: Node | None) -> Diff:
    return Diff(ComparedAs.JSON, JsonLines().write(a, b))


def _text_lines(a: str | None, b: str | None) -> tuple[DiffLine, ...]:
    mine, theirs = ("" if text is None else text for text in (a, b))
    a_lines, b_lines = [] if a is None else mine.split("\n"), [] if b is None else theirs.split("\n")
    writer = DiffWriter()
    for part in align(a_lines, b_lines):
        before, after = a_lines[part.a_start : part.a_end], b_lines[part.b_start : part.b_end]
        if part.equal:
            for line in before:
                writer.equal(line)
        elif len(before) == len(after) == 1:
            writer.changed("", before[0], after[0])
        else:
            for line in before:
                writer.removed(line)
            for line in after:
                writer.added(line)
    return writer.lines()


def _compare_answers(a: Call, b: Call) -> Diff:
    """Where a call failed its error stands as the record has it, so that no part of it is left out."""
    if a.error is None and b.error is None:
        return compare_texts(a.response, b.response)
    reader = TreeReader()
    return _diff_of_trees(_answer_tree(reader, a), _answer_tree(reader, b))


def _answer_tree(reader: TreeReader, call: Call) -> Node | None:
    if call.error is not None:
        return reader.fields({"error": _error_tree(reader, call.error)})
    if call.response is not None:
        return reader.fields({"response": _readable(reader, call.response)})
    return None


def _error_tree(reader: TreeReader, error: CallError) -> Node:
    parts: dict[str, Node] = {}
    if error.code is not None:
        parts["code"] = reader.number(error.code)
    if error.name is not None:
        parts["name"] = reader.string(error.name)
    parts["message"] = reader.string(error.message)
    if error.data:
        parts["data"] = _readable(reader, error.data)
    if error.side is not None:
        parts["side"] = reader.string(error.side.value)
    return reader.fields(parts)


def _readable(reader: TreeReader, text: str) -> Node:
    """JSON in a text as a tree; any other text as a string."""
    try:
        return reader.read(text)
    except NoTreeError:
        return reader.string(text)
