"""`rpc-inspector respond`: answers calls with the mocks of files, and prints each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import click

from inspector.cli import output
from inspector.cli.connection_options import ConnectionOptions, connection_options
from inspector.cli.durations import DURATION
from inspector.cli.exit_codes import ExitCode
from inspector.cli.mocks_argument import read_mocks_files
from inspector.cli.runtime import Runtime, run
from inspector.core.calls import Call, Direction, to_json
from inspector.core.durations import format_ms
from inspector.core.events import RoomEvent
from inspector.core.log import CallLog
from inspector.core.mock_files import MocksFile
from inspector.core.payloads import shortened, visible
from inspector.sdk.sources import ConnectionSource, SourceOptions
from inspector.session.connection_info import ConnectionInfo, ConnectionState

SHOWN_CHARS = 80
LAST_ANSWER_S = 0.5
"""How long answering goes on after the reader of the output has gone."""


@click.command(short_help="Answer calls with the mocks of a file.")
@click.argument("mocks", nargs=-1, required=True, metavar="MOCKS...")
@click.option("--json", "as_json", is_flag=True, help="Print the record of each call, one a line.")
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
    duration: float | None,
    ready_file: Path | None,
) -> None:
    """Join a room and answer its calls as MOCKS say, until interrupted.

    Every call is printed once it has an outcome. SIGTERM ends it cleanly.
    """
    files = read_mocks_files(mocks)
    source = connection.source(_join_options(files))

    async def main(runtime: Runtime) -> int:
        return await _main(runtime, source, files, as_json, duration, ready_file)

    run(main, quiet=connection.quiet, verbose=connection.verbose, ends_on_sigterm=True)


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
    ready_file: Path | None,
) -> int:
    session = runtime.session
    for file in files:
        session.mocks.add(file.mocks)
    session.log.subscribe(_Printer(session.log, as_json, runtime.terminated))
    session.subscribe(_Changes())
    connection_id = await runtime.join(source)
    if ready_file is not None:
        _write_ready_file(ready_file)
    _say_ready(runtime.info(connection_id), session.mocks.methods_for(runtime.info(connection_id).identity))
    try:
        await runtime.while_connected(connection_id, _until_told(runtime.terminated, duration_s))
    finally:
        _say_summary(runtime)
        if ready_file is not None:
            _remove_ready_file(ready_file)
    return ExitCode.DONE


def _write_ready_file(path: Path) -> None:
    path.write_text("ready\n", encoding="utf-8")


def _remove_ready_file(path: Path) -> None:
    path.unlink(missing_ok=True)


async def _until_told(terminated: asyncio.Event, duration_s: float | None) -> None:
    try:
        await asyncio.wait_for(terminated.wait(), duration_s)
    except TimeoutError:
        return


def _say_ready(info: ConnectionInfo, methods: frozenset[str]) -> None:
    if not methods:
        output.say(f"No enabled mock applies to {info.identity}: every call is answered 1400 by the SDK.")
    names = ", ".join(sorted(methods))
    output.say(f"Ready: {info.identity} in {info.room} answers {len(methods)} methods: {visible(names)}")


def _say_summary(runtime: Runtime) -> None:
    for entry in runtime.session.mocks.entries():
        hits = entry.use.hits
        output.say(visible(f"{entry.mock.method}: {hits} {'call' if hits == 1 else 'calls'}"))


class _Changes:
    """Says on stderr when the connection is lost and when it is back."""

    def __init__(self) -> None:
        self._was = ConnectionState.CONNECTING

    def connection_changed(self, info: ConnectionInfo) -> None:
        if info.state is self._was:
            return
        if info.state in (ConnectionState.RECONNECTING, ConnectionState.REJOINING):
            output.say(f"{info.identity} lost the server; trying again.")
        elif info.state is ConnectionState.CONNECTED and self._was is not ConnectionState.CONNECTING:
            output.say(f"{info.identity} is back; every mock answers again.")
        self._was = info.state

    def connection_removed(self, connection_id: str) -> None:
        """Never here: a command keeps its one connection."""


class _Printer:
    """Prints each inbound call once it has an outcome."""

    def __init__(self, log: CallLog, as_json: bool, reader_gone: asyncio.Event) -> None:
        self._log = log
        self._reader_gone = reader_gone
        self._print: Callable[[Call], str] = to_json if as_json else call_line

    def entry_added(self, index: int) -> None:
        """Nothing to print yet: a call that has just arrived has no outcome."""

    def entry_changed(self, index: int) -> None:
        entry = self._log[index]
        if isinstance(entry, RoomEvent) or entry.direction is not Direction.IN:
            return
        call = self._log.get(entry.id)
        if call is None or call.is_pending:
            return
        try:
            output.result(self._print(call))
        except BrokenPipeError:
            output.say("Nobody reads the output any more; ending.")
            output.silence()
            # Not at once: the answer to the very call that was to be printed is still to be sent.
            asyncio.get_running_loop().call_later(LAST_ANSWER_S, self._reader_gone.set)

    def entries_removed(self) -> None:
        """The log let go of its oldest rows; they were printed."""


def call_line(call: Call) -> str:
    """An inbound call as a line of text: outcome, caller, method, time, what was asked and answered."""
    outcome = str(call.code) if call.code is not None else call.outcome.value
    answer = call.response if call.error is None else call.error.message
    by = f" [{call.mock}: {call.rule}]" if call.rule else (" [unmatched]" if call.unmatched else "")
    asked = f"{call.caller} → {call.method}({_shown(call.payload)})"
    return visible(f"{outcome:>5}  {format_ms(call.elapsed_ms):>8} ms  {asked} = {_shown(answer)}{by}")


def _shown(text: str | None) -> str:
    return shortened(text or "", SHOWN_CHARS)
