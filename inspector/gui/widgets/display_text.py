"""Text made fit to be shown: read piece by piece, hidden characters visible, overlong lines cut."""

from __future__ import annotations

import msgspec

from inspector.core.payloads import JsonCheck, check_json, looks_like_json, visible

SHOWN_LINE = 2000
"""Characters after which a line is cut for display: one line of 1 MiB takes seconds to lay out."""


def quick_check(text: str) -> JsonCheck:
    """`check_json`, twenty times as fast where the text is valid; measured 4 ms for 6.5 MB."""
    try:
        msgspec.json.decode(text, type=msgspec.Raw)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return check_json(text)  # it knows line and column, and has the last word
    return JsonCheck(True)


def is_meant_as_json(text: str) -> bool:
    """Whether a text begins like a JSON object or list, whatever comes after."""
    return text.lstrip()[:1] in ("{", "[")


def not_json_words(check: JsonCheck) -> str:
    """Where a text that was checked stops being JSON, in words."""
    return f"no JSON from line {check.line}, column {check.column}"


def pretty_json(text: str) -> str | None:
    """`text` indented for display, its numbers, escapes and order as they stand; None where it is no JSON."""
    if not looks_like_json(text):
        return None
    try:
        return msgspec.json.format(text, indent=2)
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


class TextReader:
    """A text in pieces, as it is."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0

    @property
    def at_end(self) -> bool:
        """Whether everything was read."""
        return self._at >= len(self._text)

    def read(self, size: int) -> str:
        """The next `size` characters, fewer at the end, none behind it."""
        piece = self._text[self._at : self._at + size]
        self._at += len(piece)
        return piece


class DisplayReader(TextReader):
    """A text in pieces, as it is shown to be read.

    `continued` grows while it is read: the numbers, counted from 0, of the shown lines that carry on the
    one before them.
    """

    def __init__(self, text: str) -> None:
        super().__init__(text)
        self.continued: list[int] = []
        self._line = 0
        self._column = 0

    def read(self, size: int) -> str:
        """What to show of the next `size` characters."""
        lines = visible(super().read(size), keep_lines=True).split("\n")
        shown: list[str] = []
        for index, line in enumerate(lines):
            if index:
                self._line += 1
                self._column = 0
            shown.append(line if self._fits(line) else self._cut(line))
        return "\n".join(shown)

    def _fits(self, line: str) -> bool:
        if self._column + len(line) > SHOWN_LINE:
            return False
        self._column += len(line)
        return True

    def _cut(self, line: str) -> str:
        parts: list[str] = []
        while line:
            room = SHOWN_LINE - self._column
            if room == 0:
                self._line += 1
                self._column = 0
                self.continued.append(self._line)
                parts.append("\n")
                continue
            parts.append(line[:room])
            self._column += len(parts[-1])
            line = line[room:]
        return "".join(parts)
