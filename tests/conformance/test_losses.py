"""What ends a connection, and what it survives: refusals, a server that dies, rooms that close."""

import asyncio
from datetime import timedelta

import pytest
from livekit import api, rtc

from inspector.core.calls import Call, CallDraft, Outcome
from inspector.core.problems import Problem, ProblemError, ProblemKind
from inspector.session.connection import Connection
from inspector.session.connection_info import ConnectionState, RejoinPolicy
from inspector.session.ports import JoinAs
from inspector.session.waiting import until
from tests.conformance.stage import Stage
from tests.support.mocks import reply
from tests.support.ports import free_ports
from tests.support.servers import OwnServer, Server
from tests.support.sessions import States, becomes, calls, until_logged

IMPATIENT = RejoinPolicy(pauses_s=(0.2,))
WITHIN_S = 45.0
"""The SDK tries by itself for some 20 s before it gives up."""


async def refused(stage: Stage, connection: Connection) -> Problem:
    """The problem a first join ends in."""
    with pytest.raises(ProblemError) as failed:
        await connection.settled()
    assert connection.state is ConnectionState.FAILED
    return failed.value.problem


async def test_a_wrong_secret_is_refused_for_good_without_the_token(stage: Stage) -> None:
    problem = await refused(stage, stage.open_by_token(secret="quite another secret than the server's"))

    assert (problem.kind, problem.final) == (ProblemKind.UNAUTHORIZED, True)
    assert "eyJ" not in f"{problem.what}{problem.next_step}{problem.detail}"


async def test_an_expired_token_is_refused_for_good(stage: Stage) -> None:
    problem = await refused(stage, stage.open_by_token(ttl=timedelta(minutes=-10)))

    assert (problem.kind, problem.final) == (ProblemKind.EXPIRED_TOKEN, True)


async def test_a_closed_port_is_said_with_its_address_and_may_be_tried_again(stage: Stage) -> None:
    from inspector.sdk.sources import ConnectionSource, KeyCredentials

    port = free_ports(1)[0]
    source = ConnectionSource(
        url=f"ws://127.0.0.1:{port}", credentials=KeyCredentials("k", "s" * 32), room="r", identity="i"
    )

    problem = await refused(stage, stage.open(source))

    assert (problem.kind, problem.final) == (ProblemKind.UNREACHABLE, False)
    assert f"127.0.0.1:{port}" in problem.what


async def test_the_same_identity_elsewhere_replaces_us_for_good(stage: Stage) -> None:
    connection = await stage.connect()
    await stage.peer("inspector")

    info = await becomes(stage.session, connection, ConnectionState.FAILED, within_s=WITHIN_S)

    assert info.problem is not None
    assert (info.problem.kind, info.problem.final) == (ProblemKind.DUPLICATE_IDENTITY, True)


@pytest.mark.parametrize("how", ["kicked", "room deleted"])
async def test_being_thrown_out_is_final_and_loses_what_is_pending(stage: Stage, how: str) -> None:
    peer = await stage.peer()
    connection = await stage.connect()
    handle = stage.session.start_call(CallDraft(connection.id, "agent", "slow", "30"))
    await peer.wait_until_called("slow")

    if how == "kicked":
        await stage.server.remove_participant(stage.room, "inspector")
    else:
        await stage.server.delete_room(stage.room)
    info = await becomes(stage.session, connection, ConnectionState.FAILED, within_s=WITHIN_S)

    kind = ProblemKind.REMOVED if how == "kicked" else ProblemKind.ROOM_DELETED
    assert info.problem is not None
    assert (info.problem.kind, info.problem.final) == (kind, True)
    call = await handle.task
    # The SDK may tell of the callee's end before it tells of ours: then it is 1503.
    assert call.outcome in (Outcome.LOST, Outcome.ERROR)
    assert call.code in (None, 1503)


