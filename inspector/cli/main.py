"""The command `rpc-inspector`: without a subcommand it opens the window."""

from __future__ import annotations

import sys

import click

from inspector.cli.call import call
from inspector.cli.gui import gui
from inspector.cli.participants import participants
from inspector.cli.ping import ping
from inspector.cli.respond import respond


class DefaultsToWindow(click.Group):
    """Takes `rpc-inspector [OPTIONS]` for `rpc-inspector gui [OPTIONS]`."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the missing `gui` in front, unless help or the version is asked for."""
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h", "--version")):
            args = ["gui", *args]
        return super().parse_args(ctx, args)


@click.group(cls=DefaultsToWindow, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="livekit-rpc-inspector", prog_name="rpc-inspector")
def commands() -> None:
    """Inspect and debug LiveKit RPC: call methods, answer them, watch both.

    Without a command it opens the window. Every command joins a room the same way: by --url with --token or
    with a key, by an `lk` project, by the dev server, or by what LIVEKIT_* variables and .env files say.
    """


for command in (gui, call, respond, participants, ping):
    commands.add_command(command)


def main() -> None:
    """Runs the command line and ends the process with its exit code."""
    sys.exit(commands.main(standalone_mode=True))
