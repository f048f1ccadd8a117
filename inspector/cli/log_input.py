"""Reads what `log` and `mocks from-log` are given: a recording, or a file of records as lines of JSON."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import click

from inspector.cli import output
from inspector.cli.exit_codes import ExitCode
from inspector.cli.seeing import FILTER
from inspector.cli.whole_file import refuse_own_input
from inspector.core.calls import Call, from_json, to_json
from inspector.core.events import RoomEvent
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.recording.reader import Recording

FILE_ARGUMENT = click.argument("file", type=click.Path(path_type=Path), metavar="RECORDING|FILE.jsonl")
FILTER_OPTION = click.option(
    "--filter", "wanted", type=FILTER, metavar="EXPR", default="", help="Only what matches."
)
OUTPUT_OPTION = click.option(
    "-o",
    "--output",
    "target",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to this file instead of stdout.",
)

_SQLITE = b"SQLite format 3\0"
_SAID_LINES = 10
"""Lines that are no records and said one by one; the others are counted."""


class LoggedCall(NamedTuple):
    """A call, and its line of JSON where it came as one."""

    call: Call
    line: str | None = None

    def to_json(self) -> str:
        """The record as a line of JSON: unchanged where it came as one."""
        return to_json(self.call) if self.line is None else self.line


class LogInput:
    """One file to read, once and one entry at a time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.bad_lines = 0
        """Lines so far that were no records; each of the first was said."""

    def entries(self, *, bodies: bool) -> Iterator[LoggedCall | RoomEvent]:
        """Calls, and between them the events that a recording has; `bodies`: payloads and responses, too.

        Raises:
            ProblemError: it cannot be read, is newer than this program, or damaged.
        """
        try:
            with self._path.open("rb") as file:
                is_recording = file.read(len(_SQLITE)) == _SQLITE
        except OSError as error:
            raise _unreadable(self._path, error) from None
        return self._recorded(bodies=bodies) if is_recording else self._lines()

    def _recorded(self, *, bodies: bool) -> Iterator[LoggedCall | RoomEvent]:
        with Recording(self._path) as recording:
            if recording.info.ended_at is None:
                output.say(
                    f"{self._path} has no end: its run was cut short, or goes on."
                    " Calls that have no outcome there are shown as lost."
                )
            for entry in recording.entries(bodies=bodies):
                yield entry if isinstance(entry, RoomEvent) else LoggedCall(entry)

    def _lines(self) -> Iterator[LoggedCall]:
        try:
            with self._path.open("rb") as file:
                for number, raw in enumerate(file, 1):
                    line = raw.removeprefix(b"\xef\xbb\xbf").strip() if number == 1 else raw.strip()
                    if line and (call := self._read(line, number)) is not None:
                        yield call
        except OSError as error:
            raise _unreadable(self._path, error) from None
        if self.bad_lines > _SAID_LINES:
            output.say(f"{self._path}: {self.bad_lines} lines in all are no records of calls.")

    def _read(self, line: bytes, number: int) -> LoggedCall | None:
        try:
            return LoggedCall(from_json(line), line.decode())
        except ValueError as error:
            self.bad_lines += 1
            if self.bad_lines <= _SAID_LINES:
                output.say(f"{self._path}:{number}:1: no record of a call: {error}")
            return None


@contextmanager
def log_input(path: Path, target: Path | None) -> Iterator[LogInput]:
    """The file to read, for what is to be written to `target` or stdout in the `with` block.

    Ends the process with exit code 2 where it is `target` itself, and after the block where it, or some of
    it, could not be read, or the output not be written. Nobody reading stdout any more is a good end.
    """
    refuse_own_input(target, path)
    source = LogInput(path)
    try:
        yield source
    except output.ReaderGoneError:
        return
    except ProblemError as error:
        output.say_problem(error.problem)
        raise click.exceptions.Exit(ExitCode.BAD_USAGE) from None
    if source.bad_lines:
        raise click.exceptions.Exit(ExitCode.BAD_USAGE)


def _unreadable(path: Path, error: OSError) -> ProblemError:
    return ProblemError(
        Problem(
            kind=ProblemKind.BAD_INPUT,
            what=f"{path} cannot be read: {error.strerror or type(error).__name__}.",
            side=Side.HERE,
            next_step="Name a recording, or a file of records as lines of JSON.",
        )
    )
