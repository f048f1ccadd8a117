"""Readers are told what happens in their room, each in its own time, and what they missed."""

from inspector.core.faults import FaultKind, FaultRule, FaultState
from inspector.local_room.watching.reader_queue import (
    MAX_BYTES,
    EndOfCall,
    ReaderQueue,
    acked_frame,
    began_frame,
    frame_of,
)
from inspector.xray.messages import (
    Acked,
    Began,
    Ended,
    Faults,
    Hello,
    Message,
    Missed,
    SeenCall,
    SeenOutcome,
    decode,
)
from tests.support import rpc_packets as rpc
from tests.support.watched_room import WatchedRoom


def taken(queue: ReaderQueue) -> list[Message]:
    messages = []
    while (frame := queue.take()) is not None:
        messages.append(decode(frame))
    return messages


def call(key: str, payload: str | None = "asked", response: str | None = None) -> SeenCall:
    outcome = SeenOutcome.PENDING if response is None else SeenOutcome.OK
    return SeenCall(
        key,
        "room",
        "alice",
        "bob",
        "echo",
        f"r{key}",
        1.0,
        payload=payload,
        response=response,
        outcome=outcome,
    )


def end(key: str, response: str = "answered") -> EndOfCall:
    return EndOfCall(key, lambda payload: call(key, "asked" if payload else None, response))


def test_a_reader_is_greeted_with_the_faults_and_the_calls_under_way() -> None:
    room = WatchedRoom(FaultRule(FaultKind.DROP_ACK))
    room.send(rpc.request("r1"), "alice")

    hello, faults, began = taken(room.feed.read("room"))

    assert hello == Hello("room")
    assert faults == Faults((FaultState(FaultRule(FaultKind.DROP_ACK), hits=1),))
    assert isinstance(began, Began)
    assert began.call.request_id == "r1"


def test_a_reader_of_one_room_is_told_nothing_of_another() -> None:
    room = WatchedRoom()
    elsewhere = room.feed.read("elsewhere")
    here = room.feed.read("room")

    room.send(rpc.request("r1"), "alice")
    room.send([rpc.ack("r1"), rpc.response("r1")], "bob")

    assert [type(message) for message in taken(elsewhere)] == [Hello, Faults]
    assert [type(message) for message in taken(here)] == [Hello, Faults, Began, Acked, Ended]


def test_an_end_repeats_the_payload_only_for_who_was_not_told_of_the_beginning() -> None:
    room = WatchedRoom()
    early = room.feed.read("room")
    room.send(rpc.v2_request("r1", payload="asked", form=rpc.CHUNKED)[:-1], "alice")
    room.send(rpc.error("r1", 1404), "bob")
    room.send(rpc.request("r2", payload="asked"), "alice")
    room.send(rpc.response("r2"), "bob")

    ends = [message.call for message in taken(early) if isinstance(message, Ended)]

    assert [(call.request_id, call.payload) for call in ends] == [("r1", "asked"), ("r2", None)]


def test_who_has_gone_is_told_nothing_more() -> None:
    room = WatchedRoom()
    queue = room.feed.read("room")
    assert room.feed.readers() == 1

    room.feed.stop_reading(queue)
    room.send(rpc.request("r1"), "alice")

    assert len(taken(queue)) == 2
    assert room.feed.readers() == 0
    assert not room.feed.is_read("room")


def test_hits_are_told_at_most_four_times_a_second() -> None:
    room = WatchedRoom(FaultRule(FaultKind.DROP_ACK))
    queue = room.feed.read("room")

    for number in range(100):
        room.send(rpc.request(f"r{number}"), "alice")
        room.go_on(0.01)
    room.go_on(1)

    hits = [message.faults[0].hits for message in taken(queue) if isinstance(message, Faults)]
    assert hits[0] == 0
    assert hits[-1] == 100
    assert 4 <= len(hits) <= 6


def test_a_change_of_faults_is_told() -> None:
    room = WatchedRoom().read()

    room.faults.set_rules((FaultRule(FaultKind.FORCE_V1),))
    room.go_on(0.3)

    assert room.told(Faults) == [Faults(), Faults((FaultState(FaultRule(FaultKind.FORCE_V1)),))]


