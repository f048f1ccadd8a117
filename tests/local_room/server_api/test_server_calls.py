"""RPC that the server performs: how each call ends, and how often the callee is asked for it."""

import asyncio
from collections.abc import Callable, Sequence

import pytest
from livekit.protocol.models import DataPacket, ParticipantInfo, RpcAck, RpcError, RpcResponse
from livekit.protocol.room import PerformRpcRequest

from inspector.local_room.server_api.server_calls import MAX_CALLS, ServerCalls, Timing
from inspector.local_room.server_api.twirp import TwirpError
from tests.local_room.fake_rooms import Answer, FakeRooms

BRIEF = Timing(attempts_s=(0.05, 0.1, 0.15), ack_s=0.02, absent_s=0.01)
PATIENT = Timing(attempts_s=(5.0,), ack_s=5.0, absent_s=0.01)


def ack(request: DataPacket) -> DataPacket:
    return DataPacket(rpc_ack=RpcAck(request_id=request.rpc_request.id))


def response(request: DataPacket, payload: str = "", error: RpcError | None = None) -> DataPacket:
    said = RpcResponse(request_id=request.rpc_request.id, payload=None if error else payload, error=error)
    return DataPacket(rpc_response=said)


def answering(payload: str = "", error: RpcError | None = None) -> Answer:
    return lambda request: (ack(request), response(request, payload, error))


def only_acknowledging(request: DataPacket) -> Sequence[DataPacket]:
    return (ack(request),)


def request(timeout_ms: int = 0, payload: str = "p") -> PerformRpcRequest:
    return PerformRpcRequest(
        room="r", destination_identity="alice", method="m", payload=payload, response_timeout_ms=timeout_ms
    )


def rooms_with_alice(answer: Answer | None = None) -> FakeRooms:
    rooms = FakeRooms()
    rooms.join("r", "alice")
    if answer is not None:
        rooms.answers["alice"] = answer
    return rooms


async def failure(
    rooms: FakeRooms, timing: Timing = BRIEF, asked: PerformRpcRequest | None = None
) -> tuple[str, str]:
    calls = ServerCalls(rooms, timing)
    with pytest.raises(TwirpError) as failed:
        await calls.perform(asked or request())
    assert rooms.mailboxes == {}
    return failed.value.code, failed.value.text.removeprefix("twirp error unknown: ")


async def test_the_callee_is_asked_in_v1_by_the_requests_own_id() -> None:
    rooms = rooms_with_alice(answering("hello"))

    assert await ServerCalls(rooms, BRIEF).perform(request(timeout_ms=1234)) == "hello"

    [(room, packet)] = rooms.sent
    rpc = packet.rpc_request
    assert (room, list(packet.destination_identities)) == ("r", ["alice"])
    assert packet.participant_identity == rpc.id
    assert (rpc.method, rpc.payload, rpc.version, rpc.response_timeout_ms) == ("m", "p", 1, 1234)
    assert rooms.mailboxes == {}


async def test_a_handler_has_ten_seconds_unless_told_otherwise() -> None:
    rooms = rooms_with_alice(answering())

    await ServerCalls(rooms, BRIEF).perform(request())

    assert rooms.sent[0][1].rpc_request.response_timeout_ms == 10_000


@pytest.mark.parametrize(
    ("code", "twirp"),
    [
        (1400, "invalid_argument"),
        (1401, "not_found"),
        (1402, "invalid_argument"),
        (1403, "unimplemented"),
        (1404, "unimplemented"),
        (1500, "internal"),
        (1501, "canceled"),
        (1502, "canceled"),
        (1503, "unavailable"),
        (1504, "internal"),
        (1505, "internal"),
        (7, "internal"),
    ],
)
async def test_an_error_of_the_callee_is_passed_on_with_its_code_in_the_text(code: int, twirp: str) -> None:
    rooms = rooms_with_alice(answering(error=RpcError(code=code, message="no", data="d")))

    assert await failure(rooms) == (twirp, f"RpcError {code}: no: d")


async def test_an_error_without_data_ends_with_its_message() -> None:
    rooms = rooms_with_alice(answering(error=RpcError(code=1602, message="no")))

    assert await failure(rooms) == ("internal", "RpcError 1602: no")


async def test_nobody_of_that_name_is_no_response() -> None:
    rooms = FakeRooms()

    assert await failure(rooms) == ("unavailable", "no response from servers")
    assert rooms.sent == []


