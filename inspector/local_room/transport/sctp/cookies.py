"""State cookies: what a handshake's passive side must remember, sealed and left to the peer (RFC 9260)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from struct import Struct
from typing import Final

LIFETIME_S: Final = 60.0
_FIELDS: Final = Struct("!LLLL?d")


@dataclass(frozen=True, slots=True)
class Agreement:
    """What a handshake agrees upon."""

    own_tag: int
    peer_tag: int
    peer_first_tsn: int
    peer_window: int
    """How many bytes the peer takes at once."""
    peer_forgets: bool
    """Whether the peer understands FORWARD-TSN."""


class CookieJar:
    """Makes and opens cookies, with a key of its own."""

    def __init__(self) -> None:
        self._key = secrets.token_bytes(32)

    def sealed(self, agreement: Agreement, now: float) -> bytes:
        """A cookie that says this much, made at `now` (seconds)."""
        content = _FIELDS.pack(
            agreement.own_tag,
            agreement.peer_tag,
            agreement.peer_first_tsn,
            agreement.peer_window,
            agreement.peer_forgets,
            now,
        )
        return content + self._seal(content)

    def opened(self, cookie: bytes, now: float) -> Agreement | None:
        """What a cookie says; None if it is not ours or too old."""
        content, seal = cookie[: _FIELDS.size], cookie[_FIELDS.size :]
        if len(content) != _FIELDS.size or not hmac.compare_digest(seal, self._seal(content)):
            return None
        *fields, made_at = _FIELDS.unpack(content)
        if now - made_at > LIFETIME_S:
            return None
        return Agreement(*fields)

    def _seal(self, content: bytes) -> bytes:
        return hmac.digest(self._key, content, hashlib.sha256)
