"""A command whose words after the first `--` are not its own, but those of a program that it is to run."""

from __future__ import annotations

import click

PROGRAM = "program"
"""The name under which the callback gets those words: a tuple, empty where there is no `--`."""


class DashedCommand(click.Command):
    """Takes `--` and all after it off before anything is parsed, whatever stands there."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Parses what stands before the first `--`.

        Raises:
            click.UsageError: nothing stands behind it.
        """
        own, program = _split(args)
        rest = super().parse_args(ctx, own)
        if program is not None and not program and not ctx.resilient_parsing:
            msg = "'--' is there, but no command after it."
            raise click.UsageError(msg, ctx)
        ctx.params[PROGRAM] = tuple(program or ())
        return rest

    def collect_usage_pieces(self, ctx: click.Context) -> list[str]:
        """The pieces of the usage line, of which this is the last."""
        return [*super().collect_usage_pieces(ctx), "[-- COMMAND ARG...]"]


def _split(args: list[str]) -> tuple[list[str], list[str] | None]:
    if "--" not in args:
        return args, None
    at = args.index("--")
    return args[:at], args[at + 1 :]
