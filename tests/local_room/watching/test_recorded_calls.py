"""Calls as real SDKs sent them: livekit 1.2.1 for Python, @livekit/rtc-node 1.1.0 and livekit-client 2.23.0.

Each line of the recording has a call's data packets in their order, as they came to a local room: sender,
named destinations, and the packet in base64. The callee is livekit 1.2.1 throughout.
"""

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from livekit.protocol.models import DataPacket

from inspector.core.faults import FaultKind, FaultRule
from inspector.xray.messages import SeenOutcome
from tests.support.watched_room import WatchedRoom

CALLS = [
    json.loads(line) for line in (Path(__file__).parent / "recorded_calls.jsonl").read_text().splitlines()
]
IDS = [f"{call['caller']}-{call['wire']}-{call['what']}" for call in CALLS]
PAYLOADS = {
    "short": '{"city":"Ålesund"}',
    "repetitive": "æ" * 20_000,
    "long": "".join(hashlib.sha256(str(number).encode()).hexdigest() for number in range(500)),
}
TIMEOUTS_S = {"python": 8.0, "node": 8.0, "browser": 15.0}


def play(call: dict[str, Any], room: WatchedRoom) -> None:
    for sender, destinations, encoded in call["packets"]:
        packet = DataPacket.FromString(base64.b64decode(encoded))
        assert list(packet.destination_identities) == destinations
        room.send(packet, sender)


@pytest.mark.parametrize("call", CALLS, ids=IDS)
def test_a_recorded_call_is_told_whole(call: dict[str, Any]) -> None:
    room = WatchedRoom().read()

    play(call, room)

    payload = PAYLOADS[call["what"]]
    seen = room.ended
    assert (seen.caller, seen.callee, seen.wire) == (call["caller"], "callee", call["wire"])
    assert (seen.outcome, seen.timeout_s) == (SeenOutcome.OK, TIMEOUTS_S[call["caller"]])
    assert (seen.payload, seen.payload_bytes) == (payload, len(payload.encode()))
    assert seen.response == (payload if call["what"] == "short" else "got it")
    assert seen.compressed is (call["what"] != "short")
    assert seen.ack_ms is not None
    assert len(room.arrived) == len(call["packets"])


@pytest.mark.parametrize("call", CALLS, ids=IDS)
def test_no_packet_of_a_recorded_request_slips_past_a_fault(call: dict[str, Any]) -> None:
    room = WatchedRoom(FaultRule(FaultKind.DROP_REQUEST), FaultRule(FaultKind.DROP_RESPONSE)).read()

    play(call, room)

    assert [receiver for receiver, _ in room.arrived if receiver != call["caller"]] == []
