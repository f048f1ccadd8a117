"""`rpc-inspector mocks`: work on mocks files without joining any room."""

from __future__ import annotations

import click

from inspector.cli.mocks_argument import read_mocks_files


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