async def test_a_callee_that_is_still_joining_has_no_data_channel() -> None:
    rooms = rooms_with_alice(answering())
    rooms.people["r"]["alice"].state = ParticipantInfo.State.JOINED

    assert await failure(rooms) == ("internal", "data channel is not available")
    assert rooms.sent == []


async def test_no_ack_is_a_connection_timeout() -> None:
    assert await failure(rooms_with_alice()) == ("canceled", "RpcError 1501: Connection timeout")


async def test_no_response_in_its_time_is_a_response_timeout() -> None:
    rooms = rooms_with_alice(only_acknowledging)

    assert await failure(rooms, PATIENT, request(timeout_ms=20)) == (
        "canceled",
        "RpcError 1502: Response timeout",
    )


async def test_a_response_counts_for_an_ack() -> None:
    rooms = rooms_with_alice(lambda asked: (response(asked, "hello"),))

    assert await ServerCalls(rooms, BRIEF).perform(request()) == "hello"


async def test_more_than_v1_carries_is_not_sent() -> None:
    rooms = rooms_with_alice(answering())

    refused = await failure(rooms, asked=request(payload="ä" * 7681))

    assert refused == ("invalid_argument", "RpcError 1402: Request payload too large")
    assert rooms.sent == []
    assert await ServerCalls(rooms, BRIEF).perform(request(payload="ä" * 7680)) == ""


async def test_a_slow_handler_is_asked_three_times_and_each_time_anew() -> None:
    rooms = rooms_with_alice(only_acknowledging)

    assert await failure(rooms) == ("deadline_exceeded", "request timed out")

    ids = [packet.rpc_request.id for _, packet in rooms.sent]
    assert len(set(ids)) == 3


async def test_the_answer_to_a_later_time_of_asking_counts() -> None:
    rooms = rooms_with_alice()
    rooms.answers["alice"] = lambda asked: answering("late")(asked) if len(rooms.sent) == 2 else (ack(asked),)

    assert await ServerCalls(rooms, BRIEF).perform(request()) == "late"
    assert len(rooms.sent) == 2


async def test_a_callee_that_leaves_ends_the_call_at_once() -> None:
    rooms = rooms_with_alice()
    calls = ServerCalls(rooms, PATIENT)

    def leave(asked: DataPacket) -> Sequence[DataPacket]:
        rooms.remove("r", "alice")
        asyncio.get_running_loop().call_soon(calls.participant_left, "r", "alice")
        return (ack(asked),)

    rooms.answers["alice"] = leave
    with pytest.raises(TwirpError) as failed:
        await calls.perform(request())

    assert (failed.value.code, failed.value.status) == ("not_found", 404)
    assert rooms.mailboxes == {}


async def test_somebody_else_leaving_ends_nothing() -> None:
    rooms = rooms_with_alice()
    calls = ServerCalls(rooms, BRIEF)

    def others_leave(asked: DataPacket) -> Sequence[DataPacket]:
        calls.participant_left("r", "bob")
        calls.participant_left("s", "alice")
        return answering("hello")(asked)

    rooms.answers["alice"] = others_leave
    assert await calls.perform(request()) == "hello"


async def test_answers_to_other_calls_are_passed_over() -> None:
    rooms = rooms_with_alice()
    other: Callable[[DataPacket], DataPacket] = lambda asked: DataPacket(  # noqa: E731 - one of a sequence
        rpc_response=RpcResponse(request_id="another", payload="wrong")
    )
    rooms.answers["alice"] = lambda asked: (other(asked), DataPacket(), *answering("right")(asked))

    assert await ServerCalls(rooms, BRIEF).perform(request()) == "right"


async def test_there_is_an_end_to_how_many_are_under_way() -> None:
    rooms = rooms_with_alice(only_acknowledging)
    calls = ServerCalls(rooms, PATIENT)
    under_way = [asyncio.ensure_future(calls.perform(request())) for _ in range(MAX_CALLS)]
    await asyncio.sleep(0)

    with pytest.raises(TwirpError) as refused:
        await calls.perform(request())
    for call in under_way:
        call.cancel()
    await asyncio.gather(*under_way, return_exceptions=True)

    assert refused.value.code == "resource_exhausted"
    assert rooms.mailboxes == {}
