"""Agents come into rooms: workers get the jobs that rooms, tokens and the server API ask for."""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from livekit import api, rtc
from livekit.protocol.agent import AvailabilityResponse, JobAssignment, JobStatus, JobType
from livekit.protocol.agent_dispatch import AgentDispatch
from livekit.protocol.models import ParticipantInfo

from tests.conformance.stage import Stage
from tests.support.agent_worker import FakeWorker
from tests.support.python_peer import PythonPeer

WITHIN_S = 30.0
TAKEN_WITHIN_S = 3.0


@asynccontextmanager
async def worker(stage: Stage, name: str, **registration: Any) -> AsyncIterator[FakeWorker]:
    """A worker that is registered for agents of this name."""
    server = stage.server
    token = api.AccessToken(server.api_key, server.api_secret).with_grants(api.VideoGrants(agent=True))
    url = f"{server.url}/agent?access_token={token.to_jwt()}"
    async with aiohttp.ClientSession() as session, session.ws_connect(url) as socket:
        registered = FakeWorker(socket)
        welcome = await registered.register(name, **registration)
        assert welcome.worker_id.startswith("AW_")
        assert welcome.server_info.agent_protocol >= 1
        yield registered


@asynccontextmanager
async def admin(stage: Stage) -> AsyncIterator[api.LiveKitAPI]:
    server = stage.server
    async with api.LiveKitAPI(server.url, server.api_key, server.api_secret) as client:
        yield client


def joining(stage: Stage, agents: Sequence[api.RoomAgentDispatch]) -> str:
    """A token that makes a room with these agents."""
    server = stage.server
    return (
        api.AccessToken(server.api_key, server.api_secret)
        .with_identity("alice")
        .with_grants(api.VideoGrants(room_join=True, room=stage.room))
        .with_room_config(api.RoomConfiguration(agents=agents))
        .to_jwt()
    )


async def test_a_token_that_makes_the_room_brings_its_agents(stage: Stage) -> None:
    name = f"weather-{stage.room}"
    async with worker(stage, name) as named:
        alice = PythonPeer("alice")
        await alice.join(
            stage.server.url, joining(stage, [api.RoomAgentDispatch(agent_name=name, metadata="m")])
        )
        try:
            assignment = await named.take(
                "agent", participant_name="Agent", participant_attributes={"role": "host"}
            )
            agent = PythonPeer("agent")
            await agent.join(stage.server.url, assignment.token)
            try:
                me = agent.room.local_participant
                assert (me.identity, me.name) == ("agent", "Agent")
                assert me.attributes == {"role": "host", "lk.agent_name": name}
                assert await agent.room.sid == await alice.room.sid
            finally:
                await agent.leave()
        finally:
            await alice.leave()

    job = assignment.job
    assert (job.room.name, job.type, job.agent_name, job.metadata) == (stage.room, JobType.JT_ROOM, name, "m")
    assert (job.state.status, job.state.participant_identity) == (JobStatus.JS_RUNNING, "agent")


async def test_a_token_for_a_room_that_is_there_brings_none(stage: Stage) -> None:
    name = f"weather-{stage.room}"
    await stage.peer("first")
    async with worker(stage, name) as named:
        alice = PythonPeer("alice")
        await alice.join(stage.server.url, joining(stage, [api.RoomAgentDispatch(agent_name=name)]))
        await alice.leave()

        await named.hears_nothing()


async def test_a_room_begins_with_every_agent_without_a_name(stage: Stage) -> None:
    async with worker(stage, "") as nameless:
        await stage.peer("alice")

        while (assignment := await nameless.take()).job.room.name != stage.room:
            pass  # the server is shared: another case's room may have begun too

    assert assignment.job.agent_name == ""


async def dispatched(
    stage: Stage, client: api.LiveKitAPI, named: FakeWorker, name: str
) -> tuple[AgentDispatch, JobAssignment]:
    """Ask for an agent until the worker is given the job.

    livekit-server lets a job go that it knows no worker for, and learns of one soon after it registered.
    """
    request = api.CreateAgentDispatchRequest(room=stage.room, agent_name=name, metadata="m")
    async with asyncio.timeout(WITHIN_S):
        while True:
            made = await client.agent_dispatch.create_dispatch(request)
            try:
                return made, await asyncio.wait_for(named.take(), TAKEN_WITHIN_S)
            except TimeoutError:
                await client.agent_dispatch.delete_dispatch(made.id, stage.room)


