"""What the composer remembers: the draft being written, and the calls that were sent.

Plain values, so that a writer thread can keep them and a test can make them without Qt.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from enum import StrEnum

import msgspec

from inspector.core.calls import Call, CallDraft, Direction, Outcome, Source, utf8_bytes

MAX_CALLS = 500
"""Sent calls that stay, with their full payloads."""
MAX_PAYLOAD_BYTES = 48 * 1024 * 1024
"""Payload bytes of sent calls that stay; the oldest go first."""


class PayloadMode(StrEnum):
    """How the composer looks at a payload. Both send the text exactly as it stands."""

    JSON = "json"
    TEXT = "text"


class ComposerDraft(msgspec.Struct, frozen=True):
    """What stands in the composer, as it was typed; it names a connection and holds no credentials."""

    connection: str = ""
    destination: str = ""
    method: str = ""
    payload: str = ""
    mode: PayloadMode = PayloadMode.JSON
    timeout: str = ""
    """As typed, empty for the SDK's default."""
    ack_timeout: str = ""


class SentCall(msgspec.Struct, frozen=True, gc=False):
    """A call that was sent from here, with what is needed to send it again."""

    id: str
    sent_at: float
    """Seconds since the epoch."""
    draft: CallDraft
    payload_bytes: int = 0
    outcome: Outcome = Outcome.PENDING
    code: int | None = None
    elapsed_ms: float | None = None


def sent_call(call: Call) -> SentCall:
    """What to remember of the record of a call that we made."""
    payload = call.payload or ""
    return SentCall(
        id=call.id,
        sent_at=call.started_at,
        draft=draft_of(call),
        payload_bytes=utf8_bytes(payload) if call.payload_bytes is None else call.payload_bytes,
        outcome=call.outcome,
        code=call.code,
        elapsed_ms=call.elapsed_ms,
    )


def draft_of(call: Call) -> CallDraft:
    """The draft that would make this call again."""
    return CallDraft(
        connection=call.connection or "",
        destination=call.destination or "",
        method=call.method,
        payload=call.payload or "",
        timeout_s=call.timeout_s,
        ack_timeout_s=call.ack_timeout_s,
    )


class SentCalls:
    """The calls sent last, within bounds on their number and their payload bytes."""

    def __init__(
        self,
        calls: Iterable[SentCall] = (),
        *,
        max_calls: int = MAX_CALLS,
        max_payload_bytes: int = MAX_PAYLOAD_BYTES,
    ) -> None:
        self._max_calls = max_calls
        self._max_payload_bytes = max_payload_bytes
        self._calls: OrderedDict[str, SentCall] = OrderedDict()
        self._payload_bytes = 0
        for call in calls:
            self._put(call)

    def __len__(self) -> int:
        return len(self._calls)

    def newest_first(self) -> list[SentCall]:
        """The calls, the one sent last in front."""
        return list(reversed(self._calls.values()))

    def note(self, call: Call) -> SentCall | None:
        """Takes up what the log says of a call; the changed entry, None where there is nothing new."""
        if call.direction is not Direction.OUT or call.source is not Source.SELF:
            return None
        known = self._calls.get(call.id)
        if known is None:
            if not call.is_pending:
                return None  # it was here and had to go for newer ones
            known = sent_call(call)
        elif known.outcome is call.outcome:
            return None
        else:
            known = msgspec.structs.replace(
                known, outcome=call.outcome, code=call.code, elapsed_ms=call.elapsed_ms
            )
        self._put(known)
        return known

    def _put(self, call: SentCall) -> None:
        before = self._calls.get(call.id)
        self._payload_bytes += call.payload_bytes - (before.payload_bytes if before else 0)
        self._calls[call.id] = call
        while len(self._calls) > self._max_calls or (
            self._payload_bytes > self._max_payload_bytes and len(self._calls) > 1
        ):
            _, oldest = self._calls.popitem(last=False)
            self._payload_bytes -= oldest.payload_bytes


def recent_methods(newest_first: Iterable[SentCall], limit: int | None = None) -> list[str]:
    """The methods called, each once, the one called last in front."""
    methods: dict[str, None] = {}
    for call in newest_first:
        methods.setdefault(call.draft.method)
        if limit is not None and len(methods) >= limit:
            break
    return list(methods)
