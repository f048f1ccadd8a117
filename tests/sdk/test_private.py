"""The shared wait for calls: that it is one, that answers find their calls, and what happens without it."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from livekit import rtc
from livekit.rtc._ffi_client import FfiClient

from inspector.sdk import private
from inspector.sdk.private import SharedWaiter, client_protocol, shared_waiter
from inspector.session.ports import RpcFailure, RpcRequest
from tests.support.livekit_server import LiveKitServer
from tests.support.python_peer import PythonPeer


def request(
    method: str, payload: str = "", to: str = "agent", ack_timeout_s: float | None = None
) -> RpcRequest:
    return RpcRequest(to, method, payload, None, ack_timeout_s)


def subscriptions() -> int:
    return len(FfiClient.instance.queue._subscribers)


@pytest.fixture
async def waiter() -> AsyncIterator[SharedWaiter]:
    waiter = shared_waiter(asyncio.get_running_loop())
    assert waiter is not None, f"livekit {rtc.__version__} is not one of {private.SEEN_VERSIONS}"
    yield waiter
    assert not waiter._waiting, "calls that nobody waits for any more are kept"
    waiter.close()


@pytest.fixture
async def agent(livekit_server: LiveKitServer, room_name: str) -> AsyncIterator[PythonPeer]:
    async with PythonPeer.joined(livekit_server, room_name, "agent") as agent:
        yield agent


@pytest.fixture
async def caller(
    livekit_server: LiveKitServer, room_name: str, agent: PythonPeer
) -> AsyncIterator[rtc.LocalParticipant]:
    async with PythonPeer.joined(livekit_server, room_name, "caller") as caller:
        yield caller.room.local_participant


async def test_each_call_gets_its_own_answer_whatever_order_they_come_in(
    waiter: SharedWaiter, agent: PythonPeer, caller: rtc.LocalParticipant
) -> None:
    async def later(call: rtc.RpcInvocationData) -> str:
        await asyncio.sleep((7 * int(call.payload) % 50) / 1000)
        return call.payload

    agent.handle("later", later)
    calls = (waiter.perform(caller, request("later", str(number))) for number in range(200))

    assert await asyncio.gather(*calls) == [str(number) for number in range(200)]


async def test_all_calls_wait_through_one_subscription(
    waiter: SharedWaiter, agent: PythonPeer, caller: rtc.LocalParticipant
) -> None:
    idle = subscriptions()
    calls = [asyncio.create_task(waiter.perform(caller, request("slow", "0.1"))) for _ in range(20)]
    await agent.wait_until_called("slow")

    assert subscriptions() == idle
    assert await asyncio.gather(*calls) == ["at last"] * 20


async def test_two_participants_share_it(
    waiter: SharedWaiter, agent: PythonPeer, caller: rtc.LocalParticipant
) -> None:
    there, back = await asyncio.gather(
        waiter.perform(caller, request("echo", "there")),
        waiter.perform(agent.room.local_participant, request("echo", "back", to="caller")),
    )
    assert (there, back) == ("there", "back")


async def failure(call: asyncio.Future[str] | asyncio.Task[str]) -> tuple[int, str, str | None]:
    with pytest.raises(RpcFailure) as raised:
        await call
    return raised.value.code, raised.value.message, raised.value.data or None


@pytest.mark.parametrize(
    "wanted",
    [
        request("fail", '{"code": 1602, "message": "no", "data": "{}"}'),
        request("fail", '{"code": 1602, "message": "no"}'),
        request("boom"),
        request("nothing"),
        request("echo", to="nobody", ack_timeout_s=0.5),
    ],
)
async def test_an_error_is_that_of_the_public_way(
    waiter: SharedWaiter, agent: PythonPeer, caller: rtc.LocalParticipant, wanted: RpcRequest
) -> None:
    with pytest.raises(rtc.RpcError) as publicly:
        await caller.perform_rpc(
            destination_identity=wanted.destination,
            method=wanted.method,
            payload=wanted.payload,
            max_round_trip_latency=wanted.ack_timeout_s,
        )

    code, message, data = await failure(asyncio.ensure_future(waiter.perform(caller, wanted)))

    assert (code, message) == (publicly.value.code, publicly.value.message)
    assert data == (publicly.value.data or None)


async def test_timeouts_reach_the_sdk_to_the_millisecond(
    waiter: SharedWaiter, agent: PythonPeer, caller: rtc.LocalParticipant
) -> None:
    await waiter.perform(caller, RpcRequest("agent", "echo", "", 4.567, 1.234))
    assert agent.seen[0].response_timeout == pytest.approx(3.333)


async def test_an_answer_after_the_wait_was_stopped_disturbs_nobody(
    waiter: SharedWaiter, agent: PythonPeer, caller: rtc.LocalParticipant
) -> None:
    answered = asyncio.Event()

    async def late(call: rtc.RpcInvocationData) -> str:
        await answered.wait()
        return "late"

    agent.handle("late", late)
    stopped = asyncio.create_task(waiter.perform(caller, request("late")))
    await agent.wait_until_called("late")
    stopped.cancel()
    await asyncio.wait({stopped})

    answered.set()
    assert await waiter.perform(caller, request("echo", "and on")) == "and on"


async def test_closed_it_leaves_no_subscription() -> None:
    before = subscriptions()
    waiter = shared_waiter(asyncio.get_running_loop())
    assert waiter is not None
    assert subscriptions() == before + 1

    waiter.close()

    assert subscriptions() == before


async def test_who_speaks_which_protocol_is_known(agent: PythonPeer, caller: rtc.LocalParticipant) -> None:
    protocol = client_protocol(agent.room.local_participant)
    assert protocol is not None
    assert protocol >= 1
    assert client_protocol(object()) is None  # type: ignore[arg-type]


# --- an SDK whose private parts are not the known ones ---------------------------------------------------


def unknown_version(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rtc, "__version__", "1.3.0")


def no_private_module(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr("livekit.rtc._ffi_client.FfiClient")


def no_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(FfiClient, "queue")


def no_filter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("livekit.rtc._ffi_client.FfiQueue.subscribe", lambda self, loop: None)


@pytest.mark.parametrize("change", [unknown_version, no_private_module, no_queue, no_filter])
async def test_there_is_none(
    monkeypatch: pytest.MonkeyPatch, change: Callable[[pytest.MonkeyPatch], None]
) -> None:
    change(monkeypatch)
    assert shared_waiter(asyncio.get_running_loop()) is None
