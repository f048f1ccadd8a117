"""Why a connection is not there, where neither the server nor the SDK says so."""

from __future__ import annotations

from inspector.core.problems import Problem, ProblemKind, Side

LEFT = Problem(
    kind=ProblemKind.CONNECTION_LOST,
    what="This connection left the room.",
    side=Side.HERE,
    next_step="Connect again to call.",
    final=True,
)
"""It left by our own wish."""


def not_connected(identity: str, room: str) -> Problem:
    """Nothing can be sent just now."""
    return Problem(
        kind=ProblemKind.CONNECTION_LOST,
        what=f"{identity} is not in {room or 'the room'} now, so nothing was sent.",
        side=Side.HERE,
        next_step="Wait until it is connected again, or connect anew.",
    )


def unexpected(error: Exception) -> Problem:
    """A fault of this program ended the connection."""
    return Problem(
        kind=ProblemKind.UNEXPECTED,
        what=f"This program failed while it kept the connection ({type(error).__name__}).",
        side=Side.HERE,
        next_step="Connect again; the report says more.",
        final=True,
    )
