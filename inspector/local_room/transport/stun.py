"""STUN as an ICE-lite agent needs it: binding requests, checked and answered (RFC 8489, RFC 8445)."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

BINDING_REQUEST: Final = 0x0001
BINDING_SUCCESS: Final = 0x0101
COOKIE: Final = 0x2112A442
HEADER_BYTES: Final = 20
MOST_BYTES: Final = 1280

USERNAME: Final = 0x0006
MESSAGE_INTEGRITY: Final = 0x0008
XOR_MAPPED_ADDRESS: Final = 0x0020
USE_CANDIDATE: Final = 0x0025
PRIORITY: Final = 0x0024
ICE_CONTROLLING: Final = 0x802A
FINGERPRINT: Final = 0x8028

FINGERPRINT_XOR: Final = 0x5354554E
INTEGRITY_BYTES: Final = 24
FINGERPRINT_BYTES: Final = 8

_HEADER: Final = Struct("!HHL12s")
_ATTRIBUTE: Final = Struct("!HH")
_LENGTH: Final = Struct("!H")
_U32: Final = Struct("!L")


@dataclass(frozen=True, slots=True)
class BindingRequest:
    """A request whose form is right; whether its sender knows the password `is_by` says."""

    transaction: bytes
    username: str
    nominates: bool
    """Whether the sender chose this path (USE-CANDIDATE)."""
    signed: bytes
    integrity: bytes

    @classmethod
    def decoded(cls, datagram: bytes) -> BindingRequest | None:
        """Reads a datagram; None if it is no binding request with user name and integrity."""
        if not HEADER_BYTES <= len(datagram) <= MOST_BYTES:
            return None
        kind, length, cookie, transaction = _HEADER.unpack_from(datagram)
        if kind != BINDING_REQUEST or cookie != COOKIE or length + HEADER_BYTES != len(datagram):
            return None
        username: str | None = None
        nominates = False
        for attribute, start, content in _attributes(datagram):
            if attribute == USERNAME:
                username = content.decode(errors="replace")
            elif attribute == USE_CANDIDATE:
                nominates = True
            elif attribute == MESSAGE_INTEGRITY:
                # What comes after is not signed, except for the fingerprint, which protects nothing.
                if username is None or len(content) != INTEGRITY_BYTES - 4:
                    return None
                return cls(
                    transaction, username, nominates, _with_length(datagram[:start], INTEGRITY_BYTES), content
                )
        return None

    def is_by(self, password: bytes) -> bool:
        """Whether its sender knows the password."""
        return hmac.compare_digest(hmac.digest(password, self.signed, hashlib.sha1), self.integrity)


def _attributes(message: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Each attribute: kind, where it starts, content. Ends where they stop making sense."""
    position = HEADER_BYTES
    while position + 4 <= len(message):
        kind, length = _ATTRIBUTE.unpack_from(message, position)
        end = position + 4 + length
        if end > len(message):
            return
        yield kind, position, message[position + 4 : end]
        position = end + (-length & 3)


def _with_length(message: bytes, more: int) -> bytes:
    """The message with the length it has once `more` bytes are appended, as signatures want it."""
    return message[:2] + _LENGTH.pack(len(message) - HEADER_BYTES + more) + message[4:]


def _attribute(kind: int, content: bytes) -> bytes:
    return _ATTRIBUTE.pack(kind, len(content)) + content + bytes(-len(content) & 3)


def _sealed(message: bytes, password: bytes) -> bytes:
    """The message with integrity and fingerprint."""
    message = _with_length(message, INTEGRITY_BYTES)
    message += _attribute(MESSAGE_INTEGRITY, hmac.digest(password, message, hashlib.sha1))
    message = _with_length(message, FINGERPRINT_BYTES)
    return message + _attribute(FINGERPRINT, _U32.pack(zlib.crc32(message) ^ FINGERPRINT_XOR))


def binding_success(transaction: bytes, host: str, port: int, password: bytes) -> bytes:
    """The answer to a request that came from this address."""
    address = ipaddress.ip_address(host).packed
    mask = _U32.pack(COOKIE) + transaction
    hidden = bytes(a ^ b for a, b in zip(address, mask, strict=False))
    content = Struct("!BBH").pack(0, 1 if len(address) == 4 else 2, port ^ (COOKIE >> 16)) + hidden
    message = _HEADER.pack(BINDING_SUCCESS, 0, COOKIE, transaction) + _attribute(XOR_MAPPED_ADDRESS, content)
    return _sealed(message, password)


def binding_request(transaction: bytes, username: str, password: bytes, *, nominates: bool = True) -> bytes:
    """A request as a controlling full agent sends it; what the client side in tests needs."""
    message = _HEADER.pack(BINDING_REQUEST, 0, COOKIE, transaction)
    message += _attribute(USERNAME, username.encode())
    message += _attribute(PRIORITY, _U32.pack(0x6E7F1EFF))
    message += _attribute(ICE_CONTROLLING, bytes(8))
    if nominates:
        message += _attribute(USE_CANDIDATE, b"")
    return _sealed(message, password)
