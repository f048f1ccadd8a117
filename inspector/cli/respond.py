"""`rpc-inspector respond`: answers calls with the mocks of files, and prints each."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.cli import output
from inspector.cli.asking import asking_in_terminal
from inspector.cli.assignments import assignments
from inspector.cli.connection_options import ConnectionOptions, connection_options
from inspector.cli.dashed_command import DashedCommand
from inspector.cli.durations import DURATION
from inspector.cli.exit_codes import ExitCode
from inspector.cli.live_mocks import LiveMocks
from inspector.cli.mocks_argument import read_mocks_files
from inspector.cli.ready_file import ReadyFile
from inspector.cli.record_option import RecordOption
from inspector.cli.respond_run import Asked, respond_as_asked
from inspector.cli.respond_summary import Demands
from inspector.cli.running import run
from inspector.cli.runtime import Runtime
from inspector.core.mock_files import MocksFile
from inspector.sdk.sources import ConnectionSource, KeyCredentials, SourceOptions
from inspector.session.session import SystemClock


@click.command(cls=DashedCommand)
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
    program: tuple[str, ...],
) -> None:
    """Join a room and answer its calls as MOCKS say, until interrupted.

    Changes to the files come into force at once. Every call is printed once it has an outcome. SIGTERM ends
    it cleanly.

    With -- COMMAND it runs that once every mock answers, and ends as it does, with its exit status.
    LIVEKIT_URL, LIVEKIT_API_KEY, LIVEKIT_API_SECRET and LIVEKIT_ROOM are set for it; stdout is its own,
    calls are printed on stderr. With --local, too, the room is a fresh one on a free port.
    """
    recording = RecordOption(record)
    given = assignments(variables, "--var", "a variable", "NAME=VALUE")
    live = LiveMocks(read_mocks_files(mocks), given)
    asked = Asked(
        mocks=live,
        source=_source(connection, _join_options(mocks, live.files()), program),
        as_json=as_json,
        duration_s=duration,
        seed=seed,
        ready_file=ReadyFile(ready_file),
        recording=recording,
        demands=Demands(unmatched=fail_on_unmatched, unused=fail_on_unused),
        program=program,
        quiet=connection.quiet,
    )

    async def main(runtime: Runtime) -> int:
        if program:  # it has the terminal
            return await respond_as_asked(runtime, asked)
        with asking_in_terminal(runtime.session.holding, SystemClock()):
            return await respond_as_asked(runtime, asked)

    try:
        # A program that was to run and did not is no success, however it came to that.
        run(main, quiet=connection.quiet, verbose=connection.verbose, ends_on_sigterm=not program, xray=True)
    except click.exceptions.Exit as end:  # as commands end, also by SIGTERM
        if end.exit_code == ExitCode.DONE and asked.demands.unmet:
            raise click.exceptions.Exit(ExitCode.UNMET) from None
        raise
    finally:
        recording.end()  # after the session's own end, which settles what is under way


def _source(
    connection: ConnectionOptions, wishes: SourceOptions, program: tuple[str, ...]
) -> ConnectionSource:
    """Where to join; ends the process with exit code 2 where a program could not follow there."""
    # Which room `--local` means is not known yet where it is to be a fresh one.
    source = connection.source(wishes, announce=not (program and connection.is_local))
    if program and not isinstance(source.credentials, KeyCredentials):
        output.say(f"A command needs a key to join by, and here is only a token ({source.label}).")
        output.say("  Give --url with --api-key, --api-secret and --room instead, or --local; or take")
        output.say("  LIVEKIT_TOKEN away where it stands beside a key.")
        raise click.exceptions.Exit(ExitCode.BAD_USAGE)
    return source


def _join_options(paths: tuple[str, ...], files: tuple[MocksFile, ...]) -> SourceOptions:
    """How to join, from the first file that says it; options on the command line win.

    A later file that says otherwise is named: it may count on it.
    """
    wishes = [(path, file.as_) for path, file in zip(paths, files, strict=True) if file.as_ is not None]
    if not wishes:
        return SourceOptions()
    (first, wish), *others = wishes
    for path, other in others:
        if other != wish:
            output.say(f"How to join is taken from {first}; what {path} says of it (`as`) is not used.")
    return SourceOptions(
        identity=wish.identity,
        name=wish.name,
        kind=wish.kind,
        metadata=wish.metadata,
        attributes=dict(wish.attributes),
    )
