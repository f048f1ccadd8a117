"""Reads mocks files for a command and says every problem they have."""

from __future__ import annotations

from collections.abc import Sequence

import click

from inspector.cli.exit_codes import ExitCode
from inspector.cli.input_files import read_text
from inspector.cli.output import say
from inspector.core.mock_files import MocksFile, parse_mocks


def read_mocks_files(paths: Sequence[str]) -> tuple[MocksFile, ...]:
    """The files' contents; ends the process with exit code 2 and every problem where one is broken."""
    files: list[MocksFile] = []
    broken = False
    for path in paths:
        parsed = parse_mocks(read_text(path), path)
        for problem in parsed.problems:
            say(str(problem))
        if parsed.file is None:
            broken = True
        else:
            files.append(parsed.file)
    if broken:
        raise click.exceptions.Exit(ExitCode.BAD_USAGE)
    return tuple(files)
