"""Counts, for `respond`, the calls that no rule answered and those of methods that nobody registered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from inspector.cli.summary import counted
from inspector.core.calls import Call, Direction, Source
from inspector.core.events import RoomEvent
from inspector.core.log import CallLog
from inspector.core.payloads import visible
from inspector.core.ping import PING_METHOD
from inspector.core.problems import Side
from inspector.core.rpc_errors import RpcCode

_KINDS_KEPT = 1000
"""Unmatched calls of more kinds than these are counted together."""


class UnmatchedCalls:
    """A listener of the log that counts calls which no rule answered, by method and reason.

    Among them are those that reach no mock, of which a room's X-ray tells: of methods that their destination,
    whoever it is, has not registered.
    """

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
        """Notes a call that somebody else made, of which nothing is known yet."""
        entry = self._log[index]
        if not isinstance(entry, RoomEvent) and entry.direction is not Direction.OUT:
            self._open.add(entry.id)

    def entry_changed(self, index: int) -> None:
        """Counts a call once it has its outcome."""
        entry = self._log[index]
        if isinstance(entry, RoomEvent) or entry.id not in self._open:
            return
        call = self._log.get(entry.id)
        if call is not None and not call.is_pending:
            self._open.discard(call.id)
            if call.unmatched or _is_unregistered(call):
                self._count(call)

    def entries_removed(self) -> None:
        """They were counted when they had their outcome."""

    def _count(self, call: Call) -> None:
        kind = (call.method, _ends(call) if _is_unregistered(call) else call.note or "")
        full = len(self._kinds) >= _KINDS_KEPT and kind not in self._kinds
        self._kinds[(call.method, "") if full else kind] += 1


def _is_unregistered(call: Call) -> bool:
    """Whether its destination has no such method. A probe asks for none that anybody has."""
    return (
        call.source is Source.XRAY
        and call.code == RpcCode.UNSUPPORTED_METHOD
        and call.error is not None
        and call.error.side is Side.CALLEE
        and call.method != PING_METHOD
    )


def _ends(call: Call) -> str:
    return visible(f"{call.caller} called {call.destination}, which has not registered it")
