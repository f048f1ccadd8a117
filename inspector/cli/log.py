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
from inspector.core.calls import Call
from inspector.core.events import RoomEvent
from inspector.core.exports.formats import ExportFormat, export
from inspector.core.filters import Filter
from inspector.core.problems import ProblemError
from inspector.recording.copying import make_recording
from inspector.recording.writing import program_version

TABLE = "table"
RECORDING = "recording"
_PIECES_AT_ONCE = 256


@click.command()
@FILE_ARGUMENT
@FILTER_OPTION
@click.option(
    "--format",
    "form",
    type=click.Choice([TABLE, *(form.value for form in ExportFormat), RECORDING]),
    default=TABLE,
    show_default=True,
    help="As what; a recording needs -o.",
)
@OUTPUT_OPTION
def log(*, file: Path, wanted: Filter, form: str, target: Path | None) -> None:
    """Show the calls of a recording (respond --record), or of records as lines of JSON (--json).

    It reads beside a program that still records. Lines of JSON come out as they went in, and so they do from
    a recording made of them. Table, diagram and recording have joins and leaves between the calls, unless
    they are filtered. In csv, har, otlp and mermaid tokens and secrets are masked.

    Exit status: 0 done, 2 it cannot be read, or some of it could not.
    """
    if form == RECORDING and target is None:
        msg = "a recording is a file: name it with -o"
        raise click.UsageError(msg)
    with log_input(file, target) as source:
        if form == TABLE:
            _write(_table(source, wanted), target)
        elif form == ExportFormat.JSONL:
            _write(_records(source, wanted), target)
        elif target is not None and form == RECORDING:
            make_recording(target, _entries(source, wanted), file.stem)
        else:
            _write_pieces(
                export(_entries(source, wanted), ExportFormat(form), program_version() or ""), target
            )


def _entries(source: LogInput, wanted: Filter) -> Iterator[Call | RoomEvent]:
    """The calls that are wanted, and, where all are, the events between them."""
    for entry in source.entries(bodies=True):
        if isinstance(entry, RoomEvent):
            if not wanted:
                yield entry
        elif passes(entry.call, wanted):
            yield entry.call


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
    _write_pieces((f"{line}\n" for line in lines), target)


def _write_pieces(pieces: Iterable[str], target: Path | None) -> None:
    """Writes pieces of text as they are, many at a time. Raises as `_write`."""
    blocks = ("".join(block) for block in _blocks(pieces))
    if target is None:
        for block in blocks:
            output.text(block)
        return
    with whole_file(target) as file:
        for block in blocks:
            file.write(block.encode())


def _blocks(lines: Iterable[str]) -> Iterator[list[str]]:
    """The lines, many at a time; where they break off, those before come first."""
    block: list[str] = []
    try:
        for line in lines:
            block.append(line)
            if len(block) == _PIECES_AT_ONCE:
                yield block
                block = []
    except ProblemError:
        if block:
            yield block
        raise
    if block:
        yield block
