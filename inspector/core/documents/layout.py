"""Where each part of a document begins and ends in its text, for those who change a part of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from enum import StrEnum

from inspector.core.documents.positions import LINE_END
from inspector.core.documents.reading import Document, read_document

BETWEEN = re.compile(r"(?:\s|(?<=\s)#[^\r\n]*)*")
"""White space and comments."""
PROPERTIES = re.compile(r"(?:[&!]\S*(?:\s|(?<=\s)#[^\r\n]*)*)*")
"""Anchors and tags, and what follows them before what they belong to."""
_KEEPS_LINE_ENDS = re.compile(r"(?:[&!]\S*\s+)*[|>][1-9]?\+")
"""The head of a block whose empty last lines are part of it."""


class PartKind(StrEnum):
    """What a part is."""

    SCALAR = "scalar"
    LIST = "list"
    MAPPING = "mapping"
    ALIAS = "alias"
    """What stands elsewhere, once more."""


class Part:
    """A value of a document, as it is written. A mapping's parts alternate between key and value."""

    def __init__(self, kind: PartKind, start: int, key: str = "") -> None:
        self.kind = kind
        self.start = start
        """Offset of its first character, which may be that of an anchor."""
        self.end = start
        """Offset behind its last character."""
        self.key = key
        """The text of a scalar."""
        self.is_flow = False
        """A mapping or list in brackets."""
        self.parts: list[Part] = []

    def pairs(self) -> Iterator[tuple[Part, Part]]:
        """A mapping's keys and values."""
        return zip(self.parts[::2], self.parts[1::2], strict=True)

    def value(self, key: str) -> Part:
        """The value of a mapping's key."""
        return next(value for name, value in self.pairs() if name.key == key)


class Layout:
    """A document's text and its parts."""

    def __init__(self, text: str, root: Part, *, is_json: bool) -> None:
        self.text = text
        self.root = root
        self.is_json = is_json
        end = LINE_END.search(text)
        self.line_end = end[0] if end else "\n"

    def line_start(self, offset: int) -> int:
        """The offset at which the line of `offset` begins."""
        return max(self.text.rfind("\n", 0, offset), self.text.rfind("\r", 0, offset)) + 1

    def line_end_after(self, offset: int) -> int:
        """The offset at which the line of `offset` ends, before what ends it."""
        found = LINE_END.search(self.text, offset)
        return found.start() if found else len(self.text)

    def next_line(self, offset: int) -> int:
        """The offset at which the line behind that of `offset` begins."""
        found = LINE_END.search(self.text, offset)
        return found.end() if found else len(self.text)

    def column(self, offset: int) -> int:
        """How many characters stand before `offset` on its line."""
        return offset - self.line_start(offset)

    def colon(self, key: Part) -> int:
        """The offset behind the colon that follows a mapping's key."""
        between = BETWEEN.match(self.text, key.end)
        end = between.end() if between else key.end
        return end + 1 if self.text.startswith(":", end) else key.end


def read_laid_out(text: str) -> tuple[Document, Layout | None]:
    """A document, and where its parts stand in `text` without the byte order mark. Never raises.

    There is no layout where there is no document.
    """
    body = text.removeprefix("\ufeff")
    builders: list[_LayoutBuilder] = []

    def beside() -> _LayoutBuilder:
        builders.append(_LayoutBuilder(body))
        return builders[-1]

    document = read_document(text, beside)
    root = builders[-1].root if builders else None
    if document.root is None or root is None:
        return document, None
    layout = Layout(body, root, is_json=document.is_json)
    _place_empty(layout, root)
    return document, layout


class _LayoutBuilder:
    """Takes what a reader meets; what is wrong with it was found before."""

    def __init__(self, text: str) -> None:
        self.root: Part | None = None
        self._text = text
        self._open: list[Part] = []
        self._latest: Part | None = None
        self._is_opening = False

    def fault(self, _offset: int, _message: str, /) -> None:
        """Known by now."""

    def scalar(self, start: int, text: str, /, *, plain: bool, anchor: str | None = None) -> None:
        """A scalar. Nothing at all has no place of its own: it is given one once its key is known."""
        nothing = plain and not text and anchor is None
        self._place(Part(PartKind.SCALAR, -1 if nothing else start, text))

    def open(self, start: int, _anchor: str | None = None, /, *, is_mapping: bool) -> None:
        """A mapping or list begins."""
        part = Part(PartKind.MAPPING if is_mapping else PartKind.LIST, start)
        self._place(part)
        self._open.append(part)
        self._is_opening = True

    def close(self) -> None:
        """One in brackets ends behind the closing one, which is reached next."""
        self._latest = self._open.pop()
        self._is_opening = False

    def alias(self, start: int, name: str, /) -> None:
        """What was anchored as `name` once more."""
        self._place(Part(PartKind.ALIAS, start, name))

    def reached(self, end: int, /) -> None:
        """What was given last ends before `end`."""
        part = self._latest
        if part is None or part.start < 0:
            return
        if self._is_opening:
            part.is_flow = end > part.start and self._text[end - 1] in "[{"
        elif part.kind in (PartKind.SCALAR, PartKind.ALIAS):
            text = self._text[part.start : end]
            keeps = _KEEPS_LINE_ENDS.match(text) is not None
            text = re.sub(r"(?:\r\n|\r|\n)[ ]*\Z", "", text) if keeps else text.rstrip()
            part.end = part.start + len(text)
        elif part.is_flow:
            part.end = max(end, part.start)

    def _place(self, part: Part) -> None:
        self._latest = part
        self._is_opening = False
        if self._open:
            self._open[-1].parts.append(part)
        else:
            self.root = part


def _place_empty(layout: Layout, part: Part) -> None:
    """Gives values left empty their place behind the colon, and then blocks the end of their last part."""
    if part.kind is PartKind.MAPPING:
        for key, value in part.pairs():
            if value.start < 0:
                value.start = value.end = layout.colon(key)
    for each in part.parts:
        _place_empty(layout, each)
    if part.parts and not part.is_flow:
        part.end = part.parts[-1].end
