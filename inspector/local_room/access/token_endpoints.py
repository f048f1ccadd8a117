"""Gives out tokens to front ends, as LiveKit's token endpoints and sandbox do: no key, for development only.

The shapes are those of `TokenSourceRequest` and `TokenSourceResponse`, which `TokenSource.endpoint` and
`TokenSource.developmentTokenServer` of every client SDK speak (livekit-client 2.23: `src/room/token-source`).
"""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

import msgspec
from aiohttp import web
from google.protobuf import json_format

from inspector.core import access_tokens
from inspector.core.access_tokens import TokenRejectedError
from inspector.local_room.access.bodies import BodyTooLargeError, UnreadableBodyError, body_of
from inspector.local_room.access.grants import room_configuration
from inspector.local_room.limits import Limits, attributes_size

TOKEN_PATH = "/token"  # noqa: S105 - a path
SANDBOX_PATH = "/api/v2/sandbox/connection-details"
DEFAULT_ROOM = "demo"
BODY_BYTES = 64 * 1024
TOKEN_CHARS = 16 * 1024
"""A token travels in a URL or a header, and what is much longer does not arrive."""

_SPELLINGS: Mapping[str, tuple[str, ...]] = {
    "room": ("room_name", "roomName", "room"),
    "identity": ("participant_identity", "participantIdentity", "identity"),
    "name": ("participant_name", "participantName", "name"),
    "metadata": ("participant_metadata", "participantMetadata", "metadata"),
    "attributes": ("participant_attributes", "participantAttributes", "attributes"),
    "room_config": ("room_config", "roomConfig"),
}
_IN_JSON = ("attributes", "room_config")
_GRANTS: Mapping[str, object] = {
    "roomJoin": True,
    "canPublish": True,
    "canSubscribe": True,
    "canPublishData": True,
    "canUpdateOwnMetadata": True,
}


class TokenRequest(msgspec.Struct, frozen=True):
    """What a front end asks of its token. What is empty was not said."""

    room: str = ""
    identity: str = ""
    name: str = ""
    metadata: str = ""
    attributes: dict[str, str] = msgspec.field(default_factory=dict)
    room_config: dict[str, Any] | None = None
    """As JSON, either spelling of its names."""


class TokenRefusedError(Exception):
    """No token is made: an HTTP status, and what to do about it."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status = status


def add_routes(
    app: web.Application,
    api_key: str,
    api_secret: str,
    limits: Limits,
    clock: Callable[[], float] = time.time,
) -> None:
    """Adds the endpoints to an application; tokens are signed with that key.

    `clock` tells seconds since the epoch.
    """

    async def give(request: web.Request) -> web.Response:
        try:
            asked = await _asked(request)
            token = make_token(asked, api_key, api_secret, limits, clock())
        except TokenRefusedError as refused:
            return web.json_response({"error": str(refused)}, status=refused.status)
        address = f"{'wss' if request.scheme == 'https' else 'ws'}://{request.host}"
        return web.json_response(
            {"server_url": address, "participant_token": token}, headers={"Cache-Control": "no-store"}
        )

    app.router.add_get(TOKEN_PATH, give, allow_head=False)
    app.router.add_post(TOKEN_PATH, give)
    app.router.add_post(SANDBOX_PATH, give)


def gives_tokens(request: web.Request) -> bool:
    """Whether a request asks for a token, which pages from elsewhere may not."""
    return request.path in (TOKEN_PATH, SANDBOX_PATH)


def read_request(said: Mapping[str, object]) -> TokenRequest:
    """The request that this JSON is, in either spelling; what it says beside that is passed over.

    Raises:
        TokenRefusedError: a value is of the wrong type; the text names it.
    """
    found: dict[str, object] = {}
    for field, spellings in _SPELLINGS.items():
        for spelling in spellings:
            if said.get(spelling) is not None:
                found.setdefault(field, said[spelling])
    try:
        return msgspec.convert(found, TokenRequest)
    except msgspec.ValidationError as error:
        raise TokenRefusedError(400, f"The request cannot be understood: {error}.") from None


def make_token(asked: TokenRequest, api_key: str, api_secret: str, limits: Limits, now: float) -> str:
    """A token as asked for, valid from `now` (seconds since the epoch).

    Who says no room gets `demo`, who says no identity one of their own.

    Raises:
        TokenRefusedError: something of it is larger than the room takes.
    """
    _bounded("room name", asked.room, limits.room_name_length)
    _bounded("participant identity", asked.identity, limits.identity_length)
    _bounded("participant name", asked.name, limits.name_length)
    _bounded("participant metadata", asked.metadata, limits.metadata_size)
    if attributes_size(asked.attributes) > limits.attributes_size:
        _too_large("participant attributes", limits.attributes_size)
    claims: dict[str, object] = {
        "sub": asked.identity or f"guest-{secrets.token_hex(4)}",
        "name": asked.name,
        "metadata": asked.metadata,
        "attributes": asked.attributes,
        "video": {**_GRANTS, "room": asked.room or DEFAULT_ROOM},
    }
    claims = {name: value for name, value in claims.items() if value}
    if asked.room_config:
        claims["roomConfig"] = _checked(asked.room_config)
    token = access_tokens.sign(claims, api_key, api_secret, now=now)
    if len(token) > TOKEN_CHARS:
        _too_large("token", TOKEN_CHARS)
    return token


async def _asked(request: web.Request) -> TokenRequest:
    if request.method == "GET":
        return read_request({name: _from_query(name, value) for name, value in request.query.items()})
    try:
        body = await body_of(request, BODY_BYTES)
    except BodyTooLargeError:
        _too_large("request", BODY_BYTES)
    except UnreadableBodyError as error:
        raise TokenRefusedError(400, f"The request cannot be read: {error}.") from None
    if not body.strip():
        return TokenRequest()
    said = _json(body)
    if not isinstance(said, dict):
        raise TokenRefusedError(400, "The body is no JSON object: send one, or none at all.")
    return read_request(said)


def _from_query(name: str, value: str) -> object:
    """A query has text only: what is a mapping stands there in JSON."""
    if not any(name in _SPELLINGS[field] for field in _IN_JSON):
        return value
    return _json(value.encode(errors="replace"))


def _json(data: bytes) -> object:
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise TokenRefusedError(400, "The request is no valid JSON.") from None


def _checked(room_config: dict[str, Any]) -> dict[str, Any]:
    """The same in the spelling of tokens.

    Raises:
        TokenRefusedError: it is no room configuration.
    """
    try:
        return json_format.MessageToDict(room_configuration(room_config))
    except TokenRejectedError:
        raise TokenRefusedError(400, "The room_config is no LiveKit room configuration.") from None


def _bounded(what: str, text: str, limit: int) -> None:
    try:
        size = len(text.encode())
    except UnicodeEncodeError:
        raise TokenRefusedError(400, f"The {what} is no valid text.") from None
    if size > limit:
        _too_large(what, limit)


def _too_large(what: str, limit: int) -> NoReturn:
    raise TokenRefusedError(413, f"The {what} is larger than {limit} bytes.")
