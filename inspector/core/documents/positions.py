"""Where in a file something stands, and what is wrong there."""

from __future__ import annotations

import re
from bisect import bisect_right
from enum import StrEnum

import msgspec

from inspector.core.payloads import visible

LINE_END = re.compile(r"\r\n|\r|\n")


class Severity(StrEnum):
    """Whether a file with the problem is refused."""

    ERROR = "error"
    WARNING = "warning"


class FileProblem(msgspec.Struct, frozen=True, order=True):
    """Something wrong at one place of a file, in words."""

    source: str
    line: int
    """From 1."""
    column: int
    """From 1, in characters; a byte order mark does not count."""
    message: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        """`FILE:LINE:COLUMN: problem`, the form editors and terminals make clickable."""
        label = "warning: " if self.severity is Severity.WARNING else ""
        return f"{visible(self.source)}:{self.line}:{self.column}: {label}{self.message}"


class Remark(msgspec.Struct, frozen=True):
    """What there is to say about a value, wherever it stands."""

    message: str
    severity: Severity = Severity.ERROR


class Finding(msgspec.Struct, frozen=True):
    """Something wrong at an offset of a text, before anybody asked for its line."""

    offset: int
    message: str


class ReadError(Exception):
    """The text cannot be read beyond `finding`."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(offset, message)


class Lines:
    """Turns offsets of a text into lines and columns."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(match.end() for match in LINE_END.finditer(text))]

    def place(self, offset: int) -> tuple[int, int]:
        """Line and column of `offset`, both from 1."""
        line = bisect_right(self._starts, offset)
        return line, offset - self._starts[line - 1] + 1
