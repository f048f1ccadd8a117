"""`rpc-inspector participants`: who is in a room."""

from __future__ import annotations

import click
import msgspec

from inspector.cli import output
from inspector.cli.connection_options import ConnectionOptions, connection_options
from inspector.cli.exit_codes import ExitCode
from inspector.cli.running import run
from inspector.cli.runtime import NotConnectedError, Runtime
from inspector.core.calls import timestamp
from inspector.core.participants import Participant
from inspector.core.payloads import visible
from inspector.core.problems import ProblemError
from inspector.sdk.server_api import ServerApi
from inspector.sdk.sources import ConnectionSource, KeyCredentials


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object a participant, one a line.")
@connection_options
def participants(*, connection: ConnectionOptions, as_json: bool) -> None:
    """List the participants of a room.

    With a key it asks the server and does not join; with a token it joins, looks and leaves.
    """
    source = connection.source()

    async def main(runtime: Runtime) -> int:
        listed = await _list(runtime, source)
        for participant in listed:
            output.result(to_json(participant) if as_json else to_text(participant))
        if not listed:
            output.say(f"Nobody {'' if _by_key(source) else 'else '}is in {source.room}.")
        return ExitCode.DONE

    run(main, quiet=connection.quiet, verbose=connection.verbose)


async def _list(runtime: Runtime, source: ConnectionSource) -> tuple[Participant, ...]:
    if not _by_key(source):
        return runtime.info(await runtime.join(source)).participants
    try:
        await runtime.reach(source)
        async with ServerApi(source) as api:
            return await api.list_participants(source.room or "")
    except ProblemError as error:
        raise NotConnectedError(error.problem) from None


def _by_key(source: ConnectionSource) -> bool:
    return isinstance(source.credentials, KeyCredentials)


def to_json(participant: Participant) -> str:
    """One participant as a line of JSON. Unknown is null: nobody can list another's methods."""
    permissions = participant.permissions
    return msgspec.json.encode(
        {
            "identity": participant.identity,
            "name": participant.name,
            "kind": participant.kind.value,
            "state": participant.state.value,
            "joined_at": timestamp(participant.joined_at) if participant.joined_at else None,
            "attributes": participant.attributes,
            "metadata": participant.metadata,
            "permissions": msgspec.to_builtins(permissions),
            "protocol": participant.protocol,
            "methods": None,
        }
    ).decode()


def to_text(participant: Participant) -> str:
    """One participant as a line of text: identity, kind, state, then what else is known."""
    facts = [participant.kind.value, participant.state.value]
    if participant.name and participant.name != participant.identity:
        facts.append(f"name {participant.name}")
    if participant.permissions.hidden:
        facts.append("hidden")
    if not participant.permissions.can_publish_data:
        facts.append("may not publish data")
    if participant.protocol is not None:
        facts.append(f"RPC v{2 if participant.protocol >= 1 else 1}")
    facts += [f"{key}={value}" for key, value in sorted(participant.attributes.items())]
    if participant.metadata:
        facts.append(f"metadata {participant.metadata}")
    if participant.joined_at:
        facts.append(f"joined {timestamp(participant.joined_at)}")
    return visible(f"{participant.identity}  {', '.join(facts)}")
