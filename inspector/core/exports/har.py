"""Calls as an HTTP archive (HAR 1.2), for the network panels of browsers and what else reads such files.

A call is a POST to a URL that names room, destination and method. What HTTP has no word for stands in headers
`rpc-*`, which panels show, and the whole record, without its two texts, in `_rpc`. Besides the specification
(softwareishard.com/blog/har-12-spec) it keeps to what the importers of Chromium and Firefox insist on: a list
of pages, a `cache` in each entry, and URLs that can be parsed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote

import msgspec

from inspector.core.calls import Call, Outcome, timestamp, to_json, utf8_bytes
from inspector.core.events import RoomEvent
from inspector.core.exports.json_text import json_text
from inspector.core.exports.masking import masked
from inspector.core.payloads import looks_like_json, visible

_HOST = "https://livekit-rpc.invalid"
"""No server has a name under `invalid` (RFC 2606)."""
_JSON = "application/json"
_TEXT = "text/plain"
_OUTCOMES = {
    Outcome.PENDING: "No answer yet",
    Outcome.STOPPED: "Stopped waiting",
    Outcome.LOST: "Lost: the program or the connection ended first",
}

Json = dict[str, object]


def har(entries: Iterable[Call | RoomEvent], program_version: str) -> Iterator[str]:
    """The pieces of one HAR file; events have no place in it."""
    creator = json_text({"name": "RPC Inspector", "version": program_version})
    yield f'{{"log":{{"version":"1.2","creator":{creator},"pages":[],"entries":['
    separator = "\n"
    for entry in entries:
        if isinstance(entry, Call):
            yield separator + json_text(_entry(masked(entry)))
            separator = ",\n"
    yield "\n]}}\n"


def _entry(call: Call) -> Json:
    queued = _ms(call.queued_ms)
    elapsed = _ms(call.elapsed_ms)
    acked = min(_ms(call.ack_ms), elapsed)
    entry: Json = {
        "startedDateTime": timestamp(call.started_at),
        "time": round(queued + elapsed, 3),
        "request": _request(call),
        "response": _response(call),
        "cache": {},
        "timings": {
            "blocked": queued if call.queued_ms is not None else -1,
            "dns": -1,
            "connect": -1,
            "ssl": -1,
            "send": acked,
            "wait": round(elapsed - acked, 3),
            "receive": 0,
        },
        "_resourceType": "fetch",
        "_rpc": _facts(call),
    }
    if comment := "; ".join(_remarks(call)):
        entry["comment"] = comment
    return entry


def _ms(value: float | None) -> float:
    return max(0.0, round(value or 0.0, 3))


def _remarks(call: Call) -> Iterator[str]:
    if call.note:
        yield call.note
    if call.truncated:
        yield "truncated: payload or response is only a part"


def _request(call: Call) -> Json:
    path = "/".join(quote(part or "-", safe="", errors="replace") for part in _path(call))
    request: Json = {
        "method": "POST",
        "url": f"{_HOST}/{path}",
        "httpVersion": _version(call),
        "cookies": [],
        "headers": _headers(
            room=call.room,
            from_=call.caller,
            to=call.destination,
            method=call.method,
            direction=call.direction.value,
            request_id=call.request_id,
            timeout_s=call.timeout_s,
            truncated=call.truncated or None,
        ),
        "queryString": [],
        "headersSize": -1,
        "bodySize": -1 if call.payload_bytes is None else call.payload_bytes,
    }
    if call.payload is not None:
        request["postData"] = {"mimeType": _mime(call.payload), "text": call.payload}
    return request


def _path(call: Call) -> tuple[str | None, ...]:
    return call.room, call.destination, call.method


def _response(call: Call) -> Json:
    error = call.error
    response: Json = {
        "status": _status(call),
        "statusText": _status_text(call),
        "httpVersion": _version(call),
        "cookies": [],
        "headers": _headers(
            outcome=call.outcome.value,
            ack_ms=call.ack_ms,
            side=error.side.value if error and error.side else None,
            mock=call.mock,
            rule=call.rule,
            fault=call.fault,
            truncated=call.truncated or None,
        ),
        "content": _content(call),
        "redirectURL": "",
        "headersSize": -1,
        "bodySize": -1 if call.response_bytes is None else call.response_bytes,
    }
    if call.outcome is not Outcome.OK:
        response["_error"] = _status_text(call)
    return response


def _status(call: Call) -> int:
    """200, the error's own code, or what browsers give a request that got no answer: 0."""
    if call.outcome is Outcome.OK:
        return 200
    return call.code or 0


def _status_text(call: Call) -> str:
    if call.outcome is Outcome.OK:
        return "OK"
    error = call.error
    if error is not None and (words := ": ".join(filter(None, (error.name, error.message)))):
        return visible(words)
    return _OUTCOMES.get(call.outcome, "Error")


def _content(call: Call) -> Json:
    """The response; of a call that failed with an RPC error, that error."""
    text = call.response
    if text is None and call.error is not None and call.error.code is not None:
        text = json_text({name: getattr(call.error, name) for name in ("code", "name", "message", "data")})
        return {"size": utf8_bytes(text), "mimeType": _JSON, "text": text}
    if text is None:
        return {"size": call.response_bytes or 0, "mimeType": _TEXT}
    size = utf8_bytes(text) if call.response_bytes is None else call.response_bytes
    return {"size": size, "mimeType": _mime(text), "text": text}


def _mime(text: str) -> str:
    return _JSON if looks_like_json(text) else _TEXT


def _version(call: Call) -> str:
    return f"livekit-rpc/{call.wire}" if call.wire else "livekit-rpc"


def _headers(**known: str | float | bool | None) -> list[Json]:
    return [
        {"name": f"rpc-{name.rstrip('_').replace('_', '-')}", "value": _shown(value)}
        for name, value in known.items()
        if value is not None
    ]


def _shown(value: str | float) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return visible(value) if isinstance(value, str) else f"{value:g}"


def _facts(call: Call) -> Json:
    facts: Json = msgspec.json.decode(to_json(msgspec.structs.replace(call, payload=None, response=None)))
    del facts["payload"], facts["response"]
    return facts
