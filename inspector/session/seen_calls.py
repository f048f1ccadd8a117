"""Merges what a room's X-ray tells with our own calls there, into the rows of the log (product, section 8).

A call between two others is a row `seen`. A call with an end in this program is the row that is there
already, and gains what only the room knows; one with both ends here is its two rows. An end of ours that has
no row shortly after the call is over gets one: the SDK answered by itself, or a fault kept the request away.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from typing import Protocol

import msgspec

from inspector.core.calls import Call, CallError, Direction, Outcome
from inspector.core.log import CallLog
from inspector.core.problems import Side
from inspector.session.followed_call import End, FollowedCall
from inspector.session.own_calls import OwnCalls, is_equal
from inspector.session.ports import Clock
from inspector.session.seen_records import (
    ending_of,
    facts_of,
    identity_of,
    is_unmatched,
    late_words,
    lost_error,
    record_of,
)
from inspector.xray.messages import Acked, Began, Ended, Late, SeenCall, SeenOutcome, SeenSide

GRACE_S = 1.0
"""How long after a call is over an own row of it may still come."""
AGAIN_WITHIN_S = 10.0
"""How long the calls of a stream that broke are waited for: it may be back, and still know them."""
ANNOUNCED_WITHIN_S = 2.0
"""A stream that is back tells at once which calls are still under way."""
FOLLOWED = 8192
"""Calls under way that are followed; past it the oldest is given up."""
HELD_BYTES = 32 * 1024 * 1024
"""Payloads kept for rows that may have to be added; past it they are let go, and the row says so."""
_REMEMBERED = 1024

_CROWDED = "More calls were under way than X-ray follows, so how it ended is not known."
_UNTOLD = "X-ray was interrupted, and the call ended meanwhile."
_GONE = "X-ray ended before the call did."


class Ours(Protocol):
    """Who of a room is a connection of this program."""

    def connection_of(self, identity: str) -> str | None:
        """The id of our connection that has this identity in the room now."""

    def speaker(self) -> str | None:
        """The id of our connection that speaks for the room."""


class SeenCalls:
    """The calls of one room. Takes what X-ray tells, and what becomes of our own calls there."""

    def __init__(self, log: CallLog, clock: Clock, room: str, ours: Ours) -> None:
        self._log = log
        self._clock = clock
        self._room = room
        self._ours = ours
        self._own = OwnCalls()
        self._followed: OrderedDict[str, FollowedCall] = OrderedDict()
        self._by_request: dict[tuple[str | None, str | None], FollowedCall] = {}
        self._by_row: dict[str, FollowedCall] = {}
        self._over: deque[tuple[float, FollowedCall]] = deque()
        self._rowless: dict[str, FollowedCall] = {}
        self._given_up: OrderedDict[tuple[str, str | None, float], None] = OrderedDict()
        self._concluded: OrderedDict[str, list[str]] = OrderedDict()
        self._doubted = False
        self._held_bytes = 0

    @property
    def is_waiting(self) -> bool:
        """Whether `sweep` will have something to do, sooner or later."""
        return bool(self._over) or self._doubted or self._own.is_waiting

    # --- what X-ray tells -------------------------------------------------------------------------------

    def take(self, message: Began | Acked | Ended | Late) -> None:
        """News of a call."""
        if isinstance(message, Acked):
            self._acked(message)
            return
        if isinstance(message, Late):
            self._answered_late(message)
            return
        seen = message.call
        if seen.room != self._room or identity_of(seen) in self._given_up:
            return
        followed = self._known(seen)
        if followed is None:
            followed = self._follow(seen)
        elif isinstance(message, Began) and not followed.is_over:
            followed.lost_at = None
            followed.learn(seen)
            self._tell(followed)
        if isinstance(message, Ended) and not followed.is_over:
            self._end(followed, seen)

    def interrupted(self) -> None:
        """The stream broke; it is asked for again."""
        self._doubt(AGAIN_WITHIN_S, _GONE)
        self._concluded.clear()  # another run of the room has the same keys for other calls

    def resumed(self) -> None:
        """The stream is back, and now tells which calls are under way."""
        self._doubt(ANNOUNCED_WITHIN_S, _UNTOLD)

    def end(self, why: str = _GONE) -> None:
        """There is no more X-ray of this room: no call stays pending for it."""
        for followed in tuple(self._followed.values()):
            self._lose(followed, why)
        self._over.clear()
        self._own = OwnCalls()

    # --- what becomes of our own calls ------------------------------------------------------------------

    def own_arrived(self, call: Call) -> None:
        """A call has reached a connection of ours, and has its row."""
        followed = self._by_request.get((call.destination, call.request_id))
        if followed is None:
            self._own.add(call)
        else:
            self._join(followed, Direction.IN, call.id)

    def own_sent(self, call: Call) -> None:
        """A call of ours goes out; its row has been there since it was asked for."""
        followed = self._told_before(call)
        if followed is None:
            self._own.add(call)
        else:
            self._join(followed, Direction.OUT, call.id)

    def own_settled(self, call: Call) -> None:
        """A call of ours has its outcome."""
        followed = self._by_row.get(call.id)
        if followed is None:
            self._own.settled(call, self._clock.monotonic())
        else:
            self._enrich(call.id, followed.seen, call.direction)

    # --- time -------------------------------------------------------------------------------------------

    def sweep(self) -> None:
        """Does what is due: rows that will not come are added, calls nobody tells of any more are lost."""
        now = self._clock.monotonic()
        self._own.sweep(now)
        while self._over and self._over[0][0] <= now:
            _, followed = self._over.popleft()
            if self._followed.get(followed.seen.key) is followed:
                self._forget(followed)
                self._add_missing_rows(followed, ending_of(followed.seen))
        if not self._doubted:
            return
        for followed in tuple(self._followed.values()):
            if followed.lost_at is not None and followed.lost_at <= now:
                self._lose(followed, followed.lost_for)
        self._doubted = any(followed.lost_at is not None for followed in self._followed.values())

    # --- one call ---------------------------------------------------------------------------------------

    def _acked(self, message: Acked) -> None:
        followed = self._followed.get(message.key)
        if followed is not None and not followed.is_over:
            followed.seen = msgspec.structs.replace(followed.seen, ack_ms=message.ack_ms)
            self._tell(followed)

    def _answered_late(self, late: Late) -> None:
        followed = self._followed.get(late.key)
        if followed is not None:
            followed.answered_late(late)
        for row in self._concluded.pop(late.key, ()):
            call = self._log.get(row)
            if call is not None and call.error is not None:
                message = late_words(call.error.message, late)
                self._log.enrich(row, error=msgspec.structs.replace(call.error, message=message))

    def _known(self, seen: SeenCall) -> FollowedCall | None:
        """The call as it is followed already. The same key with another beginning is of another run."""
        followed = self._followed.get(seen.key)
        if followed is None or identity_of(followed.seen) == identity_of(seen):
            return followed
        self._lose(followed, _UNTOLD)
        return None

    def _follow(self, seen: SeenCall) -> FollowedCall:
        followed = FollowedCall(seen, self._ends(seen), self._clock.monotonic())
        self._followed[seen.key] = followed
        if followed.ends:
            self._by_request[followed.request] = followed
            self._by_row.update(dict.fromkeys(followed.rows(), followed))
            self._tell(followed)
        else:
            followed.row = self._log.new_id()
            self._log.open(record_of(seen, followed.row, Direction.SEEN, self._ours.speaker()))
        self._hold(followed)
        if len(self._followed) > FOLLOWED:
            self._lose(next(iter(self._followed.values())), _CROWDED)
        return followed

    def _ends(self, seen: SeenCall) -> list[End]:
        """The ends of the call that are ours, with the rows that are there already."""
        sent = self._own.take_outbound(seen)
        arrived = self._own.take_inbound(seen)
        ends = []
        caller, callee = self._ours.connection_of(seen.caller), self._ours.connection_of(seen.callee)
        if sent is not None or caller is not None:
            ends.append(End(Direction.OUT, caller, [] if sent is None else [sent]))
        # Who calls itself is not reached: the server sends nothing back to where it came from.
        if arrived or (callee is not None and seen.caller != seen.callee):
            ends.append(End(Direction.IN, callee, arrived))
        return ends

    def _told_before(self, call: Call) -> FollowedCall | None:
        """The call, where X-ray told of it before its row was there: the first of those that are equal."""
        newest = self._clock.monotonic() - GRACE_S
        for followed in self._rowless.values():
            end = followed.end(Direction.OUT)
            if end and not end.rows and followed.since >= newest and is_equal(call, followed.seen):
                return followed
        return None

    def _join(self, followed: FollowedCall, direction: Direction, row: str) -> None:
        end = followed.end(direction)
        if end is None:
            end = End(direction, None, [])
            followed.ends.append(end)
        end.rows.append(row)
        self._by_row[row] = followed
        self._enrich(row, followed.seen, direction)
        self._hold(followed)

    def _tell(self, followed: FollowedCall) -> None:
        """Writes what is known of a call into its rows."""
        if followed.row is not None:
            self._log.change(followed.row, **facts_of(followed.seen))
        for end in followed.ends:
            for row in end.rows:
                self._enrich(row, followed.seen, end.direction)

    def _enrich(self, row: str, seen: SeenCall, direction: Direction) -> None:
        """Adds to a row of our own what only the room knows. Its outcome and times stay its own."""
        facts = facts_of(seen)
        if direction is Direction.OUT:
            if seen.request_id:
                facts["request_id"] = seen.request_id
            if (error := self._error_by_room(row, seen)) is not None:
                facts["error"] = error
        self._log.enrich(row, **facts)

    def _error_by_room(self, row: str, seen: SeenCall) -> CallError | None:
        """The error of our own row, where the room made it: the caller's SDK takes it for the callee's."""
        own = self._log.get(row)
        if own is None or own.error is None or seen.error is None or seen.error.side is not SeenSide.ROOM:
            return None
        return msgspec.structs.replace(own.error, side=Side.ROOM) if own.code == seen.error.code else None

    def _end(self, followed: FollowedCall, ended: SeenCall) -> None:
        if ended.outcome is SeenOutcome.PENDING:  # a room that ends a call without saying how
            ended = msgspec.structs.replace(ended, outcome=SeenOutcome.LOST)
        followed.finish(ended)
        if followed.row is not None:
            self._forget(followed)
            self._log.change(followed.row, **ending_of(followed.seen))
            self._may_be_late(followed.seen, followed.row)
            return
        self._tell(followed)
        self._hold(followed)
        self._over.append((self._clock.monotonic() + GRACE_S, followed))

    def _add_missing_rows(self, followed: FollowedCall, ending: dict[str, object]) -> None:
        for end in followed.ends:
            if end.rows:
                continue
            row = self._log.new_id()
            self._log.open(record_of(followed.seen, row, end.direction, end.connection))
            unmatched = True if end.direction is Direction.IN and is_unmatched(followed.seen) else None
            self._log.change(row, **ending, unmatched=unmatched)
            self._may_be_late(followed.seen, row)

    def _may_be_late(self, seen: SeenCall, row: str) -> None:
        """Remembers the row of a call whose end nobody said: an answer may still come."""
        if seen.error is not None and seen.error.inferred:
            self._concluded.setdefault(seen.key, []).append(row)
            if len(self._concluded) > _REMEMBERED:
                self._concluded.popitem(last=False)

    def _lose(self, followed: FollowedCall, why: str) -> None:
        """Nobody will tell how the call ended: what has only X-ray to know it by is lost."""
        self._forget(followed)
        if followed.is_over:
            self._add_missing_rows(followed, ending_of(followed.seen))
            return
        self._given_up[identity_of(followed.seen)] = None
        if len(self._given_up) > _REMEMBERED:
            self._given_up.popitem(last=False)
        ending = {"outcome": Outcome.LOST, "error": lost_error(why, Side.HERE)}
        if followed.row is not None:
            self._log.change(followed.row, **ending)
        elif followed.since + GRACE_S <= self._clock.monotonic():
            self._add_missing_rows(followed, ending)

    def _forget(self, followed: FollowedCall) -> None:
        del self._followed[followed.seen.key]
        self._rowless.pop(followed.seen.key, None)
        if self._by_request.get(followed.request) is followed:
            del self._by_request[followed.request]
        for row in followed.rows():
            self._by_row.pop(row, None)
        self._held_bytes -= followed.held_bytes

    def _hold(self, followed: FollowedCall) -> None:
        """Keeps payload and response only for a row that may have to be added, and within the bound."""
        seen = followed.seen
        self._held_bytes -= followed.held_bytes
        followed.held_bytes = 0
        if not followed.lacks_row:
            self._rowless.pop(seen.key, None)
            followed.let_go()
            return
        self._rowless[seen.key] = followed
        size = (seen.payload_bytes or 0) + (seen.response_bytes or 0)
        if self._held_bytes + size > HELD_BYTES:
            followed.let_go(cut=True)
        else:
            followed.held_bytes = size
            self._held_bytes += size

    def _doubt(self, within_s: float, why: str) -> None:
        """Takes calls under way for lost that are not told of again within this time."""
        due = self._clock.monotonic() + within_s
        for followed in self._followed.values():
            if not followed.is_over and (followed.lost_at is None or due < followed.lost_at):
                self._doubted = True
                followed.lost_at, followed.lost_for = due, why
