"""Who is in the room and what is known of each, live, on a real server."""

import asyncio
from collections.abc import Callable

from livekit import api

from inspector.core.participants import Participant, ParticipantKind
from inspector.session.connection import Connection
from inspector.session.waiting import until
from tests.conformance.stage import PRESENCE_WITHIN_S, Stage


async def shows(
    stage: Stage, look: Callable[[], Participant | None], holds: Callable[[Participant], bool]
) -> Participant:
    """Return the participant once it is as it should be."""

    def found() -> Participant | None:
        participant = look()
        return participant if participant is not None and holds(participant) else None

    participant = await until(stage.session, found, PRESENCE_WITHIN_S)
    assert participant is not None, look()
    return participant


async def update(stage: Stage, identity: str, **facts: object) -> None:
    """Change facts of a participant, as an application's back end does."""
    request = api.UpdateParticipantRequest(room=stage.room, identity=identity, **facts)  # type: ignore[arg-type]
    async with api.LiveKitAPI(stage.server.url, stage.server.api_key, stage.server.api_secret) as server:
        await server.room.update_participant(request)


def peer_of(connection: Connection, identity: str) -> Callable[[], Participant | None]:
    return lambda: connection.participant(identity)


async def test_who_is_there_is_known_at_once_with_all_that_can_be_known(stage: Stage) -> None:
    await stage.peer(kind="agent", name="Agent One", metadata="m", attributes={"lk.agent.name": "weather"})
    connection = await stage.connect()

    agent = connection.participant("agent")

    assert agent is not None
    assert agent.is_active
    assert (agent.kind, agent.name, agent.metadata) == (ParticipantKind.AGENT, "Agent One", "m")
    assert (agent.is_agent, agent.agent_name) == (True, "weather")
    assert agent.protocol is not None
    assert agent.protocol >= 1
    assert agent.joined_at is not None
    assert agent.sid.startswith("PA_")


async def test_who_comes_is_listed_and_who_leaves_is_gone(stage: Stage) -> None:
    connection = await stage.connect()
    first, second = await asyncio.gather(stage.peer("first"), stage.peer("second"))
    await stage.sees(connection, "first")
    await stage.sees(connection, "second")

    await first.leave()
    await stage.misses(connection, "first")

    assert [p.identity for p in connection.info.participants] == ["second"]
    assert connection.info.gone == {"first"}
    await second.leave()


async def test_a_hidden_participant_is_not_listed(stage: Stage) -> None:
    await stage.peer("ghost", hidden=True)
    await stage.peer()
    connection = await stage.connect()
    assert [p.identity for p in connection.info.participants] == ["agent"]


async def test_facts_that_change_are_shown_of_others_and_of_ourselves(stage: Stage) -> None:
    await stage.peer()
    connection = await stage.connect()
    watched = {"agent": peer_of(connection, "agent"), "inspector": lambda: connection.info.local}

    await asyncio.gather(
        *(
            update(stage, identity, name="Renamed", metadata="changed", attributes={"mood": "good"})
            for identity in watched
        )
    )
    for look in watched.values():
        await shows(
            stage,
            look,
            lambda p: (p.name, p.metadata, p.attributes) == ("Renamed", "changed", {"mood": "good"}),
        )


async def test_a_permission_taken_away_is_shown_of_others_and_of_ourselves(stage: Stage) -> None:
    await stage.peer()
    connection = await stage.connect()
    mute = api.ParticipantPermission(can_subscribe=True, can_publish=True, can_publish_data=False)

    for identity, look in {
        "agent": peer_of(connection, "agent"),
        "inspector": lambda: connection.info.local,
    }.items():
        await update(stage, identity, permission=mute)
        await shows(stage, look, lambda p: not p.permissions.can_publish_data)
