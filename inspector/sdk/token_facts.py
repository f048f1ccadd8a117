"""What an access token says, read without its secret, and what a person should know of it before joining."""

from __future__ import annotations

import math
from collections.abc import Iterator
from enum import StrEnum
from typing import Any

import msgspec

from inspector.core.access_tokens import MalformedTokenError, json_object
from inspector.core.payloads import visible
from inspector.sdk.bad_input import bad_input

_SOON_S = 600.0
"""Within ten minutes of its end a token may not last as long as a session does."""


class Severity(StrEnum):
    """How much a finding matters."""

    ERROR = "error"
    """The server will refuse to let this token in."""
    WARNING = "warning"
    """Joining works, calling or answering will not, or not for long."""
    NOTE = "note"
    """Good to know."""


class FindingKind(StrEnum):
    """What a token can be found to be."""

    EXPIRED = "expired"
    NOT_YET_VALID = "not_yet_valid"
    NO_ROOM_JOIN = "no_room_join"
    NO_ROOM = "no_room"
    NO_IDENTITY = "no_identity"
    EXPIRES_SOON = "expires_soon"
    HIDDEN = "hidden"
    NO_DATA = "no_data"
    STARTS_AGENTS = "starts_agents"


class Finding(msgspec.Struct, frozen=True):
    """Something about a token that a person should know before joining."""

    kind: FindingKind
    severity: Severity
    sentence: str


class TokenFacts(msgspec.Struct, frozen=True):
    """What a token says. What it leaves out is empty, or what the server takes for it."""

    room: str = ""
    identity: str = ""
    name: str = ""
    kind: str = "standard"
    metadata: str = ""
    attributes: dict[str, str] = msgspec.field(default_factory=dict)
    api_key: str = ""
    """Who issued it: the key, never the secret."""
    expires_at: float | None = None
    """Seconds since the epoch; None: never."""
    not_before: float | None = None
    """Seconds since the epoch; None: valid at once."""
    room_join: bool = False
    room_admin: bool = False
    hidden: bool = False
    can_publish: bool = True
    can_subscribe: bool = True
    can_publish_data: bool = True
    agents: tuple[str, ...] = ()
    """Names of the agents it starts when its room begins ("" is the one without a name)."""

    def findings(self, now: float) -> tuple[Finding, ...]:
        """What a person should know before joining at `now` (seconds since the epoch), the worst first."""
        return (*self._refusals(now), *self._limits(now), *self._notes())

    def _refusals(self, now: float) -> Iterator[Finding]:
        error = Severity.ERROR
        if self.expires_at is not None and now >= self.expires_at:
            ago = _span(now - self.expires_at)
            yield Finding(FindingKind.EXPIRED, error, f"The token expired {ago} ago; a new one is needed.")
        if self.not_before is not None and now < self.not_before:
            wait = _span(self.not_before - now)
            yield Finding(
                FindingKind.NOT_YET_VALID,
                error,
                f"The token is not valid for another {wait}, unless this computer's clock is slow.",
            )
        if not self.room_join:
            yield Finding(
                FindingKind.NO_ROOM_JOIN, error, "The token does not allow joining a room (grant roomJoin)."
            )
        if not self.room:
            yield Finding(FindingKind.NO_ROOM, error, "The token names no room, so no server lets it in.")
        if not self.identity:
            yield Finding(
                FindingKind.NO_IDENTITY, error, "The token names no identity, so no server lets it in."
            )

    def _limits(self, now: float) -> Iterator[Finding]:
        warning = Severity.WARNING
        if self.expires_at is not None and now < self.expires_at <= now + _SOON_S:
            left = _span(self.expires_at - now)
            yield Finding(
                FindingKind.EXPIRES_SOON,
                warning,
                f"The token expires in {left}; joining again after that needs a new one.",
            )
        if self.hidden:
            yield Finding(
                FindingKind.HIDDEN,
                warning,
                "The token makes a hidden participant, which cannot call: every call ends as 1501."
                " It can be called.",
            )
        if not self.can_publish_data:
            yield Finding(
                FindingKind.NO_DATA,
                warning,
                "The token does not allow publishing data (grant canPublishData): calls from here and"
                " calls to here all end as 1501.",
            )

    def _notes(self) -> Iterator[Finding]:
        if self.agents:
            names = ", ".join(visible(name) or "the agent without a name" for name in self.agents)
            sentence = f"If the room does not exist yet, joining it starts {names}."
            yield Finding(FindingKind.STARTS_AGENTS, Severity.NOTE, sentence)


def read_token(token: str, called: str = "The token") -> TokenFacts:
    """What `token` says, its signature not checked; `called` is its name in an error.

    Defaults are the server's: without `canPublishData`, `canPublish` counts, and without that, yes.

    Raises:
        ProblemError: it is no access token. The text does not quote it.
    """
    parts = token.strip().split(".")
    if len(parts) != 3:
        raise bad_input(
            f"{called} is no access token: it has {len(parts)} of a token's three parts.",
            "Copy the whole token, from `eyJ` to its end, without quotes.",
        )
    claims = _json_part(parts[1], called)
    _json_part(parts[0], called)
    video = _mapping(claims.get("video"))
    can_publish = _flag(video.get("canPublish"), default=True)
    return TokenFacts(
        room=_text(video.get("room")),
        identity=_text(claims.get("sub")) or _text(claims.get("jti")),
        name=_text(claims.get("name")),
        kind=_text(claims.get("kind")) or "standard",
        metadata=_text(claims.get("metadata")),
        attributes={k: v for k, v in _mapping(claims.get("attributes")).items() if isinstance(v, str)},
        api_key=_text(claims.get("iss")),
        expires_at=_time(claims.get("exp")),
        not_before=_time(claims.get("nbf")),
        room_join=_flag(video.get("roomJoin"), default=False),
        room_admin=_flag(video.get("roomAdmin"), default=False),
        hidden=_flag(video.get("hidden"), default=False),
        can_publish=can_publish,
        can_subscribe=_flag(video.get("canSubscribe"), default=True),
        can_publish_data=_flag(video.get("canPublishData"), default=can_publish),
        agents=_agents(claims.get("roomConfig")),
    )


def _json_part(part: str, called: str) -> dict[str, Any]:
    try:
        return json_object(part)
    except MalformedTokenError:
        raise bad_input(
            f"{called} is no access token: what it says cannot be read.",
            "Copy the whole token, from `eyJ` to its end, without quotes.",
        ) from None


def _mapping(value: object) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _flag(value: object, *, default: bool) -> bool:
    return value if isinstance(value, bool) else default


def _time(value: object) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _agents(room_config: object) -> tuple[str, ...]:
    dispatches = _mapping(room_config).get("agents")
    if not isinstance(dispatches, list):
        return ()
    return tuple(
        _text(item.get("agentName", item.get("agent_name"))) for item in dispatches if isinstance(item, dict)
    )


def _span(seconds: float) -> str:
    """A length of time in one unit: `40 s`, `5 min`, `3 h`, `12 days`."""
    for unit, length in (("days", 86400), ("h", 3600), ("min", 60)):
        if seconds >= 2 * length:
            return f"{int(seconds // length)} {unit}"
    return f"{math.ceil(seconds)} s"
