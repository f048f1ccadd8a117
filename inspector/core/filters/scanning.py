r"""Takes the text of a filter apart: terms, and in each the field and the alternatives, with their places.

`-` before a term negates it, `a|b` is either, `*` stands for any text, quotes keep spaces together. Within
quotes `\"` and `\\` stand for `"` and `\`, and nothing else has a meaning of its own.
"""

from __future__ import annotations

import re

import msgspec

from inspector.core.filters.globs import Glob

_FIELD = re.compile(r"[A-Za-z_]+(?=:)")


class FilterSyntaxError(ValueError):
    """A filter that cannot be read; `start` and `end` say which part of its text is meant."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


class ScannedValue(msgspec.Struct, frozen=True):
    """One alternative, and where it stands."""

    glob: Glob
    """Its text, in the case in which it was written."""
    start: int
    end: int
    is_quoted: bool
    """Some of it stands in quotes."""
    open_quote: int | None = None
    """Where the quote begins that is not closed, so that the value goes on to the end of the text."""

    @property
    def written(self) -> str:
        """Its text, without quotes and escapes."""
        return "*".join(self.glob.parts)


class ScannedTerm(msgspec.Struct, frozen=True):
    """One term, and where it stands; the minus belongs to it."""

    field: str | None
    """What stands before the colon, None of bare words."""
    values: tuple[ScannedValue, ...]
    start: int
    end: int
    is_negated: bool

    @property
    def is_empty(self) -> bool:
        """Whether it asks for nothing, as there is no value yet."""
        return all(value.glob.is_empty for value in self.values)


def scan(text: str) -> list[ScannedTerm]:
    """The terms of a filter, whether or not they make sense."""
    scanner = _Scanner(text)
    terms = []
    while (term := scanner.term()) is not None:
        terms.append(term)
    return terms


class _Scanner:
    """Goes through the text of a filter once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def term(self) -> ScannedTerm | None:
        """The next term, None at the end of the text."""
        while self._char.isspace():
            self._at += 1
        if not self._char:
            return None
        start = self._at
        is_negated = self._char == "-"
        if is_negated:
            self._at += 1
        field = None
        if (match := _FIELD.match(self._text, self._at)) is not None:
            field = match[0]
            self._at = match.end() + 1
        values = [self._value()]
        while self._char == "|":
            self._at += 1
            values.append(self._value())
        return ScannedTerm(field, tuple(values), start, self._at, is_negated)

    @property
    def _char(self) -> str:
        """The character to be read next, empty at the end."""
        return self._text[self._at : self._at + 1]

    def _value(self) -> ScannedValue:
        start = self._at
        parts = [""]
        is_quoted = False
        open_quote = None
        while self._char and self._char != "|" and not self._char.isspace():
            if self._char == '"':
                is_quoted = True
                quote = self._at
                quoted, is_closed = self._quoted()
                parts[-1] += quoted
                if not is_closed:
                    open_quote = quote
                continue
            if self._char == "*":
                parts.append("")
            else:
                parts[-1] += self._char
            self._at += 1
        return ScannedValue(Glob.of(parts), start, self._at, is_quoted, open_quote)

    def _quoted(self) -> tuple[str, bool]:
        """What stands in the quotes, and whether they are closed."""
        self._at += 1
        characters: list[str] = []
        while self._char != '"':
            if self._text[self._at : self._at + 2] in ('\\"', "\\\\"):
                self._at += 1
            if not self._char:
                return "".join(characters), False
            characters.append(self._char)
            self._at += 1
        self._at += 1
        return "".join(characters), True
