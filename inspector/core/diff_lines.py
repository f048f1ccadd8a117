"""The lines of a comparison: two texts shown as one."""

from __future__ import annotations

from enum import StrEnum

import msgspec


class LineKind(StrEnum):
    """What is said of a line; the value is the sign it bears."""

    EQUAL = " "
    CHANGED = "~"
    REMOVED = "-"
    ADDED = "+"


class DiffLine(msgspec.Struct, frozen=True, gc=False):
    """A line that one of the texts has, or both, or that both have with another value."""

    kind: LineKind
    depth: int
    """How far it is indented, in steps; a line encloses those below it that are indented further."""
    text: str
    """The line; of a changed one what stands before the value."""
    a_number: int | None
    """Which line of A it is, counted from 1 in the order shown; None where A has no such line."""
    b_number: int | None
    before: str = ""
    """Of a changed line, the value in A."""
    after: str = ""
    """Of a changed line, the value in B."""
    tail: str = ""
    """Of a changed line, what stands behind the value."""


class DiffWriter:
    """Collects the lines of a comparison and numbers them on both sides."""

    def __init__(self) -> None:
        self._lines: list[DiffLine] = []
        self._a = 0
        self._b = 0

    def lines(self) -> tuple[DiffLine, ...]:
        """What was written."""
        return tuple(self._lines)

    def equal(self, text: str, depth: int = 0) -> None:
        """A line that both have."""
        self._a += 1
        self._b += 1
        self._lines.append(DiffLine(LineKind.EQUAL, depth, text, self._a, self._b))

    def removed(self, text: str, depth: int = 0) -> None:
        """A line that only A has."""
        self._a += 1
        self._lines.append(DiffLine(LineKind.REMOVED, depth, text, self._a, None))

    def added(self, text: str, depth: int = 0) -> None:
        """A line that only B has."""
        self._b += 1
        self._lines.append(DiffLine(LineKind.ADDED, depth, text, None, self._b))

    def changed(self, text: str, before: str, after: str, tail: str = "", depth: int = 0) -> None:
        """A line that both have, with another value."""
        self._a += 1
        self._b += 1
        self._lines.append(DiffLine(LineKind.CHANGED, depth, text, self._a, self._b, before, after, tail))
