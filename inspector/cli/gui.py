"""`rpc-inspector gui`: the window. The only command that imports Qt, and only when it runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from inspector.cli.connection_options import ConnectionOptions, connection_options

if TYPE_CHECKING:
    from inspector.gui.opening import Opened


@click.command()
@click.option(
    "--mocks", "mocks", multiple=True, metavar="FILE", help="Answer with the mocks of this file; repeatable."
)
@click.option(
    "--theme", type=click.Choice(["dark", "light", "system"]), default=None, help="The look; remembered."
)
@click.option(
    "--demo", is_flag=True, help="Start a local room with three programs in it that call and answer."
)
@connection_options
def gui(*, connection: ConnectionOptions, mocks: tuple[str, ...], theme: str | None, demo: bool) -> None:
    """Open the window, and join at once where the options name a server."""
    if demo and connection.names_server:
        msg = "--demo brings a room of its own: leave out the options that name a server."
        raise click.UsageError(msg)
    # Bad usage is said before a window appears; with nothing to check, the window comes first of all.
    checked = bool(mocks) or connection.names_server
    opened = None if checked else _open(theme)
    from inspector.cli.mocks_argument import read_mocks_files
    from inspector.gui.app import Launch, launch

    files = tuple((given.path, given.text) for given in read_mocks_files(mocks))
    source = connection.source() if connection.names_server else None
    how = Launch(source=source, mocks=files, verbose=connection.verbose, demo=demo)
    raise click.exceptions.Exit(launch(opened or _open(theme), how))


def _open(theme: str | None) -> Opened:
    from inspector.gui.opening import open_window

    return open_window(theme)
