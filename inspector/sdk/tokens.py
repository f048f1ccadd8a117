"""Access tokens made from a key.

They are signed here rather than by `livekit.api`: importing that takes 0.4 s, which a call from the command
line need not pay, and PyJWT warns on stderr about the six-byte secret of every dev server. The claims are
those of `livekit.api.AccessToken`; a test holds the two side by side.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import time
from collections.abc import Mapping

import msgspec

from inspector.core.participants import PUBLISH_ON_BEHALF
from inspector.sdk.bad_input import bad_input
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.session.ports import JoinAs

TOKEN_LIFE_S = 6 * 3600.0
"""How long a token made here is valid, as long as `AccessToken`'s."""
_ADMIN_TOKEN_LIFE_S = 600.0


def make_token(
    source: ConnectionSource,
    *,
    hidden: bool = False,
    can_publish_data: bool = True,
    valid_for_s: float = TOKEN_LIFE_S,
) -> str:
    """A token that lets the source's identity into its room, and does nothing else.

    Beside, its kind is agent and it publishes on its own behalf (product, section 5).

    Raises:
        ProblemError: what it shall say is no Unicode text.
        TypeError: the source has no key; its own token is to be used then.
    """
    attributes = dict(source.attributes)
    kind = source.kind
    if source.join_as is JoinAs.BESIDE:
        attributes[PUBLISH_ON_BEHALF] = source.identity
        kind = "agent"
    grants: dict[str, object] = {
        "roomJoin": True,
        "room": source.room,
        "canPublish": True,
        "canSubscribe": True,
        "canPublishData": can_publish_data,
    }
    if hidden:
        grants["hidden"] = True
    claims: dict[str, object] = {"video": grants, "sub": source.identity, "kind": kind}
    if source.name:
        claims["name"] = source.name
    if source.metadata:
        claims["metadata"] = source.metadata
    if attributes:
        claims["attributes"] = attributes
    return _signed(claims, _key_of(source), valid_for_s)


def admin_token(source: ConnectionSource, room: str | None = None) -> str:
    """A token for the server API: to list rooms, or to ask about `room`.

    Raises:
        TypeError: the source has no key.
    """
    grants: dict[str, object] = {"roomList": True} if room is None else {"roomAdmin": True, "room": room}
    return _signed({"video": grants}, _key_of(source), _ADMIN_TOKEN_LIFE_S)


def _key_of(source: ConnectionSource) -> KeyCredentials:
    if not isinstance(source.credentials, KeyCredentials):
        msg = "only a source with a key can make tokens"
        raise TypeError(msg)
    return source.credentials


def _signed(claims: Mapping[str, object], key: KeyCredentials, valid_for_s: float) -> str:
    """An HS256 JSON web token (RFC 7515) of these claims, valid from now on.

    Raises:
        ProblemError: a claim or the secret is no Unicode text, as an argument of stray bytes is not.
    """
    now = int(time.time())
    body = {**claims, "iss": key.api_key, "nbf": now, "exp": now + int(valid_for_s)}
    try:
        signed = f"{_part({'alg': 'HS256', 'typ': 'JWT'})}.{_part(body)}"
        signature = hmac.digest(key.api_secret.encode(), signed.encode(), hashlib.sha256)
    except UnicodeEncodeError:
        raise bad_input(
            "Room, identity or another join option holds bytes that are no UTF-8 text.", "Correct it."
        ) from None
    return f"{signed}.{_base64url(signature)}"


def _part(content: Mapping[str, object]) -> str:
    return _base64url(msgspec.json.encode(content))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
