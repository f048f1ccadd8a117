"""The options that say which room to join and as whom, the same for every command.

The window's command imports this before its window is drawn, so what needs more is imported where it is used.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from inspector.cli.assignments import assignments
from inspector.cli.exit_codes import ExitCode

if TYPE_CHECKING:
    from inspector.sdk.sources import ConnectionSource, SourceOptions

F = TypeVar("F", bound=Callable[..., Any])

_OPTIONS = (
    click.option("--url", metavar="URL", help="LiveKit server, e.g. wss://my-project.livekit.cloud."),
    click.option("--token", metavar="TOKEN", help="Access token; names room and identity itself."),
    click.option("--api-key", metavar="KEY", help="API key; the token is made here."),
    click.option("--api-secret", metavar="SECRET", help="The key's secret."),
    click.option("--room", metavar="NAME", help="Room to join (with a key). Else LIVEKIT_ROOM."),
    click.option(
        "--identity", metavar="NAME", help="Identity to join as (with a key). Else inspector-, 4 characters."
    ),
    click.option("--name", metavar="NAME", help="Display name (with a key)."),
    click.option("--metadata", metavar="TEXT", help="Participant metadata (with a key)."),
    click.option(
        "--attribute", "attributes", metavar="K=V", multiple=True, help="Participant attribute; repeatable."
    ),
    click.option(
        "--kind",
        type=click.Choice(["standard", "agent", "sip", "ingress", "egress"]),
        help="Kind of participant (with a key).",
    ),
    click.option(
        "--join-as",
        type=click.Choice(["participant", "beside"]),
        help="As a participant, or beside: as an agent that others pass over (with a key).",
    ),
    click.option("--project", metavar="NAME", help="A project of the lk command line."),
    click.option("--dev", is_flag=True, help="The dev server: ws://localhost:7880, devkey, secret."),
    click.option(
        "--local",
        is_flag=True,
        help="The same address and key, room demo; starts a local room where nothing listens.",
    ),
    click.option("-q", "--quiet", is_flag=True, help="Name neither the source used nor agents there."),
    click.option("-v", "--verbose", is_flag=True, help="Show what the SDK logs."),
)


class ConnectionOptions:
    """The connection options as given."""

    def __init__(self, values: dict[str, Any]) -> None:
        self._values = values
        self.quiet = bool(values["quiet"])
        self.verbose = bool(values["verbose"])

    @property
    def names_server(self) -> bool:
        """Whether an option itself names a server."""
        return any(self._values[name] for name in ("url", "project", "dev", "local"))

    @property
    def is_local(self) -> bool:
        """Whether it is `--local`."""
        return bool(self._values["local"])

    def source(self, defaults: SourceOptions | None = None, *, announce: bool = True) -> ConnectionSource:
        """The one source that wins, named on stderr; `defaults` fill join options nobody gave.

        Ends the process with exit code 2 and a sentence where there is none or it is incomplete.
        """
        from inspector.cli.output import say, say_problem
        from inspector.core.problems import ProblemError
        from inspector.sdk.sources import SourceOptions, find_source, lk_config_path

        given = SourceOptions(**{name: value for name, value in self._values.items() if name not in _SAID})
        options = given if defaults is None else given.filled_from(defaults)
        try:
            source = find_source(options, os.environ, Path.cwd(), lk_config_path())
        except ProblemError as error:
            say_problem(error.problem)
            raise click.exceptions.Exit(ExitCode.BAD_USAGE) from None
        if announce and not self.quiet:
            say(f"Using {source.label}: {source.summary()}")
        for warning in source.warnings:
            say(warning)
        return source


def connection_options(command: F) -> F:
    """Adds the options to a command, which gets them as one argument, `connection`."""

    def wrapped(**values: Any) -> object:  # noqa: ANN401 - click passes what the options say
        own = {name: values.pop(name) for name in _NAMES}
        own["attributes"] = assignments(own["attributes"], "--attribute", "an attribute", "key=value")
        return command(connection=ConnectionOptions(own), **values)

    wrapped.__doc__ = command.__doc__
    wrapped.__name__ = command.__name__
    wrapped.__click_params__ = getattr(command, "__click_params__", [])  # type: ignore[attr-defined]
    for option in reversed(_OPTIONS):
        wrapped = option(wrapped)
    return wrapped  # type: ignore[return-value]


_SAID = ("quiet", "verbose")
"""Options on what is said, not on the connection."""
_NAMES = (
    "url",
    "token",
    "api_key",
    "api_secret",
    "room",
    "identity",
    "name",
    "metadata",
    "attributes",
    "kind",
    "join_as",
    "project",
    "dev",
    "local",
    *_SAID,
)
