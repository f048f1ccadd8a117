"""Who is told of changes; a listener that fails is reported, and the others are told all the same."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

L = TypeVar("L")

Report = Callable[[BaseException, str], None]
"""Tells a person of an exception nobody expected, and what was being done."""


class Listeners(Generic[L]):
    """Listeners of one kind, told in the order they came.

    A listener's failure must not become that of whoever changed something: a call that cannot be shown is
    answered all the same. With `report` it goes there, without it is raised.
    """

    def __init__(self, report: Report | None = None) -> None:
        self._report = report
        self._listeners: list[L] = []

    def add(self, listener: L) -> Callable[[], None]:
        """Tells `listener` of everything from now on; the result ends it."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    def tell(self, news: Callable[[L], None]) -> None:
        """Calls `news` with each listener."""
        for listener in tuple(self._listeners):
            try:
                news(listener)
            except Exception as error:
                if self._report is None:
                    raise
                self._report(error, f"telling {type(listener).__name__} what changed")
