"""ICE for a server whose addresses are known: it answers checks and makes none (ICE-lite, RFC 8445).

The peer proves with each check that it has the password from signalling; only then its address counts, and
only to an address that counts anything but such an answer is ever sent.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Final

from inspector.local_room.transport.sockets import Address, UdpSocket
from inspector.local_room.transport.stun import BindingRequest, binding_success

MOST_PATHS: Final = 8
"""Addresses of one peer that are remembered; the oldest is forgotten first."""
MOST_CREDENTIALS: Final = 2
"""Those of before a restart are good until the restart after it."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a peer must know to reach us."""

    ufrag: str
    password: str

    @classmethod
    def made(cls) -> Credentials:
        """New random ones, of 64 and 128 bits."""
        return cls(secrets.token_hex(8), secrets.token_hex(16))


@dataclass(frozen=True, slots=True)
class Path:
    """From one of our sockets to an address of the peer."""

    socket: UdpSocket
    address: Address


class IceLite:
    """The paths to one peer."""

    def __init__(self) -> None:
        self._credentials = [Credentials.made()]
        self._paths: list[Path] = []
        self._is_nominated = False
        self.path: Path | None = None
        """Where to send: what the peer nominated last, or until then where it was heard last."""

    @property
    def credentials(self) -> Credentials:
        """Those to tell the peer."""
        return self._credentials[-1]

    @property
    def ufrags(self) -> tuple[str, ...]:
        """All under which the peer may ask for us."""
        return tuple(item.ufrag for item in self._credentials)

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The peer's addresses that count."""
        return tuple(path.address for path in self._paths)

    def restart(self) -> None:
        """Makes new credentials (RFC 8445, section 9)."""
        self._credentials = [*self._credentials, Credentials.made()][-MOST_CREDENTIALS:]
        self._is_nominated = False

    def answer(self, request: BindingRequest, path: Path) -> bool:
        """Answers a check that came by `path`. False, and no answer, if its sender lacks the password."""
        ufrag = request.username.partition(":")[0]
        password = next((item.password for item in self._credentials if item.ufrag == ufrag), None)
        if password is None or not request.is_by(password.encode()):
            return False
        if path not in self._paths:
            self._paths = [*self._paths, path][-MOST_PATHS:]
        if request.nominates or not self._is_nominated:
            self.path = path
            self._is_nominated = self._is_nominated or request.nominates
        host, port = path.address[:2]
        path.socket.send(binding_success(request.transaction, host, port, password.encode()), path.address)
        return True
