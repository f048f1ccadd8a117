"""Tells whoever reads along of the calls in every room of the server, and of its faults."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from inspector.core.listeners import Listeners, Report
from inspector.local_room.watching.fault_engine import FaultEngine
from inspector.local_room.watching.reader_queue import (
    EndOfCall,
    ReaderQueue,
    acked_frame,
    began_frame,
    frame_of,
)
from inspector.local_room.watching.timers import Timers
from inspector.xray.messages import Acked, Began, Faults, Hello, Late, Message, Missed, SeenCall

FAULTS_EVERY_S = 0.25
"""Hits grow with calls; readers are told of them at most this often."""

Pending = Callable[[], Iterable[SeenCall]]
"""The calls of a room that are under way and known whole."""


class XrayFeed:
    """One per server: from the rooms' ledgers to readers of one room and to subscribers of all."""

    def __init__(self, faults: FaultEngine, timers: Timers, report: Report) -> None:
        """`report` gets what a subscriber raises: no call is to suffer from it."""
        self._faults = faults
        self._timers = timers
        self._pending: dict[str, Pending] = {}
        self._readers: dict[str, list[ReaderQueue]] = {}
        self._subscribers: Listeners[Callable[[Message], None]] = Listeners(report)
        self._subscribed = 0
        self._keys = 0
        self._unwatched = 0
        self._is_news_due = False
        self._are_faults_new = False
        faults.listeners.add(self._faults_changed)

    def readers(self) -> int:
        """How many read along, subscribers not counted."""
        return sum(map(len, self._readers.values()))

    def next_key(self) -> str:
        """A name for a call that no other call of this server has."""
        self._keys += 1
        return str(self._keys)

    def is_read(self, room: str) -> bool:
        """Whether anybody reads along in this room: if not, there is nothing to make messages of."""
        return self._subscribed > 0 or room in self._readers

    def read(self, room: str) -> ReaderQueue:
        """A new reader of a room, which need not exist yet; what it needs to begin with is in its queue."""
        queue = ReaderQueue(room)
        queue.put(frame_of(Hello(room)))
        queue.put(frame_of(Faults(self._faults.states())))
        for call in self._pending.get(room, tuple)():
            queue.began(call.key, began_frame(call))
        self._readers.setdefault(room, []).append(queue)
        return queue

    def stop_reading(self, queue: ReaderQueue) -> None:
        """A reader has gone."""
        queues = self._readers[queue.room]
        queues.remove(queue)
        if not queues:
            del self._readers[queue.room]

    def subscribe(self, subscriber: Callable[[Message], None]) -> Callable[[], None]:
        """Calls `subscriber` with every message of every room from now on; the result ends it.

        It is called as calls pass, so it must be quick. Its `ended` always carry the payload.
        """
        end = self._subscribers.add(subscriber)
        self._subscribed += 1
        for message in (Hello(), Faults(self._faults.states())):
            subscriber(message)
        for pending in tuple(self._pending.values()):
            for call in pending():
                subscriber(Began(call))

        def unsubscribe() -> None:
            end()
            self._subscribed -= 1

        return unsubscribe

    def room_opened(self, room: str, pending: Pending) -> None:
        """A room is there; `pending` gives its calls to who begins to read."""
        self._pending[room] = pending

    def room_closed(self, room: str) -> None:
        """A room is gone. Its readers stay: it may come again."""
        self._pending.pop(room, None)

    def began(self, call: SeenCall) -> None:
        """A call's request has arrived whole."""
        self._tell(Began(call))
        if queues := self._readers.get(call.room):
            frame = began_frame(call)
            for queue in queues:
                queue.began(call.key, frame)

    def acked(self, room: str, key: str, ack_ms: float) -> None:
        """A call is acknowledged."""
        self._tell(Acked(key, ack_ms))
        if queues := self._readers.get(room):
            frame = acked_frame(key, ack_ms)
            for queue in queues:
                queue.acked(key, frame)

    def ended(self, room: str, key: str, seen: Callable[[bool], SeenCall]) -> None:
        """A call has its outcome; `seen` gives it with its payload or without."""
        end = EndOfCall(key, seen)
        if self._subscribed:
            self._tell(end.message)
        for queue in self._readers.get(room, ()):
            queue.ended(end)

    def came_late(self, room: str, late: Late) -> None:
        """An answer came to a call that had ended."""
        self._tell(late)
        self._put(self._readers.get(room, ()), late)

    def missed(self, room: str) -> None:
        """A call is carried unwatched, because there are too many."""
        for queue in self._readers.get(room, ()):
            queue.miss()
        if self._subscribed:
            self._unwatched += 1
            self._tell_news_soon()

    def _faults_changed(self) -> None:
        if self._readers or self._subscribed:
            self._are_faults_new = True
            self._tell_news_soon()

    def _tell_news_soon(self) -> None:
        if not self._is_news_due:
            self._is_news_due = True
            self._timers.at(self._timers.now() + FAULTS_EVERY_S, self._tell_news)

    def _tell_news(self) -> None:
        self._is_news_due = False
        if self._are_faults_new:
            self._are_faults_new = False
            faults = Faults(self._faults.states())
            self._tell(faults)
            self._put((queue for queues in self._readers.values() for queue in queues), faults)
        if self._unwatched:
            unwatched, self._unwatched = self._unwatched, 0
            self._tell(Missed(unwatched))

    def _tell(self, message: Message) -> None:
        if self._subscribed:
            self._subscribers.tell(lambda subscriber: subscriber(message))

    @staticmethod
    def _put(queues: Iterable[ReaderQueue], message: Message) -> None:
        frame = frame_of(message)
        for queue in queues:
            queue.put(frame)
