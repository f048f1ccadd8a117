"""Of end-to-end encrypted calls the watcher tells what sizes, directions and order say."""

import pytest

from inspector.core.faults import FaultKind, FaultRule
from inspector.local_room.watching.opaque_calls import ACK_BYTES
from inspector.xray.messages import Acked, Began, Ended, SeenCall, SeenError, SeenOutcome, SeenSide
from tests.support.rpc_packets import encrypted
from tests.support.watched_room import EPOCH, WatchedRoom

FULL_CHUNK = 15_060


def test_a_call_is_told_without_method_and_payload() -> None:
    room = WatchedRoom().read()

    room.send(encrypted(200, to="bob"), "alice")
    room.go_on(0.004)
    room.send(encrypted(ACK_BYTES, to="alice"), "bob")
    room.go_on(0.006)
    room.send(encrypted(300, to="alice"), "bob")

    assert room.began == SeenCall(
        key="1",
        room="room",
        caller="alice",
        callee="bob",
        method=None,
        request_id=None,
        started_at=EPOCH + 1000,
        encrypted=True,
    )
    assert room.ended.outcome is SeenOutcome.OK
    assert (room.ended.response, room.ended.response_bytes) == (None, None)
    assert room.ended.ack_ms == pytest.approx(4)
    assert room.ended.elapsed_ms == pytest.approx(10)
    assert len(room.arrived) == 3


def test_other_keys_are_silence_and_so_1501() -> None:
    room = WatchedRoom().read()

    room.send(encrypted(200, to="bob"), "alice")
    room.go_on(7.1)

    assert room.ended.error == SeenError(1501, "Connection timeout", SeenSide.CALLER, inferred=True)


def test_calls_under_way_are_told_apart_by_their_order_and_their_ways() -> None:
    room = WatchedRoom().read()

    room.send([encrypted(201, to="bob"), encrypted(202, to="bob"), encrypted(203, to="carol")], "alice")
    room.send([encrypted(ACK_BYTES, to="alice"), encrypted(ACK_BYTES, to="alice")], "bob")
    room.send(encrypted(ACK_BYTES, to="alice"), "carol")
    room.send([encrypted(301, to="alice"), encrypted(302, to="alice")], "bob")

    assert len(room.told(Acked)) == 3
    assert [(end.call.key, end.call.callee) for end in room.told(Ended)] == [("1", "bob"), ("2", "bob")]


def test_the_chunks_of_long_texts_are_no_calls_of_their_own() -> None:
    room = WatchedRoom().read()

    # rtc-node names the destination in a stream's header alone, the others in each packet.
    room.send([encrypted(250, to="bob"), encrypted(FULL_CHUNK, to="bob")], "alice")
    room.send(encrypted(ACK_BYTES, to="alice"), "bob")
    room.send([encrypted(9_000, to="bob"), encrypted(ACK_BYTES, to="bob")], "alice")
    room.send(encrypted(260, to="alice"), "bob")
    room.send([encrypted(FULL_CHUNK, to=None), encrypted(700, to=None), encrypted(ACK_BYTES, to=None)], "bob")

    assert len(room.told(Began)) == len(room.told(Acked)) == 1
    assert room.ended.outcome is SeenOutcome.OK


def test_packets_to_everybody_and_to_oneself_are_no_calls() -> None:
    room = WatchedRoom().read()

    room.send([encrypted(200, to=None), encrypted(200, to="alice"), encrypted(ACK_BYTES, to="bob")], "alice")

    assert room.told(Began) == []


def test_a_callee_that_leaves_ends_its_calls_and_a_new_one_begins_afresh() -> None:
    room = WatchedRoom().read()
    room.send(encrypted(200, to="bob"), "alice")

    room.watcher.participant_left("bob")
    room.send(encrypted(210, to="bob"), "alice")
    room.send([encrypted(ACK_BYTES, to="alice"), encrypted(300, to="alice")], "bob")

    first, second = (end.call for end in room.told(Ended))
    assert (first.outcome, second.outcome) == (SeenOutcome.ERROR, SeenOutcome.OK)


def test_no_fault_is_done_to_what_cannot_be_read() -> None:
    room = WatchedRoom(FaultRule(FaultKind.DROP_REQUEST)).read()

    room.send(encrypted(200, to="bob"), "alice")

    assert len(room.to("bob")) == 1
    assert room.began.fault is None
