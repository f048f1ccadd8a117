"""Keeps the composer's draft and the calls sent from it, so that neither a restart nor a crash loses them.

One thread writes, so that a large payload never holds up typing. Nothing secret can get in: a draft names
its connection by id.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from pathlib import Path

import msgspec

from inspector.core.calls import Outcome
from inspector.core.problems import Problem
from inspector.gui.draft_files import DraftFiles, Line, Sent, Settled
from inspector.gui.models.history import MAX_CALLS, ComposerDraft, SentCall

MAX_BYTES = 64 * 1024 * 1024
"""The most the history's file may have; the oldest calls go first."""
CLOSE_WITHIN_S = 1.0


class Saved(msgspec.Struct, frozen=True):
    """What an earlier run left: its draft, and its sent calls, oldest first."""

    draft: ComposerDraft | None = None
    calls: tuple[SentCall, ...] = ()


class DraftStore:
    """Reads what an earlier run left, and writes what this one adds.

    `report` is told what could not be read or written, on whichever thread that was.
    """

    def __init__(
        self,
        folder: Path,
        report: Callable[[Problem], None],
        *,
        max_calls: int = MAX_CALLS,
        max_bytes: int = MAX_BYTES,
    ) -> None:
        self._files = DraftFiles(folder, report, max_calls=max_calls, max_bytes=max_bytes)
        self._files_free = threading.Lock()
        self._backlog = _Backlog(max_bytes)
        self._thread: threading.Thread | None = None

    def load(self) -> Saved:
        """What was kept. It may read 64 MB: call it off the window's thread.

        A call that had no outcome when its program ended is `lost`. A damaged file stays beside the new one
        as `.damaged`, in place of an earlier one, and what can be read of it is returned.
        """
        with self._files_free:
            return Saved(self._files.read_draft(), self._files.read_calls())

    def keep_call(self, call: SentCall) -> None:
        """Keeps a call: the whole of it while it is pending, then its outcome."""
        if call.outcome is Outcome.PENDING:
            self._put(Sent(call), call.payload_bytes)
        else:
            self._put(Settled(call.id, call.outcome, call.code, call.elapsed_ms), 0)

    def keep_draft(self, draft: ComposerDraft) -> None:
        """Keeps a draft in place of the one before; of several that wait only the last is written."""
        self._backlog.put_draft(draft)
        self._start()

    def close(self, within_s: float = CLOSE_WITHIN_S) -> bool:
        """Writes what waits and ends the thread; False where that takes longer than `within_s` seconds."""
        self._backlog.close()
        if self._thread is None:
            return True
        self._thread.join(within_s)
        return not self._thread.is_alive()

    def _put(self, line: Line, size: int) -> None:
        self._backlog.put_line(line, size)
        self._start()

    def _start(self) -> None:
        """Starts the writer when there is first something to write, or after a fault of ours ended it."""
        if self._thread is None or not self._thread.is_alive():
            # A daemon, so that a disk that hangs cannot keep the program from ending.
            self._thread = threading.Thread(target=self._write_all, name="drafts", daemon=True)
            self._thread.start()

    def _write_all(self) -> None:
        while (batch := self._backlog.take()) is not None:
            lines, draft = batch
            with self._files_free:
                self._files.append(lines)
                if draft is not None:
                    self._files.write_draft(draft)


class _Backlog:
    """What waits to be written: lines in their order, and the last draft."""

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._changed = threading.Condition()
        self._lines: deque[tuple[Line, int]] = deque()
        self._bytes = 0
        self._draft: ComposerDraft | None = None
        self._closed = False

    def put_line(self, line: Line, size: int) -> None:
        with self._changed:
            self._lines.append((line, size))
            self._bytes += size
            # The disk is slower than what is sent: the oldest would be the first to leave the file, too.
            while self._bytes > self._max_bytes and len(self._lines) > 1:
                self._bytes -= self._lines.popleft()[1]
            self._changed.notify()

    def put_draft(self, draft: ComposerDraft) -> None:
        with self._changed:
            self._draft = draft
            self._changed.notify()

    def close(self) -> None:
        with self._changed:
            self._closed = True
            self._changed.notify()

    def take(self) -> tuple[list[Line], ComposerDraft | None] | None:
        """Waits for something to write and takes all of it; None once closed and empty."""
        with self._changed:
            self._changed.wait_for(lambda: self._lines or self._draft is not None or self._closed)
            if not self._lines and self._draft is None:
                return None
            lines = [line for line, _ in self._lines]
            draft, self._draft = self._draft, None
            self._lines.clear()
            self._bytes = 0
            return lines, draft
