"""What a link stands among: bounds, whoever listens to it, and the hub it belongs to."""

from __future__ import annotations

from asyncio import TimerHandle
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from OpenSSL import SSL

from inspector.local_room.transport.certificates import Fingerprint

if TYPE_CHECKING:
    from inspector.local_room.transport.links import Link


class LinkListener(Protocol):
    """Whom a link tells. What these raise is reported, and changes nothing else."""

    def channel_opened(self, label: str) -> None:
        """A data channel is open both ways."""

    def message(self, label: str, data: bytes) -> None:
        """A message has come on a data channel."""

    def link_closed(self, reason: str) -> None:
        """The peer closed, failed or fell silent; `reason` is for a person. Told once; not after `close`."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds of a hub and of each link."""

    links: int = 1000
    handshakes: int = 64
    """DTLS handshakes under way at once; further peers are heard when they try again."""
    connect_within_s: float = 30.0
    """How long a peer may take from its description to open data channels' transport."""
    silence_s: float = 15.0
    """After how long without a valid packet a peer counts as gone."""
    message_bytes: int = 256 * 1024
    """The largest message taken; announced to peers."""
    reassembly_bytes: int = 4 * 1024 * 1024
    """What is kept, for each link, of messages that cannot be delivered yet; announced to peers."""
    buffered_bytes: int = 64 * 1024 * 1024
    """What is kept, for each link, for a peer that does not take it."""


class Home(Protocol):
    """What a link needs of the hub it belongs to."""

    context: SSL.Context
    fingerprint: Fingerprint
    candidates: tuple[tuple[str, int], ...]
    limits: Limits

    def now(self) -> float:
        """The event loop's time."""

    def call_at(self, when: float, callback: Callable[[], None]) -> TimerHandle:
        """Calls back at a time of the event loop."""

    def flush_soon(self, link: Link) -> None:
        """Calls the link's `flush` when what is being handled is through."""

    def may_begin_handshake(self) -> bool:
        """Whether fewer handshakes than allowed are under way."""

    def known_as(self, link: Link) -> None:
        """The link's user name fragments or addresses have changed."""

    def forget(self, link: Link) -> None:
        """The link is closed."""

    def report(self, error: BaseException, doing: str) -> None:
        """An exception that nobody expected."""
