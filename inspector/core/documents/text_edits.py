"""Changes values of a document in its text, and leaves the text of all others as it is.

Comments, order, quotes and line ends of what stays the same are kept byte for byte. What comes out is to be
read again and compared with what was meant: YAML can be written in more ways than are foreseen here.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import pairwise

import msgspec

from inspector.core.documents.layout import Layout, Part, PartKind
from inspector.core.documents.pieces import CannotEditError, Piece, pieces_of, rearranged
from inspector.core.documents.writing import (
    WIDTH,
    block,
    block_head,
    block_lines,
    double_quoted,
    entry,
    flow,
    flow_entry,
    is_block,
    single_quoted,
)
from inspector.core.same_values import same

_WHOLE_LISTS = 1
"""Lists this near to the root are written with each item on lines of its own, however short they are."""


def aligned(old: Sequence[object], new: Sequence[object]) -> list[int | None]:
    """For each of `new`, which of `old` it is: the same wherever it moved, else one edited in its place."""
    places: list[int | None] = [None] * len(new)
    free = set(range(len(old)))
    for index, (one, two) in enumerate(zip(old, new, strict=False)):
        if same(one, two):
            places[index] = index
            free.discard(index)
    for index, value in enumerate(new):
        if places[index] is None:
            places[index] = next((each for each in sorted(free) if same(old[each], value)), None)
            free.discard(-1 if (found := places[index]) is None else found)
    missing = [index for index, place in enumerate(places) if place is None]
    if len(missing) == len(free):
        for index, each in zip(missing, sorted(free), strict=True):
            places[index] = each
    else:
        for index in missing:
            if index in free:
                places[index] = index
                free.discard(index)
    return places


class _Edit(msgspec.Struct, frozen=True, order=True):
    """The text from `start` to `end` becomes `text`."""

    start: int
    end: int
    text: str


class _Place(msgspec.Struct, frozen=True):
    """Where a value stands."""

    depth: int = 0
    in_flow: bool = False
    """Within brackets."""
    colon: int | None = None
    """Offset behind the colon after its key; None for an item of a list, and the root."""
    indent: int = 0
    """The column of its key, or of what follows its dash."""


class TextEdits:
    """Finds the edits of one document's text.

    Below `finest` levels what differs is written anew as a whole. `plain` are keys, each with how deep
    its mapping is, that are given this value instead of being taken out where a comment tells of them.
    """

    def __init__(self, layout: Layout, finest: int, plain: Mapping[tuple[int, str], object]) -> None:
        self._layout = layout
        self._text = layout.text
        self._finest = finest
        self._plain = plain

    def rewritten(self, old: object, new: object) -> str:
        """The text with the value `new` where it has `old`.

        Raises:
            CannotEditError: it cannot be changed in part.
        """
        place = _Place(in_flow=self._layout.root.is_flow)
        return self._applied(0, len(self._text), self._value(self._layout.root, old, new, place))

    def _applied(self, start: int, end: int, edits: list[_Edit]) -> str:
        """The text between two offsets with the edits that lie there."""
        parts: list[str] = []
        for edit in sorted(edits):
            if edit.start < start or edit.end > end:
                msg = "its parts overlap"
                raise CannotEditError(msg)
            parts += (self._text[start : edit.start], edit.text)
            start = edit.end
        return "".join((*parts, self._text[start:end]))

    def _value(self, part: Part, old: object, new: object, place: _Place) -> list[_Edit]:
        if same(old, new):
            return []
        if place.depth < self._finest and (part.is_flow or not place.in_flow):
            inner = msgspec.structs.replace(place, in_flow=place.in_flow or part.is_flow)
            if isinstance(old, dict) and isinstance(new, dict) and part.kind is PartKind.MAPPING:
                keys = [key for key in old if key in new]
                if keys and keys == [key for key in new if key in old]:
                    return self._mapping(part, old, new, inner)
            elif isinstance(old, list) and isinstance(new, list) and part.kind is PartKind.LIST and old:
                return self._list(part, old, new, inner)
        return self._replaced(part, new, place)

    # --- mappings and lists --------------------------------------------------------------------------------

    def _mapping(
        self, part: Part, old: dict[str, object], new: dict[str, object], place: _Place
    ) -> list[_Edit]:
        names = [key.key for key, _ in part.pairs()]
        pieces = self._pieces(part, place)
        gone = {key for key in old if key not in new}
        added = [key for key in new if key not in old]
        column = self._layout.column(pieces[0].inner)
        edits: list[_Edit] = []
        for (key, value), piece in zip(part.pairs(), pieces, strict=True):
            inner = _Place(place.depth + 1, place.in_flow, self._layout.colon(key), column)
            plain = self._plain.get((place.depth, key.key)) if self._is_commented(piece) else None
            wanted = new.get(key.key, plain)
            if key.key in new or wanted is not None:
                gone.discard(key.key)
                edits += self._value(value, old[key.key], wanted, inner)
        if not gone and not added:
            return edits
        order: list[int | str] = [index for index, name in enumerate(names) if name not in gone]
        texts = {key: self._pair_text(key, new[key], column, in_flow=place.in_flow) for key in added}
        if len(gone) == 1 and len(added) == 1:
            index = names.index(next(iter(gone)))
            piece = pieces[index]
            rest = "" if "\n" in texts[added[0]] else self._text[piece.value.end : piece.end]
            above = self._text[piece.start : piece.inner]
            order = [i if i != index else above + texts[added[0]] + rest for i in range(len(names))]
        else:
            for name in added:
                before = list(new)[: list(new).index(name)]
                at = max((self._at(order, names, texts, each) for each in before), default=0)
                order.insert(at, texts[name])
        return [self._region(pieces, order, edits, self._gap(pieces, column, place), in_flow=place.in_flow)]

    @staticmethod
    def _at(order: list[int | str], names: list[str], texts: dict[str, str], name: str) -> int:
        """The place behind the piece of this name, 0 where there is none."""
        wanted: int | str | None = names.index(name) if name in names else texts.get(name)
        return order.index(wanted) + 1 if wanted in order else 0

    def _list(self, part: Part, old: list[object], new: list[object], place: _Place) -> list[_Edit]:
        pieces = self._pieces(part, place)
        if not new:
            return self._emptied(part, pieces, place)
        places = aligned(old, new)
        column = self._layout.column(pieces[0].inner)
        edits: list[_Edit] = []
        for index, each in zip(places, new, strict=True):
            if index is not None:
                item = part.parts[index]
                inner = _Place(place.depth + 1, place.in_flow, None, self._layout.column(item.start))
                edits += self._value(item, old[index], each, inner)
        if places == list(range(len(old))):
            return edits
        order: list[int | str] = [
            self._item_text(each, part, column, in_flow=place.in_flow) if index is None else index
            for index, each in zip(places, new, strict=True)
        ]
        gap = self._gap(pieces, column, place)
        return [self._region(pieces, order, edits, gap, in_flow=place.in_flow)]

    def _emptied(self, part: Part, pieces: list[Piece], place: _Place) -> list[_Edit]:
        if part.is_flow or place.colon is None or self._text[part.start] != "-":
            return self._replaced(part, [], place)
        head = self._layout.line_end_after(place.colon)
        return [_Edit(place.colon, place.colon, " []"), _Edit(head, pieces[-1].end, "")]

    def _pieces(self, part: Part, place: _Place) -> list[Piece]:
        floor = place.colon if place.colon is not None else part.start
        return pieces_of(self._layout, part, 0 if part is self._layout.root else floor)

    def _is_commented(self, piece: Piece) -> bool:
        return piece.start < piece.inner or "#" in self._text[piece.value.end : piece.end]

    def _gap(self, pieces: list[Piece], column: int, place: _Place) -> str:
        """What comes before a new piece."""
        gaps = [self._text[one.end : two.start] for one, two in pairwise(pieces)]
        if place.in_flow:
            spread = next((re.split(r"[\r\n]", gap)[-1] for gap in gaps if "\n" in gap), None)
            if spread is None and self._layout.line_start(pieces[0].start) > self._bracket(pieces[0].start):
                spread = self._text[self._layout.line_start(pieces[0].start) : pieces[0].start]
            if spread is not None:
                return f",{self._layout.line_end}{' ' * len(spread) if spread.strip() else spread}"
            return "," if gaps and all(gap == "," for gap in gaps) else ", "
        airy = bool(gaps) and all(
            re.search(r"(\n|\r)[ \t]*(\r|\n)", gap.replace("\r\n", "\n")) for gap in gaps
        )
        return self._layout.line_end * (2 if airy else 1) + " " * column

    def _bracket(self, offset: int) -> int:
        """The offset of the bracket before the first piece."""
        return max(self._text.rfind("{", 0, offset), self._text.rfind("[", 0, offset))

    def _region(
        self, pieces: list[Piece], order: list[int | str], edits: list[_Edit], gap: str, *, in_flow: bool
    ) -> _Edit:
        def text_of(start: int, end: int) -> str:
            return self._applied(start, end, [each for each in edits if start <= each.start < end])

        text = rearranged(self._layout, pieces, order, gap, text_of, is_flow=in_flow)
        return _Edit(pieces[0].start, pieces[-1].end, text)

    # --- values written anew -------------------------------------------------------------------------------

    def _replaced(self, part: Part, new: object, place: _Place) -> list[_Edit]:
        if place.in_flow:
            return [_Edit(part.start, part.end, self._after_colon(part) + self._flow(new, part))]
        behind = self._text[part.end : self._layout.line_end_after(part.end)].strip()
        if isinstance(new, list) and new and place.depth <= _WHOLE_LISTS and place.colon is not None:
            end = self._layout.line_end_after(part.end)
            lines = block(new, " " * (place.indent + 2))
            return [
                _Edit(place.colon, part.end, ""),
                _Edit(end, end, self._layout.line_end + self._layout.line_end.join(lines)),
            ]
        one_line = self._flow(new, part)
        in_lines = part.kind in (PartKind.MAPPING, PartKind.LIST) and not part.is_flow
        if isinstance(new, dict | list) and new:
            spread = in_lines or (not behind and place.indent + len(one_line) > WIDTH)
        else:
            spread = not behind and isinstance(new, str) and is_block(new)
        if spread:
            return [self._spread(part, new, place)]
        if in_lines and place.colon is not None:  # the value began on the next line
            return [_Edit(place.colon, part.end, f" {one_line}")]
        return [_Edit(part.start, part.end, self._after_colon(part) + one_line)]

    def _spread(self, part: Part, new: object, place: _Place) -> _Edit:
        """The value on lines of its own."""
        newline = self._layout.line_end
        if isinstance(new, str):
            lines = [block_head(new), *block_lines(new, " " * (place.indent + 2))]
            return _Edit(part.start, part.end, self._after_colon(part) + newline.join(lines))
        assert isinstance(new, dict | list), "all else goes on one line"
        if place.colon is not None:
            lines = ["", *block(new, " " * (place.indent + 2))]
            return _Edit(place.colon, part.end, newline.join(lines))
        lines = list(block(new, " " * place.indent))
        return _Edit(part.start, part.end, newline.join(lines).lstrip(" "))

    def _after_colon(self, part: Part) -> str:
        """The space that a value needs before it where none was."""
        is_empty = part.start == part.end and self._text[part.start - 1 : part.start] == ":"
        return " " if is_empty else ""

    def _flow(self, value: object, part: Part | None = None) -> str:
        """The value on one line, a string in the quotes that the value before it had."""
        if self._layout.is_json:
            return _json(value)
        quote = self._text[part.start : part.start + 1] if part is not None else ""
        if isinstance(value, str) and quote == '"':
            return double_quoted(value)
        if isinstance(value, str) and quote == "'" and value.isprintable():
            return single_quoted(value)
        return flow(value)

    def _pair_text(self, key: str, value: object, indent: int, *, in_flow: bool) -> str:
        if in_flow:
            return f"{_json(key)}: {_json(value)}" if self._layout.is_json else flow_entry(key, value)
        lines = entry(key, value, " " * indent)
        return self._layout.line_end.join(lines).lstrip(" ")

    def _item_text(self, value: object, part: Part, column: int, *, in_flow: bool) -> str:
        if in_flow:
            return self._flow(value)
        line = f"- {flow(value)}"
        likes_brackets = all(each.is_flow for each in part.parts) and column + len(line) <= WIDTH
        if likes_brackets or not isinstance(value, dict | list) or not value:
            return line
        lines = list(block(value, " " * (column + 2)))
        return "- " + self._layout.line_end.join(lines).lstrip(" ")


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
