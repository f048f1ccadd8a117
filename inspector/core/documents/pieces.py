"""The pieces of a mapping or list that can be moved, taken out and put in, with the comments they own."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import pairwise

import msgspec

from inspector.core.documents.layout import BETWEEN, PROPERTIES, Layout, Part, PartKind


class CannotEditError(Exception):
    """The text cannot be changed in part; says why."""


class Piece(msgspec.Struct, frozen=True):
    """An item of a list, or a key with its value, and where its text begins and ends."""

    start: int
    """Of the comment lines right above it, where it has any."""
    inner: int
    """Of itself: of its key, or of the dash before it."""
    end: int
    """Behind the comment on its last line, and behind those under it that are indented deeper."""
    value: Part


def pieces_of(layout: Layout, part: Part, floor: int) -> list[Piece]:
    """The pieces of a mapping or list; comments from `floor` on can be theirs.

    Raises:
        CannotEditError: they cannot be told apart.
    """
    is_mapping = part.kind is PartKind.MAPPING
    values = part.parts[1::2] if is_mapping else part.parts
    if part.is_flow:
        starts = [key.start for key in part.parts[::2]] if is_mapping else [each.start for each in values]
        pairs = zip(starts, values, strict=True)
        return [Piece(start, start, max(value.end, start), value) for start, value in pairs]
    pieces: list[Piece] = []
    for index, value in enumerate(values):
        inner = part.parts[2 * index].start if is_mapping else _dash(layout, part, index)
        if is_mapping and layout.text[:inner].endswith("? "):
            inner -= 2
        start = _with_comments_above(layout, inner, floor)
        end = _with_comments_below(layout, layout.line_end_after(value.end), layout.column(inner))
        pieces.append(Piece(start, inner, end, value))
        floor = end
    return pieces


def _dash(layout: Layout, part: Part, index: int) -> int:
    """The offset of the dash before an item."""
    before = BETWEEN.match(layout.text, part.parts[index - 1].end) if index else None
    found = before or PROPERTIES.match(layout.text, part.start)
    at = found.end() if found else part.start
    if not layout.text.startswith("-", at):
        msg = "it has a list that is written in a way that is not changed in part"
        raise CannotEditError(msg)
    return at


def _with_comments_above(layout: Layout, inner: int, floor: int) -> int:
    """The offset of the first of the comment lines right above `inner`, else `inner`."""
    line = layout.line_start(inner)
    if layout.text[line:inner].strip():
        return inner  # behind a dash, on its line
    start = inner
    while line > 0:
        line = layout.line_start(line - (2 if layout.text.startswith("\r\n", line - 2) else 1))
        comment = _comment(layout, line)
        if comment is None or comment < floor or layout.column(comment) > layout.column(inner):
            break
        start = comment
    return start


def _with_comments_below(layout: Layout, end: int, column: int) -> int:
    """The offset behind the comment lines after `end` that are indented deeper than `column`."""
    line = layout.next_line(end)
    while line > end and (comment := _comment(layout, line)) is not None and comment - line > column:
        end = layout.line_end_after(line)
        line = layout.next_line(line)
    return end


def _comment(layout: Layout, line: int) -> int | None:
    """The offset of the comment that the line at `line` consists of; None where it does not."""
    text = layout.text[line : layout.line_end_after(line)]
    return line + len(text) - len(text.lstrip()) if text.lstrip().startswith("#") else None


def rearranged(
    layout: Layout,
    pieces: list[Piece],
    order: Iterable[int | str],
    gap: str,
    text_of: Callable[[int, int], str],
    *,
    is_flow: bool,
) -> str:
    """The text from the first piece's start to the last one's end, with the pieces in another order.

    `order` names old pieces by their number and gives new ones by their text; what is not in it is taken
    out. What stands between pieces stays where it is when they change places. `gap` comes between new ones,
    and `text_of` gives the text between two offsets as it is to be.
    """
    wanted = list(order)
    gaps = [layout.text[one.end : two.start] for one, two in pairwise(pieces)]
    left = _gaps_left(gaps, {each for each in wanted if isinstance(each, int)}, is_flow=is_flow)
    between = iter(left.between)
    parts = [left.head]
    seen_old = False
    for place, each in enumerate(wanted):
        is_old = isinstance(each, int)
        if place:
            parts.append(next(between, gap) if is_old and seen_old else gap)
        seen_old |= is_old
        parts.append(text_of(pieces[each].start, pieces[each].end) if isinstance(each, int) else each)
    return "".join(parts) + left.tail


class _Gaps(msgspec.Struct):
    """What stands around the pieces that are kept: of what stood beside others, the comments."""

    head: str = ""
    between: list[str] = msgspec.field(default_factory=list)
    tail: str = ""


def _gaps_left(gaps: list[str], kept: set[int], *, is_flow: bool) -> _Gaps:
    left = _Gaps()
    pending = ""
    seen = False
    for index, before in enumerate(["", *gaps]):
        pending = _joined(pending, before, is_flow=is_flow)
        if index not in kept:
            continue
        if seen:
            left.between.append(pending)
        elif "#" in pending and not is_flow:
            left.head = pending.lstrip()
        pending = ""
        seen = True
    if "#" in pending and not is_flow:
        left.tail = pending.rstrip()
    return left


def _joined(one: str, two: str, *, is_flow: bool) -> str:
    """What is left of two gaps when what stood between them is taken out: comments are kept."""
    if not one or not two:
        return one or two
    if is_flow or "#" not in two:
        return one
    return one.rstrip() + two if "#" in one else two
