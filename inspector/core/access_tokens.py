"""Access tokens as LiveKit has them: JSON web tokens (RFC 7515, 7519) signed with HMAC-SHA256.

They are signed here rather than by `livekit.api`: importing that takes 0.4 s, which a call from the command
line need not pay, and PyJWT warns on stderr about the six-byte secret of every dev server.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import math
from collections.abc import Mapping
from typing import Any

import msgspec

ALGORITHM = "HS256"
TOKEN_LIFE_S = 6 * 3600.0
"""How long a token is valid unless told otherwise, as `livekit.api`'s `AccessToken` has it."""
LEEWAY_S = 60.0
"""How far the clocks of signer and verifier may differ (measured on livekit-server 1.13.5)."""
MAX_TOKEN_CHARS = 64 * 1024
"""What is longer is not looked at."""

_ALGORITHMS = frozenset(
    ("none", "EdDSA", *(f"{family}{bits}" for family in ("HS", "RS", "ES", "PS") for bits in (256, 384, 512)))
)


class MalformedTokenError(ValueError):
    """What was given is no access token. The text does not quote it."""


class TokenRejectedError(ValueError):
    """An access token that does not hold, and why, in the words of livekit-server. It is not quoted."""


class ParsedToken(msgspec.Struct, frozen=True):
    """A token taken apart; nothing it says is proven yet."""

    algorithm: str
    claims: dict[str, Any]
    signed: bytes
    """What the signature is of."""
    signature: bytes

    @property
    def api_key(self) -> str:
        """Who says to have signed it; empty where it does not say."""
        return str(self.claims.get("iss") or "")

    @property
    def identity(self) -> str:
        """Whom it is for; empty for a token that is for nobody in particular."""
        return str(self.claims.get("sub") or self.claims.get("jti") or "")

    @property
    def expires_at(self) -> float | None:
        """Seconds since the epoch; None: never."""
        return _time(self.claims.get("exp"))

    @property
    def not_before(self) -> float | None:
        """Seconds since the epoch; None: valid at once."""
        return _time(self.claims.get("nbf"))


def sign(
    claims: Mapping[str, object],
    api_key: str,
    api_secret: str,
    *,
    now: float,
    valid_for_s: float = TOKEN_LIFE_S,
) -> str:
    """A token that says these claims, valid from `now` (seconds since the epoch).

    Raises:
        UnicodeEncodeError: a claim, the key or the secret is no Unicode text, as an argument of stray bytes
            is not.
    """
    body = {**claims, "iss": api_key, "nbf": int(now), "exp": int(now) + int(valid_for_s)}
    signed = f"{_part({'alg': ALGORITHM, 'typ': 'JWT'})}.{_part(body)}"
    return f"{signed}.{_base64url(_signature(signed.encode(), api_secret))}"


def parse(token: str) -> ParsedToken:
    """Takes a token apart without believing it.

    Raises:
        MalformedTokenError: it is no access token.
    """
    parts = token.split(".")
    if len(parts) != 3 or len(token) > MAX_TOKEN_CHARS:
        raise MalformedTokenError("an access token has three parts")
    header, claims = (json_object(part) for part in parts[:2])
    algorithm = header.get("alg")
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise MalformedTokenError("its header names no known way to sign")
    for name in ("iss", "sub", "jti"):
        if not isinstance(claims.get(name), str | None):
            raise MalformedTokenError(f"its {name} is no text")
    for name in ("exp", "nbf"):
        if claims.get(name) is not None and _time(claims[name]) is None:
            raise MalformedTokenError(f"its {name} is no time")
    return ParsedToken(algorithm, claims, f"{parts[0]}.{parts[1]}".encode(), _bytes(parts[2]))


def verify(parsed: ParsedToken, api_secret: str, now: float) -> None:
    """Returns where the token is signed with the secret and valid at `now` (seconds since the epoch).

    Raises:
        TokenRejectedError: it is not.
    """
    if parsed.algorithm != ALGORITHM:
        raise TokenRejectedError(f"token signature is invalid: signing method {parsed.algorithm} is invalid")
    if not hmac.compare_digest(parsed.signature, _signature(parsed.signed, api_secret)):
        raise TokenRejectedError("token signature is invalid: signature is invalid")
    untimely = []
    if parsed.expires_at is not None and now >= parsed.expires_at + LEEWAY_S:
        untimely.append("token is expired")
    if parsed.not_before is not None and now < parsed.not_before - LEEWAY_S:
        untimely.append("token is not valid yet")
    if untimely:
        raise TokenRejectedError(f"token has invalid claims: {', '.join(untimely)}")


def json_object(part: str) -> dict[str, Any]:
    """What a part of a token says, which is JSON in base64url; its signature is not checked.

    Raises:
        MalformedTokenError: it is no JSON object.
    """
    try:
        content = msgspec.json.decode(_bytes(part))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise MalformedTokenError("a part is no JSON object")
    return content


def _signature(signed: bytes, api_secret: str) -> bytes:
    return hmac.digest(api_secret.encode(), signed, hashlib.sha256)


def _part(content: Mapping[str, object]) -> str:
    return _base64url(msgspec.json.encode(content))


def _base64url(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def _bytes(part: str) -> bytes:
    """The bytes of one part, which has no padding.

    Raises:
        MalformedTokenError: it is not written as base64url.
    """
    if "=" in part or "+" in part or "/" in part:
        raise MalformedTokenError("a part is not written as base64url")
    try:
        return base64.b64decode(part + "=" * (-len(part) % 4), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):  # a ValueError where it is no ASCII
        raise MalformedTokenError("a part is not written as base64url") from None


def _time(value: object) -> float | None:
    """Seconds since the epoch; a server takes a number also where it is written as text."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        seconds = float(value)
    except (ValueError, OverflowError):
        return None
    return seconds if math.isfinite(seconds) else None