async def test_an_agent_is_dispatched_listed_and_withdrawn_through_the_api(stage: Stage) -> None:
    name = f"weather-{stage.room}"
    async with worker(stage, name) as named, admin(stage) as client:
        dispatch = client.agent_dispatch
        made, assignment = await dispatched(stage, client, named, name)
        async with asyncio.timeout(WITHIN_S):
            jobs: list[str] = []
            while not jobs:  # each question waits for an answer, so this does not spin
                listed = await dispatch.get_dispatch(made.id, stage.room)
                jobs = [job.id for job in listed.state.jobs] if listed else []
        withdrawn = await dispatch.delete_dispatch(made.id, stage.room)

        assert (await named.hear("termination")).job_id == assignment.job.id
        assert made.id.startswith("AD_")
        assert (made.agent_name, made.room, made.metadata) == (name, stage.room, "m")
        assert assignment.job.dispatch_id == made.id
        assert jobs == [assignment.job.id]
        assert withdrawn.id == made.id
        assert [one.id for one in await dispatch.list_dispatch(stage.room) if one.id == made.id] == []


async def test_a_worker_that_refuses_leaves_the_job_to_another(stage: Stage) -> None:
    name = f"weather-{stage.room}"
    async with worker(stage, name) as one, worker(stage, name) as two, admin(stage) as client:
        asked: list[FakeWorker] = []

        async def refuse_first(which: FakeWorker) -> None:
            job = (await which.hear("availability")).job
            asked.append(which)
            await which.say(availability=AvailabilityResponse(job_id=job.id, available=len(asked) > 1))

        both = asyncio.gather(refuse_first(one), refuse_first(two))
        await client.agent_dispatch.create_dispatch(
            api.CreateAgentDispatchRequest(room=stage.room, agent_name=name)
        )
        await asyncio.wait_for(both, WITHIN_S)

        await asked[1].hear("assignment")
        await asked[0].hears_nothing()


async def test_participants_agents_are_offered_whoever_joins(stage: Stage) -> None:
    async with worker(stage, f"greeter-{stage.room}", kind=JobType.JT_PARTICIPANT) as named:
        alice = PythonPeer("alice")
        agents = [api.RoomAgentDispatch(agent_name=f"greeter-{stage.room}")]
        await alice.join(stage.server.url, joining(stage, agents))
        try:
            job = (await named.take()).job
        finally:
            await alice.leave()

    assert (job.type, job.participant.identity) == (JobType.JT_PARTICIPANT, "alice")
    assert job.participant.kind == ParticipantInfo.Kind.STANDARD


async def test_publishers_agents_are_offered_who_publishes_a_track(stage: Stage) -> None:
    async with worker(stage, f"listener-{stage.room}", kind=JobType.JT_PUBLISHER) as named:
        alice = PythonPeer("alice")
        agents = [api.RoomAgentDispatch(agent_name=f"listener-{stage.room}")]
        await alice.join(stage.server.url, joining(stage, agents))
        try:
            source = rtc.AudioSource(48_000, 1)
            await alice.room.local_participant.publish_track(
                rtc.LocalAudioTrack.create_audio_track("voice", source)
            )
            job = (await named.take()).job
            await source.aclose()
        finally:
            await alice.leave()

    assert (job.type, job.participant.identity) == (JobType.JT_PUBLISHER, "alice")
    assert [track.name for track in job.participant.tracks] == ["voice"]


@pytest.mark.parametrize(
    ("method", "body", "status", "said"),
    [
        ("CreateDispatch", {"deployment": "a b"}, 400, "deployment contains whitespace or control byte at"),
        ("CreateDispatch", {"metadata": "x" * 524_289}, 400, "metadata size exceeds limits"),
        ("DeleteDispatch", {"dispatchId": "AD_none"}, 404, "dispatch ID not found"),
        ("ListDispatch", {"room": "none"}, 401, "permissions denied"),
    ],
)
async def test_what_cannot_be_done_is_said(
    stage: Stage, method: str, body: dict[str, str], status: int, said: str
) -> None:
    server = stage.server
    await stage.peer("alice")
    grants = api.VideoGrants(room_admin=True, room=stage.room)
    token = api.AccessToken(server.api_key, server.api_secret).with_grants(grants).to_jwt()
    url = f"{server.url.replace('ws', 'http', 1)}/twirp/livekit.AgentDispatchService/{method}"
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(url, data=json.dumps({"room": stage.room, **body}), headers=headers) as response,
    ):
        answer = json.loads(await response.text())

    assert response.status == status
    assert answer["msg"].removeprefix("twirp error unknown: ").startswith(said)
