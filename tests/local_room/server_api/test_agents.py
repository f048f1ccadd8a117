"""Workers register, are offered jobs as rooms begin or when asked for, and take them or do not."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from livekit import api
from livekit.protocol.agent import (
    AvailabilityResponse,
    JobStatus,
    JobType,
    RegisterWorkerRequest,
    SimulateJobRequest,
    UpdateJobStatus,
    UpdateWorkerStatus,
    WorkerMessage,
    WorkerPing,
    WorkerStatus,
)
from livekit.protocol.agent_dispatch import RoomAgentDispatch
from livekit.protocol.models import ParticipantInfo, Room, ServerInfo
from livekit.protocol.room import CreateRoomRequest

from inspector.local_room.access.admission import authenticated
from inspector.local_room.access.grants import verify
from inspector.local_room.limits import Limits
from inspector.local_room.server_api.agent_service import AgentDispatchService, WorkerSockets
from inspector.local_room.server_api.agents import Agents
from inspector.local_room.server_api.twirp import add_services
from inspector.tasks import TaskOwner
from tests.local_room.fake_rooms import FakeRooms
from tests.local_room.serving import KEYS, Site, served, token
from tests.support.agent_worker import WITHIN_S, FakeWorker
from tests.support.fuzzing import mutations
from tests.support.reports import Unexpected


class World:
    def __init__(self, site: Site, rooms: FakeRooms, agents: Agents, client: api.LiveKitAPI) -> None:
        self.site = site
        self.rooms = rooms
        self.agents = agents
        self.client = client
        self._session = aiohttp.ClientSession()

    async def worker(self, name: str | None = "", **registration: Any) -> FakeWorker:
        url = f"{self.site.url}/agent?access_token={token(agent=True)}"
        worker = FakeWorker(await self._session.ws_connect(url))
        if name is not None:
            await worker.register(name, **registration)
        return worker

    def open_room(self, room: str = "r", *agents: RoomAgentDispatch) -> None:
        request = CreateRoomRequest(name=room, agents=agents)
        self.rooms.create(request)
        self.agents.room_opened(room, request)

    async def close(self) -> None:
        await self._session.close()


@asynccontextmanager
async def _world() -> AsyncIterator[World]:
    unexpected = Unexpected()
    tasks, rooms = TaskOwner(unexpected), FakeRooms()
    agents = Agents(rooms, tasks)
    app = web.Application(middlewares=[authenticated(KEYS)])
    WorkerSockets(agents, KEYS, ServerInfo(version="1.13.5"), tasks).add_routes(app)
    service = AgentDispatchService(agents, rooms, Limits(), absent_s=0.0)
    add_services(app, {"AgentDispatchService": service.methods()})
    async with served(app) as site, api.LiveKitAPI(site.url, "devkey", "secret") as client:
        world = World(site, rooms, agents, client)
        try:
            yield world
        finally:
            await world.close()
    assert await tasks.shut_down(1.0) == ()
    assert unexpected.rest() == []


@pytest.fixture
async def world() -> AsyncIterator[World]:
    async with _world() as world:
        yield world


async def test_a_worker_registers_and_is_told_of_the_server(world: World) -> None:
    worker = await world.worker(None)
    await worker.hears_nothing()

    welcome = await worker.register("weather")

    assert welcome.worker_id.startswith("AW_")
    assert welcome.server_info.version == "1.13.5"


async def test_who_may_not_be_a_worker_is_refused(world: World) -> None:
    upgrade = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
    }

    for who in (None, token(room_join=True, room="r")):
        answer = await world.site.ask("/agent", token=who, headers=upgrade)
        assert (answer.status, answer.text) == (401, "no permissions to access the room")
    assert (await world.site.ask("/agent", token=token(agent=True))).status == 404


async def test_a_room_that_begins_gets_every_agent_without_a_name(world: World) -> None:
    nameless, named = await world.worker(), await world.worker("weather")

    world.open_room()
    assignment = await nameless.take(
        participant_name="Agent", participant_metadata="m", participant_attributes={"a": "b"}
    )
    await named.hears_nothing()

    job = assignment.job
    assert job.id.startswith("AJ_")
    assert job.dispatch_id.startswith("AD_")
    assert (job.room.name, job.type, job.agent_name) == ("r", JobType.JT_ROOM, "")
    assert (job.state.status, job.state.participant_identity) == (JobStatus.JS_RUNNING, "agent")
    grants = verify(assignment.token, KEYS, time.time())
    assert grants.participant_kind() == ParticipantInfo.Kind.AGENT
    assert (grants.identity, grants.name, grants.metadata) == ("agent", "Agent", "m")
    assert grants.attributes == {"a": "b", "lk.agent_name": ""}
    assert grants.video is not None
    assert (grants.video.room_join, grants.video.agent, grants.video.room) == (True, True, "r")
    assert grants.video.permission().can_update_metadata


async def test_a_room_made_with_agents_gets_those_and_no_others(world: World) -> None:
    nameless, named = await world.worker(), await world.worker("weather")

    world.open_room("r", RoomAgentDispatch(agent_name="weather", metadata="m", attributes={"a": "b"}))
    assignment = await named.take()
    await nameless.hears_nothing()

    job = assignment.job
    assert (job.agent_name, job.metadata, dict(job.attributes)) == ("weather", "m", {"a": "b"})


async def test_an_agent_is_dispatched_listed_and_withdrawn_through_the_api(world: World) -> None:
    worker = await world.worker("weather")
    api_ = world.client.agent_dispatch

    made = await api_.create_dispatch(
        api.CreateAgentDispatchRequest(room="r", agent_name="weather", metadata="m")
    )
    assignment = await worker.take()
    world.rooms.join("r", "agent")
    [listed] = await api_.list_dispatch("r")
    withdrawn = await api_.delete_dispatch(made.id, "r")

    assert (await worker.hear("termination")).job_id == assignment.job.id
    assert (made.agent_name, made.metadata, made.room) == ("weather", "m", "r")
    assert [job.id for job in listed.state.jobs] == [assignment.job.id]
    assert withdrawn.id == made.id
    assert await api_.list_dispatch("r") == []
    world.rooms.remove("r", "agent")
    world.agents.participant_left("r", "agent")


async def test_an_agent_that_stays_when_it_is_withdrawn_is_thrown_out(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.local_room.server_api.agents.LEAVES_WITHIN_S", 0.01)
    worker = await world.worker("weather")
    world.open_room("r", RoomAgentDispatch(agent_name="weather"))
    await worker.take()
    world.rooms.join("r", "agent")
    [dispatch] = world.agents.dispatches("r", "") or ()
    removed = asyncio.Event()
    remove = world.rooms.remove

    def remove_and_say(room: str, identity: str) -> bool:
        removed.set()
        return remove(room, identity)

    monkeypatch.setattr(world.rooms, "remove", remove_and_say)
    world.agents.withdraw("r", dispatch.id)
    await worker.hear("termination")

    await asyncio.wait_for(removed.wait(), WITHIN_S)
    assert world.rooms.participant("r", "agent") is None


async def test_a_worker_that_is_not_free_leaves_the_job_to_another(world: World) -> None:
    one, two = await world.worker("weather"), await world.worker("weather")
    busy = await world.worker("weather")
    await busy.say(update_worker=UpdateWorkerStatus(status=WorkerStatus.WS_FULL))
    await busy.hears_nothing()
    taken: list[FakeWorker] = []

    async def refuse_once(worker: FakeWorker) -> None:
        job = (await worker.hear("availability")).job
        await worker.say(availability=AvailabilityResponse(job_id=job.id, available=bool(taken)))
        taken.append(worker)

    asked = [asyncio.ensure_future(refuse_once(worker)) for worker in (one, two)]
    world.open_room("r", RoomAgentDispatch(agent_name="weather"))
    await asyncio.wait_for(asyncio.gather(*asked), WITHIN_S)

    await taken[1].hear("assignment")
    await taken[0].hears_nothing()
    await busy.hears_nothing()


async def test_a_worker_that_goes_away_leaves_the_job_to_another(world: World) -> None:
    one, two = await world.worker("weather"), await world.worker("weather")
    offered: asyncio.Queue[tuple[FakeWorker, str]] = asyncio.Queue()

    async def note(worker: FakeWorker) -> None:
        offered.put_nowait((worker, (await worker.hear("availability")).job.id))

    noting = [asyncio.ensure_future(note(worker)) for worker in (one, two)]
    world.open_room("r", RoomAgentDispatch(agent_name="weather"))
    first, _ = await asyncio.wait_for(offered.get(), WITHIN_S)
    await first.socket.close()
    second, job_id = await asyncio.wait_for(offered.get(), WITHIN_S)
    await second.say(availability=AvailabilityResponse(job_id=job_id, available=True))

    assert first is not second
    assert (await second.hear("assignment")).job.id == job_id
    await asyncio.gather(*noting)


async def test_participants_agents_are_offered_who_joins_but_no_agents(world: World) -> None:
    worker = await world.worker("", kind=JobType.JT_PARTICIPANT)
    world.open_room()
    world.rooms.join("r", "other-agent").kind = ParticipantInfo.Kind.AGENT
    world.rooms.join("r", "alice")

    world.agents.participant_joined("r", "other-agent")
    world.agents.participant_joined("r", "alice")
    assignment = await worker.take()

    assert (assignment.job.type, assignment.job.participant.identity) == (JobType.JT_PARTICIPANT, "alice")


async def test_publishers_agents_are_offered_who_publishes_its_first_track(world: World) -> None:
    worker = await world.worker("", kind=JobType.JT_PUBLISHER)
    world.open_room()
    alice = world.rooms.join("r", "alice")
    world.agents.participant_joined("r", "alice")
    world.agents.tracks_changed("r", "alice")
    await worker.hears_nothing()

    alice.tracks.add(sid="TR_1")
    world.agents.tracks_changed("r", "alice")
    assignment = await worker.take()
    alice.tracks.add(sid="TR_2")
    world.agents.tracks_changed("r", "alice")
    await worker.hears_nothing()

    assert (assignment.job.type, assignment.job.participant.identity) == (JobType.JT_PUBLISHER, "alice")


async def test_a_later_dispatch_is_offered_for_those_who_are_there(world: World) -> None:
    joiners = await world.worker("late", kind=JobType.JT_PARTICIPANT)
    publishers = await world.worker("late", kind=JobType.JT_PUBLISHER)
    world.rooms.join("r", "silent")
    world.rooms.join("r", "alice").tracks.add(sid="TR_1")
    world.rooms.join("r", "robot").kind = ParticipantInfo.Kind.AGENT

    await world.client.agent_dispatch.create_dispatch(
        api.CreateAgentDispatchRequest(room="r", agent_name="late")
    )

    offered = [(await joiners.hear("availability")).job.participant.identity for _ in range(2)]
    assert sorted(offered) == ["alice", "silent"]
    assert (await publishers.take()).job.participant.identity == "alice"
    await joiners.hears_nothing()


async def test_an_agent_that_leaves_ends_its_job(world: World) -> None:
    worker = await world.worker()
    world.open_room()
    assignment = await worker.take()

    world.agents.participant_left("r", "somebody")
    world.agents.participant_left("r", "agent")

    assert (await worker.hear("termination")).job_id == assignment.job.id


async def test_a_job_that_the_worker_ended_is_not_ended_again(world: World) -> None:
    worker = await world.worker()
    world.open_room()
    assignment = await worker.take()
    await worker.say(update_job=UpdateJobStatus(job_id=assignment.job.id, status=JobStatus.JS_SUCCESS))
    await worker.hears_nothing()

    world.agents.participant_left("r", "agent")

    await worker.hears_nothing()


async def test_a_worker_may_ask_for_a_job_of_its_own(world: World) -> None:
    worker = await world.worker("weather")
    world.open_room("r", RoomAgentDispatch(agent_name="another"))

    await worker.say(simulate_job=SimulateJobRequest(room=Room(name="r")))

    assert (await worker.take()).job.room.name == "r"


@pytest.mark.parametrize(
    ("what", "code"),
    [
        (lambda socket: socket.send_bytes(b"\xff\xff"), 1003),
        (lambda socket: socket.send_str("hello"), 1003),
        (lambda socket: socket.send_bytes(b""), 1003),
        (
            lambda socket: socket.send_bytes(
                WorkerMessage(update_job=UpdateJobStatus(job_id="x")).SerializeToString()
            ),
            1003,
        ),
        (
            lambda socket: socket.send_bytes(
                WorkerMessage(register=RegisterWorkerRequest(deployment="a b")).SerializeToString()
            ),
            1003,
        ),
    ],
)
async def test_garbage_costs_the_worker_its_socket_and_nobody_elses(
    world: World, what: Callable[[aiohttp.ClientWebSocketResponse], Any], code: int
) -> None:
    other = await world.worker()
    worker = await world.worker(None)

    await what(worker.socket)

    assert (await worker.socket.receive(timeout=WITHIN_S)).type is aiohttp.WSMsgType.CLOSE
    assert worker.socket.close_code == code
    await other.hears_nothing()


@pytest.mark.fuzz
async def test_any_message_costs_at_most_the_socket(world: World) -> None:
    other = await world.worker()
    samples = [
        WorkerMessage(register=RegisterWorkerRequest(agent_name="a", version="1")).SerializeToString(),
        WorkerMessage(availability=AvailabilityResponse(job_id="x", available=True)).SerializeToString(),
        WorkerMessage(simulate_job=SimulateJobRequest(room=Room(name="r"))).SerializeToString(),
        WorkerMessage(update_worker=UpdateWorkerStatus(load=0.5)).SerializeToString(),
    ]
    worker = await world.worker("fuzzed")
    for message in mutations(samples):
        if worker.socket.closed:
            worker = await world.worker("fuzzed")
        await worker.socket.send_bytes(message)
        await worker.socket.send_bytes(WorkerMessage(ping=WorkerPing()).SerializeToString())
        await worker.socket.receive(timeout=WITHIN_S)

    await other.hears_nothing()


@pytest.mark.parametrize(
    ("call", "refusal"),
    [
        (
            lambda dispatch: dispatch.create_dispatch(
                api.CreateAgentDispatchRequest(room="r", deployment="a b")
            ),
            (
                "invalid_argument",
                400,
                "twirp error unknown: deployment contains whitespace or control byte at position 1",
            ),
        ),
        (
            lambda dispatch: dispatch.create_dispatch(
                api.CreateAgentDispatchRequest(room="r", metadata="x" * 524_289)
            ),
            ("invalid_argument", 400, "twirp error unknown: metadata size exceeds limits"),
        ),
        (
            lambda dispatch: dispatch.list_dispatch("none"),
            ("unavailable", 503, "twirp error unknown: no response from servers"),
        ),
        (
            lambda dispatch: dispatch.delete_dispatch("AD_none", "r"),
            ("not_found", 404, "twirp error unknown: dispatch ID not found"),
        ),
        (
            lambda dispatch: dispatch.delete_dispatch("AD_none", "none"),
            ("unavailable", 503, "twirp error unknown: no response from servers"),
        ),
    ],
)
async def test_what_cannot_be_done_is_said_as_the_server_says_it(
    world: World, call: Callable[[Any], Any], refusal: tuple[str, int, str]
) -> None:
    world.open_room()

    with pytest.raises(api.ServerError) as refused:
        await call(world.client.agent_dispatch)

    assert (refused.value.code, refused.value.status, refused.value.message) == refusal
