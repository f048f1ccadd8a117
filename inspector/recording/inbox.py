"""What waits to be written: bounded, and of each call only how it stands now."""

from __future__ import annotations

import threading
from typing import NamedTuple

from inspector.core.calls import Call
from inspector.core.events import RoomEvent

Item = Call | RoomEvent
WAITING = 50_000
"""Calls and events that wait for the disk; past it they are left out, and that is said."""


class Taken(NamedTuple):
    """What was taken, and the marks to set once that is done with."""

    items: list[Item]
    marks: list[threading.Event]

    def done(self) -> None:
        """Sets the marks."""
        for mark in self.marks:
            mark.set()


class Inbox:
    """Filled by the log's thread, emptied by the one that writes; neither waits for the other's work."""

    def __init__(self, limit: int = WAITING) -> None:
        self._limit = limit
        self._lock = threading.Lock()
        self._items: dict[str | int, Item] = {}
        self._there = threading.Event()
        self._is_open = True
        self._marks: list[threading.Event] = []

    def put(self, item: Item) -> bool:
        """Takes a call as it stands now, or an event; False where there are too many already."""
        with self._lock:
            if not self._is_open:
                return True
            key = item.id if isinstance(item, Call) else id(item)
            if key not in self._items and len(self._items) >= self._limit:
                return False
            self._items[key] = item
        if not self._there.is_set():
            self._there.set()
        return True

    def wait(self) -> None:
        """Until there is something, or nothing will come any more."""
        self._there.wait()

    def take(self) -> Taken:
        """All that is there, in the order in which it first came."""
        with self._lock:
            items, self._items = self._items, {}
            marks, self._marks = self._marks, []
            if self._is_open:
                self._there.clear()
        return Taken(list(items.values()), marks)

    def mark(self) -> threading.Event:
        """Is set once all that is there now was taken and done with, or nobody will any more."""
        mark = threading.Event()
        with self._lock:
            if not self._is_open:
                mark.set()
            else:
                self._marks.append(mark)
        self._there.set()
        return mark

    def close(self) -> None:
        """Takes nothing from now on; what is there can still be taken."""
        with self._lock:
            self._is_open = False
        self._there.set()

    @property
    def is_open(self) -> bool:
        """Whether more may come."""
        return self._is_open
