"""Packets that were tampered with. (DTLS authenticates the peer; so this is about broken SDKs and bugs.)"""

from __future__ import annotations

from random import Random

import pytest

from inspector.local_room.transport.sctp import wire
from inspector.local_room.transport.sctp.handshake import Settings
from tests.local_room.transport.wire import Wire
from tests.support.fuzzing import CASES

BINARY = 53
SETTINGS = Settings(window_bytes=100_000, most_message_bytes=20_000)


def examples() -> dict[str, bytes]:
    """The chunks of one packet of each kind, as a client sends them."""
    init = wire.Init(7, 100_000, 10, 10, 1, forward_tsn=True)
    return {
        "init": init.encoded(wire.INIT),
        "init ack": wire.Init(7, 100_000, 10, 10, 1, cookie=b"c" * 40).encoded(wire.INIT_ACK),
        "data": wire.data_chunk(wire.WHOLE, 5, 1, 0, BINARY, b"hello") * 3,
        "fragment": wire.data_chunk(wire.BEGIN, 5, 1, 0, BINARY, b"x" * 500),
        "sack": wire.chunk(wire.SACK, 0, wire.SACK_FIELDS.pack(5, 100_000, 2, 1) + bytes(range(12))),
        "forward tsn": wire.forward_tsn_chunk(9, {1: 3, 2: 4}),
        "reconfig": wire.chunk(
            wire.RECONFIG, 0, wire.parameter(13, bytes(12) + b"\0\1\0\2") + wire.parameter(16, bytes(8))
        ),
        "heartbeat": wire.chunk(wire.HEARTBEAT, 0, b"h" * 40),
        "cookie echo": wire.chunk(wire.COOKIE_ECHO, 0, b"c" * 68),
        "error": wire.chunk(wire.ERROR, 0, wire.parameter(1, b"e" * 12)),
        "unknown": wire.chunk(0xC7, 0, b"u" * 30),
    }


def mutated(data: bytes, random: Random) -> bytes:
    content = bytearray(data)
    for _ in range(random.randrange(1, 6)):
        way = random.randrange(4)
        position = random.randrange(len(content)) if content else 0
        if way == 0 and content:
            content[position] = random.randrange(256)
        elif way == 1:
            content[position:position] = random.randbytes(random.randrange(1, 9))
        elif way == 2:
            del content[position : position + random.randrange(1, 9)]
        elif content:
            content[position] = random.choice((0, 1, 0x7F, 0x80, 0xFF))
    return bytes(content)


def envelope(link: Wire, to: str) -> wire.Envelope:
    packet = next(packet for sender, packet in reversed(link.sent) if sender != to)
    return wire.Envelope(*wire.PORTS_AND_TAG.unpack_from(packet))


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", examples())
def test_tampered_chunks_raise_nothing_and_hold_no_memory(kind: str) -> None:
    random = Random(kind)
    link = Wire(settings=SETTINGS).connected()
    for _ in range(CASES):
        if link.server.ends or link.client.ends:  # Tampering can make an ABORT, or a message too large.
            link = Wire(settings=SETTINGS).connected()
        example = examples()[kind]
        if kind in ("data", "fragment") and random.random() < 0.9:
            # Near what the server awaits, so that it gets further than to be ignored.
            tsn = (link.server.association._receiver.cumulative + random.randrange(-2, 60)) & wire.M32
            example = example[:4] + wire.U32.pack(tsn) + example[8:]
        if kind == "sack":
            link.server.association.send(1, BINARY, b"x" * 3000)
            link.server.association.flush()
            tsn = (link.server.association._sender.last_tsn - random.randrange(3)) & wire.M32
            example = example[:4] + wire.U32.pack(tsn) + example[8:]
        packet = envelope(link, "server").seal(mutated(example, random))
        link.server.association.receive(packet)
        link.run_for(0.01)
        assert link.server.association._receiver.held_bytes <= SETTINGS.window_bytes + 2000
    assert all("SCTP" in reason or "larger" in reason for reason in link.server.ends)


@pytest.mark.fuzz
@pytest.mark.parametrize("kind", examples())
def test_garbage_without_checksum_changes_nothing(kind: str) -> None:
    random = Random(kind)
    link = Wire().connected()
    for _ in range(CASES):
        packet = mutated(envelope(link, "server").seal(examples()[kind]), random)
        link.server.association.receive(packet[:8] + bytes(4) + packet[12:])
        link.server.association.receive(random.randbytes(random.randrange(60)))
    link.client.association.send(1, BINARY, b"still there")
    link.run(lambda: link.server.messages == [(1, BINARY, b"still there")])


def test_window_closes_before_more_than_agreed_is_held() -> None:
    link = Wire(settings=Settings(window_bytes=50_000, most_message_bytes=40_000)).connected()
    lost: list[bytes] = []

    def loses(sender: str, packet: bytes) -> bool:
        if sender == "client" and (not lost or packet[16:20] == lost[0][16:20]) and packet[12] == wire.DATA:
            lost.append(packet)
            return len(lost) < 6
        return False

    link.loses = loses
    for number in range(200):
        link.client.association.send(1, BINARY, bytes((number,)) * 1000)
    held = 0

    def arrived() -> bool:
        nonlocal held
        held = max(held, link.server.association._receiver.held_bytes)
        return len(link.server.messages) == 200

    link.run(arrived)
    assert 0 < held <= 50_000
    assert [data[0] for data in link.server.of_stream(1)] == list(range(200))
