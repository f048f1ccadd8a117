"""Changes mocks in the text of their file: only what differs is written, all else stays byte for byte.

A rule owns the comment lines right above it, and so does a mock. What comes out is read again: an edit that
would make the file say anything else than was meant is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

import msgspec

from inspector.core.documents import quoted, to_value
from inspector.core.documents.layout import Layout, read_laid_out
from inspector.core.documents.pieces import CannotEditError
from inspector.core.documents.text_edits import TextEdits, aligned
from inspector.core.mock_files import ParsedMocks, parse_document, parse_mocks
from inspector.core.mock_writer import mock_value
from inspector.core.mocks import Mock, reply_text, structure_of
from inspector.core.same_values import same

__all__ = ["CannotEditError", "EditedMocks", "add_mock", "edit_mock", "move_mock", "remove_mock"]

T = TypeVar("T")

_BYTE_ORDER_MARK = "\ufeff"
_PARTS, _RULES, _MOCKS = 1_000, 4, 2
"""How deep a change may go: to the parts of a rule; where that fails, to whole rules, to whole mocks."""
_PLAIN = {(2, "enabled"): True, (4, "enabled"): True}
"""A comment on why something is off stays when it is on again."""


class EditedMocks(msgspec.Struct, frozen=True):
    """A mocks file's text after an edit, and what it says."""

    text: str
    parsed: ParsedMocks


def edit_mock(text: str, index: int, new: Mock, source: str = "") -> EditedMocks:
    """`new` in place of the mock at `index` (from 0). `source` is the name that mocks and problems carry.

    A thousand mocks take seconds: call it in a thread.

    Raises:
        CannotEditError: the file is broken, has no such mock, or cannot be changed so.
    """
    editing = _Editing(text, source)
    old = editing.mock(index)

    def change(written: list[object]) -> list[object]:
        edited = _merged(written[index], mock_value(old), mock_value(new))
        return [*written[:index], edited, *written[index + 1 :]]

    mocks = editing.mocks
    return editing.result(change, [*mocks[:index], new, *mocks[index + 1 :]])


def add_mock(text: str, new: Mock, source: str = "") -> EditedMocks:
    """One more mock at the end; as `edit_mock`.

    Raises:
        CannotEditError: the file is broken, or cannot be changed so.
    """
    editing = _Editing(text, source)
    return editing.result(lambda written: [*written, mock_value(new)], [*editing.mocks, new])


def remove_mock(text: str, index: int, source: str = "") -> EditedMocks:
    """The mock at `index` taken out, with the comment lines right above it; as `edit_mock`.

    Raises:
        CannotEditError: the file is broken, has no such mock, or cannot be changed so.
    """
    editing = _Editing(text, source)
    editing.mock(index)
    return editing.result(lambda written: _without(written, index), _without(editing.mocks, index))


def move_mock(text: str, index: int, to: int, source: str = "") -> EditedMocks:
    """The mock at `index` put at the place `to` (both from 0); as `edit_mock`.

    Raises:
        CannotEditError: the file is broken, has no such mock, or cannot be changed so.
    """
    editing = _Editing(text, source)
    editing.mock(index)
    return editing.result(lambda written: _moved(written, index, to), _moved(editing.mocks, index, to))


def _without(items: Sequence[T], index: int) -> list[T]:
    return [*items[:index], *items[index + 1 :]]


def _moved(items: Sequence[T], index: int, to: int) -> list[T]:
    others = _without(items, index)
    return [*others[:to], items[index], *others[to:]]


