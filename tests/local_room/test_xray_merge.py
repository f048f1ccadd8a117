"""Our own calls and everybody else's in one log, through a real local room with real SDKs."""

import asyncio
import contextlib
import secrets
from collections.abc import AsyncIterator, Callable

import pytest
from livekit import rtc

from inspector.core.calls import Call, CallDraft, Direction, Outcome, Source
from inspector.core.faults import FaultKind, FaultMatch, FaultRule
from inspector.core.mocks import Mock, Reply, Rule
from inspector.core.problems import Side
from inspector.sdk.gateway import Gateway
from inspector.sdk.sources import ConnectionSource, KeyCredentials, TokenCredentials
from inspector.sdk.tokens import admin_token, make_token
from inspector.session.connection import Connection
from inspector.session.connection_info import ConnectionState, RejoinPolicy
from inspector.session.session import Session
from inspector.session.waiting import until
from inspector.xray.client import XrayClient
from tests.support.local_room import LocalRoom
from tests.support.python_peer import PythonPeer
from tests.support.reports import Unexpected
from tests.support.sessions import becomes, calls, joined, until_logged

BACK_WITHIN_S = 40.0
"""The SDK itself tries for up to 30 s before we join anew."""


@pytest.fixture
async def ours(own_local_room: LocalRoom) -> AsyncIterator["Ours"]:
    async with Ours.running(own_local_room) as ours:
        yield ours


class Ours:
    """A session, and the local room it is in."""

    def __init__(self, room: LocalRoom, session: Session, gateway: Gateway) -> None:
        self.room = room
        self.session = session
        self._gateway = gateway

    @classmethod
    @contextlib.asynccontextmanager
    async def running(cls, room: LocalRoom) -> AsyncIterator["Ours"]:
        unexpected = Unexpected()
        policy = RejoinPolicy(pauses_s=(0.2,))
        session = Session(unexpected, policy=policy, open_xray=XrayClient)
        gateway = Gateway(session.tasks.spawn, unexpected)
        try:
            yield cls(room, session, gateway)
        finally:
            assert await session.close() == ()
            gateway.close()
        assert unexpected.rest() == []
        assert not session.log.pending()

    def source(self, identity: str) -> ConnectionSource:
        key = KeyCredentials(self.room.api_key, self.room.api_secret)
        return ConnectionSource(self.room.url, key, room="demo", identity=identity)

    async def join(self, identity: str = "me") -> Connection:
        """A connection of ours, with X-ray."""
        connection = await joined(self.session, self._gateway.joiner(self.source(identity)))
        await self.x_ray(connection)
        return connection

    async def join_by_token(self, identity: str) -> Connection:
        source = ConnectionSource(self.room.url, TokenCredentials(make_token(self.source(identity))))
        return await joined(self.session, self._gateway.joiner(source))

    async def x_ray(self, connection: Connection) -> None:
        on = await until(self.session, lambda: True if connection.info.xray else None, BACK_WITHIN_S)
        assert on, "there is no X-ray"

    async def sees(self, connection: Connection, *identities: str) -> None:
        """Return once these are active for a connection of ours."""
        there = await until(
            self.session,
            lambda: True if all(_is_active(connection, who) for who in identities) else None,
            10.0,
        )
        assert there, f"not all of {identities} are there"

    async def rows(self, count: int, condition: Callable[[Call], bool]) -> list[Call]:
        """Return the calls of the log, once there are so many and all are so."""

        def found() -> list[Call] | None:
            made = calls(self.session)
            return made if len(made) >= count and all(condition(call) for call in made) else None

        return await until_logged(self.session.log, found, 10.0)

    async def faults(self, *rules: FaultRule) -> None:
        await XrayClient(self.room.url, admin_token(self.source("me"), "demo")).set_faults(rules)


def _is_active(connection: Connection, identity: str) -> bool:
    participant = connection.info.participant(identity)
    return participant is not None and participant.is_active


def is_told(call: Call) -> bool:
    """Whether the call is over and the room has said all it knows of it."""
    return not call.is_pending and call.wire is not None and call.ack_ms is not None


