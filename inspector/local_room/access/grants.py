"""What a verified access token allows and says: the claims of LiveKit's tokens (`auth.ClaimGrants`)."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Protocol, cast

import msgspec
from google.protobuf import json_format
from livekit.protocol.models import ParticipantInfo, ParticipantPermission, TrackSource
from livekit.protocol.room import RoomConfiguration

from inspector.core import access_tokens
from inspector.core.access_tokens import MalformedTokenError, ParsedToken, TokenRejectedError
from inspector.core.payloads import shortened
from inspector.core.redact import TOKEN_MARK
from inspector.local_room.access.refusals import Refused

_API_KEY_CHARS = 100


class _Enum(Protocol):
    """A protobuf enum, as far as its names go."""

    def keys(self) -> list[str]: ...

    def Value(self, name: str) -> int: ...  # noqa: N802 - protobuf's name


class VideoGrants(msgspec.Struct, frozen=True, rename="camel"):
    """What its holder may do. Permissions that a token leaves out are what the server takes for them."""

    room_create: bool = False
    room_list: bool = False
    room_admin: bool = False
    room_join: bool = False
    room: str = ""
    """The room that joining and administering is about."""
    destination_room: str = ""
    can_publish: bool | None = None
    can_subscribe: bool | None = None
    can_publish_data: bool | None = None
    can_publish_sources: tuple[str, ...] = ()
    can_update_own_metadata: bool | None = None
    can_subscribe_metrics: bool | None = None
    can_manage_agent_session: bool | None = None
    hidden: bool = False
    recorder: bool = False
    agent: bool = False
    """Whether its holder may register as a worker that runs agents."""

    def may_publish(self) -> bool:
        """Whether it may publish tracks: unless refused."""
        return self.can_publish is not False

    def may_publish_data(self) -> bool:
        """Whether its data packets are passed on: where not said, publishing counts."""
        return self.may_publish() if self.can_publish_data is None else self.can_publish_data

    def permission(self) -> ParticipantPermission:
        """The same as a participant's permission, as the server shows it to others."""
        return ParticipantPermission(
            can_publish=self.may_publish(),
            can_publish_data=self.may_publish_data(),
            can_subscribe=self.can_subscribe is not False,
            can_publish_sources=[
                cast("TrackSource", _value(TrackSource, name) or TrackSource.UNKNOWN)
                for name in self.can_publish_sources
            ],
            can_update_metadata=bool(self.can_update_own_metadata),
            hidden=self.hidden,
            recorder=self.recorder,
            agent=self.agent,
            can_subscribe_metrics=bool(self.can_subscribe_metrics),
            can_manage_agent_session=bool(self.can_manage_agent_session),
        )


class Grants(msgspec.Struct, frozen=True):
    """A token whose signature and times were checked."""

    api_key: str
    identity: str
    """Empty for a token that is for nobody in particular, as those for the server API are."""
    video: VideoGrants | None = None
    """None: the token grants nothing that a room knows of."""
    name: str = ""
    metadata: str = ""
    attributes: dict[str, str] = msgspec.field(default_factory=dict)
    kind: str = ""
    kind_details: tuple[str, ...] = ()
    room_config: RoomConfiguration | None = None
    """How to make the room, if joining makes it: among others the agents to dispatch."""
    room_preset: str = ""
    sha256: str = ""
    """Of the body that the token goes with, where it goes with one (webhooks)."""
    expires_at: float | None = None
    """Seconds since the epoch; None: never."""

    def participant_kind(self) -> ParticipantInfo.Kind:
        """The kind of participant; an unknown one is a standard participant, as on the server."""
        kind = _value(ParticipantInfo.Kind, self.kind)
        return cast("ParticipantInfo.Kind", ParticipantInfo.Kind.STANDARD if kind is None else kind)

    def participant_kind_details(self) -> tuple[ParticipantInfo.KindDetail, ...]:
        """More of its kind, unknown details left out, as on the server."""
        details = (_value(ParticipantInfo.KindDetail, name) for name in self.kind_details)
        return tuple(cast("ParticipantInfo.KindDetail", detail) for detail in details if detail is not None)


class _Claims(msgspec.Struct, rename="camel"):
    """The claims beyond JWT's own, by the types that the server reads them as."""

    video: VideoGrants | None = None
    name: str = ""
    metadata: str = ""
    attributes: dict[str, str] = {}
    kind: str = ""
    kind_details: tuple[str, ...] = ()
    room_preset: str = ""
    sha256: str = ""


def verify(token: str, keys: Mapping[str, str], now: float) -> Grants:
    """What the token grants; `keys` are the secrets by API key, `now` is in seconds since the epoch.

    Raises:
        Refused: the token does not hold. Status and text are livekit-server 1.13.5's (measured), with
            `[token]` where that one repeats the token, and without the Go types in what it says of a claim
            of the wrong type.
    """
    try:
        parsed = access_tokens.parse(token)
    except MalformedTokenError:
        raise Refused(HTTPStatus.UNAUTHORIZED, "invalid authorization token") from None
    secret = keys.get(parsed.api_key)
    if not secret:
        raise Refused(
            HTTPStatus.UNAUTHORIZED, f"invalid API key: {shortened(parsed.api_key, _API_KEY_CHARS)}"
        )
    try:
        grants = _grants(parsed)
        access_tokens.verify(parsed, secret, now)
    except TokenRejectedError as error:
        raise Refused(HTTPStatus.UNAUTHORIZED, f"invalid token: {TOKEN_MARK}, error: {error}") from None
    return grants


def _grants(parsed: ParsedToken) -> Grants:
    """What an unproven token says that it grants.

    Raises:
        TokenRejectedError: a claim is of another type than it has to be.
    """
    said = _without_nulls(parsed.claims)
    if isinstance(said.get("video"), dict):
        said["video"] = _without_nulls(said["video"])
    try:
        claims = msgspec.convert(said, _Claims)
    except msgspec.ValidationError as error:
        raise TokenRejectedError(f"token is malformed: could not JSON decode claim: {error}") from None
    return Grants(
        api_key=parsed.api_key,
        identity=parsed.identity,
        video=claims.video,
        name=claims.name,
        metadata=claims.metadata,
        attributes=claims.attributes,
        kind=claims.kind,
        kind_details=claims.kind_details,
        room_config=room_configuration(said["roomConfig"]) if "roomConfig" in said else None,
        room_preset=claims.room_preset,
        sha256=claims.sha256,
        expires_at=parsed.expires_at,
    )


def room_configuration(said: object) -> RoomConfiguration:
    """The room configuration that JSON says, in either spelling of its names; unknown ones are passed over.

    Raises:
        TokenRejectedError: it is none.
    """
    if not isinstance(said, dict):
        raise TokenRejectedError("token is malformed: could not JSON decode claim: roomConfig is no object")
    try:
        return json_format.ParseDict(said, RoomConfiguration(), ignore_unknown_fields=True)
    except (json_format.ParseError, ValueError, TypeError, AttributeError):
        # ParseDict leaves some wrong types to Python, which finds no such method or no such number.
        raise TokenRejectedError(
            "token is malformed: could not JSON decode claim: roomConfig has a value of the wrong type"
        ) from None


def _without_nulls(said: Mapping[str, Any]) -> dict[str, Any]:
    """A null claim is one that was not made."""
    return {name: value for name, value in said.items() if value is not None}


def _value(enum: _Enum, name: str) -> int | None:
    """The value that an enum has by that name, whatever its case."""
    return enum.Value(name.upper()) if name.upper() in set(enum.keys()) else None
