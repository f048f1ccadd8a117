"""Finds calls by their texts in the recording of the log, for those whose records were let go."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

from inspector.core.filters import Filter
from inspector.core.log import CallLog
from inspector.core.problems import ProblemError
from inspector.recording.search import POSITIONS, Part, TextSearch

_IDS_AT_ONCE = 500
_AHEAD = 2
"""Parts asked for at once, so that the thread need not wait until one of them is taken over."""


class RecordedTexts:
    """A search in parts from the newest call to the oldest. The disk is waited for in a thread of its own."""

    def __init__(self, path: Path, log: CallLog, wanted: Filter) -> None:
        self._log = log
        self._search = TextSearch(path, wanted)
        self._thread = ThreadPoolExecutor(1, "search texts")
        self._beginning: Future[int] | None = self._thread.submit(self._search.end)
        self._asked: deque[Future[Part]] = deque()
        self._end = 0  # positions from here on were asked for
        self.found: set[int] = set()
        """Numbers of the calls whose texts pass."""
        self.reached = log.counts.entries_let_go + len(log)
        """Calls from this number on have been looked at."""
        self.problem: ProblemError | None = None
        """Why no more is found: the recording cannot be read."""

    @property
    def is_waiting(self) -> bool:
        """Whether there is nothing to take over until the thread has looked further."""
        first: Future[Part] | Future[int] | None = self._asked[0] if self._asked else self._beginning
        return first is not None and not first.done()

    def work(self, until: float) -> None:
        """Takes over what the thread has found, until that moment of `time.monotonic`."""
        try:
            if self._beginning is not None and self._beginning.done():
                self._end = self._beginning.result()
                self._beginning = None
                self._ask()
            while self._asked and self._asked[0].done() and self._take(self._asked[0].result(), until):
                self._asked.popleft()
                self._ask()
        except ProblemError as error:
            self.problem = error

    def close(self) -> None:
        """Ends the search; a part that is being looked at is looked through, and nobody waits for it."""
        self._thread.shutdown(wait=False, cancel_futures=True)

    def _ask(self) -> None:
        """Has the thread look at the next parts."""
        while self._end > 0 and len(self._asked) < _AHEAD:
            self._asked.append(self._thread.submit(self._search.part, self._end))
            self._end = max(0, self._end - POSITIONS)

    def _take(self, part: Part, until: float) -> bool:
        """Takes over what one part has; False where the time is up before all of it is taken."""
        while part.ids:
            gone = self._log.counts.entries_let_go
            indices = map(self._log.index_of, part.ids[-_IDS_AT_ONCE:])
            self.found.update(index + gone for index in indices if index is not None)
            del part.ids[-_IDS_AT_ONCE:]
            if time.monotonic() >= until:
                return False
        oldest = None if part.oldest is None else self._number(part.oldest)
        if part.is_last or (part.oldest is not None and oldest is None):  # the older were let go or cleared
            self.reached = self._end = 0
        elif oldest is not None:
            self.reached = min(self.reached, oldest)
        return True

    def _number(self, call_id: str) -> int | None:
        index = self._log.index_of(call_id)
        return None if index is None else index + self._log.counts.entries_let_go


TextSource = Callable[[Filter], RecordedTexts]
"""Begins a search for calls by texts in what was let go."""
