"""A file that is written from start to end, and stands in its place only when it is whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from inspector.core.problems import Problem, ProblemError, ProblemKind, Side


def refuse_own_input(target: Path | None, source: Path) -> None:
    """Refuses, as bad usage, to write over the file that is read."""
    if target is not None and target.exists() and source.exists() and target.samefile(source):
        msg = "it is the file that is read"
        raise click.BadParameter(msg, param_hint="-o")


@contextmanager
def whole_file(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which takes the place of `path` once the `with` block ends well.

    What is no regular file, as a pipe, is written to directly.

    Raises:
        ProblemError: it cannot be written; `path` is then as it was.
    """
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:
                yield file
            return
        temporary = path.with_name(f"{path.name}.{os.getpid()}.new")
        try:
            with temporary.open("wb") as file:
                yield file
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise ProblemError(_unwritable(path, error)) from None


def _unwritable(path: Path, error: OSError) -> Problem:
    return Problem(
        kind=ProblemKind.STORAGE,
        what=f"{path} cannot be written: {error.strerror or type(error).__name__}.",
        side=Side.HERE,
        next_step="Give -o a file in a folder that can be written to.",
    )
