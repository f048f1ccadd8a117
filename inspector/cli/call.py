"""`rpc-inspector call`: one method call, or many of the same."""

from __future__ import annotations

import click

from inspector.cli import output
from inspector.cli.connection_options import ConnectionOptions, connection_options
from inspector.cli.destination import find, not_empty
from inspector.cli.durations import DURATION
from inspector.cli.exit_codes import ExitCode
from inspector.cli.payload_argument import read_payload
from inspector.cli.repeat import Repetition, repeat
from inspector.cli.running import run
from inspector.cli.runtime import NotConnectedError, Runtime
from inspector.core.calls import Call, CallDraft, Outcome, to_json, utf8_bytes
from inspector.core.limits import METHOD_NAME_BYTES, budgets
from inspector.core.problems import Problem, ProblemKind, Side


@click.command()
@click.argument("destination", callback=not_empty)
@click.argument("method")
@click.argument("payload", required=False)
@click.option("--data-raw", metavar="TEXT", help="The payload as it is, also if it begins with - or @.")
@click.option("--timeout", type=DURATION, metavar="D", help="Response timeout, e.g. 500ms, 15s. SDK: 15s.")
@click.option("--ack-timeout", type=DURATION, metavar="D", help="Wait for the acknowledgement. SDK: 7s.")
@click.option(
    "--wait", type=DURATION, metavar="D", help="Wait this long for the destination to become active."
)
@click.option("--json", "as_json", is_flag=True, help="Print the record of each call, one a line.")
@click.option("--repeat", "count", type=click.IntRange(min=1), metavar="N", help="Call N times; sum up.")
@click.option(
    "--concurrency", type=click.IntRange(min=1), metavar="K", default=1, help="Calls at once when repeating."
)
@connection_options
def call(
    *,
    connection: ConnectionOptions,
    destination: str,
    method: str,
    payload: str | None,
    data_raw: str | None,
    timeout: float | None,
    ack_timeout: float | None,
    wait: float | None,
    as_json: bool,
    count: int | None,
    concurrency: int,
) -> None:
    """Call METHOD of DESTINATION with PAYLOAD and print what comes back.

    DESTINATION is an identity; if nobody has it, @agent (the one agent), @agent:NAME, or a glob.
    PAYLOAD is text, - for standard input, or @FILE; left out, it is empty.

    Exit status: 0 done, 1 the call ended in an RPC error, 2 bad usage, 3 could not connect, 130 Ctrl-C.
    """
    text = read_payload(payload, data_raw)
    source = connection.source()
    _hint(method, timeout, ack_timeout)

    async def main(runtime: Runtime) -> int:
        connection_id = await runtime.join(source)
        identity = await find(runtime, connection_id, destination, wait, utf8_bytes(text))
        ready = CallDraft(connection_id, identity, method, text, timeout, ack_timeout)
        if count is not None:
            return await repeat(runtime, Repetition(ready, count, concurrency, as_json))
        return await _report(runtime, await runtime.call(ready), as_json=as_json)

    run(main, quiet=connection.quiet, verbose=connection.verbose)


async def _report(runtime: Runtime, made: Call, *, as_json: bool) -> int:
    """Prints a settled call and says which exit code it comes to.

    Raises:
        NotConnectedError: the connection ended first.
    """
    if as_json:
        output.result(to_json(made))
    if made.outcome is Outcome.OK:
        if not as_json:
            output.response(made.response or "")
        return ExitCode.DONE
    await runtime.fail_if_lost(made)
    if made.outcome is Outcome.LOST:
        raise NotConnectedError(_lost(made))
    output.say_failed_call(made)
    return ExitCode.RPC_ERROR


def _lost(made: Call) -> Problem:
    what = made.error.message if made.error else "The connection ended before the call did."
    return Problem(
        kind=ProblemKind.CONNECTION_LOST,
        what=what,
        side=Side.NETWORK,
        next_step="Whether the handler ran is not known. Call again once the server can be reached.",
    )


def _hint(method: str, timeout_s: float | None, ack_timeout_s: float | None) -> None:
    """Points out what will surprise: a timeout that leaves the handler little, a long method name."""
    shares = budgets(timeout_s, ack_timeout_s)
    if timeout_s is not None and shares.handler_s < timeout_s / 2:
        output.say(f"Timeout {shares.sentence()}")
    if utf8_bytes(method) > METHOD_NAME_BYTES:
        output.say(f"The method name is over {METHOD_NAME_BYTES} bytes, the documented limit.")
