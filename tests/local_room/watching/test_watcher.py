"""The watcher tells of every call what passed between its two ends, in both versions of RPC."""

import pytest
from livekit.protocol.models import DataPacket, UserPacket

from inspector.xray.messages import Acked, Began, Ended, Late, SeenCall, SeenError, SeenOutcome, SeenSide
from tests.support import rpc_packets as rpc
from tests.support.rpc_packets import CHUNKED, Form
from tests.support.watched_room import EPOCH, WatchedRoom

LONG = "æ" * 40_000


def test_a_v1_call_is_told_from_its_request_to_its_response() -> None:
    room = WatchedRoom().read()

    room.send(rpc.request("r1", "get_weather", '{"city":"Ålesund"}', timeout_ms=8000), "alice")
    room.go_on(0.002)
    room.send(rpc.ack("r1"), "bob")
    room.go_on(0.003)
    room.send(rpc.response("r1", '{"temp_c":21}'), "bob")

    began = SeenCall(
        key="1",
        room="room",
        caller="alice",
        callee="bob",
        method="get_weather",
        request_id="r1",
        started_at=EPOCH + 1000,
        wire="v1",
        payload='{"city":"Ålesund"}',
        payload_bytes=19,
        timeout_s=8.0,
    )
    assert room.began == began
    (acked,) = room.told(Acked)
    assert acked.ack_ms == pytest.approx(2)
    ended = room.ended
    assert (ended.key, ended.outcome) == ("1", SeenOutcome.OK)
    assert (ended.response, ended.response_bytes) == ('{"temp_c":21}', 13)
    assert ended.ack_ms == pytest.approx(2)
    assert ended.elapsed_ms == pytest.approx(5)
    assert ended.payload == began.payload
    assert room.kinds_to("bob") == ["rpc_request"]
    assert room.kinds_to("alice") == ["rpc_ack", "rpc_response"]


@pytest.mark.parametrize("deflate", [False, True])
@pytest.mark.parametrize("inline", [False, True])
@pytest.mark.parametrize("names_destinations", [False, True])
def test_a_v2_call_is_told_however_its_streams_are_sent(
    inline: bool, deflate: bool, names_destinations: bool
) -> None:
    room = WatchedRoom().read()
    form = Form(inline, deflate, names_destinations)
    header, *rest = rpc.v2_request("r1", "echo", LONG, timeout_ms=15_000, form=form)

    room.send(header, "alice")
    room.go_on(0.001)
    room.send(rpc.ack("r1"), "bob")
    room.send(rest, "alice")
    room.go_on(0.001)
    room.send(rpc.v2_response("r1", LONG, form=form), "bob")

    assert (room.began.wire, room.began.method, room.began.timeout_s) == ("v2", "echo", 15.0)
    assert (room.began.payload, room.began.payload_bytes) == (LONG, 80_000)
    ended = room.ended
    assert (ended.outcome, ended.response, ended.response_bytes) == (SeenOutcome.OK, LONG, 80_000)
    assert ended.compressed is deflate
    assert not ended.truncated
    assert ended.ack_ms == pytest.approx(1)
    # An ack that came before the request was whole stands in its beginning.
    assert room.began.ack_ms == (None if inline else pytest.approx(1))
    assert len(room.told(Acked)) == (1 if inline else 0)


def test_nothing_is_taken_from_its_way_without_a_fault() -> None:
    room = WatchedRoom()
    packets = [
        *((packet, "alice") for packet in rpc.v2_request("r1", payload=LONG, form=CHUNKED)),
        (rpc.ack("r1"), "bob"),
        *((packet, "bob") for packet in rpc.v2_response("r1", LONG, form=CHUNKED)),
        (rpc.request("r2"), "alice"),
        (rpc.error("r2", 1400), "bob"),
        (DataPacket(user=UserPacket(payload=b"x")), "alice"),
        *((packet, "bob") for packet in rpc.stream("chat", {}, "hello", to="alice")),
    ]

    for packet, sender in packets:
        room.send(packet, sender)

    assert [packet for _, packet in room.arrived] == [packet for packet, _ in packets]


@pytest.mark.parametrize("wire", ["v1", "v2"])
def test_an_error_is_its_callees(wire: str) -> None:
    room = WatchedRoom().read()

    room.send(rpc.request("r1") if wire == "v1" else rpc.v2_request("r1"), "alice")
    room.send(rpc.ack("r1"), "bob")
    room.send(rpc.error("r1", 1602, "no such city", '{"city":"Atlantis"}'), "bob")

    assert room.ended.outcome is SeenOutcome.ERROR
    assert room.ended.error == SeenError(1602, "no such city", SeenSide.CALLEE, '{"city":"Atlantis"}')
    assert room.ended.response is None


def test_an_error_without_data_has_none() -> None:
    room = WatchedRoom().read()

    room.send(rpc.request("r1"), "alice")
    room.send(rpc.error("r1", 1400, "Method not supported at destination"), "bob")

    assert room.ended.error == SeenError(1400, "Method not supported at destination", SeenSide.CALLEE)


