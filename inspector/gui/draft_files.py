"""The two files that outlive a run: `history.jsonl`, which grows by lines, and `draft.json`, replaced whole.

Every failure of a disk becomes a report in words; nothing here raises for one.
"""

from __future__ import annotations

import os
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from inspector.core.calls import CallDraft, Outcome
from inspector.core.payloads import format_size
from inspector.core.problems import Problem, ProblemKind, Side
from inspector.gui.models.history import ComposerDraft, SentCall
from inspector.gui.whole_files import replace_file

KEPT_SHARE = 0.75
"""How much of its bound a rewritten history may fill, so that the next rewrite is not at once."""
LINES_PER_CALL = 4
"""Lines for each call kept at which the history is rewritten; a settled call has two."""


class Sent(msgspec.Struct, frozen=True, tag_field="line", tag="sent"):
    """The line of a call when it is sent, with its payload."""

    call: SentCall


class Settled(msgspec.Struct, frozen=True, tag_field="line", tag="settled"):
    """The line of a call when it has its outcome."""

    id: str
    outcome: Outcome
    code: int | None = None
    elapsed_ms: float | None = None


Line = Sent | Settled

_Draft = TypeVar("_Draft", CallDraft, ComposerDraft)


class DraftFiles:
    """Reads and writes the files. Used by one thread at a time."""

    def __init__(
        self, folder: Path, report: Callable[[Problem], None], *, max_calls: int, max_bytes: int
    ) -> None:
        self._folder = folder
        self._history = folder / "history.jsonl"
        self._draft = folder / "draft.json"
        self._report = report
        self._max_calls = max_calls
        self._max_bytes = max_bytes
        self._lines = 0
        self._failing = False

    def read_draft(self) -> ComposerDraft | None:
        """The draft, None where there is none or it is damaged."""
        try:
            return msgspec.json.decode(self._draft.read_bytes(), type=ComposerDraft)
        except FileNotFoundError:
            return None
        except OSError as error:
            self._report(_unreadable(self._draft, error))
        except (msgspec.MsgspecError, UnicodeDecodeError):
            self._set_aside(self._draft, "The draft of the last run is damaged, so the composer is empty.")
        return None

    def read_calls(self) -> tuple[SentCall, ...]:
        """The newest calls, oldest first; what can be read of a damaged file."""
        decoder = msgspec.json.Decoder(Line)
        calls: OrderedDict[str, SentCall] = OrderedDict()
        readable: list[bytes] = []
        damaged = 0
        try:
            for raw in _raw_lines(self._history):
                try:
                    _take_up(calls, decoder.decode(raw))
                except (msgspec.MsgspecError, UnicodeDecodeError):
                    damaged += 1
                else:
                    readable.append(raw)
        except FileNotFoundError:
            return ()
        except OSError as error:
            self._report(_unreadable(self._history, error))
            return ()
        self._lines = len(readable)
        if damaged:
            lines = "One line" if damaged == 1 else f"{damaged} lines"
            self._set_aside(self._history, f"{lines} of the saved history could not be read.")
            self._written(lambda: self._rewrite(readable))
        return tuple(_ended(call) for call in tuple(calls.values())[-self._max_calls :])

    def append(self, lines: Iterable[Line]) -> None:
        """Adds lines to the history, and rewrites it where it has grown past its bounds."""
        encoded = [raw for raw in map(self._encoded, lines) if raw is not None]
        if not encoded:
            return
        self._written(lambda: self._append(encoded))

    def write_draft(self, draft: ComposerDraft) -> None:
        """Puts `draft` in place of the one before."""
        if (raw := self._encoded(draft)) is not None:
            self._written(lambda: replace_file(self._draft, [raw, b"\n"]))

    def _append(self, lines: list[bytes]) -> None:
        size = _append(self._history, lines)
        self._lines += len(lines)
        if size > self._max_bytes or self._lines > self._max_calls * LINES_PER_CALL:
            self._rewrite(_raw_lines(self._history))

    def _rewrite(self, lines: Iterable[bytes]) -> None:
        kept = _newest(lines, self._max_calls, self._most_bytes)
        replace_file(self._history, (line + b"\n" for line in kept))
        self._lines = len(kept)

    @property
    def _most_bytes(self) -> int:
        return int(self._max_bytes * KEPT_SHARE)

    def _encoded(self, value: Line | ComposerDraft) -> bytes | None:
        try:
            raw = msgspec.json.encode(value)
        except UnicodeEncodeError:
            raw = msgspec.json.encode(_without_surrogates(value))
        if len(raw) <= self._most_bytes:
            return raw
        self._report(
            _trouble(
                f"A payload of {format_size(len(raw))} is too large to be kept for the next start.",
                "It can be sent all the same; keep the text elsewhere if it is needed again.",
            )
        )
        return None

    def _set_aside(self, path: Path, what: str) -> None:
        """Moves a damaged file out of the way, in place of an earlier one."""
        aside = path.with_name(path.name + ".damaged")
        try:
            path.replace(aside)
        except OSError as error:
            self._report(_unreadable(path, error))
        else:
            self._report(_trouble(what, f"The damaged file is kept as {aside}."))

    def _written(self, write: Callable[[], None]) -> None:
        """Writes, and reports the first of a row of failures."""
        try:
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            write()
        except OSError as error:
            if not self._failing:
                self._failing = True
                self._report(_unwritable(self._folder, error))
        else:
            self._failing = False


