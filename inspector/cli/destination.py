"""Finds the participant a command means, waiting for it where that helps."""

from __future__ import annotations

import click

from inspector.cli.exit_codes import ExitCode
from inspector.cli.output import say
from inspector.cli.runtime import Runtime
from inspector.core.destinations import (
    Match,
    Outlook,
    impediment,
    is_pattern,
    needs_listing,
    outlook_sentence,
    resolve,
    resolve_active,
)
from inspector.session.waiting import until

DEFAULT_WAIT_S = 4.0
"""A server may announce a participant without tracks up to 3 s late (facts, section 7)."""


def not_empty(ctx: click.Context, param: click.Parameter, value: str) -> str:  # noqa: ARG001 - click's signature
    """Refuses a destination that names nobody, as an unset variable of a script does."""
    if not value:
        msg = "it is empty; give an identity, @agent, @agent:NAME or a glob"
        raise click.BadParameter(msg)
    return value


async def find(
    runtime: Runtime, connection_id: str, destination: str, wait_s: float | None, payload_bytes: int = 0
) -> str:
    """The identity to call. An absent identity is called all the same, a pattern must match exactly one.

    Ends the command with exit code 2 and the candidates where a pattern matches none or several.

    Raises:
        NotConnectedError: the connection was lost for good meanwhile.
    """
    if wait_s is None:
        pays = is_pattern(destination) or needs_listing(payload_bytes)
        wait_s = DEFAULT_WAIT_S if pays else 0.0
    match = await _match(runtime, connection_id, destination, wait_s)
    if match.identity is not None:
        _say_prospects(runtime, connection_id, match)
        return match.identity
    say(f"Cannot tell whom to call: {match.reason}.")
    say("Candidates: " + (", ".join(match.candidates) or "nobody else is in the room") + ".")
    raise click.exceptions.Exit(ExitCode.BAD_USAGE)


async def _match(runtime: Runtime, connection_id: str, destination: str, wait_s: float) -> Match:
    def settled() -> Match | None:
        return resolve_active(destination, runtime.info(connection_id).participants)

    if wait_s > 0 and (match := await until(runtime.session, settled, wait_s)) is not None:
        return match
    return resolve(destination, (await runtime.in_room(connection_id)).participants)


def _say_prospects(runtime: Runtime, connection_id: str, match: Match) -> None:
    """What is to be expected of the call, where that is no answer."""
    info = runtime.info(connection_id)
    assert match.identity is not None
    if match.identity == info.identity:
        say(outlook_sentence(Outlook.SELF, match.identity))
    elif not match.listed:
        say(f"{match.identity} is not listed in the room; calling it all the same.")
    elif (obstacle := impediment(None, info.participant(match.identity))) is not None:
        say(obstacle)