@pytest.mark.parametrize("how", ["SIMULATE_SIGNAL_RECONNECT", "SIMULATE_FULL_RECONNECT"])
async def test_an_interruption_that_the_sdk_mends_leaves_nothing_pending_and_everything_working(
    stage: Stage, how: str
) -> None:
    stage.session.mocks.add([reply("greet", "hello"), reply("wait", "at last", delay_ms=600)])
    peer = await stage.peer()
    connection = await stage.connect()
    await peer.wait_until_active("inspector")
    seen = States(stage.session)
    handle = stage.session.start_call(CallDraft(connection.id, "agent", "slow", "0.6", 30.0))
    asked = asyncio.create_task(peer.perform("inspector", "wait", timeout_s=30.0))
    await peer.wait_until_called("slow")

    await stage.sdk_room(connection).simulate_scenario(rtc.SimulateScenarioKind.Value(how))

    call, answer = await asyncio.gather(handle.task, asked, return_exceptions=True)
    assert isinstance(call, Call)
    # A full reconnect drops everybody for a moment: a call may outlive it, or end as 1503 at either end.
    dropped = 1503 if how == "SIMULATE_FULL_RECONNECT" else None
    assert call.code in (None, dropped)
    assert call.response == "at last" or call.code is not None
    assert answer == "at last" or (isinstance(answer, rtc.RpcError) and answer.code == dropped)
    await becomes(stage.session, connection, ConnectionState.CONNECTED)
    assert seen.seen[-2:] == [ConnectionState.RECONNECTING, ConnectionState.CONNECTED]
    await stage.sees(connection, "agent")
    assert (await stage.call(connection, "echo", "and on")).response == "and on"
    await peer.wait_until_active("inspector")
    assert await peer.perform("inspector", "greet") == "hello"
    assert stage.session.log.pending() == ()


async def test_a_server_killed_mid_call_loses_the_call_and_mocks_answer_again_after_it_is_back(
    own_server: OwnServer, room_name: str
) -> None:
    async with Stage.set(own_server, room_name, IMPATIENT) as stage:
        stage.session.mocks.add([reply("greet", "hello")])
        peer = await stage.peer()
        connection = await stage.connect()
        handle = stage.session.start_call(CallDraft(connection.id, "agent", "slow", "60", 90.0))
        await peer.wait_until_called("slow")

        await asyncio.to_thread(own_server.kill)
        await becomes(stage.session, connection, ConnectionState.RECONNECTING, within_s=WITHIN_S)
        await asyncio.to_thread(own_server.start)

        async with asyncio.timeout(WITHIN_S):
            call = await handle.task
        assert call.outcome in (Outcome.LOST, Outcome.ERROR)
        await becomes(stage.session, connection, ConnectionState.CONNECTED, within_s=WITHIN_S)
        caller = await stage.peer("web")
        await caller.wait_until_active("inspector")
        assert await caller.perform("inspector", "greet") == "hello"
        await stage.sees(connection, "agent")
        assert (await stage.call(connection, "echo", "and on")).response == "and on"


async def test_a_server_that_shuts_down_is_rejoined_when_it_is_back(
    own_server: OwnServer, room_name: str
) -> None:
    async with Stage.set(own_server, room_name, IMPATIENT) as stage:
        stage.session.mocks.add([reply("greet", "hello")])
        peer = await stage.peer()
        connection = await stage.connect()
        handle = stage.session.start_call(CallDraft(connection.id, "agent", "slow", "60", 90.0))
        await peer.wait_until_called("slow")

        stopping = asyncio.create_task(asyncio.to_thread(own_server.stop))
        info = await becomes(stage.session, connection, ConnectionState.REJOINING, within_s=WITHIN_S)
        await stopping
        assert info.problem is not None
        # On a busy machine the server may be gone before its last word is out.
        assert info.problem.kind in (ProblemKind.SERVER_SHUTDOWN, ProblemKind.CONNECTION_LOST)
        async with asyncio.timeout(WITHIN_S):
            call = await handle.task
        assert call.outcome in (Outcome.LOST, Outcome.ERROR)

        await asyncio.to_thread(own_server.start)
        await becomes(stage.session, connection, ConnectionState.CONNECTED, within_s=WITHIN_S)
        caller = await stage.peer("web")
        assert await caller.perform("inspector", "greet") == "hello"