@pytest.mark.parametrize("callee", ["nobody", "alice"])
def test_a_call_that_nobody_acknowledges_is_1501_after_seven_seconds(callee: str) -> None:
    room = WatchedRoom().read()

    room.send(rpc.request("r1", to=callee), "alice")
    room.go_on(6.9)
    assert room.told(Ended) == []
    room.go_on(0.2)

    assert room.ended.error == SeenError(1501, "Connection timeout", SeenSide.CALLER, inferred=True)
    assert room.ended.elapsed_ms == pytest.approx(7000)
    assert room.ended.ack_ms is None


def test_the_ack_of_a_long_request_is_waited_for_from_its_end() -> None:
    room = WatchedRoom().read()
    *early, trailer = rpc.v2_request("r1", to="nobody", payload=LONG, form=CHUNKED)

    room.send(early, "alice")
    room.go_on(5)
    room.send(trailer, "alice")
    room.go_on(6.9)
    assert room.told(Ended) == []
    room.go_on(0.2)

    assert room.ended.error is not None
    assert room.ended.error.code == 1501


@pytest.mark.parametrize(
    ("sdk", "after_s"),
    [("PYTHON", 1 + 8 + 7), ("NODE", 1 + 8 + 7), ("", 1 + 8 + 7), ("GO", 8 + 7), ("JS", 8), ("SWIFT", 8)],
)
def test_a_callee_that_never_answers_is_1502_when_its_callers_sdk_gives_up(sdk: str, after_s: float) -> None:
    room = WatchedRoom(sdks={"alice": sdk}).read()

    room.send(rpc.request("r1", timeout_ms=8000), "alice")
    room.go_on(1)
    room.send(rpc.ack("r1"), "bob")
    room.go_on(after_s - 1 - 0.1)
    assert room.told(Ended) == []
    room.go_on(0.2)

    assert room.ended.error == SeenError(1502, "Response timeout", SeenSide.CALLER, inferred=True)
    assert room.ended.elapsed_ms == pytest.approx(after_s * 1000)


def test_a_timeout_shorter_than_the_acks_ends_in_time() -> None:
    room = WatchedRoom(sdks={"alice": "JS"}).read()

    room.send(rpc.request("r1", timeout_ms=2000), "alice")
    room.send(rpc.ack("r1"), "bob")
    room.go_on(2.1)

    assert room.ended.elapsed_ms == pytest.approx(2000)


def test_no_call_is_waited_for_longer_than_a_day_whatever_it_says() -> None:
    room = WatchedRoom().read()
    (asked,) = rpc.v2_request("r1")
    asked.stream_header.attributes["lk.rpc_request_response_timeout_ms"] = "9" * 15

    room.send(asked, "alice")
    room.send(rpc.ack("r1"), "bob")
    room.go_on(24 * 3600 + 8)

    assert room.ended.error is not None
    assert room.ended.error.code == 1502


def test_an_answer_that_comes_too_late_is_told_as_such_and_goes_its_way() -> None:
    room = WatchedRoom().read()
    room.send(rpc.request("r1", timeout_ms=1000), "alice")
    room.send(rpc.ack("r1"), "bob")
    room.go_on(10)

    room.send(rpc.response("r1"), "bob")
    room.send(rpc.response("r1"), "bob")

    (late,) = room.told(Late)
    assert (late.key, late.code) == (room.ended.key, None)
    assert late.elapsed_ms == pytest.approx(10_000)
    assert room.kinds_to("alice") == ["rpc_ack", "rpc_response", "rpc_response"]


def test_a_second_answer_says_nothing_new() -> None:
    room = WatchedRoom().read()

    room.send(rpc.request("r1"), "alice")
    room.send(
        [rpc.ack("r1"), rpc.ack("r1"), rpc.response("r1", "first"), rpc.response("r1", "second")], "bob"
    )

    assert room.ended.response == "first"
    assert len(room.told(Acked)) == 1
    assert room.told(Late) == []


@pytest.mark.parametrize(
    ("sdk", "code", "after_s"), [("JS", 1503, 0), ("", 1503, 0), ("PYTHON", 1503, 2), ("NODE", 1502, 15)]
)
@pytest.mark.parametrize("is_whole", [True, False])
def test_a_callee_that_leaves_ends_calls_to_it_as_its_callers_sdk_does(
    sdk: str, code: int, after_s: float, is_whole: bool
) -> None:
    room = WatchedRoom(sdks={"alice": sdk}).read()
    *early, trailer = rpc.v2_request("r1", form=CHUNKED)
    room.send([*early, trailer] if is_whole else early, "alice")
    room.send(rpc.ack("r1"), "bob")

    room.watcher.participant_left("carol")
    assert room.told(Ended) == []
    room.watcher.participant_left("bob")
    if not is_whole:
        room.send(trailer, "alice")
    room.go_on(max(0, after_s - 0.1))
    assert len(room.told(Ended)) == (0 if after_s else 1)
    room.go_on(0.2)

    assert room.ended.error is not None
    assert (room.ended.error.code, room.ended.error.inferred) == (code, True)
    assert room.ended.elapsed_ms == pytest.approx(after_s * 1000)


