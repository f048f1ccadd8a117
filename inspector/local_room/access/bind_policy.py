"""What a local room may offer at an address: beyond this computer, only with a secret that holds."""

from __future__ import annotations

import ipaddress
import secrets

import msgspec

from inspector.core.problems import Problem, ProblemError, ProblemKind, Side

DEV_KEY = "devkey"
DEV_SECRET = "secret"  # noqa: S105 - of every LiveKit dev server, known to all
MIN_SECRET_CHARS = 32
"""Below it a secret can be found by trying: a token shows whether a guess was right, without any server."""
_MADE_SECRET_BYTES = 32


class ServePolicy(msgspec.Struct, frozen=True):
    """How a room is served. Its text shows no secret."""

    bind: str
    """An address of this computer, or a name for one."""
    secret: str
    loopback: bool
    """Only programs on this computer reach it."""
    made_secret: bool
    """The secret was made for this run: whoever is to join has to be told."""
    token_endpoints: bool
    """Whoever asks gets a token, without any key."""

    @property
    def proves_its_holder(self) -> bool:
        """Whether a token shows that somebody was given the secret, rather than knew or guessed it."""
        return len(self.secret) >= MIN_SECRET_CHARS

    def __repr__(self) -> str:
        return (
            f"ServePolicy(bind={self.bind!r}, loopback={self.loopback}, made_secret={self.made_secret},"
            f" token_endpoints={self.token_endpoints})"
        )


def is_loopback(host: str) -> bool:
    """Whether a host, as a URL or an option names it, is this computer alone."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost":
        return True
    address = ip_address(name)
    return address is not None and address.is_loopback


def ip_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """The address that `host` is, in brackets or not; None for a name. IPv4 in IPv6's guise is IPv4."""
    try:
        address = ipaddress.ip_address(host.strip("[]").partition("%")[0])
    except ValueError:
        return None
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return address.ipv4_mapped
    return address


def bind_policy(bind: str, secret: str | None, token_endpoints: bool | None) -> ServePolicy:
    """How to serve at `bind`, with the secret and the wish for token endpoints that were given, or None.

    On loopback the dev server's own secret will do, and token endpoints are on, since only programs on this
    computer reach them. Elsewhere the secret is long or made here, and token endpoints have to be asked for.

    Raises:
        ProblemError: the secret given is too short for that address, or empty.
    """
    loopback = is_loopback(bind)
    if secret == "":
        raise _refusal("An empty secret signs nothing.", "Leave --secret out, or give one.")
    if not loopback and secret is not None and len(secret) < MIN_SECRET_CHARS:
        raise _refusal(
            f"At {bind} others reach the room, and a secret of {len(secret)} characters can be guessed.",
            f"Give --secret at least {MIN_SECRET_CHARS} characters, or leave it out to have one made.",
        )
    made = secret is None and not loopback
    if secret is None:
        secret = DEV_SECRET if loopback else secrets.token_urlsafe(_MADE_SECRET_BYTES)
    return ServePolicy(
        bind=bind,
        secret=secret,
        loopback=loopback,
        made_secret=made,
        token_endpoints=loopback if token_endpoints is None else token_endpoints,
    )


def _refusal(what: str, next_step: str) -> ProblemError:
    return ProblemError(Problem(ProblemKind.BAD_INPUT, what, Side.HERE, next_step, final=True))
