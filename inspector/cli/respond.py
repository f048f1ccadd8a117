"""`rpc-inspector respond`: answers calls with the mocks of files, and prints each."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click

from inspector.cli import output
from inspector.cli.call_lines import answered_line
from inspector.cli.call_printer import CallPrinter
from inspector.cli.connection_options import ConnectionOptions, connection_options
from inspector.cli.durations import DURATION
from inspector.cli.exit_codes import ExitCode
from inspector.cli.mocks_argument import read_mocks_files
from inspector.cli.ready_file import ReadyFile
from inspector.cli.record_option import RecordOption
from inspector.cli.running import run
from inspector.cli.runtime import Runtime
from inspector.cli.summary import counted
from inspector.core.calls import Direction, to_json
from inspector.core.mock_files import MocksFile
from inspector.core.mocks import applies_to
from inspector.sdk.sources import ConnectionSource, SourceOptions
from inspector.session.connection_info import ConnectionInfo
from inspector.session.mock_set import MockSet


@click.command()
@click.argument("mocks", nargs=-1, required=True, metavar="MOCKS...")
@click.option("--json", "as_json", is_flag=True, help="Print the record of each call, one a line.")
@click.option(
    "--record",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Record every call in this file; a recording that is there is replaced.",
)
@click.option("--for", "duration", type=DURATION, metavar="D", help="End after this long.")
@click.option(
    "--ready-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write this file once every method answers.",
)
@connection_options
def respond(
    *,
    connection: ConnectionOptions,
    mocks: tuple[str, ...],
    as_json: bool,
    record: Path | None,
    duration: float | None,
    ready_file: Path | None,
) -> None:
    """Join a room and answer its calls as MOCKS say, until interrupted.

    Every call is printed once it has an outcome. SIGTERM ends it cleanly.
    """
    files = read_mocks_files(mocks)
    recording = RecordOption(record)
    source = connection.source(_join_options(files))

    async def main(runtime: Runtime) -> int:
        return await _main(runtime, source, files, as_json, duration, ReadyFile(ready_file), recording)

    try:
        run(main, quiet=connection.quiet, verbose=connection.verbose, ends_on_sigterm=True, xray=True)
    finally:
        recording.end()  # after the session's own end, which settles what is under way


def _join_options(files: tuple[MocksFile, ...]) -> SourceOptions:
    """How to join, from the first file that says it; options on the command line win."""
    for file in files:
        if file.as_ is not None:
            return SourceOptions(
                identity=file.as_.identity,
                name=file.as_.name,
                kind=file.as_.kind,
                metadata=file.as_.metadata,
                attributes=dict(file.as_.attributes),
            )
    return SourceOptions()


async def _main(
    runtime: Runtime,
    source: ConnectionSource,
    files: tuple[MocksFile, ...],
    as_json: bool,
    duration_s: float | None,
    ready_file: ReadyFile,
    recording: RecordOption,
) -> int:
    session = runtime.session
    for file in files:
        session.mocks.add(file.mocks)
    printer = CallPrinter(session.log, Direction.IN, to_json if as_json else answered_line)
    session.log.subscribe(printer)
    ready_file.remove()  # one that a killed run left behind would say what is not true yet
    connection_id = await runtime.join(source)
    await recording.begin(session.log)
    ready_file.write()
    _say_ready(runtime.info(connection_id), session.mocks)
    lasting = runtime.lost_for_good(connection_id, duration_s)
    answering = session.tasks.spawn(lasting, "answering", awaited=True)
    try:
        await asyncio.wait({answering, printer.over}, return_when=asyncio.FIRST_COMPLETED)
        (answering if answering.done() else printer.over).result()
    finally:
        answering.cancel()
        printer.over.cancel()
        _say_summary(runtime)
        ready_file.remove()
    return ExitCode.DONE


def _say_ready(info: ConnectionInfo, mocks: MockSet) -> None:
    methods = mocks.methods_for(info.identity)
    if not methods:
        output.say(f"No enabled mock applies to {info.identity}: every call is answered 1400 by the SDK.")
    for entry in mocks.entries():
        if (
            applies_to(entry.mock, info.identity)
            and mocks.find(info.identity, entry.mock.method) is not entry
        ):
            output.say(f"{entry.mock.method} has an earlier mock that answers; a later one never does.")
    names = ", ".join(sorted(methods))
    output.say(f"Ready: {info.identity} in {info.room} answers {counted(len(methods), 'method')}: {names}")


def _say_summary(runtime: Runtime) -> None:
    for entry in runtime.session.mocks.entries():
        output.say(f"{entry.mock.method}: {counted(entry.use.hits, 'call')}")