async def test_a_call_between_others_is_seen_whole(ours: Ours) -> None:
    me = await ours.join()
    async with (
        PythonPeer.joined(ours.room, "demo", "agent"),
        PythonPeer.joined(ours.room, "demo", "web") as web,
    ):
        await web.wait_until_active("agent")
        assert await web.perform("agent", "echo", "hällo") == "hällo"
        with pytest.raises(rtc.RpcError):
            await web.perform("agent", "no such method", "x")
        ok, refused = await ours.rows(2, is_told)

    assert (ok.direction, ok.source, ok.connection, ok.room) == (
        Direction.SEEN, Source.XRAY, me.id, "demo",
    )  # fmt: skip
    assert (ok.caller, ok.destination, ok.method, ok.wire) == ("web", "agent", "echo", "v2")
    assert (ok.payload, ok.response, ok.payload_bytes, ok.response_bytes) == ("hällo", "hällo", 6, 6)
    assert ok.outcome is Outcome.OK
    assert ok.elapsed_ms is not None
    assert ok.ack_ms is not None
    assert 0 < ok.ack_ms <= ok.elapsed_ms
    assert (refused.code, refused.unmatched) == (1400, None)
    assert refused.error is not None
    assert (refused.error.name, refused.error.side) == ("UNSUPPORTED_METHOD", Side.CALLEE)


async def test_our_own_calls_are_one_row_each_with_what_the_room_knows(ours: Ours) -> None:
    ours.session.mocks.add([Mock("greet", (Rule(Reply("hello")),))])
    me = await ours.join()
    async with PythonPeer.joined(ours.room, "demo", "agent") as agent:
        await ours.sees(me, "agent")
        await agent.wait_until_active("me")
        for number in range(10):
            await ours.session.call(CallDraft(me.id, "agent", "echo", "same"))
            assert await agent.perform("me", "greet", str(number)) == "hello"
        rows = await ours.rows(20, is_told)
        received = [call.request_id for call in agent.seen]

    assert {(row.direction, row.source, row.outcome, row.wire) for row in rows} == {
        (Direction.OUT, Source.SELF, Outcome.OK, "v2"),
        (Direction.IN, Source.SELF, Outcome.OK, "v2"),
    }
    assert len(rows) == 20
    assert [row.request_id for row in rows if row.direction is Direction.OUT] == received


async def test_many_equal_calls_at_once_are_told_apart_in_order(ours: Ours) -> None:
    me = await ours.join()
    async with PythonPeer.joined(ours.room, "demo", "agent") as agent:
        await ours.sees(me, "agent")
        drafts = [CallDraft(me.id, "agent", "echo", "same") for _ in range(100)]
        await asyncio.gather(*(ours.session.call(draft, queue="load") for draft in drafts))
        rows = await ours.rows(100, is_told)
        received = {call.request_id for call in agent.seen}

    assert len(rows) == 100
    assert {row.request_id for row in rows} == received


