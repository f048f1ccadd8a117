"""Records what a log tells: every call and event, as it happens."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from inspector.core.calls import Call
from inspector.core.events import RoomEvent
from inspector.core.log import CallLog, Entry
from inspector.recording.reader import read_calls
from inspector.recording.writer import Say, Writer

END_WITHIN_S = 5.0
"""How long the last records may take to reach the disk."""
CATCH_UP_WITHIN_S = 1.0
"""The same for those that are to be read back."""


class Recorder:
    """A `LogListener` that keeps what the log has, also what is cleared from it or let go later.

    A call is written when it begins and whenever more is known, so that one without an outcome is there, too.
    """

    def __init__(self, path: Path, log: CallLog, say: Say) -> None:
        """Follows `log`, from what it has on, into the recording that stands at `path`.

        `say` tells a person, in whichever thread, that not all is recorded; it is said once.
        """
        self.path = path
        self._log = log
        self._writer = Writer(path, log.run, say)
        for entry in log:
            self._put(entry)
        self._unsubscribe = log.subscribe(self)

    def close(self) -> int | None:
        """Ends the recording; how many calls it has, None where it could not be ended well.

        Blocks until they are written, `END_WITHIN_S` at most.
        """
        self._unsubscribe()
        self._writer.close(END_WITHIN_S)
        return self._writer.recorded

    def read_back(self, ids: Sequence[str]) -> list[Call]:
        """The recorded calls with these ids, as they stand now. Blocks; raises as `read_calls`."""
        self._writer.catch_up(CATCH_UP_WITHIN_S)
        return read_calls(self.path, ids)

    @property
    def goes_on(self) -> bool:
        """Whether what the log tells from now on is recorded."""
        return self._writer.goes_on

    @property
    def is_empty(self) -> bool:
        """Whether nothing was recorded so far."""
        return self._writer.is_empty

    def entry_added(self, index: int) -> None:
        """Writes the call that begins, or the event."""
        self._put(self._log[index])

    def entry_changed(self, index: int) -> None:
        """Writes the call again, as it stands now."""
        self._put(self._log[index])

    def entries_removed(self) -> None:
        """What the log lets go of stays in the recording."""

    def _put(self, entry: Entry) -> None:
        item = entry if isinstance(entry, RoomEvent) else self._log.get(entry.id)
        if item is not None:
            self._writer.put(item)
