"""Why a local room could not be started, told to a person."""

from __future__ import annotations

import errno

from inspector.core.problems import Problem, ProblemKind, Side
from inspector.core.redact import redact
from inspector.local_room.process.occupants import Occupant, occupant_of

_EVERYWHERE = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - not bound here
"""Where to knock for what listens on every address."""


async def start_problem(error: OSError, bind: str, port: int) -> Problem:
    """What kept a local room from listening at `bind` and `port`, and from whom the port can be had."""
    match error.errno:
        case errno.EADDRINUSE:
            return _taken(await occupant_of(_EVERYWHERE.get(bind, bind), port), bind, port)
        case errno.EACCES | errno.EPERM:
            what, step = f"This user may not listen on port {port}.", "Take a port from 1024 up."
        case errno.EADDRNOTAVAIL:
            what = f"{bind} is no address of this machine, so nothing can listen there."
            step = "Leave out --bind for this machine alone, or take 0.0.0.0 for all its networks."
        case _:
            what = f"The local room cannot listen on {bind}, port {port}."
            step = "Try another address or port."
    return Problem(
        kind=ProblemKind.BAD_INPUT, what=what, side=Side.HERE, next_step=step, detail=_words(error)
    )


def ended_problem(status: int, last_words: tuple[str, ...]) -> Problem:
    """A local room's process is over though nobody asked for it."""
    how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
    return Problem(
        kind=ProblemKind.UNEXPECTED,
        what=f"The local room {how}.",
        side=Side.HERE,
        next_step="Start it again.",
        detail=last_words[-1] if last_words else None,
    )


def silent_problem(seconds: float, last_words: tuple[str, ...]) -> Problem:
    """A local room's process did not say within `seconds` that it accepts connections."""
    return Problem(
        kind=ProblemKind.TIMEOUT,
        what=f"The local room did not start within {seconds:g} s.",
        side=Side.HERE,
        next_step="Try again; this machine may be very busy.",
        detail=last_words[-1] if last_words else None,
    )


def _taken(by: Occupant, bind: str, port: int) -> Problem:
    match by:
        case Occupant.LOCAL_ROOM | Occupant.LIVEKIT_SERVER:
            step = "Use that one, or start on another port; port 0 takes any that is free."
        case Occupant.SOMEBODY:
            step = "Stop that program, or start on another port; port 0 takes any that is free."
        case _:
            step = "Try again, or start on another port; port 0 takes any that is free."
    whom = "a program that does not answer" if by is Occupant.NOBODY else by.value
    return Problem(
        kind=ProblemKind.PORT_TAKEN,
        what=f"Port {port} of {bind or 'this machine'} is taken by {whom}.",
        side=Side.HERE,
        next_step=step,
    )


def _words(error: OSError) -> str:
    return redact(error.strerror or str(error))
