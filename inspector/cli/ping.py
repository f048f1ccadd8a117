"""`rpc-inspector ping`: is a participant there, active and reachable, without running any handler of it."""

from __future__ import annotations

import asyncio

import click
import msgspec

from inspector.cli import output
from inspector.cli.connection_options import ConnectionOptions, connection_options
from inspector.cli.destination import find, not_empty
from inspector.cli.exit_codes import ExitCode
from inspector.cli.running import run
from inspector.cli.runtime import Runtime
from inspector.cli.summary import summed_up
from inspector.core.calls import Call, CallDraft, Outcome
from inspector.core.payloads import visible
from inspector.core.ping import PING_ACK_TIMEOUT_S, PING_METHOD, PING_TIMEOUT_S, answers_ping
from inspector.sdk.sources import ConnectionSource

PAUSE_S = 0.25
"""Between two probes."""


@click.command()
@click.argument("destination", callback=not_empty)
@click.option(
    "--count", type=click.IntRange(min=1), metavar="N", default=4, show_default=True, help="Number of probes."
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a probe, one a line.")
@connection_options
def ping(*, connection: ConnectionOptions, destination: str, count: int, as_json: bool) -> None:
    """Probe whether DESTINATION is there, active and reachable.

    It calls a method name nobody uses: the answer 1400 proves all three, and no handler runs.
    """
    source = connection.source()

    async def main(runtime: Runtime) -> int:
        return await _main(runtime, source, destination, count, as_json)

    run(main, quiet=connection.quiet, verbose=connection.verbose)


async def _main(
    runtime: Runtime, source: ConnectionSource, destination: str, count: int, as_json: bool
) -> int:
    connection_id = await runtime.join(source)
    identity = await find(runtime, connection_id, destination, None)
    draft = CallDraft(connection_id, identity, PING_METHOD, "", PING_TIMEOUT_S, PING_ACK_TIMEOUT_S)
    probes: list[Call] = []
    with summed_up(probes, "probe", as_json=as_json):
        for number in range(count):
            if number:
                await asyncio.sleep(PAUSE_S)
            probe = await runtime.call(draft)
            probes.append(_judged(probe))
            _print_probe(probe, identity, as_json)
            await runtime.fail_if_lost(probe)
    failed = next((probe for probe in probes if probe.outcome is not Outcome.OK), None)
    if failed is None:
        return ExitCode.DONE
    output.say_failed_call(failed)
    return ExitCode.RPC_ERROR


def _judged(probe: Call) -> Call:
    """The probe with the outcome a ping gives it: the refusal that proves the peer is there is a success."""
    if answers_ping(probe):
        return msgspec.structs.replace(probe, outcome=Outcome.OK, error=None)
    return probe


def _print_probe(probe: Call, identity: str, as_json: bool) -> None:
    ok = answers_ping(probe)
    ms = None if probe.elapsed_ms is None else round(probe.elapsed_ms, 3)
    if as_json:
        line = {"destination": identity, "ok": ok, "ms": ms, "code": probe.code}
        output.result(msgspec.json.encode(line).decode())
    elif ok:
        output.result(visible(f"{identity}: {ms:.1f} ms"))
    else:
        assert probe.error is not None
        output.result(visible(f"{identity}: no answer, {output.error_line(probe.error)}"))
