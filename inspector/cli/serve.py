"""`rpc-inspector serve`: a local room for any LiveKit SDK, until it is interrupted."""

from __future__ import annotations

import asyncio
import ipaddress

import click

from inspector.cli import output
from inspector.cli.exit_codes import ExitCode
from inspector.cli.faults_argument import read_faults_file
from inspector.cli.line_writer import LineWriter
from inspector.cli.room_facts import facts_of
from inspector.cli.running import run_alone
from inspector.cli.seen_lines import SeenLines
from inspector.core.problems import ProblemError
from inspector.local_room.access.bind_policy import DEV_KEY, bind_policy
from inspector.local_room.limits import LimitReachedError
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.process.serving import start_server
from inspector.local_room.server import RoomServer
from inspector.tasks import ReportUnexpected

LOOPBACK = "127.0.0.1"
PORT = 7880


@click.command()
@click.option(
    "--bind",
    metavar="ADDRESS",
    default=LOOPBACK,
    show_default=True,
    help="Address to listen on; 0.0.0.0: all.",
)
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    metavar="N",
    default=PORT,
    show_default=True,
    help="Port to listen on; 0: any free one.",
)
@click.option("--key", metavar="KEY", default=DEV_KEY, show_default=True, help="API key.")
@click.option(
    "--secret", metavar="SECRET", help="Its secret. Else `secret`, and beyond this computer one made here."
)
@click.option(
    "--token-endpoints", is_flag=True, help="Give tokens to whoever asks, also beyond this computer."
)
@click.option("--faults", metavar="FILE", help="Do to calls what this file says.")
@click.option("--watch", is_flag=True, help="Print each call once it has an outcome.")
@click.option("--json", "as_json", is_flag=True, help="Print facts, and calls, as JSON, one a line.")
@click.option("-v", "--verbose", is_flag=True, help="Show what the room logs.")
def serve(
    *,
    bind: str,
    port: int,
    key: str,
    secret: str | None,
    token_endpoints: bool,
    faults: str | None,
    watch: bool,
    as_json: bool,
    verbose: bool,
) -> None:
    """Run a local room that LiveKit SDKs join, for this computer unless told otherwise.

    URL and keys go to stdout once it accepts connections, or with --watch to stderr. It stays until
    interrupted; SIGTERM ends it cleanly. Audio and video are not forwarded.
    """
    if not key:
        raise click.BadParameter("it is empty", param_hint="--key")
    rules = () if faults is None else read_faults_file(faults)
    try:
        policy = bind_policy(_address(bind), secret, token_endpoints or None)
    except ProblemError as error:
        output.say_problem(error.problem)
        raise click.exceptions.Exit(ExitCode.BAD_USAGE) from None
    options = RoomServerOptions(
        keys={key: policy.secret},
        bind=policy.bind,
        port=port,
        token_endpoints=policy.token_endpoints,
    )

    async def main(report: ReportUnexpected) -> int:
        server = await start_server(options, _limits_said(report), rules)
        try:
            return await _stay(server, options, watch=watch, as_json=as_json)
        finally:
            await server.stop()

    run_alone(main, verbose=verbose, ends_on_sigterm=True)


def _address(bind: str) -> str:
    """What is given to --bind, as an IP address."""
    if bind.lower() == "localhost":
        return LOOPBACK
    try:
        return str(ipaddress.ip_address(bind.strip("[]")))
    except ValueError:
        msg = f"{bind!r} is no IP address of this machine"
        raise click.BadParameter(msg, param_hint="--bind") from None


def _limits_said(report: ReportUnexpected) -> ReportUnexpected:
    """Says that a bound was reached, which is no fault of this program; anything else goes to `report`."""

    def tell(error: BaseException, doing: str) -> None:
        if isinstance(error, LimitReachedError):
            output.say(str(error))
        else:
            report(error, doing)

    return tell


async def _stay(server: RoomServer, options: RoomServerOptions, *, watch: bool, as_json: bool) -> int:
    _tell_how_to_join(server, options, watch=watch, as_json=as_json)
    if watch:
        await _print_calls(server, as_json=as_json)
    else:
        await asyncio.Event().wait()
    return ExitCode.DONE


def _tell_how_to_join(server: RoomServer, options: RoomServerOptions, *, watch: bool, as_json: bool) -> None:
    key, secret = next(iter(options.keys.items()))
    facts = facts_of(
        server.url, options.bind, server.port, key, secret, token_endpoint=bool(options.token_endpoints)
    )
    text = facts.to_json() if as_json else facts.to_text()
    (output.say_secret if watch else output.result)(text)
    output.say("The room is open until Ctrl-C. It carries RPC, data and streams, no audio and video.")


async def _print_calls(server: RoomServer, *, as_json: bool) -> None:
    """Prints each call once it has an outcome, until nobody reads any more."""
    loop = asyncio.get_running_loop()
    over = asyncio.Event()
    writer = LineWriter(lambda: loop.call_soon_threadsafe(over.set))
    unsubscribe = server.watching.feed.subscribe(SeenLines(writer.put, as_json=as_json).take)
    try:
        await over.wait()
        output.say("Nobody reads the output any more; ending.")
    finally:
        unsubscribe()
        writer.close()
