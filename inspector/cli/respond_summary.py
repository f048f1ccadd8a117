"""What `respond` says at its end: which rules answered, what matched none of them, which were never used."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator

import msgspec

from inspector.cli.summary import counted
from inspector.core.calls import Call, Direction
from inspector.core.events import RoomEvent
from inspector.core.log import CallLog
from inspector.core.mock_decisions import rule_title
from inspector.core.mocks import Mock
from inspector.core.payloads import visible
from inspector.session.mock_set import MockEntry

_KINDS_KEPT = 1000
"""Unmatched calls of more kinds than these are counted together."""


class UnmatchedCalls:
    """A listener of the log that counts calls which no rule answered, by method and reason."""

    def __init__(self, log: CallLog) -> None:
        self._log = log
        self._open: set[str] = set()
        self._kinds: Counter[tuple[str, str]] = Counter()

    @property
    def count(self) -> int:
        """How many there were."""
        return self._kinds.total()

    def lines(self) -> Iterator[str]:
        """What to say of them."""
        for (method, why), count in self._kinds.most_common():
            yield f"Unmatched: {counted(count, 'call')} of {visible(method)}{f'; {why}' if why else ''}"

    def entry_added(self, index: int) -> None:
        """Notes an inbound call, of which nothing is known yet."""
        entry = self._log[index]
        if not isinstance(entry, RoomEvent) and entry.direction is Direction.IN:
            self._open.add(entry.id)

    def entry_changed(self, index: int) -> None:
        """Counts a call once it has its outcome."""
        entry = self._log[index]
        if isinstance(entry, RoomEvent) or entry.id not in self._open:
            return
        call = self._log.get(entry.id)
        if call is not None and not call.is_pending:
            self._open.discard(call.id)
            if call.unmatched:
                self._count(call)

    def entries_removed(self) -> None:
        """They were counted when they had their outcome."""

    def _count(self, call: Call) -> None:
        kind = (call.method, call.note or "")
        full = len(self._kinds) >= _KINDS_KEPT and kind not in self._kinds
        self._kinds[(call.method, "") if full else kind] += 1


class UnusedRule(msgspec.Struct, frozen=True):
    """A rule that is on and answered no call."""

    mock: Mock
    rule: int

    def __str__(self) -> str:
        """`rule 2 "the rest" of get_weather`."""
        return f"{rule_title(self.mock, self.rule)} of {visible(self.mock.method)}"


def unused_rules(entries: Iterable[MockEntry]) -> tuple[UnusedRule, ...]:
    """The rules that are on and answered no call."""
    return tuple(
        UnusedRule(entry.mock, index)
        for entry in entries
        if entry.mock.enabled
        for index, rule in enumerate(entry.mock.rules)
        if rule.enabled and not entry.use.rule_hits.get(index)
    )


def hit_lines(entries: Iterable[MockEntry]) -> Iterator[str]:
    """How often each mock was called, and each rule of those with several answered."""
    for entry in entries:
        yield f"{visible(entry.mock.method)}: {counted(entry.use.hits, 'call')}"
        if len(entry.mock.rules) < 2 or not entry.use.hits:
            continue
        for index in range(len(entry.mock.rules)):
            yield f"  {rule_title(entry.mock, index)}: {entry.use.rule_hits.get(index, 0)}"
