"""Reads mocks files for a command and says every problem they have."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from inspector.cli.exit_codes import ExitCode
from inspector.cli.output import say
from inspector.core.mock_files import MocksFile, parse_mocks


def read_mocks_files(paths: Sequence[str]) -> tuple[MocksFile, ...]:
    """The files' contents; ends the process with exit code 2 and every problem where one is broken."""
    files: list[MocksFile] = []
    broken = False
    for path in paths:
        parsed = parse_mocks(_read(path), path)
        for problem in parsed.problems:
            say(str(problem))
        if parsed.file is None:
            broken = True
        else:
            files.append(parsed.file)
    if broken:
        raise click.exceptions.Exit(ExitCode.BAD_USAGE)
    return tuple(files)


def _read(path: str) -> str:
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        msg = f"cannot read {path!r}: {error.strerror}"
        raise click.UsageError(msg) from None
    except UnicodeDecodeError as error:
        say(f"{path}:1:1: not UTF-8 text (byte {error.start})")
        raise click.exceptions.Exit(ExitCode.BAD_USAGE) from None
