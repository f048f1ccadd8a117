"""`rpc-inspector respond`: answers calls with the mocks of files, and prints each."""

from __future__ import annotations

import asyncio
from pathlib import Path

import click
import msgspec

from inspector.cli import output
from inspector.cli.asking import asking_in_terminal
from inspector.cli.call_lines import answered_line
from inspector.cli.call_printer import CallPrinter
from inspector.cli.connection_options import ConnectionOptions, connection_options
from inspector.cli.durations import DURATION
from inspector.cli.exit_codes import ExitCode
from inspector.cli.mocks_argument import read_mocks_files
from inspector.cli.ready_file import ReadyFile
from inspector.cli.record_option import RecordOption
from inspector.cli.respond_summary import UnmatchedCalls, hit_lines, unused_rules
from inspector.cli.running import run
from inspector.cli.runtime import Runtime
from inspector.cli.summary import counted
from inspector.core.calls import Direction, to_json
from inspector.core.mock_files import MocksFile
from inspector.core.mocks import applies_to
from inspector.sdk.sources import ConnectionSource, SourceOptions
from inspector.session.connection_info import ConnectionInfo
from inspector.session.mock_set import MockSet
from inspector.session.session import SystemClock


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
@click.option("--seed", type=int, default=0, show_default=True, help="Another one gives other chances.")
@click.option(
    "--var", "variables", metavar="NAME=VALUE", multiple=True, help="Set one of the files' vars; repeatable."
)
@click.option("--fail-on-unmatched", is_flag=True, help="Exit with 4 if a call matched no rule.")
@click.option("--fail-on-unused", is_flag=True, help="Exit with 4 if a rule answered no call.")
@connection_options
def respond(
    *,
    connection: ConnectionOptions,
    mocks: tuple[str, ...],
    as_json: bool,
    record: Path | None,
    duration: float | None,
    ready_file: Path | None,
    seed: int,
    variables: tuple[str, ...],
    fail_on_unmatched: bool,
    fail_on_unused: bool,
) -> None:
    """Join a room and answer its calls as MOCKS say, until interrupted.

    Every call is printed once it has an outcome. SIGTERM ends it cleanly.
    """
    recording = RecordOption(record)
    given = _variables(variables)
    files = tuple(
        msgspec.structs.replace(file, vars={**file.vars, **given}) for file in read_mocks_files(mocks)
    )
    source = connection.source(_join_options(files))
    demands = Demands(unmatched=fail_on_unmatched, unused=fail_on_unused)

    async def main(runtime: Runtime) -> int:
        runtime.session.mocks.seed = seed
        ready = ReadyFile(ready_file)
        with asking_in_terminal(runtime.session.holding, SystemClock()):
            return await _main(runtime, source, files, as_json, duration, ready, recording, demands)

    try:
        run(main, quiet=connection.quiet, verbose=connection.verbose, ends_on_sigterm=True, xray=True)
    except click.exceptions.Exit as end:  # as commands end, also by SIGTERM
        if end.exit_code == ExitCode.DONE and demands.unmet:
            raise click.exceptions.Exit(ExitCode.UNMET) from None
        raise
    finally:
        recording.end()  # after the session's own end, which settles what is under way


def _variables(given: tuple[str, ...]) -> dict[str, object]:
    """The values of `--var`, which are strings."""
    variables: dict[str, object] = {}
    for item in given:
        name, equals, value = item.partition("=")
        if not name or not equals:
            msg = f"{item!r} is not a variable; write it as NAME=VALUE"
            raise click.BadParameter(msg, param_hint="--var")
        variables[name] = value
    return variables


class Demands:
    """What must not have happened, so that a run of tests can fail for it."""

    def __init__(self, *, unmatched: bool, unused: bool) -> None:
        self._unmatched = unmatched
        self._unused = unused
        self.unmet = False

    def judge(self, unmatched: int, unused: int) -> None:
        """Takes the counts at the end of the run, and says which of them make it fail."""
        if self._unmatched and unmatched:
            output.say(f"Failed: {counted(unmatched, 'call')} matched no rule (--fail-on-unmatched).")
            self.unmet = True
        if self._unused and unused:
            output.say(f"Failed: {counted(unused, 'rule')} never used (--fail-on-unused).")
            self.unmet = True


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
    demands: Demands,
) -> int:
    session = runtime.session
    for file in files:
        session.mocks.add(file.mocks, file.vars)
    printer = CallPrinter(session.log, Direction.IN, to_json if as_json else answered_line)
    session.log.subscribe(printer)
    unmatched = UnmatchedCalls(session.log)
    session.log.subscribe(unmatched)
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
        _say_summary(session.mocks, unmatched, demands)
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


def _say_summary(mocks: MockSet, unmatched: UnmatchedCalls, demands: Demands) -> None:
    unused = unused_rules(mocks.entries())
    for line in (*hit_lines(mocks.entries()), *unmatched.lines()):
        output.say(line)
    for rule in unused:
        output.say(f"Never used: {rule}")
    demands.judge(unmatched.count, len(unused))
