r"""The filter of plain words: which calls have them in their method, payload, response or error text.

All words must hold. `-` before a word negates it, `a|b` is either, quotes keep spaces together, and within
them `\"` and `\\` stand for `"` and `\\`. Case does not matter.
"""

from __future__ import annotations

from functools import lru_cache

import msgspec

from inspector.core.calls import Call
from inspector.core.log import Row
from inspector.core.rpc_errors import name_of

_SEPARATOR = "\x1f"
"""Stands between the texts of a call, so that no word matches across two of them."""


class FilterSyntaxError(ValueError):
    """A filter that cannot be read; `start` and `end` say which part of its text is meant."""

    def __init__(self, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.message = message
        self.start = start
        self.end = end


class Word(msgspec.Struct, frozen=True):
    """One alternative as it was written, and where it stands in the filter's text."""

    text: str
    start: int
    end: int
    quoted: bool = False
    """Some of it stood in quotes, so that no character of it has a meaning of its own."""

    @property
    def folded(self) -> str:
        """What is searched for: case does not matter."""
        return self.text.casefold()


class Term(msgspec.Struct, frozen=True):
    """One condition: any of its words must be there, or with `negated` none of them."""

    words: tuple[Word, ...]
    start: int
    end: int
    negated: bool = False


class WordFilter:
    """A filter that has been read. Two of the same conditions are equal, however they were written."""

    def __init__(self, terms: tuple[Term, ...] = ()) -> None:
        self.terms = terms
        self._wanted = tuple(tuple(word.folded for word in term.words) for term in terms if not term.negated)
        self._unwanted = tuple(word.folded for term in terms if term.negated for word in term.words)

    def __bool__(self) -> bool:
        """Whether it asks for anything."""
        return bool(self.terms)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, WordFilter):
            return NotImplemented
        return (self._wanted, self._unwanted) == (other._wanted, other._unwanted)

    def __hash__(self) -> int:
        return hash((self._wanted, self._unwanted))

    def matches(self, text: str) -> bool:
        """Whether a call passes, by the text `searched_text` gives for it."""
        for words in self._wanted:
            for word in words:
                if word in text:
                    break
            else:
                return False
        return all(word not in text for word in self._unwanted)


def searched_text(row: Row, call: Call | None) -> str:
    """What words are searched in: method, payload, response and the error's code, name, message and data.

    Where the full record was let go (`call` is None), it is the method and the code.
    """
    if call is None:
        return _slim_text(row.method, row.code)
    texts = [call.method, call.payload or "", call.response or ""]
    if call.error is not None:
        code = "" if call.error.code is None else str(call.error.code)
        texts += (code, call.error.name or "", call.error.message, call.error.data or "")
    return _SEPARATOR.join(texts).casefold()


@lru_cache(maxsize=4096)
def _slim_text(method: str, code: int | None) -> str:
    texts = (method,) if code is None else (method, str(code), name_of(code) or "")
    return _SEPARATOR.join(texts).casefold()


def parse_filter(text: str) -> WordFilter:
    """Reads a filter; what is empty in it (`-`, `a|`, `""`) asks for nothing.

    Raises:
        FilterSyntaxError: a quote is not closed.
    """
    reader = _Reader(text)
    terms = []
    while (term := reader.term()) is not None:
        if term.words:
            terms.append(term)
    return WordFilter(tuple(terms))


class _Reader:
    """Goes through the text of a filter once, from left to right."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    def term(self) -> Term | None:
        """The next term, None at the end of the text."""
        while self._char.isspace():
            self._at += 1
        if not self._char:
            return None
        start = self._at
        negated = self._char == "-"
        if negated:
            self._at += 1
        words = [self._word()]
        while self._char == "|":
            self._at += 1
            words.append(self._word())
        return Term(tuple(word for word in words if word.text), start, self._at, negated)

    @property
    def _char(self) -> str:
        """The character to be read next, empty at the end."""
        return self._text[self._at : self._at + 1]

    def _word(self) -> Word:
        start = self._at
        parts = []
        quoted = False
        while self._char and self._char != "|" and not self._char.isspace():
            if self._char == '"':
                parts.append(self._quoted())
                quoted = True
            else:
                parts.append(self._char)
                self._at += 1
        return Word("".join(parts), start, self._at, quoted)

    def _quoted(self) -> str:
        start = self._at
        self._at += 1
        parts = []
        while self._char != '"':
            if self._text[self._at : self._at + 2] in ('\\"', "\\\\"):
                self._at += 1
            if not self._char:
                raise FilterSyntaxError("the quote is not closed", start, len(self._text))
            parts.append(self._char)
            self._at += 1
        self._at += 1
        return "".join(parts)
