"""`rpc-inspector mocks`: work on mocks files without joining any room."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.cli import output
from inspector.cli.log_input import FILE_ARGUMENT, FILTER_OPTION, OUTPUT_OPTION, LoggedCall, log_input
from inspector.cli.mocks_argument import read_mocks_files
from inspector.cli.seeing import passes
from inspector.cli.whole_file import whole_file
from inspector.core.calls import Call
from inspector.core.filters import Filter
from inspector.core.mock_files import JoinWish, MocksFile, write_mocks
from inspector.core.mocks_of_calls import answer_of, make_mocks
from inspector.core.ping import PING_METHOD


@click.group()
def mocks() -> None:
    """Work on mocks files."""


@mocks.command()
@click.argument("files", nargs=-1, required=True, metavar="FILE...")
def check(*, files: tuple[str, ...]) -> None:
    """Print every problem of FILE... as FILE:LINE:COLUMN: problem.

    Exit code 2 where `respond` would refuse one of them; warnings alone are no reason.
    """
    read_mocks_files(files)


@mocks.command("from-log")
@FILE_ARGUMENT
@FILTER_OPTION
@OUTPUT_OPTION
def from_log(*, file: Path, wanted: Filter, target: Path | None) -> None:
    """Make a mocks file that answers as the calls of a recording were answered.

    One mock for each method. A method called with one payload is answered so for any; else each payload has a
    rule, and one that was answered differently in turn a sequence. stderr says which calls were left out.

    Exit status: 0 done, 2 it cannot be read, or some of it could not.
    """
    with log_input(file, target) as source:
        logged = (entry.call for entry in source.entries(bodies=True) if isinstance(entry, LoggedCall))
        calls = [call for call in logged if call.method != PING_METHOD and passes(call, wanted)]
        _write(_mocks_file(calls), target)


def _mocks_file(calls: list[Call]) -> MocksFile:
    """The mocks, to be joined as whoever answered, if that was one."""
    made = make_mocks(calls)
    for remark in made.remarks:
        output.say(remark)
    if not made.mocks:
        output.say("No call there has an answer to repeat.")
    answered_by = {call.destination for call in calls if answer_of(call) is not None}
    identity = answered_by.pop() if len(answered_by) == 1 else None
    return MocksFile(mocks=made.mocks, as_=None if identity is None else JoinWish(identity=identity))


def _write(file: MocksFile, target: Path | None) -> None:
    """Raises ReaderGoneError where nobody reads stdout any more, ProblemError where it cannot be written."""
    text = write_mocks(file)
    if target is None:
        output.result(text.removesuffix("\n"))
        return
    with whole_file(target) as out:
        out.write(text.encode())
