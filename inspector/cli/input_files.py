"""Reads the text of a file that a command was given."""

from __future__ import annotations

from pathlib import Path

import click

from inspector.cli.exit_codes import ExitCode
from inspector.cli.output import say


def read_text(path: str) -> str:
    """The file's text; ends the process with exit code 2 and why where it cannot be read."""
    try:
        return Path(path).read_bytes().decode("utf-8-sig")
    except OSError as error:
        msg = f"cannot read {path!r}: {error.strerror}"
        raise click.UsageError(msg) from None
    except UnicodeDecodeError as error:
        say(f"{path}:1:1: not UTF-8 text (byte {error.start})")
        raise click.exceptions.Exit(ExitCode.BAD_USAGE) from None
