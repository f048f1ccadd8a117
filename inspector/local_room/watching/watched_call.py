"""A call that the room watches, from its first packet to its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.core.rpc_errors import RpcCode
from inspector.local_room.watching.kept_text import KeptText, Reading
from inspector.local_room.watching.rpc_wire import RequestHead
from inspector.xray.messages import SeenCall, SeenError, SeenOutcome

if TYPE_CHECKING:
    from inspector.local_room.watching.fault_acts import FaultAct

_NOTHING = Reading(None, None)


class WatchedCall:
    """What is known of one call. Times are on the room's clock, in seconds."""

    __slots__ = (
        "_texts",
        "acked_at",
        "callee",
        "caller",
        "deadline",
        "encrypted",
        "ended_at",
        "ends_as",
        "error",
        "fault",
        "fault_title",
        "has_begun",
        "head",
        "is_heard",
        "key",
        "looked_at_next",
        "name",
        "outcome",
        "payload",
        "response",
        "room",
        "sent_at",
        "started",
        "started_at",
    )

    def __init__(
        self,
        key: str,
        room: str,
        head: RequestHead,
        *,
        caller: str,
        callee: str,
        started: float,
        started_at: float,
        payload: KeptText,
    ) -> None:
        """`payload` is let go when the call ends, and so is every text that is added to it."""
        self.key = key
        self.room = room
        self.head = head
        self.caller = caller
        self.callee = callee
        self.name = (callee, f"\0{key}" if head.request_id is None else head.request_id)
        """Tells it from the room's others, by what its answers say where that can be read."""
        self.started = started
        self.started_at = started_at
        """Seconds since the epoch."""
        self.payload = payload
        self.response: KeptText | None = None
        self._texts = [payload]
        self.sent_at = started
        """When the latest packet of its request came."""
        self.has_begun = False
        """Its request has arrived whole, and readers were told."""
        self.acked_at: float | None = None
        """When its callee said that the request arrived."""
        self.is_heard = False
        """That word has been passed on to the caller."""
        self.deadline = 0.0
        """When its caller gives up."""
        self.ends_as: RpcCode | None = None
        """What its caller then makes of it, where that is not silence."""
        self.looked_at_next = 0.0
        """When that is next looked at."""
        self.fault: FaultAct | None = None
        self.fault_title = ""
        """What the log calls the fault that it got, or that one of its ends joined under."""
        self.encrypted = payload.encrypted
        self.outcome = SeenOutcome.PENDING
        self.error: SeenError | None = None
        self.ended_at: float | None = None

    @property
    def is_pending(self) -> bool:
        """Whether it has no outcome yet."""
        return self.ended_at is None

    @property
    def ack_ms(self) -> float | None:
        """Milliseconds from the request's arrival to its ack's."""
        return None if self.acked_at is None else (self.acked_at - self.started) * 1000

    def seen(self, payload: bool = True) -> SeenCall:
        """The call as it is told to readers, with or without its payload."""
        said = self.payload.read() if payload else _NOTHING
        answered = _NOTHING if self.response is None else self.response.read()
        head = self.head
        return SeenCall(
            key=self.key,
            room=self.room,
            caller=self.caller,
            callee=self.callee,
            method=head.method,
            request_id=head.request_id,
            started_at=self.started_at,
            wire=head.wire,
            payload=said.text,
            payload_bytes=said.size_bytes,
            response=answered.text,
            response_bytes=answered.size_bytes,
            timeout_s=head.timeout_s,
            ack_ms=self.ack_ms,
            elapsed_ms=None if self.ended_at is None else (self.ended_at - self.started) * 1000,
            outcome=self.outcome,
            error=self.error,
            compressed=self.payload.compressed or (self.response is not None and self.response.compressed),
            encrypted=self.encrypted,
            truncated=said.truncated or answered.truncated,
            fault=self.fault_title or None,
        )

    def add_text(self, text: KeptText) -> KeptText:
        """A text that belongs to the call, such as a response that begins to arrive."""
        if self.is_pending:
            self._texts.append(text)
        else:
            text.release()
        return text

    def release(self) -> None:
        """Lets go of what its texts keep."""
        for text in self._texts:
            text.release()
        self._texts.clear()
