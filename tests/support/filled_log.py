"""A call log that a test fills directly, with a clock of its own."""

from __future__ import annotations

from inspector.core.calls import Call, CallError, Direction, Outcome, utf8_bytes
from inspector.core.events import RoomEvent, RoomEventKind
from inspector.core.log import CallLog
from inspector.core.rpc_errors import outgoing_error

START = 1_700_000_000.0


class FilledLog:
    """Calls from `inspector` to `agent-weather` unless said otherwise; `now` moves when a test says so."""

    def __init__(self, *, full_records: int = 20_000, entries: int = 1_000_000) -> None:
        self.log = CallLog("run", full_records=full_records, entries=entries)
        self.now = START

    def clock(self) -> float:
        return self.now

    def pending(self, method: str = "get_weather", **fields: object) -> str:
        """Opens a call and returns its id."""
        payload = fields.pop("payload", "{}")
        assert isinstance(payload, str)
        known: dict[str, object] = {
            "id": self.log.new_id(),
            "room": "demo",
            "connection": "c1",
            "direction": Direction.OUT,
            "caller": "inspector",
            "destination": "agent-weather",
            "method": method,
            "payload": payload,
            "payload_bytes": utf8_bytes(payload),
            "started_at": self.now,
        }
        call = Call(**(known | fields))  # type: ignore[arg-type]
        self.log.open(call)
        return call.id

    def settle(self, call_id: str, response: str = "{}", *, elapsed_ms: float = 12.4) -> None:
        self.log.change(
            call_id,
            outcome=Outcome.OK,
            response=response,
            response_bytes=utf8_bytes(response),
            elapsed_ms=elapsed_ms,
        )

    def fail(self, call_id: str, code: int = 1502, message: str = "Response timeout") -> None:
        self.end(call_id, Outcome.ERROR, outgoing_error(code, message, None))

    def end(self, call_id: str, outcome: Outcome, error: CallError | None = None, **fields: object) -> None:
        self.log.change(call_id, outcome=outcome, error=error, elapsed_ms=31.7, **fields)

    def ok(self, method: str = "get_weather", *, response: str = "{}", **fields: object) -> str:
        """A call that was answered."""
        call_id = self.pending(method, **fields)
        self.settle(call_id, response)
        return call_id

    def failed(self, method: str = "get_weather", code: int = 1502, **fields: object) -> str:
        """A call that failed."""
        call_id = self.pending(method, **fields)
        self.fail(call_id, code)
        return call_id

    def event(self, identity: str = "robot-1", what: RoomEventKind = RoomEventKind.JOINING) -> None:
        self.log.add_event(RoomEvent(self.now, "demo", "c1", identity, what))
