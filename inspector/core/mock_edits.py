"""Changes mocks in the text of their file: only what differs is written, all else stays byte for byte.

A rule owns the comment lines right above it, and so does a mock. What comes out is read again: an edit that
would make the file say anything else than was meant is refused.
"""

from __future__ import annotations

import json
from collections.abc import Callable

from inspector.core.documents import quoted, read_document, to_value
from inspector.core.documents.layout import Layout, read_layout
from inspector.core.documents.pieces import CannotEditError
from inspector.core.documents.text_edits import TextEdits, aligned, same
from inspector.core.mock_files import MocksFile, parse_mocks
from inspector.core.mock_writer import mock_value
from inspector.core.mocks import Mock, reply_text

__all__ = ["CannotEditError", "add_mock", "edit_mock", "move_mock", "remove_mock"]

_BYTE_ORDER_MARK = "\ufeff"
_PARTS, _RULES, _MOCKS = 1_000, 4, 2
"""How deep a change may go: to the parts of a rule; where that fails, to whole rules, to whole mocks."""
_PLAIN = {"enabled": True}
"""A comment on why something is off stays when it is on again."""


def edit_mock(text: str, index: int, new: Mock) -> str:
    """The text with `new` in place of the mock at `index` (from 0).

    Raises:
        CannotEditError: the file is broken, has no such mock, or cannot be changed so.
    """
    file = _read(text)
    old = _mock_at(file, index)
    mocks = [*file.mocks[:index], new, *file.mocks[index + 1 :]]

    def wanted(written: list[object]) -> list[object]:
        edited = _merged(written[index], mock_value(old), mock_value(new))
        return [*written[:index], edited, *written[index + 1 :]]

    return _edited(text, file, mocks, wanted)


def add_mock(text: str, new: Mock) -> str:
    """The text with one more mock at its end.

    Raises:
        CannotEditError: the file is broken, or cannot be changed so.
    """
    file = _read(text)
    return _edited(text, file, [*file.mocks, new], lambda written: [*written, mock_value(new)])


def remove_mock(text: str, index: int) -> str:
    """The text without the mock at `index` (from 0) and the comment lines right above it.

    Raises:
        CannotEditError: the file is broken, has no such mock, or cannot be changed so.
    """
    file = _read(text)
    _mock_at(file, index)
    mocks = [*file.mocks[:index], *file.mocks[index + 1 :]]
    return _edited(text, file, mocks, lambda written: [*written[:index], *written[index + 1 :]])


def move_mock(text: str, index: int, to: int) -> str:
    """The text with the mock at `index` at the place `to` (both from 0).

    Raises:
        CannotEditError: the file is broken, has no such mock, or cannot be changed so.
    """
    file = _read(text)
    _mock_at(file, index)

    def moved(items: list[object]) -> list[object]:
        others = [*items[:index], *items[index + 1 :]]
        return [*others[:to], items[index], *others[to:]]

    mocks = [mock for mock in moved(list(file.mocks)) if isinstance(mock, Mock)]
    return _edited(text, file, mocks, moved)


def _read(text: str) -> MocksFile:
    parsed = parse_mocks(text, "the file")
    if parsed.file is None:
        first = parsed.errors[0]
        msg = f"it is broken (line {first.line}, column {first.column}: {first.message})"
        raise CannotEditError(msg)
    return parsed.file


def _mock_at(file: MocksFile, index: int) -> Mock:
    if not 0 <= index < len(file.mocks):
        msg = "the mock is not in it any more"
        raise CannotEditError(msg)
    return file.mocks[index]


def _edited(
    text: str, file: MocksFile, mocks: list[Mock], change: Callable[[list[object]], list[object]]
) -> str:
    """The text after `change` to its list of mocks, which is then to read as `mocks`."""
    body = text.removeprefix(_BYTE_ORDER_MARK)
    mark = text[: len(text) - len(body)]
    root = read_document(body).root
    written = None if root is None else to_value(root)
    assert isinstance(written, dict), "it was read as a mocks file"
    wanted = {**written, "mocks": change(written["mocks"])}
    layout = read_layout(body)
    refusal: CannotEditError | None = None
    for finest in (_PARTS, _RULES, _MOCKS):
        try:
            return mark + _checked(_rewritten(layout, finest, written, wanted), file, mocks)
        except CannotEditError as error:
            refusal = refusal or error
    assert refusal is not None
    raise refusal


def _rewritten(layout: Layout, finest: int, written: dict[str, object], wanted: dict[str, object]) -> str:
    return TextEdits(layout, finest, _PLAIN).rewritten(written, wanted)


def _checked(text: str, file: MocksFile, mocks: list[Mock]) -> str:
    """The text, if it reads as these mocks and as `file` otherwise."""
    parsed = parse_mocks(text, "")
    if parsed.file is None:
        first = parsed.errors[0]
        msg = f"afterwards it could not be read: {first.message}"
        raise CannotEditError(msg)
    read = parsed.file
    others_stay = read.as_ == file.as_ and same(read.vars, file.vars)
    if not others_stay or len(read.mocks) != len(mocks):
        msg = "it is written in a way that is not changed in part"
        raise CannotEditError(msg)
    for one, two in zip(read.mocks, mocks, strict=True):
        if not same(mock_value(one), mock_value(two)):
            msg = f"`{quoted(two.method)}` would not read as meant; an anchor may repeat what it says"
            raise CannotEditError(msg)
    return text


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
        return _structure(new)
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


def _structure(text: str) -> object:
    """The mapping or list that is sent as `text`, where there is one; else the string."""
    try:
        value = json.loads(text)
        return value if isinstance(value, dict | list) and reply_text(value) == text else text
    except (ValueError, RecursionError):
        return text
