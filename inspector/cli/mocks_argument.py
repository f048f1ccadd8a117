"""Reads mocks files for a command and says every problem they have."""

from __future__ import annotations

from collections.abc import Sequence

import click
import msgspec

from inspector.cli.exit_codes import ExitCode
from inspector.cli.input_files import read_text
from inspector.cli.output import say
from inspector.core.mock_files import MocksFile, parse_mocks


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
        parsed = parse_mocks(text, path)
        for problem in parsed.problems:
            say(str(problem))
        if parsed.file is None:
            broken = True
        else:
            files.append(GivenMocks(path, text, parsed.file))
    if broken:
        raise click.exceptions.Exit(ExitCode.BAD_USAGE)
    return tuple(files)