def test_a_subscriber_hears_of_every_room_until_it_ends() -> None:
    room = WatchedRoom()
    told: list[Message] = []
    unsubscribe = room.feed.subscribe(told.append)
    room.send(rpc.request("r1"), "alice")
    unsubscribe()
    room.send(rpc.request("r2"), "alice")

    assert [type(message) for message in told] == [Hello, Faults, Began]
    assert told[0] == Hello()


def test_a_full_queue_counts_what_it_drops_and_says_so_when_there_is_room() -> None:
    queue = ReaderQueue("room", max_messages=2)
    for key in "12345":
        queue.began(key, began_frame(call(key)))

    assert taken(queue) == [Began(call("1")), Began(call("2")), Missed(3)]
    queue.began("6", began_frame(call("6")))
    assert taken(queue) == [Began(call("6"))]


def test_what_was_missed_is_said_before_what_comes_next() -> None:
    queue = ReaderQueue("room", max_messages=2)
    for key in "123":
        queue.began(key, began_frame(call(key)))
    queue.take()
    queue.began("4", began_frame(call("4")))

    assert taken(queue) == [Began(call("2")), Missed(1), Began(call("4"))]


def test_the_end_of_a_call_whose_beginning_was_dropped_carries_its_payload() -> None:
    queue = ReaderQueue("room", max_messages=1)
    queue.began("1", began_frame(call("1")))
    queue.began("2", began_frame(call("2")))
    queue.acked("2", acked_frame("2", 1.0))
    taken(queue)
    queue.ended(end("2"))

    assert taken(queue) == [Ended(call("2", "asked", "answered"))]


def test_the_end_of_a_call_that_was_told_always_comes_if_need_be_without_its_response() -> None:
    queue = ReaderQueue("room", max_bytes=2000)
    for key in "12":
        queue.began(key, began_frame(call(key)))
    queue.put(frame_of(Ended(call("filler", "x" * 1500))))

    queue.ended(end("1", "x" * 1000))
    queue.ended(end("2", "x" * 1000))
    ends = [message.call for message in taken(queue) if isinstance(message, Ended)][1:]

    assert [(call.key, call.response, call.truncated) for call in ends] == [
        ("1", None, True),
        ("2", None, True),
    ]
    assert all(call.outcome is SeenOutcome.OK for call in ends)


def test_errors_cost_a_reader_that_never_reads_no_more_than_its_bounds() -> None:
    room = WatchedRoom()
    queue = room.feed.read("room")
    for number in range(2_000):
        room.send(rpc.request(f"r{number}"), "alice")
    for number in range(2_000):
        room.send(rpc.error(f"r{number}", 1500, "e" * 30_000, "d" * 30_000), "bob")
        room.arrived.clear()

    frames = []
    while (frame := queue.take()) is not None:
        frames.append(frame)
    assert sum(map(len, frames)) < MAX_BYTES + 2_000 * 1_000
    last = decode(frames[-1])
    assert isinstance(last, Ended)
    assert last.call.truncated
    assert last.call.error is not None
    assert (last.call.error.code, last.call.error.data) == (1500, None)


async def test_a_reader_that_waits_is_woken() -> None:
    queue = ReaderQueue("room")
    assert queue.take() is None
    assert not queue.has_frames.is_set()

    queue.miss()

    await queue.has_frames.wait()
    assert taken(queue) == [Missed(1)]


def test_a_reader_that_never_reads_costs_no_more_than_its_bounds() -> None:
    room = WatchedRoom()
    queue = room.feed.read("room")

    for number in range(20_000):
        room.send(rpc.request(f"r{number}", payload="x" * 1000), "alice")
        room.send([rpc.ack(f"r{number}"), rpc.response(f"r{number}")], "bob")
        room.arrived.clear()

    assert len(queue) <= 10_001
    *_, last = taken(queue)
    assert isinstance(last, Missed)
    assert last.messages > 10_000
