"""Looks for calls in the log's columns: a filter is tried on what calls have in common, not on each call.

Of a million calls there are a few hundred routes and standings. Each of these is tried once; then a call is
let through by the two numbers it has in these columns. Only measures and texts are looked at call by call.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import compress
from typing import TypeVar

from inspector.core.calls import Direction, Outcome
from inspector.core.filters.fields import Field, State
from inspector.core.filters.filter import Filter, Term
from inspector.core.filters.numbers import Comparison
from inspector.core.log import CallLog, Row
from inspector.core.log_columns import EVENT, LogColumns, Route, Standing

_OF_ROUTE = frozenset({Field.DIR, Field.FROM, Field.TO, Field.METHOD, Field.ROOM})
_OF_STANDING = frozenset({Field.CODE, Field.OUTCOME, Field.MOCK})
_MEASURED = frozenset({Field.MS, Field.SIZE})
_PAIR = 1 << 32
_V = TypeVar("_V")

Kept = Callable[[Sequence[int]], Sequence[int]]
"""Of some indices, those that pass."""


class ColumnSearch:
    """Says of any part of a log which entries pass, while the log grows and changes, until it is cleared."""

    def __init__(self, log: CallLog, wanted: Filter, identity: str | None = None) -> None:
        """With `identity`, only the calls from or to it pass; where there is no filter, its events, too."""
        self._log = log
        self._columns = log.columns
        self._identity = identity
        self._shows_events = not wanted
        routes, standings, texts = [], [], []
        self._one_by_one: list[Kept] = []
        self._known: list[_Known] = []
        for term in wanted.terms:
            if term.needs_texts:
                texts.append(term)
            elif term.field in _MEASURED:
                self._one_by_one.append(self._measure(term))
            elif term.field in _OF_ROUTE or set(term.conditions) == {State.SEEN}:
                routes.append(term)
            elif term.field in _OF_STANDING or State.SEEN not in term.conditions:
                standings.append(term)
            else:
                self._one_by_one.append(self._mix(term))
        self._first = self._columns.first
        self._routes = _Routes(Filter(tuple(routes)), self._columns, identity, passes_event=not wanted)
        self._standings = _Standings(Filter(tuple(standings)), self._columns)
        self._texts = Filter(tuple(texts))
        self._slim = _Pairs(self._texts, self._columns)
        self._known += (self._routes, self._standings, self._slim)

    @property
    def has_texts(self) -> bool:
        """Whether texts are searched, too: `candidates` are then no more than that."""
        return bool(self._texts)

    def candidates(self, start: int, end: int) -> Sequence[int]:
        """The indices from `start` up to `end` that pass but for their texts, in ascending order."""
        columns = self._columns
        if columns.first != self._first:  # symbols of calls that were let go may mean something else now
            self._first = columns.first
            for known in self._known:
                known.clear()
        found: Sequence[int] = range(start, end)
        if self._routes.may_hide:
            found = list(compress(found, map(self._routes.__getitem__, columns.route[start:end])))
        if self._shows_events:
            return self._with_events_of_identity(found)
        if self._standings.wanted:
            passes, standing = self._standings, columns.standing
            found = [index for index in found if passes[standing[index]]]
        for kept in self._one_by_one:
            found = kept(found)
        return found

    def passing_slim(self, candidates: Sequence[int]) -> Sequence[int]:
        """Those candidates that pass if their full records were let go."""
        return self._slim.kept(candidates)

    def passes_texts(self, index: int) -> bool:
        """Whether a candidate passes, by its texts."""
        row = self._log[index]
        assert isinstance(row, Row), "events are no candidates of a filter"
        return self._texts.passes(row, self._log.get(row.id))

    def _with_events_of_identity(self, found: Sequence[int]) -> Sequence[int]:
        if self._identity is None:
            return found
        route, event = self._columns.route, self._columns.event
        return [index for index in found if route[index] != EVENT or event(index).identity == self._identity]

    def _mix(self, term: Term) -> Kept:
        """What a term keeps of which some conditions are on the route, and others on the standing."""
        columns, wanted = self._columns, not term.is_negated
        others = tuple(condition for condition in term.conditions if condition != State.SEEN)
        seen = _Routes(Filter((Term(term.field, (State.SEEN,)),)), columns, None, passes_event=False)
        other = _Standings(Filter((Term(term.field, others),)), columns)
        self._known += (seen, other)
        route, standing = columns.route, columns.standing
        return lambda found: [
            index for index in found if (seen[route[index]] or other[standing[index]]) is wanted
        ]

    def _measure(self, term: Term) -> Kept:
        """What a term on a number of each call keeps; NaN, which stands for unknown, is in no interval."""
        column = self._columns.elapsed_ms if term.field is Field.MS else self._columns.size_bytes
        intervals = [
            condition.interval() for condition in term.conditions if isinstance(condition, Comparison)
        ]
        if len(intervals) == 1:
            ((least, most),) = intervals
            if term.is_negated:
                return lambda found: [index for index in found if not least <= column[index] <= most]
            return lambda found: [index for index in found if least <= column[index] <= most]
        wanted = not term.is_negated
        return lambda found: [
            index
            for index in found
            if any(least <= column[index] <= most for least, most in intervals) is wanted
        ]


class _Known(dict[int, bool]):
    """Whether calls with a symbol, or with a pair of them, pass a filter: each is tried once."""

    def __init__(self, wanted: Filter, columns: LogColumns) -> None:
        super().__init__()
        self.wanted = wanted
        self._columns = columns

    def __missing__(self, symbol: int) -> bool:
        passes = self[symbol] = self._passes(symbol)
        return passes

    def _passes(self, symbol: int) -> bool:
        raise NotImplementedError


class _Routes(_Known):
    """The same by who called whom; of a participant, only the calls from or to it."""

    def __init__(
        self, wanted: Filter, columns: LogColumns, identity: str | None, *, passes_event: bool
    ) -> None:
        super().__init__(wanted, columns)
        self._identity = identity
        self._passes_event = passes_event
        self.may_hide = bool(wanted) or identity is not None or not passes_event

    def _passes(self, symbol: int) -> bool:
        if symbol == EVENT:
            return self._passes_event
        route = self._columns.routes.value(symbol)
        if self._identity is not None and self._identity not in (route.caller, route.destination):
            return False
        return self.wanted.passes(_row(route, _ANY_STANDING), None)


class _Standings(_Known):
    """The same by how it stands with a call."""

    def _passes(self, symbol: int) -> bool:
        return self.wanted.passes(_row(_ANY_ROUTE, self._columns.standings.value(symbol)), None)


class _Pairs(_Known):
    """The same by both, in one number."""

    def kept(self, found: Sequence[int]) -> Sequence[int]:
        """Of these indices, those that pass."""
        route, standing = self._columns.route, self._columns.standing
        return [index for index in found if self[route[index] * _PAIR + standing[index]]]

    def _passes(self, symbol: int) -> bool:
        route, standing = divmod(symbol, _PAIR)
        row = _row(self._columns.routes.value(route), self._columns.standings.value(standing))
        return self.wanted.passes(row, None)


_ANY_ROUTE = Route(Direction.OUT, None, None, None, None, "")
_ANY_STANDING = Standing(Outcome.OK)


def _row(route: Route, standing: Standing) -> Row:
    return Row(
        id="",
        direction=route.direction,
        caller=route.caller,
        destination=route.destination,
        method=route.method,
        outcome=standing.outcome,
        code=standing.code,
        started_at=0,
        elapsed_ms=None,
        size_bytes=0,
        connection=route.connection,
        unmatched=standing.unmatched,
        mock=standing.mock,
        wire=standing.wire,
        fault=standing.fault,
        rule=standing.rule,
        room=route.room,
        noted=standing.noted,
    )
