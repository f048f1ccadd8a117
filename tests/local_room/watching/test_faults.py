"""Each fault does what it says to calls of both versions of RPC, and the record names the rule."""

from collections.abc import Iterable

import pytest
from livekit.protocol.models import DataPacket

from inspector.core.faults import CallPart, FaultKind, FaultMatch, FaultRule
from inspector.local_room.watching.fault_acts import MAX_HELD_BYTES
from inspector.xray.messages import Began, Ended, Late, SeenError, SeenOutcome, SeenSide
from tests.support import rpc_packets as rpc
from tests.support.rpc_packets import CHUNKED, INLINE, Form
from tests.support.watched_room import WatchedRoom

LONG = "æ" * 20_000
NODE = Form(names_destinations=False)
EVERY_WIRE = pytest.mark.parametrize("wire", [None, INLINE, CHUNKED, NODE, Form(deflate=True)])


def request(request_id: str, wire: Form | None) -> list[DataPacket]:
    return [rpc.request(request_id)] if wire is None else rpc.v2_request(request_id, payload=LONG, form=wire)


def response(request_id: str, wire: Form | None, text: str = LONG) -> list[DataPacket]:
    return [rpc.response(request_id, text)] if wire is None else rpc.v2_response(request_id, text, form=wire)


def answer_all(room: WatchedRoom, wire: Form | None) -> None:
    """Bob acknowledges and answers every request that has reached him."""
    for request_id in requests_at_bob(room):
        room.send(rpc.ack(request_id), "bob")
        room.send(response(request_id, wire), "bob")


def requests_at_bob(room: WatchedRoom) -> list[str]:
    ids = []
    for packet in room.to("bob"):
        if packet.HasField("rpc_request"):
            ids.append(packet.rpc_request.id)
        elif packet.HasField("stream_header"):
            ids.append(packet.stream_header.attributes["lk.rpc_request_id"])
    return ids


def one_rule(kind: FaultKind, **more: object) -> WatchedRoom:
    return WatchedRoom(FaultRule(kind, name="the rule", **more)).read()  # type: ignore[arg-type]


@EVERY_WIRE
def test_a_dropped_request_never_arrives_and_is_1501(wire: Form | None) -> None:
    room = one_rule(FaultKind.DROP_REQUEST)

    room.send(request("r1", wire), "alice")
    room.send(request("r1", wire), "alice")
    room.go_on(8)

    assert room.arrived == []
    assert room.ended.error == SeenError(1501, "Connection timeout", SeenSide.CALLER, inferred=True)
    assert room.ended.fault == "the rule"
    assert room.began.fault == "the rule"


@EVERY_WIRE
def test_of_a_dropped_ack_the_caller_hears_nothing_and_it_is_1501(wire: Form | None) -> None:
    room = one_rule(FaultKind.DROP_ACK)

    room.send(request("r1", wire), "alice")
    answer_all(room, wire)
    room.go_on(8)
    room.send(response("r1", wire), "bob")

    assert requests_at_bob(room) == ["r1"]
    assert room.to("alice") == []
    assert room.ended.error is not None
    assert (room.ended.error.code, room.ended.fault) == (1501, "the rule")
    assert room.ended.ack_ms == 0
    assert room.told(Late) == []


@EVERY_WIRE
def test_of_a_dropped_response_the_ack_alone_arrives_and_it_is_1502(wire: Form | None) -> None:
    room = one_rule(FaultKind.DROP_RESPONSE)

    room.send(request("r1", wire), "alice")
    answer_all(room, wire)
    room.go_on(16)
    room.send(response("r1", wire), "bob")

    assert room.kinds_to("alice") == ["rpc_ack"]
    assert room.ended.error is not None
    assert (room.ended.error.code, room.ended.fault) == (1502, "the rule")
    assert room.ended.response is None
    assert room.told(Late) == []


def test_an_error_is_an_answer_that_can_be_dropped() -> None:
    room = one_rule(FaultKind.DROP_RESPONSE)

    room.send(rpc.request("r1"), "alice")
    room.send([rpc.ack("r1"), rpc.error("r1", 1500)], "bob")

    assert room.kinds_to("alice") == ["rpc_ack"]


@EVERY_WIRE
def test_an_error_is_answered_in_the_callees_place(wire: Form | None) -> None:
    room = one_rule(FaultKind.ERROR, code=1602, message="no such city", data='{"city":"Atlantis"}')

    room.send(request("r1", wire), "alice")

    assert room.to("bob") == []
    acked, answered = room.to("alice")
    assert (acked.participant_identity, acked.rpc_ack.request_id) == ("bob", "r1")
    assert (answered.participant_identity, answered.rpc_response.request_id) == ("bob", "r1")
    error = answered.rpc_response.error
    assert (error.code, error.message, error.data) == (1602, "no such city", '{"city":"Atlantis"}')
    assert [packet.sequence for packet in (acked, answered)] == [0, 0]
    assert room.ended.error == SeenError(1602, "no such city", SeenSide.ROOM, '{"city":"Atlantis"}')
    assert room.ended.fault == "the rule"
    assert len(room.told(Began)) == 1


