"""`rpc-inspector gui`: the window. The only command that imports Qt, and only when it runs."""

from __future__ import annotations

import click

from inspector.cli.connection_options import ConnectionOptions, connection_options


@click.command(short_help="Open the window (the default).")
@click.option(
    "--mocks", "mocks", multiple=True, metavar="FILE", help="Answer with the mocks of this file; repeatable."
)
@click.option(
    "--theme", type=click.Choice(["dark", "light", "system"]), default=None, help="The look; remembered."
)
@connection_options
def gui(*, connection: ConnectionOptions, mocks: tuple[str, ...], theme: str | None) -> None:
    """Open the window, and join at once where the options name a server."""
    from inspector.cli.mocks_argument import read_mocks_files
    from inspector.gui.app import Launch, launch

    files = read_mocks_files(mocks)
    source = connection.source() if connection.names_server else None
    code = launch(Launch(source=source, mocks=files, theme=theme, verbose=connection.verbose))
    raise click.exceptions.Exit(code)
