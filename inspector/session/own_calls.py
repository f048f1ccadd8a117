"""Our own calls in one room that X-ray has not told of yet, until it does or will not any more."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Hashable

from inspector.core.calls import Call, Direction, Outcome, utf8_bytes
from inspector.core.rpc_errors import RpcCode
from inspector.session.seen_records import SERVER_API
from inspector.xray.messages import SeenCall

KEPT = 4096
"""How many are remembered, the newest."""
TOLD_WITHIN_S = 3.0
"""X-ray tells of a call at most so long after it has settled here; later it was missed."""
_NEVER_SENT = frozenset({RpcCode.REQUEST_PAYLOAD_TOO_LARGE, RpcCode.UNSUPPORTED_SERVER, RpcCode.SEND_FAILED})
"""Codes of the caller's own SDK that say that nothing went out."""


class OwnCalls:
    """Outbound calls in the order they were sent, inbound ones by their request's id."""

    def __init__(self) -> None:
        self._alike: dict[Hashable, dict[str, Call]] = {}
        self._keys: OrderedDict[str, Hashable] = OrderedDict()
        self._settled: deque[tuple[float, str]] = deque()

    def __len__(self) -> int:
        return len(self._keys)

    @property
    def is_waiting(self) -> bool:
        """Whether `sweep` will have something to do."""
        return bool(self._settled)

    def add(self, call: Call) -> None:
        """Remembers a call that was sent, or has arrived."""
        key = _inbound(call.destination, call.request_id) if _is_in(call) else _outbound(call)
        self._alike.setdefault(key, {})[call.id] = call
        self._keys[call.id] = key
        if len(self._keys) > KEPT:
            self.drop(next(iter(self._keys)))

    def take_inbound(self, seen: SeenCall) -> list[str]:
        """The rows of this call, which reached us: more than one where the request came twice."""
        rows = list(self._alike.get(_inbound(seen.callee, seen.request_id), ()))
        for row in rows:
            self.drop(row)
        return rows

    def take_outbound(self, seen: SeenCall) -> str | None:
        """The row of this call, which we made: the first sent among those that are equal."""
        alike = self._alike.get(_parties(seen.wire, seen.caller, seen.callee, seen.method), {})
        row = next((call.id for call in alike.values() if has_payload(call, seen)), None)
        if row is not None:
            self.drop(row)
        return row

    def settled(self, call: Call, now: float) -> None:
        """The call has its outcome; `now` in seconds of the monotonic clock."""
        if call.id not in self._keys:
            return
        if call.outcome is Outcome.ERROR and call.code in _NEVER_SENT and not _is_in(call):
            self.drop(call.id)
        else:
            self._settled.append((now + TOLD_WITHIN_S, call.id))

    def drop(self, call_id: str) -> None:
        """Forgets a call; harmless where it is forgotten already."""
        key = self._keys.pop(call_id, None)
        if key is None:
            return
        alike = self._alike[key]
        del alike[call_id]
        if not alike:
            del self._alike[key]

    def sweep(self, now: float) -> None:
        """Forgets those that X-ray will not tell of any more."""
        while self._settled and self._settled[0][0] <= now:
            self.drop(self._settled.popleft()[1])


def is_equal(call: Call, seen: SeenCall) -> bool:
    """Whether an outbound call of ours and a seen one cannot be told apart by what both sides know."""
    parties = _parties(seen.wire, seen.caller, seen.callee, seen.method)
    return _outbound(call) == parties and has_payload(call, seen)


def has_payload(call: Call, seen: SeenCall) -> bool:
    """Whether both have the same payload, as far as the room tells it."""
    if seen.payload is None:
        return seen.payload_bytes in (None, call.payload_bytes)
    payload = call.payload or ""
    if not seen.truncated:
        return payload == seen.payload
    same_size = seen.payload_bytes in (None, utf8_bytes(payload))
    return same_size and payload.startswith(seen.payload)


def _is_in(call: Call) -> bool:
    return call.direction is Direction.IN


def _inbound(destination: str | None, request_id: str | None) -> Hashable:
    return (Direction.IN, destination, request_id)


def _outbound(call: Call) -> Hashable:
    return _parties(call.wire, call.caller, call.destination, call.method)


def _parties(wire: str | None, caller: str | None, callee: str | None, method: str | None) -> Hashable:
    """A call that the server made for us does not show who asked for it."""
    return (Direction.OUT, SERVER_API if wire == SERVER_API else caller, callee, method, wire == SERVER_API)
