"""A local room's own process: told by its parent what to be, it says when it accepts connections."""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback

import msgspec

from inspector.core.problems import ProblemError
from inspector.core.redact import redact
from inspector.local_room.launcher import Ready, Refused
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.serving import start_server
from inspector.processes import run_child, tell_parent


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
    """An exception nobody expected: its traceback is the last thing the parent hears of a crash."""
    sys.stderr.write(redact(f"while {doing}:\n{''.join(traceback.format_exception(error))}"))
    sys.stderr.flush()