def _take_up(calls: OrderedDict[str, SentCall], line: Line) -> None:
    if isinstance(line, Sent):
        calls[line.call.id] = line.call
    elif (call := calls.get(line.id)) is not None:
        calls[line.id] = msgspec.structs.replace(
            call, outcome=line.outcome, code=line.code, elapsed_ms=line.elapsed_ms
        )


def _ended(call: SentCall) -> SentCall:
    """A call without outcome is lost: the program that waited for it is no more."""
    if call.outcome is not Outcome.PENDING:
        return call
    return msgspec.structs.replace(call, outcome=Outcome.LOST)


def _raw_lines(path: Path) -> Iterator[bytes]:
    """The lines, one at a time. JSON writes a line feed in a string as an escape, so each is a record."""
    with path.open("rb") as file:
        for raw in file:
            if line := raw.rstrip(b"\n"):
                yield line


class _CallId(msgspec.Struct):
    id: str


class _LineId(msgspec.Struct):
    """Which call a line is about, read without its payload."""

    id: str = ""
    call: _CallId | None = None


def _newest(lines: Iterable[bytes], max_calls: int, max_bytes: int) -> list[bytes]:
    """The lines of the newest calls that stay within both bounds, in their order."""
    decoder = msgspec.json.Decoder(_LineId)
    by_call: OrderedDict[str, list[bytes]] = OrderedDict()
    size = 0
    for raw in lines:
        try:
            about = decoder.decode(raw)
        except (msgspec.MsgspecError, UnicodeDecodeError):
            continue  # the torn end of a write that failed; reading reports such lines
        if about.call is not None:
            by_call[about.call.id] = [raw]
        elif about.id in by_call:
            by_call[about.id].append(raw)
        else:
            continue
        size += len(raw) + 1
        while len(by_call) > max_calls or (size > max_bytes and len(by_call) > 1):
            _, oldest = by_call.popitem(last=False)
            size -= sum(len(raw) + 1 for raw in oldest)
    return [raw for group in by_call.values() for raw in group]


def _append(path: Path, lines: Iterable[bytes]) -> int:
    """Adds lines at the end; the size of the file then, in bytes.

    Opened anew each time, since another window may have put a new file in place of this one. Not synced: a
    killed program loses nothing, and a power cut may cost the last moments of a history.
    """
    text = b"".join(line + b"\n" for line in lines)
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(descriptor, "r+b") as file:
        size = file.seek(0, os.SEEK_END)
        if size:
            file.seek(size - 1)
            if file.read(1) != b"\n":  # a write that failed half-way must not spoil this line, too
                text = b"\n" + text
        file.seek(0, os.SEEK_END)
        file.write(text)
    return size + len(text)


def _without_surrogates(value: Line | ComposerDraft) -> Line | ComposerDraft:
    """The value with half surrogate pairs replaced: no UTF-8 file can hold them, nor could LiveKit."""
    if isinstance(value, Settled):
        return value
    if isinstance(value, Sent):
        call = msgspec.structs.replace(value.call, draft=_clean(value.call.draft))
        return msgspec.structs.replace(value, call=call)
    return _clean(value)


def _clean(draft: _Draft) -> _Draft:
    texts = ((name, getattr(draft, name)) for name in draft.__struct_fields__)
    fields = {name: text.encode("utf-8", "replace").decode() for name, text in texts if type(text) is str}
    return msgspec.structs.replace(draft, **fields)


def _unreadable(path: Path, error: OSError) -> Problem:
    return _trouble(
        f"{path.name} of the last run cannot be read: {error.strerror or error}.",
        f"Give access to {path}, then start again.",
    )


def _unwritable(folder: Path, error: OSError) -> Problem:
    return _trouble(
        f"Draft and sent calls cannot be saved: {error.strerror or error}.",
        f"Make room in {folder}, or give access to it; till then a restart forgets what is new.",
    )


def _trouble(what: str, next_step: str) -> Problem:
    return Problem(kind=ProblemKind.STORAGE, what=what, side=Side.HERE, next_step=next_step)
