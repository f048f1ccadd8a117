"""Calls and events as a Mermaid sequence diagram, for bug reports."""

from __future__ import annotations

import heapq
import itertools
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime

from inspector.core.calls import Call, Outcome, utf8_bytes
from inspector.core.durations import format_ms
from inspector.core.events import RoomEvent
from inspector.core.exports.masking import masked, masked_event
from inspector.core.payloads import format_size, shortened
from inspector.core.problems import Side

DIAGRAM_BYTES = 45_000
"""Mermaid draws no text of more than 50,000 characters; what is left out is counted at the end."""
_NAME_CHARS = 40
_TEXT_CHARS = 100
_PLAIN = frozenset(" _-.,/()[]@*+=?!")
"""Beside letters and digits, what has no meaning of its own in any place of a diagram."""
_WORDS_WITH_MEANING = ("style", "classDef")
"""Where one of these is followed by a colon, Mermaid takes the end off the escapes behind it."""


def mermaid(entries: Iterable[Call | RoomEvent]) -> Iterator[str]:
    """The lines of one diagram in order of time: calls, their answers, who came and left. Times are UTC."""
    diagram = _Diagram()
    yield "sequenceDiagram\n"
    for entry in entries:
        if isinstance(entry, Call):
            yield from diagram.call(masked(entry))
        else:
            yield from diagram.event(masked_event(entry))
    yield from diagram.end()


class _Diagram:
    """Draws one step after the other. A call's end waits until everything before it is drawn."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._ends: list[tuple[float, int, list[str]]] = []
        self._numbers = itertools.count(1)
        self._left_out = 0
        self._bytes = 0

    def call(self, call: Call) -> Iterator[str]:
        """A call's beginning, after what ended before it."""
        yield from self._until(call.started_at)
        if not self._has_room:
            self._left_out += 1
            return
        number = next(self._numbers)
        caller, callee = self._alias(call.caller), self._alias(call.destination)
        yield from self._said([*caller.told, *callee.told])
        method = _text(call.method)
        size = "" if call.payload_bytes is None else f", {format_size(call.payload_bytes)}"
        at = _time(call.started_at)
        yield from self._said([f"{caller.name}->>{callee.name}: {number}. {method}{size}, {at}"])
        ended_at = call.started_at + ((call.queued_ms or 0.0) + (call.elapsed_ms or 0.0)) / 1000
        end = _end(call, number, caller.name, callee.name)
        self._bytes += _size(end)  # now: what has begun is also told the end of
        heapq.heappush(self._ends, (ended_at, number, end))

    def event(self, event: RoomEvent) -> Iterator[str]:
        """Somebody came, left, or lost the connection."""
        yield from self._until(event.at)
        if not self._has_room:
            self._left_out += 1
            return
        who = self._alias(event.identity)
        sentence = _text(event.sentence(), _TEXT_CHARS)
        yield from self._said([*who.told, f"Note over {who.name}: {sentence}, {_time(event.at)}"])

    def end(self) -> Iterator[str]:
        """What has not ended yet, and how much was left out."""
        yield from self._until(float("inf"))
        if not self._names:
            yield from self._said(["participant p1 as nobody", "Note over p1: no calls"])
        if self._left_out:
            more = f"{self._left_out:,} more left out, as the diagram would be too large to be drawn"
            yield from self._said([f"Note over p1: {more}"])

    @property
    def _has_room(self) -> bool:
        return self._bytes < DIAGRAM_BYTES

    def _until(self, moment: float) -> Iterator[str]:
        while self._ends and self._ends[0][0] <= moment:
            yield from _lines(heapq.heappop(self._ends)[2])

    def _said(self, lines: Sequence[str]) -> Iterator[str]:
        self._bytes += _size(lines)
        return _lines(lines)

    def _alias(self, identity: str | None) -> _Alias:
        identity = identity or "unknown"
        if (name := self._names.get(identity)) is not None:
            return _Alias(name, ())
        name = self._names[identity] = f"p{len(self._names) + 1}"
        return _Alias(name, (f"participant {name} as {_text(identity) or 'unnamed'}",))


def _lines(lines: Iterable[str]) -> Iterator[str]:
    return (f"    {line}\n" for line in lines)


def _size(lines: Iterable[str]) -> int:
    return sum(utf8_bytes(line) + 5 for line in lines)


class _Alias:
    """The short name of a participant, and the line that tells of it where it is new."""

    def __init__(self, name: str, told: tuple[str, ...]) -> None:
        self.name = name
        self.told = told


def _end(call: Call, number: int, caller: str, callee: str) -> list[str]:
    took = "" if call.elapsed_ms is None else f", {format_ms(call.elapsed_ms)} ms"
    part = ["only part of it is known"] if call.truncated else []
    extra = [f"Note over {callee}: {number}. {words}" for words in (*part, *_notes(call))]
    error = call.error
    if call.outcome is Outcome.OK:
        size = "" if call.response_bytes is None else f", {format_size(call.response_bytes)}"
        return [f"{callee}-->>{caller}: {number}. ok{took}{size}", *extra]
    if call.outcome is Outcome.PENDING:
        return [f"Note over {caller}: {number}. no answer yet", *extra]
    words = _text(" ".join(_error_words(call)), _TEXT_CHARS)
    if error is not None and error.code is not None and error.side is Side.CALLEE:
        return [f"{callee}--x{caller}: {number}. {words}{took}", *extra]
    return [f"Note over {caller}: {number}. {words}{took}", *extra]


def _error_words(call: Call) -> Iterator[str]:
    error = call.error
    if error is None or error.code is None:
        yield call.outcome.value
    if error is not None:
        yield from (str(part) for part in (error.code, error.name, error.message) if part is not None)


def _notes(call: Call) -> Iterator[str]:
    if call.fault:
        yield f"fault {_text(call.fault)}"
    if call.note:
        yield _text(call.note, _TEXT_CHARS)


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).time().isoformat("milliseconds")


def _text(text: str, limit: int = _NAME_CHARS) -> str:
    """`text` of a peer, which Mermaid shows as it is and takes for nothing else."""
    text = shortened(text, limit)
    escaped = "".join(
        char if (char.isascii() and char.isalnum()) or char in _PLAIN else f"#{ord(char)};" for char in text
    )
    for word in _WORDS_WITH_MEANING:
        escaped = escaped.replace(word, f"#{ord(word[0])};{word[1:]}")
    return escaped.strip()
