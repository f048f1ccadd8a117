"""Calls as spans, in OpenTelemetry's OTLP/JSON.

Each line is one `TracesData` (opentelemetry/proto/trace/v1/trace.proto), equal in form to the body of a POST
to a collector's `/v1/traces`; a collector's `otlpjsonfile` receiver reads the file as it is. There are
several lines only where one would be more than a collector takes at once. As the specification of OTLP/JSON
asks for, ids are hexadecimal, 64-bit integers are strings, enumerations are numbers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from inspector.core.calls import Call, Direction, Outcome, utf8_bytes
from inspector.core.events import RoomEvent
from inspector.core.exports.json_text import json_text
from inspector.core.exports.masking import masked

SPANS_A_LINE = 1000
BYTES_A_LINE = 2 * 1024 * 1024
"""About as many: a collector takes 4 MiB over gRPC by default."""
REMEMBERED_CALLS = 50_000
"""Calls that had a cause, whose own consequences belong to the same trace."""

_KIND_SERVER = 2
_KIND_CLIENT = 3
_STATUS_ERROR = 2
_NS_A_MS = 1_000_000

Json = dict[str, object]


def otlp(entries: Iterable[Call | RoomEvent], program_version: str) -> Iterator[str]:
    """The lines of an OTLP/JSON file, at least one; events have no place in it."""
    batch = _Batch(program_version)
    traces = _Traces()
    written = False
    for entry in entries:
        if not isinstance(entry, Call):
            continue
        call = masked(entry)
        batch.add(_service(call), _span(call, traces.trace_of(call)))
        if batch.is_full:
            yield batch.take()
            written = True
    if batch.spans or not written:
        yield batch.take()


class _Batch:
    """The spans of one line, by the service that made them."""

    def __init__(self, program_version: str) -> None:
        self._scope: Json = {"name": "rpc-inspector", "version": program_version}
        self._services: dict[str | None, list[str]] = {}
        self._bytes = 0
        self.spans = 0

    @property
    def is_full(self) -> bool:
        return self.spans >= SPANS_A_LINE or self._bytes >= BYTES_A_LINE

    def add(self, service: str | None, span: Json) -> None:
        text = json_text(span)
        self._services.setdefault(service, []).append(text)
        self._bytes += utf8_bytes(text)
        self.spans += 1

    def take(self) -> str:
        """The line, after which there are no spans."""
        scope = json_text(self._scope)
        groups = (
            f'{{"resource":{json_text(_resource(service))},'
            f'"scopeSpans":[{{"scope":{scope},"spans":[{",".join(spans)}]}}]}}'
            for service, spans in self._services.items()
        )
        line = f'{{"resourceSpans":[{",".join(groups)}]}}\n'
        self._services = {}
        self._bytes = self.spans = 0
        return line


class _Traces:
    """Which trace a call belongs to: that of the call which caused it, else one of its own."""

    def __init__(self) -> None:
        self._of_caused: dict[str, str] = {}

    def trace_of(self, call: Call) -> str:
        """A trace id, in hexadecimal."""
        if call.parent is None:
            return _hex(call.id, 16)
        trace = self._of_caused.get(call.parent) or _hex(call.parent, 16)
        if len(self._of_caused) >= REMEMBERED_CALLS:
            del self._of_caused[next(iter(self._of_caused))]
        self._of_caused[call.id] = trace
        return trace


def _hex(call_id: str, size: int) -> str:
    """An id of `size` bytes that is the same each time a call is exported, and never all zeros."""
    return hashlib.blake2b(call_id.encode(errors="replace"), digest_size=size - 1).hexdigest() + "01"


def _service(call: Call) -> str | None:
    return call.destination if call.direction is Direction.IN else call.caller


def _resource(service: str | None) -> Json:
    return {"attributes": _attributes({"service.name": service or "unknown_service"})}


def _span(call: Call, trace: str) -> Json:
    start = round(call.started_at * 1_000_000) * 1000
    sent = start + _ns(call.queued_ms)
    span: Json = {
        "traceId": trace,
        "spanId": _hex(call.id, 8),
        "name": call.method,
        "kind": _KIND_SERVER if call.direction is Direction.IN else _KIND_CLIENT,
        "startTimeUnixNano": str(start),
        "endTimeUnixNano": str(sent + _ns(call.elapsed_ms)),
        "attributes": _attributes(_facts(call)),
        "events": _events(call, sent),
        "status": _status(call),
    }
    if call.parent is not None:
        span["parentSpanId"] = _hex(call.parent, 8)
    return span


def _ns(ms: float | None) -> int:
    return max(0, round((ms or 0.0) * _NS_A_MS))


def _events(call: Call, sent: int) -> list[Json]:
    events: list[Json] = []
    if call.queued_ms is not None:
        events.append({"timeUnixNano": str(sent), "name": "sent"})
    if call.ack_ms is not None:
        events.append({"timeUnixNano": str(sent + _ns(call.ack_ms)), "name": "acknowledged"})
    return events


def _status(call: Call) -> Json:
    """Unset where it went well, as OpenTelemetry asks of those who only watch."""
    if call.outcome in (Outcome.OK, Outcome.PENDING):
        return {}
    return {"code": _STATUS_ERROR, "message": call.error.message if call.error else call.outcome.value}


def _facts(call: Call) -> dict[str, str | int | float | bool | None]:
    """Under OpenTelemetry's names where it has one, else under `livekit.rpc`."""
    error = call.error
    code = call.code
    failed = call.outcome not in (Outcome.OK, Outcome.PENDING)
    return {
        "rpc.system.name": "livekit",
        "rpc.method": call.method,
        "rpc.response.status_code": None if code is None else str(code),
        "error.type": None if not failed else call.outcome.value if code is None else str(code),
        "livekit.room.name": call.room,
        "livekit.rpc.id": call.id,
        "livekit.rpc.connection": call.connection,
        "livekit.rpc.direction": call.direction.value,
        "livekit.rpc.caller": call.caller,
        "livekit.rpc.destination": call.destination,
        "livekit.rpc.request_id": call.request_id,
        "livekit.rpc.outcome": call.outcome.value,
        "livekit.rpc.payload": call.payload,
        "livekit.rpc.payload_bytes": call.payload_bytes,
        "livekit.rpc.response": call.response,
        "livekit.rpc.response_bytes": call.response_bytes,
        "livekit.rpc.truncated": call.truncated,
        "livekit.rpc.error.name": error.name if error else None,
        "livekit.rpc.error.data": error.data if error else None,
        "livekit.rpc.error.side": error.side.value if error and error.side else None,
        "livekit.rpc.timeout_s": call.timeout_s,
        "livekit.rpc.ack_timeout_s": call.ack_timeout_s,
        "livekit.rpc.queued_ms": call.queued_ms,
        "livekit.rpc.ack_ms": call.ack_ms,
        "livekit.rpc.wire": call.wire,
        "livekit.rpc.source": call.source.value,
        "livekit.rpc.mock": call.mock,
        "livekit.rpc.rule": call.rule,
        "livekit.rpc.unmatched": call.unmatched,
        "livekit.rpc.fault": call.fault,
        "livekit.rpc.note": call.note,
    }


def _attributes(facts: dict[str, str | int | float | bool | None]) -> list[Json]:
    return [{"key": key, "value": _value(fact)} for key, fact in facts.items() if fact is not None]


def _value(fact: str | float | bool) -> Json:
    if isinstance(fact, bool):
        return {"boolValue": fact}
    if isinstance(fact, int):
        return {"intValue": str(fact)}
    if isinstance(fact, float):
        return {"doubleValue": fact}
    return {"stringValue": fact}