def test_a_caller_that_leaves_loses_its_calls() -> None:
    room = WatchedRoom().read()
    room.send(rpc.request("r1"), "alice")

    room.watcher.participant_left("alice")

    assert (room.ended.outcome, room.ended.error) == (SeenOutcome.LOST, None)


def test_calls_are_lost_with_their_room_and_nothing_follows() -> None:
    room = WatchedRoom().read()
    room.send(rpc.request("r1"), "alice")
    room.send(rpc.v2_request("r2", form=CHUNKED)[:1], "alice")

    room.watcher.closed()
    room.go_on(60)

    assert [end.call.outcome for end in room.told(Ended)] == [SeenOutcome.LOST] * 2


def test_the_same_request_once_more_is_the_same_call() -> None:
    room = WatchedRoom().read()

    room.send([rpc.request("r1"), rpc.request("r1")], "alice")
    room.send([*rpc.v2_request("r2", form=CHUNKED), *rpc.v2_request("r2", form=CHUNKED)], "alice")

    assert [message.call.request_id for message in room.told(Began)] == ["r1", "r2"]
    assert len(room.to("bob")) == 8


def test_two_callees_may_be_asked_under_one_id() -> None:
    room = WatchedRoom().read()

    room.send([rpc.request("r1", to="bob"), rpc.request("r1", to="carol")], "alice")
    room.send(rpc.response("r1", "from carol"), "carol")

    assert (room.ended.callee, room.ended.response) == ("carol", "from carol")
    assert len(room.told(Began)) == 2


def test_an_answer_by_somebody_else_or_to_somebody_else_is_none() -> None:
    room = WatchedRoom().read()
    room.send(rpc.request("r1"), "alice")

    room.send([rpc.ack("r1"), rpc.response("r1")], "mallory")
    room.send([rpc.ack("r1", to="carol"), rpc.response("r1", to="carol")], "bob")

    assert room.told(Acked) == []
    assert room.told(Ended) == []


def test_no_answer_reaches_a_hidden_caller() -> None:
    room = WatchedRoom().read()

    # Its callee is told no caller, and answers to nobody.
    room.send(rpc.request("r1"), "hidden")
    room.send([rpc.ack("r1", to=""), rpc.response("r1", to="")], "bob")
    room.go_on(7.1)

    assert room.ended.caller == "hidden"
    assert room.ended.error is not None
    assert room.ended.error.code == 1501


def test_a_call_of_the_servers_is_told_as_such_and_waits_as_the_server_does() -> None:
    room = WatchedRoom().read()

    room.send(rpc.request("r1", timeout_ms=10_000), "r1")
    room.send(rpc.request("r2", to="nobody", timeout_ms=10_000), "r2")
    room.send(rpc.ack("r1", to="r1"), "bob")
    room.go_on(2.1)
    assert [message.call.wire for message in room.told(Began)] == ["server-api", "server-api"]
    assert room.ended.request_id == "r2"
    room.go_on(8)

    codes = [end.call.error.code for end in room.told(Ended) if end.call.error is not None]
    assert codes == [1501, 1502]


def test_a_response_that_its_sender_breaks_off_is_1500_at_the_caller() -> None:
    room = WatchedRoom().read()
    room.send(rpc.v2_request("r1"), "alice")
    *begun, trailer = rpc.v2_response("r1", form=CHUNKED)
    trailer.stream_trailer.reason = "aborted"

    room.send([*begun, trailer], "bob")

    assert room.ended.error is not None
    assert (room.ended.error.code, room.ended.error.inferred) == (1500, True)


def test_an_answer_before_the_request_is_whole_ends_a_call_that_no_reader_knew() -> None:
    room = WatchedRoom().read()
    header, chunk, *rest = rpc.v2_request("r1", payload=LONG, form=CHUNKED)

    room.send([header, chunk], "alice")
    room.send(rpc.error("r1", 1404), "bob")
    room.send(rest, "alice")

    assert room.told(Began) == []
    assert room.ended.payload is not None
    assert len(room.to("bob")) == 2 + len(rest)


def test_packets_to_several_or_to_all_are_no_calls() -> None:
    room = WatchedRoom().read()
    several = rpc.request("r1")
    several.destination_identities.append("carol")
    everybody = rpc.request("r2")
    del everybody.destination_identities[:]

    room.send([several, everybody], "alice")

    assert room.told(Began) == []
    assert len(room.arrived) == 3


def test_who_begins_to_read_is_told_of_calls_under_way() -> None:
    room = WatchedRoom()
    room.send(rpc.request("r1"), "alice")
    room.send(rpc.v2_request("r2", form=CHUNKED)[:1], "alice")
    room.send(rpc.ack("r1"), "bob")

    room.read()

    assert (room.began.request_id, room.began.ack_ms) == ("r1", 0)
