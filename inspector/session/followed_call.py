"""One call as X-ray has told of it so far, and the rows of the log that are about it."""

from __future__ import annotations

import msgspec

from inspector.core.calls import Direction
from inspector.session.seen_records import facts_of, late_words
from inspector.xray.messages import Late, SeenCall, SeenOutcome


class End:
    """An end of a call that is ours: the connection there, and the rows of the call."""

    __slots__ = ("connection", "direction", "rows")

    def __init__(self, direction: Direction, connection: str | None, rows: list[str]) -> None:
        self.direction = direction
        self.connection = connection
        self.rows = rows


class FollowedCall:
    """A call that is under way, or over for less than the time in which rows of it may still come."""

    __slots__ = ("ends", "held_bytes", "lost_at", "lost_for", "row", "seen", "since")

    def __init__(self, seen: SeenCall, ends: list[End], since: float) -> None:
        self.seen = msgspec.structs.replace(seen, outcome=SeenOutcome.PENDING)
        self.ends = ends
        self.since = since
        """When X-ray first told of it, seconds of the monotonic clock."""
        self.row: str | None = None
        """The row of a call between two others."""
        self.held_bytes = 0
        """Of payload and response that are kept for a row still to be added."""
        self.lost_at: float | None = None
        """Without news till then it is lost, for the reason `lost_for`."""
        self.lost_for = ""

    @property
    def is_over(self) -> bool:
        """Whether X-ray has told how it ended."""
        return self.seen.outcome is not SeenOutcome.PENDING

    @property
    def lacks_row(self) -> bool:
        """Whether an end of ours has no row."""
        return any(not end.rows for end in self.ends)

    @property
    def request(self) -> tuple[str, str | None]:
        """What the callee knows it by."""
        return (self.seen.callee, self.seen.request_id)

    def end(self, direction: Direction) -> End | None:
        """The end of ours in that direction."""
        return next((end for end in self.ends if end.direction is direction), None)

    def rows(self) -> list[str]:
        """The rows of our own."""
        return [row for end in self.ends for row in end.rows]

    def learn(self, seen: SeenCall) -> None:
        """Takes over what is known by now of a call that goes on."""
        self.seen = msgspec.structs.replace(self.seen, **facts_of(seen))

    def finish(self, ended: SeenCall) -> None:
        """Takes over how it ended; what was told when it began is left out then."""
        began = self.seen
        known: dict[str, object] = {"ack_ms": began.ack_ms} if ended.ack_ms is None else {}
        if ended.payload is None:
            known["payload"] = began.payload
            known["truncated"] = ended.truncated or began.truncated
        if ended.payload_bytes is None:
            known["payload_bytes"] = began.payload_bytes
        self.seen = msgspec.structs.replace(ended, **known)

    def answered_late(self, late: Late) -> None:
        """Notes that an answer came to a call that was over, for a row that is added later."""
        error = self.seen.error
        if error is not None:
            error = msgspec.structs.replace(error, message=late_words(error.message, late))
            self.seen = msgspec.structs.replace(self.seen, error=error)

    def let_go(self, *, cut: bool = False) -> None:
        """Keeps payload and response no more; with `cut` a row that is added later says so."""
        if cut or self.seen.payload is not None or self.seen.response is not None:
            truncated = cut or self.seen.truncated
            self.seen = msgspec.structs.replace(self.seen, payload=None, response=None, truncated=truncated)
