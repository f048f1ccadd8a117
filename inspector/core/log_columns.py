"""What the log knows of each entry, column by column: some 70 bytes a call, and quick to look through.

A million rows as values of their own would be a million objects. Here a fact is a number in an `array`,
at the same place in each column for one entry. What repeats from call to call stands once, as a symbol:
who called whom is a `Route`, how it stands with the call a `Standing`. There are a few hundred of these,
so a condition on them is tried on each of those, and not on each call.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable
from math import nan
from typing import Generic, TypeVar

import msgspec

from inspector.core.calls import Call, Direction, Outcome
from inspector.core.events import RoomEvent
from inspector.core.log_ids import NO_NUMBER, CallIds

EVENT = 0
"""The symbol of an event, as route and as standing: it has neither."""
_MANY_SYMBOLS = 4096
"""A table of so many is looked through for those of no call any more, when entries are let go."""
_LARGEST = 2**63 - 1

ROUTE_FIELDS = frozenset({"direction", "room", "connection", "caller", "destination", "method"})
"""The fields of a call that its route is made of."""


class Route(msgspec.Struct, frozen=True, gc=False):
    """Who called whom, where, and what."""

    direction: Direction
    room: str | None
    connection: str | None
    caller: str | None
    destination: str | None
    method: str


class Standing(msgspec.Struct, frozen=True, gc=False):
    """How it stands with a call: its outcome, and what it has in common with many others besides."""

    outcome: Outcome
    code: int | None = None
    unmatched: bool = False
    mock: str | None = None
    rule: str | None = None
    wire: str | None = None
    fault: str | None = None
    noted: bool = False


V = TypeVar("V", bound=Hashable)


class Symbols(Generic[V]):
    """Values that repeat, each of which is named by a number from 1 on."""

    def __init__(self) -> None:
        self.values: list[V | None] = [None]
        """The value of each symbol. None for `EVENT`, and for one that no call has any more."""
        self._symbols: dict[V, int] = {}
        self._free: list[int] = []

    def __len__(self) -> int:
        return len(self._symbols)

    def symbol(self, value: V) -> int:
        """The number of a value, given to it now where it has none."""
        found = self._symbols.get(value)
        return self._given(value) if found is None else found

    def find(self, value: V) -> int | None:
        """The number of a value, None where no call has it."""
        return self._symbols.get(value)

    def value(self, symbol: int) -> V:
        """The value of a call's symbol."""
        value = self.values[symbol]
        assert value is not None, "a symbol of no call"
        return value

    def keep_only(self, used: set[int]) -> None:
        """Lets go of all other values; their numbers are given to others some time."""
        for value, symbol in list(self._symbols.items()):
            if symbol not in used:
                del self._symbols[value]
                self.values[symbol] = None
                self._free.append(symbol)

    def _given(self, value: V) -> int:
        if self._free:
            symbol = self._free.pop()
            self.values[symbol] = value
        else:
            symbol = len(self.values)
            self.values.append(value)
        self._symbols[value] = symbol
        return symbol