class _Editing:
    """One edit of one text."""

    def __init__(self, text: str, source: str) -> None:
        document, layout = read_laid_out(text)
        parsed = parse_document(document, source)
        if parsed.file is None or layout is None or document.root is None:
            first = parsed.errors[0]
            msg = f"it is broken (line {first.line}, column {first.column}: {first.message})"
            raise CannotEditError(msg)
        self._source = source
        self._mark = _BYTE_ORDER_MARK if text.startswith(_BYTE_ORDER_MARK) else ""
        self._layout: Layout = layout
        self._file = parsed.file
        self._written = to_value(document.root)
        self.mocks = parsed.file.mocks

    def mock(self, index: int) -> Mock:
        if not 0 <= index < len(self.mocks):
            msg = "the mock is not in it any more"
            raise CannotEditError(msg)
        return self.mocks[index]

    def result(self, change: Callable[[list[object]], list[object]], mocks: Iterable[Mock]) -> EditedMocks:
        """The text after `change` to its list of mocks, which is then to read as `mocks`."""
        written = self._written
        assert isinstance(written, dict), "it was read as a mocks file"
        wanted = {**written, "mocks": change(written["mocks"])}
        expected = [mock_value(mock) for mock in mocks]
        refusal: CannotEditError | None = None
        for finest in (_PARTS, _RULES, _MOCKS):
            try:
                text = TextEdits(self._layout, finest, _PLAIN).rewritten(written, wanted)
                return self._checked(self._mark + text, expected)
            except CannotEditError as error:
                refusal = refusal or error
        assert refusal is not None
        raise refusal

    def _checked(self, text: str, expected: list[dict[str, object]]) -> EditedMocks:
        """The text, if it reads as these mocks, and otherwise as before."""
        parsed = parse_mocks(text, self._source)
        if parsed.file is None:
            msg = f"afterwards it could not be read: {parsed.errors[0].message}"
            raise CannotEditError(msg)
        read = parsed.file
        others_stay = read.as_ == self._file.as_ and same(read.vars, self._file.vars)
        if not others_stay or len(read.mocks) != len(expected):
            msg = "it is written in a way that is not changed in part"
            raise CannotEditError(msg)
        for mock, value in zip(read.mocks, expected, strict=True):
            if not same(mock_value(mock), value):
                method = quoted(str(value["method"]))
                msg = f"`{method}` would not read as meant; an anchor may repeat what it says"
                raise CannotEditError(msg)
        return EditedMocks(text, parsed)


def _merged(written: object, old: object, new: object) -> object:
    """What is to be written for `new`, where `written` stands for `old`.

    What stays the same stays as it was written, also where a person wrote it otherwise than this program
    would: defaults spelled out or left out, JSON as a string or as a mapping.
    """
    if same(old, new):
        return written
    if isinstance(written, dict) and isinstance(old, dict) and isinstance(new, dict):
        return _merged_keys(written, old, new)
    if isinstance(written, list) and isinstance(old, list) and isinstance(new, list):
        if len(written) != len(old):
            return new
        places = aligned(old, new)
        return [
            each if place is None else _merged(written[place], old[place], each)
            for place, each in zip(places, new, strict=True)
        ]
    if isinstance(written, str) and isinstance(new, dict | list):
        return reply_text(new)
    if isinstance(written, dict | list) and isinstance(old, str) and isinstance(new, str):
        structure = structure_of(new)
        return new if structure is None else structure
    return new


def _merged_keys(
    written: dict[str, object], old: dict[str, object], new: dict[str, object]
) -> dict[str, object]:
    if [key for key in old if key in new] != [key for key in new if key in old]:
        return new
    merged: dict[str, object] = {}
    for key, value in written.items():
        if key in new:
            merged[key] = _merged(value, old[key], new[key]) if key in old else new[key]
        elif key not in old:
            merged[key] = value  # a default, spelled out
    for key, value in new.items():
        if key not in written and not (key in old and same(old[key], value)):
            before = [each for each in list(new)[: list(new).index(key)] if each in merged]
            keys = list(merged)
            at = max((keys.index(each) + 1 for each in before), default=0)
            merged = {**{k: merged[k] for k in keys[:at]}, key: value, **{k: merged[k] for k in keys[at:]}}
    return merged
