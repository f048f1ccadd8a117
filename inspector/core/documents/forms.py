"""Reads mappings whose keys are known, and notes each problem where it stands."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from difflib import get_close_matches
from typing import TypeAlias

import msgspec

from inspector.core.documents.nodes import Mapping, Node, Scalar, Sequence
from inspector.core.documents.positions import FileProblem, Remark, Severity
from inspector.core.documents.reading import Document
from inspector.core.payloads import shortened

_SHOWN_CHARS = 40
"""The most of a key or value that a message quotes."""

Check: TypeAlias = Callable[[str], Iterable[Remark]]
"""What there is to say about a string."""


class Form(msgspec.Struct, frozen=True):
    """One kind of mapping: what it is called, how one looks, and its keys."""

    what: str
    example: str
    keys: tuple[str, ...]
    misplaced: tuple[tuple[str, str], ...] = ()
    """Keys people write here, each with the place it belongs to."""


class Fields(msgspec.Struct, frozen=True):
    """A mapping's values and keys, by name, as far as its form knows them."""

    start: int
    values: dict[str, Node]
    keys: dict[str, Scalar]
    has_unknown: bool
    """There are others: what seems to be missing may be there under a wrong name."""


class FormReader:
    """Takes nodes apart. What has an error is read as something harmless: the file is refused anyhow.

    What the document was found to have is noted to begin with.
    """

    def __init__(self, source: str, document: Document) -> None:
        self.has_errors = False
        self._problems: dict[FileProblem, None] = {}
        """A set that keeps its order: what an alias repeats is said once."""
        self._source = source
        self._lines = document.lines
        for finding in document.findings:
            self.error(finding.offset, finding.message)

    def problems(self) -> tuple[FileProblem, ...]:
        """What was noted, in the order of the text."""
        return tuple(sorted(self._problems, key=lambda problem: (problem.line, problem.column)))

    def error(self, offset: int, message: str) -> None:
        """Notes a problem for which the file is refused."""
        self._note(offset, Remark(message))

    def warn(self, node: Node, message: str) -> None:
        """Notes a problem in spite of which the file can be used."""
        self._note(node.start, Remark(message, Severity.WARNING))

    def remark(self, node: Node, remarks: Iterable[Remark]) -> None:
        """Notes what there is to say about the value of `node`."""
        for remark in remarks:
            self._note(node.start, remark)

    def line(self, node: Node) -> int:
        """The line on which `node` begins, from 1."""
        return self._lines.place(node.start)[0]

    def fields(self, node: Node, form: Form) -> Fields:
        """The keys of `node` that `form` knows; the others are problems."""
        if not isinstance(node, Mapping):
            self.error(node.start, f"{form.what} is a mapping, as in {form.example}")
            return Fields(node.start, {}, {}, has_unknown=True)
        known = {key.text: (key, value) for key, value in node.pairs if key.text in form.keys}
        for key, _ in node.pairs:
            if key.text not in known:
                self.error(key.start, _unknown(key.text, form))
        return Fields(
            start=node.start,
            values={text: value for text, (_, value) in known.items()},
            keys={text: key for text, (key, _) in known.items()},
            has_unknown=len(known) < len(node.pairs),
        )

    def items(self, node: Node, key: str, one: str) -> tuple[Node, ...]:
        """The items of a list that is the value of `key`, each `one` of something."""
        if isinstance(node, Sequence):
            return node.items
        hint = f": put `- ` before each {one}" if isinstance(node, Mapping) else ""
        self.error(node.start, f"`{key}` is a list{hint}")
        return ()

    def text(self, fields: Fields, key: str, check: Check | None = None) -> str | None:
        """A string, checked; None where it is absent or not one."""
        return self.text_of(fields.values[key], f"`{key}`", check) if key in fields.values else None

    def text_of(self, node: Node, what: str, check: Check | None = None) -> str | None:
        """The string that `node` is, checked; `what` names it where it is none."""
        if isinstance(node, Scalar) and isinstance(node.value, str):
            if check is not None:
                self.remark(node, check(node.value))
            return node.value
        if isinstance(node, Scalar) and node.text:
            self.error(node.start, f'{what} is a string: write it in quotes, "{quoted(node.text)}"')
        else:
            self.error(node.start, f"{what} is a string")
        return None

    def flag(self, fields: Fields, key: str, *, default: bool) -> bool:
        """A truth value; `default` where it is absent or none."""
        node = fields.values.get(key)
        if node is None:
            return default
        if isinstance(node, Scalar) and isinstance(node.value, bool):
            return node.value
        self.error(node.start, f"`{key}` is `true` or `false` (YAML 1.2 takes `on` and `yes` for text)")
        return default

    def _note(self, offset: int, remark: Remark) -> None:
        line, column = self._lines.place(offset)
        self._problems[FileProblem(self._source, line, column, remark.message, remark.severity)] = None
        self.has_errors |= remark.severity is Severity.ERROR


def quoted(text: str) -> str:
    """`text` made fit for a message: hidden characters shown, and no longer than a glance."""
    return shortened(text, _SHOWN_CHARS)


def _unknown(key: str, form: Form) -> str:
    if place := dict(form.misplaced).get(key):
        return f"`{key}` belongs to {place}"
    close = get_close_matches(key, form.keys, n=1) if len(key) <= _SHOWN_CHARS else []
    hint = (
        f", did you mean `{close[0]}`?" if close else f"; {form.what} has {', '.join(form.keys) or 'no keys'}"
    )
    return f"unknown key `{quoted(key)}`{hint}"
