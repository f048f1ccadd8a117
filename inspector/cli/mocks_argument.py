"""Reads mocks files for a command and says every problem they have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click
import msgspec

from inspector.cli.exit_codes import ExitCode
from inspector.cli.input_files import read_text
from inspector.cli.output import say
from inspector.core.documents import Document, FileProblem, read_document
from inspector.core.mock_files import MocksFile, parse_document
from inspector.core.mock_scripts import script_places
from inspector.core.payloads import visible


class GivenMocks(msgspec.Struct, frozen=True):
    """A mocks file that was named on the command line."""

    path: str
    text: str
    """As it was read: a pipe can be read only once."""
    file: MocksFile


def read_mocks_files(paths: Sequence[str]) -> tuple[GivenMocks, ...]:
    """The files' contents; ends the process with exit code 2 and every problem where one is broken."""
    files: list[GivenMocks] = []
    broken = False
    for path in paths:
        text = read_text(path)
        document = read_document(text)
        parsed = parse_document(document, path)
        missing = _missing_scripts(document, path)
        for problem in sorted((*parsed.problems, *missing)):
            say(str(problem))
        if parsed.file is None or missing:
            broken = True
        else:
            files.append(GivenMocks(path, text, parsed.file))
    if broken:
        raise click.exceptions.Exit(ExitCode.BAD_USAGE)
    return tuple(files)


def _missing_scripts(document: Document, path: str) -> list[FileProblem]:
    """A problem for each place that names a script which is not there, seen from the folder of the file."""
    folder = Path(path).parent
    return [
        FileProblem(path, line, column, f"no script is at {visible(str(folder / script))}")
        for script, line, column in script_places(document)
        if not _is_file(folder / script)
    ]


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except (OSError, ValueError):  # no name a file can have
        return False
