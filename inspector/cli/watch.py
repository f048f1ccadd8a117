"""`rpc-inspector watch`: every call of a local room, as its X-ray tells of them."""

from __future__ import annotations

import asyncio

import click

from inspector.cli import output, running
from inspector.cli.connection_options import ConnectionOptions, connection_options
from inspector.cli.durations import DURATION
from inspector.cli.exit_codes import ExitCode
from inspector.cli.following import Following
from inspector.cli.runtime import Runtime
from inspector.cli.seeing import FILTER, Seeing
from inspector.core.filters import Filter
from inspector.core.problems import Problem, ProblemKind, Side
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.session.connection_info import RejoinPolicy


@click.command()
@click.option("--filter", "wanted", type=FILTER, metavar="EXPR", default="", help="Print only what matches.")
@click.option("--json", "as_json", is_flag=True, help="Print the record of each call, one a line.")
@click.option("--for", "duration", type=DURATION, metavar="D", help="End after this long.")
@connection_options
def watch(*, connection: ConnectionOptions, wanted: Filter, as_json: bool, duration: float | None) -> None:
    """Print every call between the participants of a local room, once it has an outcome.

    It needs the room's key and does not join. On an ordinary server only a call's two ends see it; a local
    room (--local, or that of `rpc-inspector serve`) shows all. SIGTERM ends it cleanly.
    """
    source = connection.source()
    if not isinstance(source.credentials, KeyCredentials):
        output.say_problem(_NO_KEY)
        raise click.exceptions.Exit(ExitCode.BAD_USAGE)

    async def main(runtime: Runtime) -> int:
        return await _main(runtime, source, Seeing(runtime.session.log, wanted, as_json=as_json), duration)

    running.run(main, quiet=connection.quiet, verbose=connection.verbose, ends_on_sigterm=True)


async def _main(runtime: Runtime, source: ConnectionSource, seeing: Seeing, duration_s: float | None) -> int:
    tasks = runtime.session.tasks
    tasks.spawn(seeing.sweep(), "let go of calls whose end was missed")
    following = Following(
        runtime, source, seeing, RejoinPolicy(give_up_after_s=running.COMMAND_REJOINS_FOR_S)
    )
    reading = tasks.spawn(following.run(), f"watch {source.room}", awaited=True)
    try:
        await asyncio.wait({reading, seeing.over}, timeout=duration_s, return_when=asyncio.FIRST_COMPLETED)
        for ended in (reading, seeing.over):
            if ended.done():
                ended.result()
    finally:
        reading.cancel()
        seeing.over.cancel()
    return ExitCode.DONE


_NO_KEY = Problem(
    kind=ProblemKind.BAD_INPUT,
    what="Seeing the calls of others takes the room's API key; a token to join is not enough.",
    side=Side.HERE,
    next_step="Give --api-key and --api-secret, as `rpc-inspector serve` printed them; or --local.",
)
