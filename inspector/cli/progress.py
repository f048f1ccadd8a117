"""A progress bar on stderr, where that is a terminal of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager


@contextmanager
def progress(total: int, *, records: bool) -> Iterator[Callable[[], None]]:
    """Shows a bar while the `with` block lasts; what it gives is to be called after each of `total` steps.

    `records` says that lines go to stdout meanwhile: where that is a terminal too, they show how far it is,
    and a bar would run through them.
    """
    on_terminal = sys.stderr is not None and sys.stderr.isatty()
    if not on_terminal or (records and sys.stdout is not None and sys.stdout.isatty()):
        yield _no_bar
        return
    # Imported only for a person to look at: it takes longer than all the rest of a command.
    from rich.console import Console
    from rich.progress import Progress

    # rich would send what goes to stdout to the console it draws on, which is stderr.
    with Progress(console=Console(stderr=True), transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("calls", total=total)
        yield lambda: bar.advance(task)


def _no_bar() -> None:
    """Nobody looks."""
