"""Texts in which `*` stands for any text, be it none: matched in one pass, however they are written."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Glob(msgspec.Struct, frozen=True):
    """A text in pieces: between two of them may stand anything. One piece alone is taken literally."""

    parts: tuple[str, ...]

    @staticmethod
    def of(parts: Sequence[str]) -> Glob:
        """The glob of these pieces; several stars in a row are one."""
        inner = [part for part in parts[1:-1] if part]
        return Glob((parts[0], *inner, parts[-1]) if len(parts) > 1 else tuple(parts))

    @property
    def is_empty(self) -> bool:
        """Whether it is no text at all."""
        return self.parts == ("",)

    @property
    def literal(self) -> str | None:
        """The one text it stands for, None where there is a star."""
        return self.parts[0] if len(self.parts) == 1 else None

    def folded(self) -> Glob:
        """The same for texts that were casefolded."""
        return Glob(tuple(part.casefold() for part in self.parts))

    def matches(self, text: str) -> bool:
        """Whether it stands for the whole of `text`."""
        if len(self.parts) == 1:
            return text == self.parts[0]
        first, *inner, last = self.parts
        end = len(text) - len(last)
        at = len(first)
        if at > end or not text.startswith(first) or not text.endswith(last):
            return False
        for part in inner:
            at = text.find(part, at, end)
            if at < 0:
                return False
            at += len(part)
        return True

    def is_in(self, text: str) -> bool:
        """Whether it stands for some part of `text`."""
        at = 0
        for part in self.parts:
            at = text.find(part, at)
            if at < 0:
                return False
            at += len(part)
        return True