class LogColumns:
    """The columns of a log. All are for reading; only the log writes to them.

    An index is that of the log. Entries are added at the end and let go from the beginning, so an array in
    hand is always the present one; whoever remembers an index or a symbol starts over at
    `LogListener.entries_removed`. Nobody may keep a `memoryview` of one: an array that has one cannot grow.
    """

    def __init__(self, run: str) -> None:
        self.first = 0
        """How many entries were let go from the beginning."""
        self.routes = Symbols[Route]()
        self.standings = Symbols[Standing]()
        self.route = array("I")
        """Symbol in `routes` of each entry; `EVENT` for an event."""
        self.standing = array("I")
        """Symbol in `standings` of each entry; `EVENT` for an event."""
        self.started_at = array("d")
        """When a call was asked for, or the event happened: seconds since the epoch."""
        self.elapsed_ms = array("d")
        """NaN while unknown; so are `ack_ms` and `queued_ms`."""
        self.ack_ms = array("d")
        self.queued_ms = array("d")
        self.size_bytes = array("q")
        """Request plus response; 0 for an event."""
        self._number = array("q")
        self._ids = CallIds(run)
        self._events: dict[int, RoomEvent] = {}  # by index + first

    def __len__(self) -> int:
        return len(self.route)

    def is_call(self, index: int) -> bool:
        """Whether the entry at `index` is a call, and not an event."""
        return self.route[index] != EVENT

    def event(self, index: int) -> RoomEvent:
        """The event at `index`."""
        return self._events[self._position(index)]

    def call_id(self, index: int) -> str:
        """The id of the call at `index`."""
        number = self._number[index]
        return self._ids.text(number, self._position(index) if number == NO_NUMBER else 0)

    def index_of(self, call_id: str) -> int | None:
        """Where a call stands, None where it does not any more."""
        position = self._ids.position(call_id)
        return None if position is None or position < self.first else position - self.first

    def _position(self, index: int) -> int:
        return self.first + (index if index >= 0 else len(self.route) + index)

    # What the log writes.

    def add_call(self, call: Call) -> None:
        """Adds a call at the end."""
        position = self.first + len(self.route)
        self._number.append(self._ids.put(call.id, position))
        self.route.append(self.routes.symbol(route_of(call)))
        self.standing.append(self.standings.symbol(standing_of(call)))
        self.started_at.append(call.started_at)
        self.elapsed_ms.append(_or_nan(call.elapsed_ms))
        self.ack_ms.append(_or_nan(call.ack_ms))
        self.queued_ms.append(_or_nan(call.queued_ms))
        self.size_bytes.append(min(call.size_bytes, _LARGEST))

    def add_event(self, event: RoomEvent) -> None:
        """Adds an event at the end."""
        self._events[self.first + len(self.route)] = event
        self._number.append(NO_NUMBER)
        self.route.append(EVENT)
        self.standing.append(EVENT)
        self.started_at.append(event.at)
        for column in (self.elapsed_ms, self.ack_ms, self.queued_ms):
            column.append(nan)
        self.size_bytes.append(0)

    def set_call(self, index: int, call: Call, *, has_moved: bool) -> None:
        """Takes over what became of the call at `index`; `has_moved` where its route may be another."""
        if has_moved:
            self.route[index] = self.routes.symbol(route_of(call))
        self.standing[index] = self.standings.symbol(standing_of(call))
        self.started_at[index] = call.started_at
        self.elapsed_ms[index] = _or_nan(call.elapsed_ms)
        self.ack_ms[index] = _or_nan(call.ack_ms)
        self.queued_ms[index] = _or_nan(call.queued_ms)
        self.size_bytes[index] = min(call.size_bytes, _LARGEST)

    def let_go(self, count: int) -> None:
        """Drops so many of the oldest entries."""
        self.first += count
        for column in self._arrays():
            del column[:count]
        self._ids.forget_before(self.first)
        gone = []
        for position in self._events:
            if position >= self.first:
                break
            gone.append(position)
        for position in gone:
            del self._events[position]
        if len(self.routes) >= _MANY_SYMBOLS:
            self.routes.keep_only(set(self.route))
        if len(self.standings) >= _MANY_SYMBOLS:
            self.standings.keep_only(set(self.standing))

    def clear(self) -> None:
        """Drops everything, what was counted of the entries let go, too."""
        self.first = 0
        for column in self._arrays():
            del column[:]
        self._ids.clear()
        self._events.clear()
        self.routes.keep_only(set())
        self.standings.keep_only(set())

    def _arrays(self) -> tuple[array[int] | array[float], ...]:
        return (
            self._number,
            self.route,
            self.standing,
            self.started_at,
            self.elapsed_ms,
            self.ack_ms,
            self.queued_ms,
            self.size_bytes,
        )


def route_of(call: Call) -> Route:
    """Who called whom, where, and what."""
    return Route(call.direction, call.room, call.connection, call.caller, call.destination, call.method)


def standing_of(call: Call) -> Standing:
    """How it stands with a call."""
    return Standing(
        call.outcome,
        call.error.code if call.error else None,
        bool(call.unmatched),
        call.mock,
        call.rule,
        call.wire,
        call.fault,
        bool(call.note),
    )


def _or_nan(value: float | None) -> float:
    return nan if value is None else value
