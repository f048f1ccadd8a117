"""Twirp: LiveKit's server API over HTTP, in protobuf or JSON (twitchtv.github.io/twirp, specification v7).

Codes, statuses and texts are those of livekit-server 1.13.5, measured.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import msgspec
from aiohttp import hdrs, web
from google.protobuf import json_format
from google.protobuf.message import DecodeError, Message

from inspector.core.payloads import shortened
from inspector.local_room.access.admission import grants_of
from inspector.local_room.access.bodies import BodyTooLargeError, UnreadableBodyError, body_of
from inspector.local_room.access.grants import Grants

BODY_BYTES = 4 * 1024 * 1024
"""More than any request that the room's other bounds let pass: metadata of 512 KiB, in JSON of escapes."""
_JSON = "application/json"
_PROTOBUF = "application/protobuf"
_PREFIX = "/twirp/livekit."
_SHOWN_CHARS = 200

_STATUSES: Mapping[str, int] = {
    "canceled": 408,
    "invalid_argument": 400,
    "malformed": 400,
    "deadline_exceeded": 408,
    "not_found": 404,
    "bad_route": 404,
    "permission_denied": 403,
    "unauthenticated": 401,
    "resource_exhausted": 429,
    "failed_precondition": 412,
    "unimplemented": 501,
    "internal": 500,
    "unavailable": 503,
}


class TwirpError(Exception):
    """A request that fails: one of Twirp's codes, and what is said of it."""

    def __init__(self, code: str, text: str, meta: Mapping[str, str] | None = None) -> None:
        super().__init__(f"{code}: {text}")
        self.code = code
        self.text = text
        self.meta = meta

    @property
    def status(self) -> int:
        """The HTTP status that goes with the code."""
        return _STATUSES[self.code]


class Method(msgspec.Struct, frozen=True):
    """One method of a service."""

    request: type[Message]
    handle: Callable[[Any, Grants | None], Awaitable[Message]]
    """Answers a request of that type, from somebody with these grants; raises TwirpError."""


Service = Mapping[str, Method]


def relayed(code: str, text: str) -> TwirpError:
    """An error from where the room is. Its way through a LiveKit server leaves these words on it."""
    return TwirpError(code, f"twirp error unknown: {text}")


def add_services(app: web.Application, services: Mapping[str, Service]) -> None:
    """Adds services of LiveKit's by their names to an application."""
    for name, service in services.items():
        app.router.add_route("*", f"{_PREFIX}{name}/{{method:.*}}", _answering(service))


def _answering(service: Service) -> Callable[[web.Request], Awaitable[web.Response]]:
    async def answer(request: web.Request) -> web.Response:
        try:
            method, content_type = _routed(request, service)
            message = _decoded(await _body(request), method.request, content_type)
            return _encoded(await method.handle(message, grants_of(request)), content_type)
        except TwirpError as error:
            return _failure(error)

    return answer


def _routed(request: web.Request, service: Service) -> tuple[Method, str]:
    """The method that is asked for, and in what the request and its answer are written."""
    if request.method != hdrs.METH_POST:
        raise _bad_route(request, f'unsupported method "{request.method}" (only POST is allowed)')
    method = service.get(request.match_info["method"])
    if method is None:
        raise _bad_route(request, f'no handler for path "{_shown(request.path)}"')
    header = request.headers.get(hdrs.CONTENT_TYPE, "")
    content_type = header.partition(";")[0].strip().lower()
    if content_type not in (_JSON, _PROTOBUF):
        raise _bad_route(request, f'unexpected Content-Type: "{_shown(header)}"')
    return method, content_type


def _bad_route(request: web.Request, text: str) -> TwirpError:
    return TwirpError("bad_route", text, {"twirp_invalid_route": f"{request.method} {_shown(request.path)}"})


def _shown(text: str) -> str:
    return shortened(text, _SHOWN_CHARS)


async def _body(request: web.Request) -> bytes:
    try:
        return await body_of(request, BODY_BYTES)
    except BodyTooLargeError:
        raise TwirpError("resource_exhausted", f"the request is larger than {BODY_BYTES} bytes") from None
    except UnreadableBodyError as error:
        raise TwirpError("malformed", str(error)) from None


def _decoded(body: bytes, kind: type[Message], content_type: str) -> Message:
    message = kind()
    if content_type == _PROTOBUF:
        try:
            message.ParseFromString(body)
        except DecodeError:
            raise TwirpError("malformed", "the protobuf request could not be decoded") from None
        return message
    try:
        said = msgspec.json.decode(body)
        if not isinstance(said, dict):
            raise TypeError(type(said))
        return json_format.ParseDict(said, message, ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, AttributeError, RecursionError):
        # ParseDict leaves some wrong types to Python, which finds no such method or no such number.
        raise TwirpError("malformed", "the json request could not be decoded") from None


def _encoded(message: Message, content_type: str) -> web.Response:
    if content_type == _PROTOBUF:
        return web.Response(body=message.SerializeToString(), content_type=_PROTOBUF)
    said = json_format.MessageToDict(
        message, preserving_proto_field_name=True, always_print_fields_with_no_presence=True
    )
    return web.Response(text=json.dumps(said), content_type=_JSON)


def _failure(error: TwirpError) -> web.Response:
    said: dict[str, object] = {"code": error.code, "msg": error.text}
    if error.meta:
        said["meta"] = dict(error.meta)
    return web.Response(status=error.status, text=json.dumps(said), content_type=_JSON)