def test_a_long_request_gets_its_ack_at_its_beginning_and_its_error_at_its_end() -> None:
    room = one_rule(FaultKind.ERROR, code=1500)
    *early, trailer = request("r1", CHUNKED)

    room.send(early, "alice")
    assert room.kinds_to("alice") == ["rpc_ack"]
    room.send(trailer, "alice")

    assert room.kinds_to("alice") == ["rpc_ack", "rpc_response"]
    assert room.ended.payload == LONG


@pytest.mark.parametrize(
    ("code", "message"),
    [
        (1400, "Method not supported at destination"),
        (1401, "Recipient not found"),
        (1404, "Unsupported RPC version"),
        (1502, "Response timeout"),
        (4242, "An error that the local room made up."),
    ],
)
def test_an_error_without_a_message_says_what_the_sdks_say(code: int, message: str) -> None:
    room = one_rule(FaultKind.ERROR, code=code)

    room.send(rpc.request("r1", to="nobody"), "alice")

    assert room.to("alice")[1].rpc_response.error.message == message


@EVERY_WIRE
def test_a_delayed_request_arrives_later_in_its_order_and_out_of_sequence(wire: Form | None) -> None:
    room = one_rule(FaultKind.DELAY, ms=500)
    sent = request("r1", wire)

    for packet in sent:
        room.send(packet, "alice")
        room.go_on(0.01)
    assert room.to("bob") == []
    room.go_on(0.5)

    assert [packet.SerializeToString() for packet in room.to("bob")] == [
        unsequenced(packet) for packet in sent
    ]
    answer_all(room, wire)
    assert room.ended.outcome is SeenOutcome.OK
    assert room.ended.ack_ms is not None
    assert room.ended.ack_ms >= 500
    assert room.ended.fault == "the rule"


@EVERY_WIRE
def test_an_answer_waits_behind_a_delayed_ack(wire: Form | None) -> None:
    room = one_rule(FaultKind.DELAY, ms=300, part=CallPart.ACK)

    room.send(request("r1", wire), "alice")
    answer_all(room, wire)
    assert room.to("alice") == []
    room.go_on(0.31)

    assert room.kinds_to("alice")[0] == "rpc_ack"
    assert [packet.SerializeToString() for packet in room.to("alice")[1:]] == [
        unsequenced(packet, "bob") for packet in like(response("r1", wire), room.to("alice")[1:])
    ]
    assert room.ended.ack_ms == pytest.approx(300)
    assert room.ended.elapsed_ms == pytest.approx(300)


def test_an_answer_after_a_delayed_ack_goes_its_way_at_once() -> None:
    room = one_rule(FaultKind.DELAY, ms=300, part=CallPart.ACK)

    room.send(rpc.request("r1"), "alice")
    room.send(rpc.ack("r1"), "bob")
    room.go_on(0.5)
    room.send(rpc.response("r1"), "bob")

    assert room.kinds_to("alice") == ["rpc_ack", "rpc_response"]


def test_an_ack_delayed_for_too_long_is_1501_and_what_comes_then_is_late() -> None:
    room = one_rule(FaultKind.DELAY, ms=8000, part=CallPart.ACK)

    room.send(rpc.request("r1"), "alice")
    room.send([rpc.ack("r1"), rpc.response("r1")], "bob")
    room.go_on(9)

    assert room.ended.error is not None
    assert room.ended.error.code == 1501
    assert room.ended.ack_ms is None
    assert len(room.told(Late)) == 1


@EVERY_WIRE
def test_a_delayed_response_ends_the_call_when_it_has_gone_on(wire: Form | None) -> None:
    room = one_rule(FaultKind.DELAY, ms=400, part=CallPart.RESPONSE)

    room.send(request("r1", wire), "alice")
    answer_all(room, wire)
    assert room.kinds_to("alice") == ["rpc_ack"]
    assert room.told(Ended) == []
    room.go_on(0.41)

    assert len(room.to("alice")) == 1 + len(response("r1", wire))
    assert room.ended.elapsed_ms == pytest.approx(400)
    assert room.ended.response == LONG


