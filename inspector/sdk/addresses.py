"""A LiveKit server's address, as people write it, turned into what the SDK takes."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

from inspector.core.payloads import visible
from inspector.core.problems import ProblemError, ProblemKind
from inspector.sdk.bad_input import bad_input

_SCHEMES = {"ws": "ws", "wss": "wss", "http": "ws", "https": "wss"}
_HAS_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HALF_A_SCHEME = re.compile(r"(?i)(?:wss?|https?)?:?/|(?:wss?|https?):")
_EXAMPLE = "Write it like wss://my-project.livekit.cloud or ws://localhost:7880."


def server_url(text: str, called: str = "The address") -> str:
    """The ws:// or wss:// address that `text` means; `called` is its name in an error.

    Spaces and quotes around it go, http(s) becomes ws(s), and where no scheme is given this machine and
    private networks get ws, everything else wss. A path stays, since servers live behind proxies.

    Raises:
        ProblemError: it is no address of a server (kind BAD_URL).
    """
    written = text.strip().strip("\"'").strip()
    if not _HAS_SCHEME.match(written):
        if not written or _HALF_A_SCHEME.match(written):
            raise _bad(called, written, "is no address of a server")
        scheme = "ws" if _is_near(_split(called, f"//{written}").hostname) else "wss"
        written = f"{scheme}://{written}"
    parts = _split(called, written)
    if parts.scheme not in _SCHEMES:
        raise _bad(called, written, f"begins with {parts.scheme}://, where LiveKit takes ws:// or wss://")
    return f"{_SCHEMES[parts.scheme]}://{parts.netloc}{parts.path.rstrip('/')}"


def http_url(url: str) -> str:
    """The http(s) address of the server at this ws(s) address."""
    return "http" + url.removeprefix("ws")


def host_of(url: str) -> str:
    """Host and port of an address, for sentences; the address itself where it has none."""
    return urlsplit(url).netloc.rpartition("@")[2] or visible(url)


def port_of(url: str) -> int:
    """The port of an address, as it says or as its scheme has it."""
    parts = urlsplit(url)
    return parts.port or {"ws": 80, "http": 80}.get(parts.scheme, 443)


def is_here(url: str) -> bool:
    """Whether the address is one of this machine."""
    host = urlsplit(url).hostname or ""
    return host == "localhost" or (_is_ip(host) and ipaddress.ip_address(host).is_loopback)


def _split(called: str, written: str) -> SplitResult:
    try:
        parts = urlsplit(written)
        parts.port  # noqa: B018 - asking for it checks it
    except ValueError as error:
        raise _bad(called, written, f"is no address of a server ({error})") from None
    if parts.username is not None or parts.password is not None:
        raise bad_input(
            f"{called} carries a user name or password, which LiveKit does not take there.",
            "Leave out what stands before the @.",
            ProblemKind.BAD_URL,
        )
    if parts.query or parts.fragment:
        raise bad_input(
            f"{called} goes on after a ? or #, which no LiveKit server's address does.",
            "Leave that out; a token is given as a token.",
            ProblemKind.BAD_URL,
        )
    if not parts.hostname or re.search(r"[\s\"'<>\\^`{|}$]", written) or visible(written) != written:
        raise _bad(called, written, "is no address of a server")
    return parts


def _bad(called: str, written: str, why: str) -> ProblemError:
    shown = f' "{visible(written)}"' if written else ""
    return bad_input(f"{called}{shown} {why}.", _EXAMPLE, ProblemKind.BAD_URL)


def _is_near(host: str | None) -> bool:
    """Whether servers of that host usually have no certificate: this machine, private networks."""
    if host is None:
        return False
    if _is_ip(host):
        return ipaddress.ip_address(host).is_private
    return "." not in host or host.endswith(".local")


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
