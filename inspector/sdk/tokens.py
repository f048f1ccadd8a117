"""The tokens that a source with a key makes for itself.

Their claims are those of `livekit.api.AccessToken`; a test holds the two side by side.
"""

from __future__ import annotations

import time
from collections.abc import Mapping

from inspector.core import access_tokens
from inspector.core.access_tokens import TOKEN_LIFE_S
from inspector.core.participants import PUBLISH_ON_BEHALF
from inspector.sdk.bad_input import bad_input
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.session.ports import JoinAs

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
    """A token of these claims, valid from now on.

    Raises:
        ProblemError: a claim or the secret is no Unicode text, as an argument of stray bytes is not.
    """
    try:
        return access_tokens.sign(
            claims, key.api_key, key.api_secret, now=time.time(), valid_for_s=valid_for_s
        )
    except UnicodeEncodeError:
        raise bad_input(
            "Room, identity or another join option holds bytes that are no UTF-8 text.", "Correct it."
        ) from None
