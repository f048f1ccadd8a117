"""Calls as lines of JSON: the records of `--json`, which can be read again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from inspector.core.calls import Call, to_json
from inspector.core.events import RoomEvent
from inspector.core.exports.masking import masked


def json_lines(entries: Iterable[Call | RoomEvent]) -> Iterator[str]:
    """A line for each call; events have no place in it."""
    return (f"{to_json(masked(entry))}\n" for entry in entries if isinstance(entry, Call))
