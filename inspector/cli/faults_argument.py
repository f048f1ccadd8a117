"""Reads a faults file for a command and says every problem it has."""

from __future__ import annotations

import click

from inspector.cli.exit_codes import ExitCode
from inspector.cli.input_files import read_text
from inspector.cli.output import say
from inspector.core.fault_files import parse_faults
from inspector.core.faults import FaultRule


def read_faults_file(path: str) -> tuple[FaultRule, ...]:
    """The file's rules; ends the process with exit code 2 and every problem where it is broken."""
    parsed = parse_faults(read_text(path), path)
    for problem in parsed.problems:
        say(str(problem))
    if parsed.rules is None:
        raise click.exceptions.Exit(ExitCode.BAD_USAGE)
    return parsed.rules
