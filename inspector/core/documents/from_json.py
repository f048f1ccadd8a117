"""Reads JSON into nodes. The standard library's reader tells no positions of what it has read."""

from __future__ import annotations

import re
from json import JSONDecodeError, JSONDecoder

from inspector.core.documents.builder import Builder
from inspector.core.documents.positions import Finding

_SPACE = re.compile(r"[ \t\n\r]*")
_PLAIN = re.compile(r"true|false|null|-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")


class NotJsonError(Exception):
    """The text is not JSON from `finding` on; it may be YAML."""

    def __init__(self, offset: int, message: str) -> None:
        super().__init__(message)
        self.finding = Finding(offset, message)


def read_json(text: str, builder: Builder) -> None:
    """Gives one JSON document to `builder`.

    Raises:
        NotJsonError: where `text` stops being JSON.
        ReadError: from `builder`, where it costs too much.
    """
    _JsonReader(text, builder).document()


class _JsonReader:
    """Walks the text without recursion; `_closers` holds what ends each open object and array."""

    def __init__(self, text: str, builder: Builder) -> None:
        self._text = text
        self._builder = builder
        self._at = 0
        self._closers: list[str] = []
        self._decoder = JSONDecoder()

    def document(self) -> None:
        is_first = self._value()
        while self._closers:
            if self._take(self._closers[-1]):
                self._closers.pop()
                self._builder.close()
                self._builder.reached(self._at)
                is_first = False
                continue
            if not is_first and not self._take(","):
                raise NotJsonError(self._at, f"expected `,` or `{self._closers[-1]}`")
            if self._closers[-1] == "}":
                self._key(after_comma=not is_first)
            is_first = self._value()
        self._skip_space()
        if self._at < len(self._text):
            raise NotJsonError(self._at, "the JSON document ends before this")

    def _value(self) -> bool:
        """Reads a scalar or an opening; returns whether something was opened."""
        self._skip_space()
        start = self._at
        character = self._text[start : start + 1]
        if character in ("{", "["):
            self._at += 1
            self._closers.append("}" if character == "{" else "]")
            self._builder.open(start, is_mapping=character == "{")
            self._builder.reached(self._at)
            return True
        if character == '"':
            self._string()
        elif match := _PLAIN.match(self._text, start):
            self._at = match.end()
            self._builder.scalar(start, match[0], plain=True)
            self._builder.reached(self._at)
        else:
            raise NotJsonError(start, "expected a JSON value")
        return False

    def _key(self, *, after_comma: bool) -> None:
        self._skip_space()
        if self._text[self._at : self._at + 1] != '"':
            hint = ", and JSON allows no comma after the last one" if after_comma else ""
            raise NotJsonError(self._at, f"expected a key in double quotes{hint}")
        self._string()
        if not self._take(":"):
            raise NotJsonError(self._at, "expected `:` after the key")

    def _string(self) -> None:
        start = self._at
        try:
            value, self._at = self._decoder.raw_decode(self._text, start)
        except JSONDecodeError as error:
            problem = error.msg.removesuffix(" at").removesuffix(" starting").rstrip(": ")
            raise NotJsonError(error.pos, f"not JSON: {problem[:1].lower()}{problem[1:]}") from None
        self._builder.scalar(start, value, plain=False)
        self._builder.reached(self._at)

    def _take(self, character: str) -> bool:
        self._skip_space()
        if not self._text.startswith(character, self._at):
            return False
        self._at += 1
        return True

    def _skip_space(self) -> None:
        match = _SPACE.match(self._text, self._at)
        assert match is not None, "it matches nothing at least"
        self._at = match.end()