@pytest.mark.parametrize(
    "size", [0, 20_000, 1_500_000], ids=["empty", "in chunks", "more than the room keeps"]
)
async def test_a_payload_of_any_size_is_known_again(ours: Ours, size: int) -> None:
    me = await ours.join()
    payload = secrets.token_hex(size // 2)
    async with PythonPeer.joined(ours.room, "demo", "agent") as agent:
        await ours.sees(me, "agent")
        agent.handle("count", lambda call: asyncio.sleep(0, str(len(call.payload))))
        made = await ours.session.call(CallDraft(me.id, "agent", "count", payload))
        assert made.response == str(size)
        (row,) = await ours.rows(1, is_told)

    assert (row.id, row.payload) == (made.id, payload)
    assert row.request_id == agent.seen[0].request_id


async def test_a_call_between_two_of_ours_is_its_two_rows(ours: Ours) -> None:
    ours.session.mocks.add([Mock("greet", (Rule(Reply("hello")),))])
    me, other = await ours.join(), await ours.join("also-me")
    await ours.sees(me, "also-me")
    await ours.session.call(CallDraft(me.id, "also-me", "greet", "hi"))
    rows = await ours.rows(2, is_told)

    assert [(row.direction, row.source, row.connection) for row in rows] == [
        (Direction.OUT, Source.SELF, me.id),
        (Direction.IN, Source.SELF, other.id),
    ]
    assert rows[0].request_id == rows[1].request_id


async def test_a_method_nobody_registered_here_shows_as_an_unmatched_call(ours: Ours) -> None:
    me = await ours.join()
    async with PythonPeer.joined(ours.room, "demo", "web") as web:
        await web.wait_until_active("me")
        with pytest.raises(rtc.RpcError):
            await web.perform("me", "forgotten", '{"a": 1}')
        (row,) = await ours.rows(1, is_told)

    assert (row.direction, row.source, row.connection) == (Direction.IN, Source.XRAY, me.id)
    assert (row.caller, row.destination, row.method, row.payload) == ("web", "me", "forgotten", '{"a": 1}')
    assert (row.code, row.unmatched) == (1400, True)


async def test_a_faulted_call_is_marked_with_the_rule_that_did_it(ours: Ours) -> None:
    ours.session.mocks.add([Mock("greet", (Rule(Reply("hello")),))])
    me = await ours.join()
    await ours.faults(
        FaultRule(FaultKind.ERROR, FaultMatch(method="echo"), code=1401, message="not today"),
        FaultRule(FaultKind.DUPLICATE_REQUEST, FaultMatch(method="greet"), name="echo in the hall"),
    )
    async with PythonPeer.joined(ours.room, "demo", "agent") as agent:
        await ours.sees(me, "agent")
        await agent.wait_until_active("me")
        await ours.session.call(CallDraft(me.id, "agent", "echo", "hi"))
        with pytest.raises(rtc.RpcError):
            await agent.perform("me", "echo")
        assert await agent.perform("me", "greet") == "hello"
        rows = await ours.rows(4, lambda call: not call.is_pending and call.fault is not None)

    by_source = sorted((row.direction.value, row.source.value, row.fault or "", row.code) for row in rows)
    assert by_source == [
        ("in", "self", "echo in the hall", None),
        ("in", "self", "echo in the hall", None),
        ("in", "xray", "1 error", 1401),
        ("out", "self", "1 error", 1401),
    ]
    errors = [row.error for row in rows if row.error is not None]
    assert [error.side for error in errors] == [Side.ROOM, Side.ROOM]
    assert [state.hits for state in ours.session.xray.faults(me.id) or ()] == [2, 1]


async def test_a_connection_without_the_key_sees_nothing(ours: Ours) -> None:
    me = await ours.join_by_token("me")
    async with (
        PythonPeer.joined(ours.room, "demo", "agent"),
        PythonPeer.joined(ours.room, "demo", "web") as web,
    ):
        await web.wait_until_active("agent")
        await web.perform("agent", "echo", "x")
        await ours.sees(me, "web")
    assert not me.info.xray
    assert not calls(ours.session)


@pytest.mark.timeout(120)
async def test_a_room_that_is_killed_and_started_again_leaves_nothing_pending(ours: Ours) -> None:
    me = await ours.join()
    async with (
        PythonPeer.joined(ours.room, "demo", "agent") as agent,
        PythonPeer.joined(ours.room, "demo", "web") as web,
    ):
        await web.wait_until_active("agent")
        slow = asyncio.ensure_future(web.perform("agent", "slow", "100", timeout_s=100.0))
        await agent.wait_until_called("slow")
        await ours.rows(1, lambda call: call.is_pending)

        await asyncio.to_thread(ours.room.kill)
        await until(ours.session, lambda: None if me.info.xray else True, 10.0)
        await asyncio.to_thread(ours.room.start)
        await becomes(ours.session, me, ConnectionState.CONNECTED, within_s=BACK_WITHIN_S)
        await ours.x_ray(me)
        (lost,) = await until_logged(
            ours.session.log,
            lambda: None if ours.session.log.pending() else calls(ours.session),
            15.0,
        )
        assert lost.outcome in (Outcome.LOST, Outcome.ERROR)
        slow.cancel()

        await web.wait_until_active("agent")
        await web.perform("agent", "echo", "again")
        rows = await ours.rows(2, lambda call: not call.is_pending)
        assert (rows[1].method, rows[1].outcome) == ("echo", Outcome.OK)
        with contextlib.suppress(asyncio.CancelledError, rtc.RpcError):
            await slow
