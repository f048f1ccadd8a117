"""Mocks files as different people write them: in brackets or in lines, with comments, in any quotes."""

from collections.abc import Callable

from hypothesis import strategies as st

from inspector.core.documents import scalar
from inspector.core.documents.writing import block_head, block_lines, double_quoted, flow, is_block
from inspector.core.mock_writer import mock_value
from inspector.core.mocks import Mock

MOST_KEY_CHARS = 100


class StyledFile:
    """A text, and the lines from which to which each mock stands in it, with the comments it owns."""

    def __init__(self, lines: list[str], spans: list[tuple[int, int]], line_end: str, mark: str) -> None:
        self.text = mark + line_end.join(lines) + line_end
        self._lines = lines
        self._spans = spans
        self._end = line_end
        self._mark = mark

    def around(self, index: int) -> tuple[str, str]:
        """The text before and behind a mock."""
        start, end = self._spans[index]
        before = "".join(line + self._end for line in self._lines[:start])
        return self._mark + before, self._end.join(["", *self._lines[end:]]) + self._end


@st.composite
def styled_files(draw: Callable[..., bool], mocks: list[Mock]) -> StyledFile:
    """Files that say these mocks."""
    writer = _Writer(lambda: draw(st.booleans()))
    lines = ["# what answers", "version: 1", "mocks:" + writer.trailing()]
    indent = "  " if writer.coin() else ""
    spans = []
    for mock in mocks:
        if writer.coin():
            lines += ["", f"{indent}# apart", ""]
        start = len(lines)
        lines += writer.item(mock_value(mock), indent)
        spans.append((start, len(lines)))
    if not mocks:
        lines[-1] = "mocks: []"
    lines += ["# the end"] if writer.coin() else []
    return StyledFile(lines, spans, "\r\n" if writer.coin() else "\n", "\ufeff" if writer.coin() else "")


class _Writer:
    def __init__(self, coin: Callable[[], bool]) -> None:
        self.coin = coin

    def trailing(self) -> str:
        return "   # beside" if self.coin() else ""

    def item(self, value: object, indent: str) -> list[str]:
        """One item of a list, in lines or in brackets, with a comment above or none."""
        above = [f"{indent}# above"] if self.coin() else []
        if not isinstance(value, dict) or not value or self.coin():
            return [*above, f"{indent}- {self._flow(value)}{self.trailing()}"]
        lines = self._mapping(value, indent + "  ")
        while lines[0].lstrip().startswith("#"):
            lines = lines[1:]
        return [*above, f"{indent}- {lines[0].lstrip()}", *lines[1:]]

    def _mapping(self, value: dict[str, object], indent: str) -> list[str]:
        lines: list[str] = []
        for key, part in value.items():
            if self.coin():
                lines.append(f"{indent}# of a key")
            lines += self._pair(key, part, indent)
        return lines

    def _pair(self, key: str, part: object, indent: str) -> list[str]:
        if len(key) > MOST_KEY_CHARS:
            return [f"{indent}? {scalar(key)}", f"{indent}: {flow(part)}"]
        name = f"{indent}{scalar(key)}:"
        if isinstance(part, str) and is_block(part) and self.coin():
            return [f"{name} {block_head(part)}", *block_lines(part, indent + "  ")]
        if isinstance(part, dict) and part and self.coin():
            return [name + self.trailing(), *self._mapping(part, indent + "    ")]
        if isinstance(part, list) and part and self.coin():
            inner = indent + "  " if self.coin() else indent
            return [name + self.trailing(), *(line for each in part for line in self.item(each, inner))]
        return [f"{name} {self._flow(part)}{self.trailing()}"]

    def _flow(self, value: object) -> str:
        if isinstance(value, str) and self.coin():
            return double_quoted(value)
        return flow(value)
