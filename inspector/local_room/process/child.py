"""A local room's own process: told by its parent what to be, it says when it accepts connections."""

from __future__ import annotations

import asyncio
import logging

import msgspec

from inspector.core.problems import ProblemError
from inspector.local_room.limits import LimitReachedError
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.process.launcher import Ready, Refused
from inspector.local_room.process.serving import start_server
from inspector.processes import run_child, tell_parent

logger = logging.getLogger(__name__)


def main() -> int:
    """The role `local-room`; the exit code."""
    logging.basicConfig(format="%(name)s: %(message)s", level=logging.WARNING)
    return run_child(_serve)


async def _serve(first_line: bytes) -> int:
    options = msgspec.json.decode(first_line, type=RoomServerOptions)
    try:
        server = await start_server(options, _report)
    except ProblemError as error:
        tell_parent(Refused(error.problem))
        return 1
    try:
        tell_parent(Ready(server.url, server.port))
        await asyncio.Event().wait()
    finally:
        await server.stop()
    return 0


def _report(error: BaseException, doing: str) -> None:
    """A bound that was reached, or an exception nobody expected, with its traceback."""
    if isinstance(error, LimitReachedError):
        logger.warning("%s", error)
    else:
        logger.error("failed while %s", doing, exc_info=error)
