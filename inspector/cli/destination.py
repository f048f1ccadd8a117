"""Finds the participant a command means, waiting for it where that helps."""

from __future__ import annotations

import click

from inspector.cli.exit_codes import ExitCode
from inspector.cli.output import say
from inspector.cli.runtime import Runtime
from inspector.core.destinations import Match, is_pattern, needs_listing, resolve

DEFAULT_WAIT_S = 4.0
"""A server may announce a participant without tracks up to 3 s late (facts, section 7)."""


async def find(
    runtime: Runtime, connection_id: str, destination: str, wait_s: float | None, payload_bytes: int = 0
) -> str:
    """The identity to call. An absent identity is called all the same, a pattern must match exactly one.

    Ends the command with exit code 2 and the candidates where a pattern matches none or several.
    """
    if wait_s is None:
        pays = is_pattern(destination) or needs_listing(payload_bytes)
        wait_s = DEFAULT_WAIT_S if pays else 0.0
    match = await _match(runtime, connection_id, destination, wait_s)
    if match.identity is not None:
        if not match.listed:
            say(f"{destination} is not listed in the room; calling it all the same.")
        return match.identity
    say(f"Cannot tell whom to call: {match.reason}.")
    say("Candidates: " + (", ".join(match.candidates) or "nobody else is in the room") + ".")
    raise click.exceptions.Exit(ExitCode.BAD_USAGE)


async def _match(runtime: Runtime, connection_id: str, destination: str, wait_s: float) -> Match:
    from inspector.session.waiting import until

    def settled() -> Match | None:
        info = runtime.info(connection_id)
        match = resolve(destination, info.participants)
        listed = None if match.identity is None else info.participant(match.identity)
        return match if listed is not None and listed.is_active else None

    if wait_s > 0 and (match := await until(runtime.session, settled, wait_s)) is not None:
        return match
    return resolve(destination, runtime.info(connection_id).participants)