@EVERY_WIRE
def test_a_duplicated_request_arrives_twice_under_streams_of_their_own(wire: Form | None) -> None:
    room = one_rule(FaultKind.DUPLICATE_REQUEST)
    sent = request("r1", wire)

    room.send(sent, "alice")
    answer_all(room, wire)

    assert requests_at_bob(room) == ["r1", "r1"]
    arrived = room.to("bob")
    assert len(arrived) == 2 * len(sent)
    assert [packet.sequence for packet in arrived[1::2]] == [0] * len(sent)
    assert len({stream_of(packet) for packet in arrived}) == (1 if wire is None else 2)
    for copies in (arrived[::2], arrived[1::2]):
        assert [packet.WhichOneof("value") for packet in copies] == [
            packet.WhichOneof("value") for packet in sent
        ]
    assert room.ended.outcome is SeenOutcome.OK
    assert len(room.told(Began)) == 1
    assert room.kinds_to("alice").count("rpc_ack") == 2


def test_a_disconnected_callee_has_acknowledged_and_it_is_1503() -> None:
    room = one_rule(FaultKind.DISCONNECT_CALLEE)

    room.send(rpc.request("r1"), "alice")
    assert room.thrown_out == []
    room.send(rpc.ack("r1"), "bob")

    assert room.thrown_out == ["bob"]
    assert room.kinds_to("alice") == ["rpc_ack"]
    assert room.ended.error == SeenError(1503, "Recipient disconnected", SeenSide.CALLER, inferred=True)
    assert room.ended.fault == "the rule"


def test_other_calls_and_other_packets_go_their_way() -> None:
    room = WatchedRoom(FaultRule(FaultKind.DROP_REQUEST, FaultMatch(method="get_*"))).read()

    room.send([rpc.request("r1", "get_weather"), rpc.request("r2", "set_volume")], "alice")
    room.send(rpc.v2_request("r3", "other", LONG, form=NODE), "alice")
    room.send(rpc.stream("chat", {}, "get_weather", to="bob"), "alice")

    assert requests_at_bob(room)[:2] == ["r2", "r3"]
    assert [message.call.fault for message in room.told(Began)] == ["1 drop_request", None, None]


def test_calls_of_the_servers_get_faults_too() -> None:
    room = WatchedRoom(FaultRule(FaultKind.ERROR, code=1400)).read()

    room.send(rpc.request("r1"), "r1")

    assert room.kinds_to("r1") == ["rpc_ack", "rpc_response"]


def test_calls_of_whom_a_fault_keeps_from_v2_name_it_unless_another_was_done() -> None:
    room = WatchedRoom(FaultRule(FaultKind.DROP_ACK, FaultMatch(method="get_*"), name="the other")).read()
    room.forced["bob"] = "no v2"

    room.send([rpc.request("r1"), rpc.request("r2", "get_weather"), rpc.request("r3", to="carol")], "alice")
    room.send(rpc.request("r4", to="alice"), "bob")
    room.send(rpc.v2_request("r5"), "alice")

    titles = [message.call.fault for message in room.told(Began)]
    assert titles == ["no v2", "the other", None, "no v2", None]


def test_a_call_keeps_its_fault_when_the_rules_change() -> None:
    room = one_rule(FaultKind.DROP_RESPONSE)
    room.send(rpc.request("r1"), "alice")

    room.faults.set_rules(())
    room.send([rpc.ack("r1"), rpc.response("r1")], "bob")

    assert room.kinds_to("alice") == ["rpc_ack"]


def test_what_is_held_back_is_bounded() -> None:
    room = one_rule(FaultKind.DELAY, ms=1000)
    payload = "x" * 60_000
    many = MAX_HELD_BYTES // 60_000 + 50

    for number in range(many):
        room.send(rpc.request(f"r{number}", payload=payload), "alice")
    room.go_on(1.1)

    assert many - 60 < len(room.to("bob")) < many - 40
    room.send(rpc.request("again"), "alice")
    room.go_on(1.1)
    assert requests_at_bob(room)[-1] == "again"


def test_nothing_held_back_arrives_in_a_room_that_is_closed() -> None:
    room = one_rule(FaultKind.DELAY, ms=1000)
    room.send(rpc.request("r1"), "alice")

    room.watcher.closed()
    room.go_on(2)

    assert room.arrived == []


def unsequenced(packet: DataPacket, sender: str = "alice") -> bytes:
    copy = DataPacket()
    copy.CopyFrom(packet)
    copy.sequence = 0
    copy.participant_identity = sender
    return copy.SerializeToString()


def like(made: list[DataPacket], arrived: Iterable[DataPacket]) -> list[DataPacket]:
    """The packets made once more, under the stream id of those that arrived."""
    for packet, model in zip(made, arrived, strict=True):
        for kind in ("stream_header", "stream_chunk", "stream_trailer"):
            if packet.HasField(kind):
                getattr(packet, kind).stream_id = getattr(model, kind).stream_id
    return made


def stream_of(packet: DataPacket) -> str:
    kind = packet.WhichOneof("value")
    assert kind is not None
    return getattr(getattr(packet, kind), "stream_id", "")
