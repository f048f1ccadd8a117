"""The command `rpc-inspector`: without a subcommand it opens the window."""

from __future__ import annotations

from importlib import import_module

import click

from inspector.cli.exit_codes import ExitCode

_COMMANDS = {
    "gui": "Open the window (the default).",
    "call": "Call a method and print its response.",
    "respond": "Answer calls with the mocks of a file.",
    "mocks": "Check mocks files, or make one of a recording.",
    "watch": "Print every call of a local room.",
    "participants": "List who is in a room.",
    "ping": "Probe whether a participant can be reached.",
    "log": "Show, filter or convert a recording.",
    "serve": "Run a local room for any LiveKit SDK.",
}
"""What the list of commands says of each, so that listing them imports none."""


class Commands(click.Group):
    """Takes `rpc-inspector [OPTIONS]` for `rpc-inspector gui [OPTIONS]`.

    A command is imported when it is used: importing them all would add to the time until the window stands.
    """

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Puts the missing `gui` in front, unless help or the version is asked for."""
        if not args or (args[0].startswith("-") and args[0] not in ("--help", "-h", "--version")):
            args = ["gui", *args]
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The commands, in the order help shows them."""
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """The command of that name, from the module of that name."""
        if cmd_name not in _COMMANDS:
            return None
        command = getattr(import_module(f"inspector.cli.{cmd_name}"), cmd_name)
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """The list of commands in the help text."""
        with formatter.section("Commands"):
            formatter.write_dl(list(_COMMANDS.items()))


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="livekit-rpc-inspector", prog_name="rpc-inspector")
def commands() -> None:
    """Inspect and debug LiveKit RPC: call methods, answer them, watch both.

    Without a command it opens the window. Commands join a room the same way: by --url with --token or
    with a key, by an `lk` project, by the dev server, by a local room of its own (--local), or by what
    LIVEKIT_* variables and .env files say.
    """


def run_command_line() -> int:
    """Runs what the words on the command line ask for; the exit code."""
    try:
        code = commands.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort:  # click's word for Ctrl-C before a command has its event loop
        return ExitCode.INTERRUPTED
    return code if isinstance(code, int) else ExitCode.DONE