async def test_a_server_that_stays_away_is_rejoined_when_it_comes_back(
    own_server: OwnServer, room_name: str
) -> None:
    async with Stage.set(own_server, room_name, IMPATIENT) as stage:
        stage.session.mocks.add([reply("greet", "hello"), reply("wait", delay_ms=120_000)])
        connection = await stage.connect()
        caller = await stage.peer("web")
        asked = asyncio.create_task(caller.perform("inspector", "wait", timeout_s=120.0))
        await until_logged(stage.session.log, lambda: stage.session.log.pending() or None)

        await asyncio.to_thread(own_server.kill)
        info = await becomes(stage.session, connection, ConnectionState.REJOINING, within_s=WITHIN_S)
        assert info.problem is not None
        assert info.retry_at is not None
        answered = await until_logged(
            stage.session.log, lambda: None if stage.session.log.pending() else calls(stage.session)
        )
        assert [(call.outcome, call.code) for call in answered] == [(Outcome.LOST, 1503)]
        asked.cancel()
        refused_call = await stage.call(connection, "echo")
        assert refused_call.outcome is Outcome.LOST
        await asyncio.to_thread(own_server.start)

        await becomes(stage.session, connection, ConnectionState.CONNECTED, within_s=WITHIN_S)
        caller = await stage.peer("web again")
        await caller.wait_until_active("inspector")
        assert await caller.perform("inspector", "greet") == "hello"


async def test_beside_is_seen_as_an_agent_on_its_own_behalf_and_calls_all_the_same(stage: Stage) -> None:
    stage.session.mocks.add([reply("greet", "hello")])
    peer = await stage.peer("web")
    connection = await stage.connect("watcher", join_as=JoinAs.BESIDE)
    await peer.wait_until_active("watcher")

    seen = peer.room.remote_participants["watcher"]
    assert dict(seen.attributes)["lk.publish_on_behalf"] == "watcher"
    assert connection.info.local is not None
    assert connection.info.local.kind == "agent"
    assert not connection.info.local.is_agent
    assert (await stage.call(connection, "echo", "hi", to="web")).response == "hi"
    assert await peer.perform("watcher", "greet") == "hello"


async def test_beside_waits_for_a_closed_room_to_be_opened_by_others(server: Server, room_name: str) -> None:
    async with (
        api.LiveKitAPI(server.url, server.api_key, server.api_secret) as admin,
        Stage.set(server, room_name, IMPATIENT) as stage,
    ):
        await admin.room.create_room(
            api.CreateRoomRequest(name=room_name, empty_timeout=1, departure_timeout=1)
        )
        connection = await stage.connect("watcher", join_as=JoinAs.BESIDE)

        # The server does not count agents: where only one is left, it closes the room.
        info = await becomes(stage.session, connection, ConnectionState.REJOINING, within_s=WITHIN_S)
        assert info.problem is not None
        assert info.problem.kind is ProblemKind.ROOM_CLOSED
        tries = await until(stage.session, _retries(connection, 3), WITHIN_S)
        assert tries
        listed = await admin.room.list_rooms(api.ListRoomsRequest(names=[room_name]))
        assert list(listed.rooms) == []

        await stage.peer("web")
        await becomes(stage.session, connection, ConnectionState.CONNECTED, within_s=WITHIN_S)


def _retries(connection: Connection, wanted: int) -> "_Retries":
    return _Retries(connection, wanted)


class _Retries:
    """True once the connection has set itself that many further tries, None till then."""

    def __init__(self, connection: Connection, wanted: int) -> None:
        self._connection = connection
        self._wanted = wanted
        self._seen: set[float] = set()

    def __call__(self) -> bool | None:
        if (at := self._connection.info.retry_at) is not None:
            self._seen.add(at)
        return True if len(self._seen) >= self._wanted else None


async def test_a_connection_that_left_can_join_again(stage: Stage) -> None:
    stage.session.mocks.add([reply("greet", "hello")])
    peer = await stage.peer("web")
    connection = await stage.connect()
    await stage.session.leave(connection.id)
    await peer.wait_until_gone("inspector")

    stage.session.retry(connection.id)
    await becomes(stage.session, connection, ConnectionState.CONNECTED)
    await peer.wait_until_active("inspector")

    assert await peer.perform("inspector", "greet") == "hello"
