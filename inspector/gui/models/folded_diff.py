"""The lines of a comparison as they are shown: what is alike far from any difference is folded away."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import msgspec

from inspector.core.compare import Diff
from inspector.core.diff_lines import DiffLine, LineKind
from inspector.core.payloads import shortened, visible
from inspector.gui.models.compared_facts import MINUS

AROUND = 3
"""Equal lines that stay beside a difference."""
LEAST_FOLDED = 4
"""Fewer are not worth a line that says how many they are."""
MOST_LINES = 2_000
"""Lines shown at most; what is left out is said."""
_VALUE_CHARS = 300
_INDENT = "  "
SIGNS = {LineKind.EQUAL: " ", LineKind.CHANGED: "~", LineKind.REMOVED: MINUS, LineKind.ADDED: "+"}


class ShownLine(msgspec.Struct, frozen=True):
    """A line of the view. `kind` is None for one that says what was folded or left out."""

    kind: LineKind | None
    number: str
    text: str


def folded_lines(diff: Diff) -> list[ShownLine]:
    """The lines to be shown."""
    shown: list[ShownLine] = []
    for line in _folded(diff.lines):
        if len(shown) >= MOST_LINES:
            shown.append(ShownLine(None, "", f"\N{HORIZONTAL ELLIPSIS} more than {MOST_LINES:,} lines"))
            break
        shown.append(line)
    return shown


def summary(diff: Diff) -> str:
    """How many lines of each kind: `+1 \N{MINUS SIGN}1 ~2 \N{MIDDLE DOT} 33 equal`."""
    counts = diff.counts
    differing = [
        f"{SIGNS[kind]}{counts[kind]:,}"
        for kind in (LineKind.ADDED, LineKind.REMOVED, LineKind.CHANGED)
        if counts[kind]
    ]
    return f"{' '.join(differing) or 'no difference'} \N{MIDDLE DOT} {counts[LineKind.EQUAL]:,} equal"


def plain_text(diff: Diff) -> str:
    """The whole comparison as text, with signs, for a bug report."""
    return "\n".join(f"{SIGNS[line.kind]} {_indented(line, whole=True)}" for line in diff.lines)


def _folded(lines: Sequence[DiffLine]) -> Iterator[ShownLine]:
    at = 0
    for is_equal, group in groupby(lines, key=lambda line: line.kind is LineKind.EQUAL):
        part = list(group)
        before = 0 if at == 0 else AROUND
        at += len(part)
        after = 0 if at == len(lines) else AROUND
        hidden = len(part) - before - after
        if not is_equal or hidden < LEAST_FOLDED:
            yield from map(_shown, part)
            continue
        yield from map(_shown, part[:before])
        yield ShownLine(None, "", f"\N{MIDLINE HORIZONTAL ELLIPSIS} {hidden:,} equal lines")
        yield from map(_shown, part[len(part) - after :])


def _shown(line: DiffLine) -> ShownLine:
    number = line.b_number if line.a_number is None else line.a_number
    return ShownLine(line.kind, str(number), _indented(line, whole=False))


def _indented(line: DiffLine, *, whole: bool) -> str:
    cut = _visible if whole else _cut
    text = cut(line.text)
    if line.kind is LineKind.CHANGED:
        text = f"{text}{cut(line.before)} \N{RIGHTWARDS ARROW} {cut(line.after)}{line.tail}"
    return _INDENT * line.depth + text


def _visible(text: str) -> str:
    return visible(text)


def _cut(text: str) -> str:
    return shortened(text, _VALUE_CHARS)
