"""The calls of one room that are under way: their acks, and their ends, also those that no packet says."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator
from functools import partial

from inspector.core.rpc_errors import RpcCode, default_message
from inspector.local_room.watching.kept_text import Budget, KeptText
from inspector.local_room.watching.patience import ack_patience_s, answer_deadline, departure_patience_s
from inspector.local_room.watching.rpc_wire import RequestHead
from inspector.local_room.watching.timers import Timers
from inspector.local_room.watching.watched_call import WatchedCall
from inspector.local_room.watching.xray_feed import XrayFeed
from inspector.xray.messages import Late, SeenCall, SeenError, SeenOutcome, SeenSide

MAX_PENDING = 10_000
"""Calls beyond these are carried as any, but not watched; readers are told how many they missed."""
MAX_GIVEN_UP = 1_000
"""Ended calls that are remembered, should their callee answer after all."""
MAX_REMEMBERED_NAMES_BYTES = 4096
"""With a longer name than any that an SDK makes, a call is not remembered."""
MAX_KEPT_BYTES = 64 * 1024 * 1024
"""Payloads beyond these are cut."""
MAX_NAMES_BYTES = 16 * 1024 * 1024
"""Of the methods and ids of all pending calls; with more, calls are not watched."""

SdkOf = Callable[[str], str]
"""The SDK of a participant, as LiveKit names it (`JS`, `PYTHON`); empty where it is not known."""


class CallLedger:
    """Keeps the books of one room's calls, and tells the X-ray feed of every change."""

    def __init__(self, room: str, feed: XrayFeed, timers: Timers, sdk_of: SdkOf) -> None:
        self.budget = Budget(MAX_KEPT_BYTES)
        self._room = room
        self._feed = feed
        self._timers = timers
        self._sdk_of = sdk_of
        self._names_bytes = 0
        self._pending: dict[tuple[str, str], WatchedCall] = {}
        self._given_up: OrderedDict[tuple[str, str], WatchedCall] = OrderedDict()
        feed.room_opened(room, self._seen_pending)

    def __len__(self) -> int:
        return len(self._pending)

    def begin(self, head: RequestHead, *, caller: str, callee: str, payload: KeptText) -> WatchedCall | None:
        """A new call, or None where there are too many."""
        names_bytes = head.names_bytes()
        if len(self._pending) >= MAX_PENDING or self._names_bytes + names_bytes > MAX_NAMES_BYTES:
            self._feed.missed(self._room)
            return None
        timers = self._timers
        now = timers.now()
        call = WatchedCall(
            self._feed.next_key(),
            self._room,
            head,
            caller=caller,
            callee=callee,
            started=now,
            started_at=timers.wall_clock(),
            payload=payload,
        )
        call.deadline = now + ack_patience_s(head.wire)
        self._names_bytes += names_bytes
        self._pending[call.name] = call
        self._look_at_deadline(call)
        return call

    def find(self, callee: str, request_id: str) -> WatchedCall | None:
        """The call with which `callee` was asked, also one that its caller gave up."""
        key = (callee, request_id)
        return self._pending.get(key) or self._given_up.get(key)

    def request_came(self, call: WatchedCall, *, is_whole: bool) -> None:
        """A packet of the request has arrived, and perhaps with it the whole."""
        if not call.is_pending:
            return
        call.sent_at = self._timers.now()
        call.deadline = self._deadline(call)
        if is_whole and not call.has_begun:
            call.has_begun = True
            if self._feed.is_read(self._room):
                self._feed.began(call.seen())

    def acked(self, call: WatchedCall, *, is_heard: bool = True) -> None:
        """The callee has the request; `is_heard`: and its caller is told so."""
        if not call.is_pending or call.acked_at is not None:
            return
        call.acked_at = self._timers.now()
        call.is_heard = is_heard
        call.deadline = self._deadline(call)
        if call.deadline < call.looked_at_next:
            self._look_at_deadline(call)
        if call.has_begun and self._feed.is_read(self._room):
            self._feed.acked(self._room, call.key, call.ack_ms or 0.0)

    def answered(self, call: WatchedCall, response: KeptText) -> None:
        """The caller has got its response."""
        if call.is_pending:
            call.response = response
            self._end(call, SeenOutcome.OK)
        else:
            self._came_late(call, None)

    def failed(self, call: WatchedCall, error: SeenError) -> None:
        """The caller has got an error."""
        if call.is_pending:
            self._end(call, SeenOutcome.ERROR, error)
        else:
            self._came_late(call, error.code)

    def participant_left(self, identity: str) -> None:
        """A participant is gone: its own calls are lost, and those to it end at their callers."""
        for call in tuple(self._pending.values()):
            if call.caller == identity:
                self._end(call, SeenOutcome.LOST)
            elif call.callee == identity:
                self._callee_left(call)

    def closed(self) -> None:
        """The room is gone, and with it every call."""
        for call in tuple(self._pending.values()):
            self._end(call, SeenOutcome.LOST)
        self._given_up.clear()
        self._feed.room_closed(self._room)

    def _seen_pending(self) -> Iterator[SeenCall]:
        return (call.seen() for call in tuple(self._pending.values()) if call.has_begun)

    def _deadline(self, call: WatchedCall) -> float:
        if call.ends_as is not None:
            return call.deadline
        if not call.is_heard or call.acked_at is None:
            return call.sent_at + ack_patience_s(call.head.wire)
        return answer_deadline(
            self._sdk_of(call.caller),
            wire=call.head.wire,
            timeout_s=call.head.timeout_s,
            started=call.started,
            sent=call.sent_at,
            acked=call.acked_at,
        )

    def _callee_left(self, call: WatchedCall) -> None:
        patience_s = departure_patience_s(self._sdk_of(call.caller))
        if patience_s is None:
            return
        call.ends_as = RpcCode.RECIPIENT_DISCONNECTED
        call.deadline = min(call.deadline, self._timers.now() + patience_s)
        self._look_at(call)

    def _look_at_deadline(self, call: WatchedCall) -> None:
        call.looked_at_next = call.deadline
        self._timers.at(call.deadline, partial(self._look_at, call))

    def _look_at(self, call: WatchedCall) -> None:
        """Ends a call whose caller must have given up by now. Deadlines move; the timer then follows."""
        if not call.is_pending:
            return
        if self._timers.now() < call.deadline:
            self._look_at_deadline(call)
            return
        silent = RpcCode.RESPONSE_TIMEOUT if call.is_heard else RpcCode.CONNECTION_TIMEOUT
        code = call.ends_as or silent
        self._end(call, SeenOutcome.ERROR, _concluded(code))
        if call.head.names_bytes() <= MAX_REMEMBERED_NAMES_BYTES:
            self._given_up[call.name] = call
        if len(self._given_up) > MAX_GIVEN_UP:
            self._given_up.popitem(last=False)

    def _end(self, call: WatchedCall, outcome: SeenOutcome, error: SeenError | None = None) -> None:
        call.ended_at = self._timers.now()
        call.outcome = outcome
        call.error = error
        del self._pending[call.name]
        self._names_bytes -= call.head.names_bytes()
        if self._feed.is_read(self._room):
            self._feed.ended(self._room, call.key, call.seen)
        call.release()

    def _came_late(self, call: WatchedCall, code: int | None) -> None:
        """An answer that its caller waits for no longer. A second answer to one request says nothing new."""
        if self._given_up.pop(call.name, None) is not None:
            elapsed_ms = (self._timers.now() - call.started) * 1000
            self._feed.came_late(self._room, Late(key=call.key, elapsed_ms=elapsed_ms, code=code))


def _concluded(code: RpcCode) -> SeenError:
    """The error that a caller makes by itself; no packet says so."""
    return SeenError(int(code), default_message(code), SeenSide.CALLER, inferred=True)
