"""`rpc-inspector mocks`: work on mocks files without joining any room."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.cli import output
from inspector.cli.exit_codes import ExitCode
from inspector.cli.log_input import LoggedCall, LogInput
from inspector.cli.mocks_argument import read_mocks_files
from inspector.cli.seeing import FILTER
from inspector.cli.whole_file import refuse_own_input, whole_file
from inspector.core.calls import Call
from inspector.core.log import row_of
from inspector.core.mock_files import JoinWish, MocksFile, write_mocks
from inspector.core.mocks_of_calls import answer_of, make_mocks
from inspector.core.ping import PING_METHOD
from inspector.core.problems import ProblemError
from inspector.core.word_filter import WordFilter, searched_text


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
@click.argument("file", type=click.Path(path_type=Path), metavar="RECORDING|FILE.jsonl")
@click.option("--filter", "wanted", type=FILTER, metavar="EXPR", default="", help="Only what matches.")
@click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to this file instead of stdout.",
)
def from_log(*, file: Path, wanted: WordFilter, target: Path | None) -> None:
    """Make a mocks file that answers as the calls of a recording were answered.

    One mock for each method. A method called with one payload is answered so for any; else each payload has a
    rule, and one that was answered differently in turn a sequence. stderr says which calls were left out.

    Exit status: 0 done, 2 it cannot be read, or some of it could not.
    """
    refuse_own_input(target, file)
    source = LogInput(file)
    try:
        entries = source.entries(bodies=True)
        calls = [e.call for e in entries if isinstance(e, LoggedCall) and _is_wanted(e.call, wanted)]
        _write(_mocks_file(calls), target)
    except output.ReaderGoneError:
        return
    except ProblemError as error:
        output.say_problem(error.problem)
        raise click.exceptions.Exit(ExitCode.BAD_USAGE) from None
    if source.bad_lines:
        raise click.exceptions.Exit(ExitCode.BAD_USAGE)


def _is_wanted(call: Call, wanted: WordFilter) -> bool:
    if call.method == PING_METHOD:
        return False
    return not wanted or wanted.matches(searched_text(row_of(call), call))


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
