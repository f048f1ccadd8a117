"""`rpc-inspector log`: shows, filters and converts a recording or a file of records."""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from inspector.cli import output
from inspector.cli.log_input import (
    FILE_ARGUMENT,
    FILTER_OPTION,
    OUTPUT_OPTION,
    LoggedCall,
    LogInput,
    log_input,
)
from inspector.cli.log_table import call_line, event_line, header
from inspector.cli.seeing import passes
from inspector.cli.whole_file import whole_file
from inspector.core.events import RoomEvent
from inspector.core.filters import Filter
from inspector.core.problems import ProblemError

_LINES_AT_ONCE = 256


@click.command()
@FILE_ARGUMENT
@FILTER_OPTION
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "jsonl"]),
    default="table",
    show_default=True,
    help="As what.",
)
@OUTPUT_OPTION
def log(*, file: Path, wanted: Filter, form: str, target: Path | None) -> None:
    """Show the calls of a recording (respond --record), or of records as lines of JSON (--json).

    It reads beside a program that still records. Lines of JSON come out as they went in. The table has joins
    and leaves between the calls, unless they are filtered.

    Exit status: 0 done, 2 it cannot be read, or some of it could not.
    """
    with log_input(file, target) as source:
        _write(_records(source, wanted) if form == "jsonl" else _table(source, wanted), target)


def _records(source: LogInput, wanted: Filter) -> Iterator[str]:
    for entry in source.entries(bodies=True):
        if isinstance(entry, LoggedCall) and passes(entry.call, wanted):
            yield entry.to_json()


def _table(source: LogInput, wanted: Filter) -> Iterator[str]:
    entries = source.entries(bodies=wanted.needs_texts)
    first = next(entries, None)  # before anything is printed: it may be a file that cannot be read
    yield header()
    for entry in itertools.chain(() if first is None else (first,), entries):
        if isinstance(entry, RoomEvent):
            if not wanted:
                yield event_line(entry)
        elif passes(entry.call, wanted):
            yield call_line(entry.call)


def _write(lines: Iterable[str], target: Path | None) -> None:
    """Writes the lines, many at a time.

    Raises:
        ReaderGoneError: nobody reads stdout any more.
        ProblemError: they cannot be read or written.
    """
    blocks = ("\n".join(block) for block in _blocks(lines))
    if target is None:
        for block in blocks:
            output.result(block)
        return
    with whole_file(target) as file:
        for block in blocks:
            file.write(f"{block}\n".encode())


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines, many at a time; where they break off, those before come first."""
    block: list[str] = []
    try:
        for line in lines:
            block.append(line)
            if len(block) == _LINES_AT_ONCE:
                yield block
                block = []
    except ProblemError:
        if block:
            yield block
        raise
    if block:
        yield block
