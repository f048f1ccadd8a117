"""Why a room's X-ray or its faults cannot be had, told to a person; no token gets into any of it."""

from __future__ import annotations

from urllib.parse import urlsplit

from inspector.core.payloads import shortened, visible
from inspector.core.problems import Problem, ProblemKind, Side
from inspector.core.redact import redact

_DETAIL_CHARS = 300


def unreachable(url: str, error: BaseException, secret: str) -> Problem:
    """The server could not be asked at all, or the connection broke."""
    said = " ".join(redact(str(error), (secret,)).split())
    return Problem(
        kind=ProblemKind.UNREACHABLE,
        what=f"The X-ray of {host_of(url)} cannot be reached.",
        side=Side.NETWORK,
        next_step="Check that the local room runs; X-ray is asked for again by itself.",
        detail=shortened(visible(said), _DETAIL_CHARS) or type(error).__name__,
    )


def silent(url: str) -> Problem:
    """It took the connection and said nothing."""
    return Problem(
        kind=ProblemKind.TIMEOUT,
        what=f"The server at {host_of(url)} did not answer in time when asked for X-ray.",
        side=Side.SERVER,
        next_step="Try again; if it stays so, start the local room anew.",
    )


def refused(url: str, status: int, text: str, secret: str) -> Problem:
    """It knows what is asked for, and does not give it: 401 or 403."""
    return Problem(
        kind=ProblemKind.UNAUTHORIZED if status == 401 else ProblemKind.FORBIDDEN,
        what=f"The server at {host_of(url)} does not give its X-ray to this API key ({status}).",
        side=Side.HERE,
        next_step="Use the key and secret that the local room was started with.",
        detail=_said(text, secret),
        final=True,
    )


def busy(url: str) -> Problem:
    """It has as many readers as it takes, or it is a proxy with nothing behind it just now: 503."""
    return Problem(
        kind=ProblemKind.UNREACHABLE,
        what=f"The server at {host_of(url)} shows its X-ray to nobody more for now (503).",
        side=Side.SERVER,
        next_step="Close other programs that read it, then join again.",
    )


def no_local_room(url: str) -> Problem:
    """It is an ordinary server: what only a local room has cannot be asked of it."""
    return Problem(
        kind=ProblemKind.NOT_FOUND,
        what=f"The server at {host_of(url)} is no local room, so it has no X-ray and no faults.",
        side=Side.SERVER,
        next_step="Start one with `rpc-inspector serve` and connect to it.",
        final=True,
    )


def bad_faults(url: str, status: int, text: str, secret: str) -> Problem:
    """The room does not take these faults."""
    return Problem(
        kind=ProblemKind.BAD_INPUT if status in (400, 413, 422) else ProblemKind.UNEXPECTED,
        what=f"The local room at {host_of(url)} did not take the faults ({status}).",
        side=Side.HERE if status < 500 else Side.SERVER,
        next_step="Correct the rule it names." if status < 500 else "See the local room's own log.",
        detail=_said(text, secret),
        final=True,
    )


def unreadable(url: str) -> Problem:
    """What came over the stream is no X-ray message."""
    return Problem(
        kind=ProblemKind.UNEXPECTED,
        what=f"The X-ray of {host_of(url)} sent something that cannot be read.",
        side=Side.SERVER,
        next_step="Check that the local room and this program are of the same version.",
    )


def other_version(url: str, version: int) -> Problem:
    """It speaks of X-ray in a way that this program does not know yet."""
    return Problem(
        kind=ProblemKind.UNEXPECTED,
        what=f"The local room at {host_of(url)} is newer than this program (X-ray version {version}).",
        side=Side.HERE,
        next_step="Update RPC Inspector.",
        final=True,
    )


def broke_off(url: str) -> Problem:
    """The stream ended in the middle."""
    return Problem(
        kind=ProblemKind.CONNECTION_LOST,
        what=f"The X-ray of {host_of(url)} broke off.",
        side=Side.NETWORK,
        next_step="Check that the local room runs; X-ray is asked for again by itself.",
    )


def host_of(url: str) -> str:
    """Host and port of an address, for sentences."""
    try:
        netloc = urlsplit(url).netloc
    except ValueError:
        netloc = ""
    return visible(netloc.rpartition("@")[2]) or "this address"


def _said(text: str, secret: str) -> str | None:
    """The server's own words, on one line."""
    return shortened(visible(" ".join(redact(text, (secret,)).split())), _DETAIL_CHARS) or None
