"""Data packets broken at random: the watcher neither fails nor forgets itself, with every fault at work."""

import base64
import json
import random
from pathlib import Path

import pytest
from google.protobuf.message import DecodeError
from livekit.protocol.models import DataPacket

from inspector.core.faults import CallPart, FaultKind, FaultMatch, FaultRule
from inspector.local_room.watching.call_ledger import MAX_KEPT_BYTES
from inspector.local_room.watching.kept_text import TEXT_LIMIT_BYTES
from inspector.xray.messages import Began, SeenOutcome
from tests.support import rpc_packets as rpc
from tests.support.fuzzing import mutations
from tests.support.rpc_packets import CHUNKED, Form
from tests.support.watched_room import WatchedRoom

RULES = (
    *(FaultRule(FaultKind.DELAY, FaultMatch(f"{part}*"), ms=100, part=part) for part in CallPart),
    *(
        FaultRule(kind, ms=50 if kind is FaultKind.DELAY else None, code=1500, probability=0.1)
        for kind in FaultKind
    ),
)


def samples() -> list[bytes]:
    """Packets of calls that belong together, so that what survives a mutation meets its other half."""
    packets = [
        packet
        for number, method in enumerate(("request", "ack", "response", "other"))
        for form in (Form(True), Form(True, True), CHUNKED, Form(False, True, False))
        for packet in (
            rpc.request(f"r{number}", method),
            *rpc.v2_request(f"s{number}", method, "æ" * 9000, form=form),
            rpc.ack(f"r{number}"),
            rpc.ack(f"s{number}"),
            rpc.response(f"r{number}"),
            rpc.error(f"s{number}", 1500, "no", "why"),
            *rpc.v2_response(f"s{number}", "æ" * 9000, form=form),
        )
    ]
    packets += [rpc.encrypted(size, to=to) for size in (56, 100, 15_060) for to in ("alice", "bob", None)]
    recorded = (Path(__file__).parent / "recorded_calls.jsonl").read_text().splitlines()
    return [
        *(packet.SerializeToString() for packet in packets),
        *(base64.b64decode(entry[2]) for line in recorded for entry in json.loads(line)["packets"]),
    ]


def readable(data: bytes) -> DataPacket | None:
    try:
        return DataPacket.FromString(data)
    except DecodeError:  # what the room cannot read never comes so far
        return None


def scrambled(data: bytes, chance: random.Random) -> DataPacket:
    """A sound packet that says strange things."""
    packet = DataPacket.FromString(data)
    kind = packet.WhichOneof("value")
    assert kind is not None
    said = getattr(packet, kind)
    names = ["", "r0", "s1", f"r{chance.randrange(1000)}", "stream-1", "\0" + "1", "x" * 5000]
    for field in ("id", "request_id", "stream_id", "topic", "method"):
        if hasattr(said, field) and chance.random() < 0.3:
            setattr(said, field, chance.choice([*names, "lk.rpc_request", "lk.rpc_response"]))
    match kind:
        case "stream_header":
            for name in tuple(said.attributes):
                if chance.random() < 0.3:
                    said.attributes[name] = chance.choice([*names, "-1", "1e9", "9" * 400, "\u0663"])
            said.compression = chance.choice([0, 1, 2])
            said.total_length = chance.choice([0, 1, 2**63])
            if chance.random() < 0.2:
                said.inline_content = chance.randbytes(20)
        case "stream_chunk":
            said.iv = chance.choice([b"", b"iv"])
        case "rpc_request":
            said.response_timeout_ms = chance.choice([0, 1, 2**32 - 1])
            said.compressed_payload = chance.choice([b"", b"\xff"])
    packet.destination_identities[:] = chance.choice([["bob"], ["alice"], [], ["alice", "bob"], [""]])
    return packet


@pytest.mark.fuzz
def test_mutated_packets_do_no_harm() -> None:
    chance = random.Random(1)
    room = WatchedRoom(*RULES).read()
    reader = room.feed.read("room")
    sound = samples()
    for number, data in enumerate(mutations(sound)):
        for packet in (
            readable(data),
            scrambled(chance.choice(sound), chance),
            DataPacket.FromString(chance.choice(sound)),
        ):
            if packet is not None:
                room.send(packet, chance.choice(["alice", "bob", "callee", "python", ""]))
        room.go_on(chance.choice([0, 0, 0.01, 0.2]))
        if number % 200 == 199:
            room.watcher.participant_left(chance.choice(["alice", "bob"]))
        room.arrived.clear()
        room.messages.clear()
    room.go_on(100 * 24 * 3600)  # the longest timeout that the wire can say is 50 days
    while reader.take() is not None:
        pass
    assert len(room.timers) == 0

    room.messages.clear()
    room.faults.set_rules(())
    text = "x" * TEXT_LIMIT_BYTES
    for number in range(MAX_KEPT_BYTES // TEXT_LIMIT_BYTES):
        room.send(rpc.v2_request(f"after {number}", payload=text, form=CHUNKED), "alice")
    assert all(began.call.payload == text for began in room.told(Began))
    room.send([rpc.ack("after 0"), rpc.response("after 0")], "bob")
    assert room.ended.outcome is SeenOutcome.OK
