"""Starts a room server in this process, and says in words what keeps it from starting."""

from __future__ import annotations

from collections.abc import Sequence

from inspector.core.faults import FaultRule
from inspector.core.problems import ProblemError
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.process.start_problems import start_problem
from inspector.local_room.server import RoomServer
from inspector.tasks import ReportUnexpected


async def start_server(
    options: RoomServerOptions, report: ReportUnexpected, faults: Sequence[FaultRule] = ()
) -> RoomServer:
    """A server that accepts connections and does these faults. Whoever starts it awaits its `stop`.

    Raises:
        ProblemError: it cannot listen where it is to, or what is asked for may not be offered there.
    """
    server = RoomServer()
    try:
        await server.start(options, report)
    except OSError as error:
        raise ProblemError(await start_problem(error, options.bind, options.port)) from None
    server.watching.faults.set_rules(faults)
    return server
