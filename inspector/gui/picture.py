"""The run without a display: the same window off screen, in a room where a server answers, and a picture."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from PySide6.QtWidgets import QWidget

from inspector.core.problems import ProblemError
from inspector.session.connection import Connection
from inspector.session.session import Session
from inspector.session.waiting import until

PICTURE = Path("rpc-inspector.png")
LISTED_WITHIN_S = 4.0
"""A server may announce a participant without tracks up to 3 s late (facts, section 7)."""
PAINTED_AFTER_S = 0.3


async def join_and_look(session: Session, connection: Connection) -> str:
    """Waits for the join and for who is there; a sentence on how it went."""
    try:
        await connection.settled()
    except ProblemError as error:
        return f"Could not join: {error.problem.sentence()}"
    await until(session, lambda: connection.info.participants or None, LISTED_WITHIN_S)
    return f"Joined {connection.room} as {connection.identity}; {_others(len(connection.info.participants))}."


def _others(count: int) -> str:
    match count:
        case 0:
            return "nobody else is there"
        case 1:
            return "one other is there"
    return f"{count} others are there"


async def leave_picture(window: QWidget, path: Path = PICTURE) -> None:
    """Saves what the window shows now.

    Raises:
        OSError: the picture cannot be written.
    """
    await asyncio.sleep(PAINTED_AFTER_S)  # one more tick of the panels, and their paint
    if not window.grab().save(str(path)):
        msg = f"cannot write {path}"
        raise OSError(msg)


async def run_unseen(
    session: Session, window: QWidget, join: Callable[[], Awaitable[Connection | None]]
) -> int:
    """Joins where a server answers, says how it went, and leaves a picture; the exit code."""
    connection = await join()
    told = "No server answers, so no room was joined."
    if connection is not None:
        told = await join_and_look(session, connection)
    print(told, file=sys.stderr)  # noqa: T201 - the only way to tell anybody
    try:
        await leave_picture(window)
    except OSError as error:
        print(error, file=sys.stderr)  # noqa: T201
        return 1
    print(f"The window is in {PICTURE}.", file=sys.stderr)  # noqa: T201
    return 0
