"""Which values the calls of a log have, field by field, and how many calls have each: for completion."""

from __future__ import annotations

from collections import Counter

from inspector.core.calls import Direction, Outcome
from inspector.core.filters.completion import Known
from inspector.core.filters.fields import Field, State
from inspector.core.log_columns import EVENT, LogColumns, Route, Standing

ENTRIES = 50_000
"""Entries counted in one turn: some milliseconds."""


class SeenValues:
    """Counts what there is when it begins, in turns; whoever wants to know of what came later counts anew."""

    def __init__(self, columns: LogColumns) -> None:
        self._columns = columns
        self._end = columns.first + len(columns)
        self._next = columns.first
        self._routes: Counter[int] = Counter()
        self._standings: Counter[int] = Counter()

    def work(self) -> bool:
        """Counts some more; False once all are counted."""
        first = self._columns.first
        start = max(self._next, first)
        self._next = min(start + ENTRIES, self._end, first + len(self._columns))
        part = slice(start - first, max(start, self._next) - first)
        self._routes.update(self._columns.route[part])
        self._standings.update(self._columns.standing[part])
        return start < self._next < self._end

    def known(self) -> Known:
        """The values of what is counted so far, as `complete` takes them."""
        values: dict[Field, Counter[str]] = {field: Counter() for field in Field}
        # A symbol that no call has any more since it was counted has no value.
        routes, standings = self._columns.routes.values, self._columns.standings.values
        for symbol, count in self._routes.items():
            if symbol != EVENT and symbol < len(routes) and (route := routes[symbol]) is not None:
                _add_route(values, route, count)
        for symbol, count in self._standings.items():
            if symbol != EVENT and symbol < len(standings) and (standing := standings[symbol]) is not None:
                _add_standing(values, standing, count)
        return {field: dict(counts) for field, counts in values.items() if counts}


def _add_route(values: dict[Field, Counter[str]], route: Route, count: int) -> None:
    values[Field.DIR][route.direction.value] += count
    values[Field.METHOD][route.method] += count
    if route.direction is Direction.SEEN:
        values[Field.IS][State.SEEN] += count
    for field, name in ((Field.FROM, route.caller), (Field.TO, route.destination), (Field.ROOM, route.room)):
        if name is not None:
            values[field][name] += count


def _add_standing(values: dict[Field, Counter[str]], standing: Standing, count: int) -> None:
    values[Field.OUTCOME][standing.outcome.value] += count
    if standing.code is not None:
        values[Field.CODE][str(standing.code)] += count
    if standing.mock is not None:
        values[Field.MOCK][standing.mock] += count
    for state, holds in (
        (State.PENDING, standing.outcome is Outcome.PENDING),
        (State.ERROR, standing.outcome not in (Outcome.OK, Outcome.PENDING)),
        (State.UNMATCHED, standing.unmatched),
        (State.NOTED, standing.noted),
    ):
        if holds:
            values[Field.IS][state] += count
