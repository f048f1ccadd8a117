from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.local_room.transport.sctp import wire
from inspector.local_room.transport.sctp.handshake import Settings
from tests.local_room.transport.wire import Faults, Wire

BINARY = 53


def chunk_kinds(packet: bytes) -> list[int]:
    kinds = []
    position = wire.HEADER_BYTES
    while position + 4 <= len(packet):
        kind, _, length = wire.CHUNK_HEADER.unpack_from(packet, position)
        kinds.append(kind)
        position += (length + 3) & ~3
    return kinds


def first_of(kind: int) -> Callable[[str, bytes], bool]:
    """Loses the first packet that has such a chunk."""
    lost: list[bytes] = []

    def loses(_sender: str, packet: bytes) -> bool:
        if kind in chunk_kinds(packet) and not lost:
            lost.append(packet)
            return True
        return False

    return loses


class TestHandshake:
    @pytest.mark.parametrize("lost", [wire.INIT, wire.INIT_ACK, wire.COOKIE_ECHO, wire.COOKIE_ACK])
    def test_each_packet_of_it_may_be_lost(self, lost: int) -> None:
        link = Wire()
        link.loses = first_of(lost)
        link.connected()
        link.client.association.send(1, BINARY, b"from the client")
        link.server.association.send(1, BINARY, b"from the server")
        link.run(lambda: bool(link.client.messages) and bool(link.server.messages))

    def test_both_sides_may_begin_at_once(self) -> None:
        link = Wire()
        link.server.association.connect()
        link.connected()
        link.client.association.send(1, BINARY, b"hello")
        link.run(lambda: link.server.messages == [(1, BINARY, b"hello")])

    def test_ends_when_nobody_answers(self) -> None:
        link = Wire(Faults(loss=1.0))
        link.client.association.connect()
        link.run(lambda: bool(link.client.ends), within_s=30)
        assert "does not answer" in link.client.ends[0]

    def test_cookie_of_another_association_is_not_taken(self) -> None:
        link, other = Wire(), Wire()
        other.connected()
        stolen = next(packet for sender, packet in other.sent if wire.COOKIE_ECHO in chunk_kinds(packet))
        link.server.association.receive(stolen)
        link.flush()
        assert not link.server.is_established
        assert link.sent == []

    def test_init_answered_keeps_nothing(self) -> None:
        link = Wire()
        link.loses = lambda sender, _packet: sender == "server"
        link.client.association.connect()
        link.run_for(5)
        assert [sender for sender, _ in link.sent if sender == "server"]
        assert not link.server.is_established


messages = st.lists(
    st.tuples(st.integers(0, 3), st.booleans(), st.sampled_from([1, 3, 200, 1131, 1132, 1133, 5000, 30_000])),
    min_size=1,
    max_size=40,
)
faults = st.builds(
    Faults,
    loss=st.sampled_from([0.0, 0.02, 0.1, 0.3]),
    repeats=st.sampled_from([0.0, 0.1, 0.5]),
    most_extra_delay_s=st.sampled_from([0.0, 0.005, 0.3]),
    seed=st.integers(0, 2**32),
)


class TestReliableMessages:
    @settings(max_examples=150, deadline=None)
    @given(faults=faults, outward=messages, homeward=messages)
    def test_each_arrives_once_and_ordered_ones_in_order(
        self, faults: Faults, outward: list[tuple[int, bool, int]], homeward: list[tuple[int, bool, int]]
    ) -> None:
        link = Wire(faults).connected()
        expected: dict[str, list[tuple[int, bool, bytes]]] = {"client": [], "server": []}
        for sender, receiver, sent in (
            (link.client, link.server, outward),
            (link.server, link.client, homeward),
        ):
            for number, (stream, ordered, size) in enumerate(sent):
                # Ordered and unordered messages on streams of their own, so that the order is known.
                stream = stream * 2 + ordered
                data = number.to_bytes(2, "big") * (size // 2) + b"." * (size % 2)
                sender.association.send(stream, BINARY, data, ordered=ordered)
                expected[receiver.name].append((stream, ordered, data))
        link.run(
            lambda: len(link.server.messages) >= len(outward) and len(link.client.messages) >= len(homeward)
        )
        link.run(lambda: link.is_idle)
        for side in (link.client, link.server):
            wanted = expected[side.name]
            assert sorted(side.messages) == sorted((stream, BINARY, data) for stream, _, data in wanted)
            for stream in {stream for stream, ordered, _ in wanted if ordered}:
                assert side.of_stream(stream) == [data for found, _, data in wanted if found == stream]
            assert side.ends == []

    def test_numbers_wrap_around(self) -> None:
        link = Wire().connected()
        for number in range(70_000):
            link.client.association.send(1, BINARY, number.to_bytes(4, "big"))
            if number % 1000 == 999:
                link.run(lambda: link.is_idle)
        assert [int.from_bytes(data, "big") for data in link.server.of_stream(1)] == list(range(70_000))

    def test_five_megabytes_pass(self) -> None:
        link = Wire(settings=Settings(window_bytes=8_000_000, most_message_bytes=6_000_000)).connected()
        data = bytes(range(250)) * 20_000
        started = link.now
        link.client.association.send(1, BINARY, data)
        link.run(lambda: bool(link.server.messages))
        assert link.server.messages == [(1, BINARY, data)]
        # With 2 ms for a round trip; the window is what bounds it.
        assert link.now - started < 0.3

    def test_one_loss_costs_no_timeout(self) -> None:
        link = Wire().connected()
        link.loses = first_of(wire.DATA)
        started = link.now
        for _ in range(20):
            link.client.association.send(1, BINARY, b"x" * 1000)
        link.run(lambda: len(link.server.messages) == 20)
        assert link.now - started < 0.1

    def test_ends_when_nothing_is_acknowledged(self) -> None:
        link = Wire().connected()
        link.loses = lambda _sender, _packet: True
        link.client.association.send(1, BINARY, b"hello")
        link.run(lambda: bool(link.client.ends))
        assert "acknowledges nothing" in link.client.ends[0]

    def test_a_message_larger_than_agreed_ends_the_association(self) -> None:
        link = Wire(settings=Settings(most_message_bytes=10_000)).connected()
        link.client.association.send(1, BINARY, b"x" * 20_000)
        link.run(lambda: bool(link.client.ends) and bool(link.server.ends))
        assert "larger than was agreed" in link.server.ends[0]
        assert link.server.messages == []

    def test_what_is_not_acknowledged_counts_as_buffered(self) -> None:
        link = Wire().connected()
        link.client.association.send(1, BINARY, b"x" * 100_000)
        link.client.association.flush()
        assert link.client.association.buffered_bytes == 100_000
        link.run(lambda: link.is_idle)
        assert link.client.association.buffered_bytes == 0


class TestAcknowledgements:
    def test_two_packets_are_acknowledged_at_once(self) -> None:
        link = Wire().connected()
        started = link.now
        link.client.association.send(1, BINARY, b"x" * 2000)
        link.run(lambda: link.is_idle)
        assert link.now - started < 0.01

    def test_one_waits_a_little(self) -> None:
        link = Wire().connected()
        started = link.now
        link.client.association.send(1, BINARY, b"x")
        link.run(lambda: link.is_idle)
        assert 0.02 <= link.now - started < 0.03

    def test_one_goes_along_with_data(self) -> None:
        link = Wire().connected()
        link.client.association.send(1, BINARY, b"x")
        link.run(lambda: bool(link.server.messages))
        before = len(link.sent)
        link.server.association.send(1, BINARY, b"y")
        link.server.association.flush()
        assert [chunk_kinds(packet) for _, packet in link.sent[before:]] == [[wire.SACK, wire.DATA]]

    def test_small_messages_share_packets(self) -> None:
        link = Wire().connected()
        before = len(link.sent)
        for _ in range(20):
            link.client.association.send(1, BINARY, b"x" * 100)
        link.client.association.flush()
        assert len(link.sent) - before == 3
        assert all(len(packet) <= 1160 for _, packet in link.sent)


class TestUnreliableMessages:
    @settings(max_examples=80, deadline=None)
    @given(
        faults=faults,
        sizes=st.lists(st.sampled_from([10, 1000, 4000, 12_000]), min_size=1, max_size=40),
        ordered=st.booleans(),
    )
    def test_arrive_at_most_once_and_hold_nothing_up(
        self, faults: Faults, sizes: list[int], ordered: bool
    ) -> None:
        link = Wire(faults).connected()
        sent = [number.to_bytes(2, "big") * (size // 2) for number, size in enumerate(sizes)]
        for data in sent:
            link.client.association.send(2, BINARY, data, ordered=ordered, most_sendings=1)
            link.client.association.send(1, BINARY, data)
        link.run(lambda: len(link.server.of_stream(1)) == len(sent))
        link.run(lambda: link.is_idle)
        assert link.server.of_stream(1) == sent
        arrived = link.server.of_stream(2)
        assert len(set(arrived)) == len(arrived)
        if ordered:
            assert arrived == [data for data in sent if data in set(arrived)]
        if not faults.loss and not faults.most_extra_delay_s:
            assert sorted(arrived) == sorted(sent)

    def test_are_not_sent_again(self) -> None:
        link = Wire().connected()
        link.loses = lambda _sender, packet: b"lost" in packet
        link.client.association.send(2, BINARY, b"lost", ordered=False, most_sendings=1)
        link.client.association.flush()
        link.client.association.send(2, BINARY, b"later", ordered=False, most_sendings=1)
        link.run(lambda: link.is_idle)
        assert link.server.of_stream(2) == [b"later"]
        assert sum(b"lost" in packet for _, packet in link.sent) == 1
        assert any(wire.FORWARD_TSN in chunk_kinds(packet) for _, packet in link.sent)

    def test_are_given_up_with_time(self) -> None:
        link = Wire().connected()
        link.loses = lambda _sender, packet: b"late" in packet
        link.client.association.send(2, BINARY, b"late", lifetime_s=1.0)
        link.run(lambda: link.is_idle)
        link.loses = lambda _sender, _packet: False
        link.client.association.send(2, BINARY, b"in time", lifetime_s=1.0)
        link.run(lambda: bool(link.server.messages))
        assert link.server.of_stream(2) == [b"in time"]

    def test_a_lost_forward_tsn_is_said_again(self) -> None:
        link = Wire().connected()
        forwards: list[bytes] = []

        def loses(_sender: str, packet: bytes) -> bool:
            if wire.FORWARD_TSN in chunk_kinds(packet):
                forwards.append(packet)
                return len(forwards) == 1
            return b"lost" in packet

        link.loses = loses
        link.client.association.send(2, BINARY, b"lost", most_sendings=1)
        link.run(lambda: link.is_idle)
        link.client.association.send(2, BINARY, b"later", most_sendings=1)
        link.run(lambda: link.server.of_stream(2) == [b"later"])
        assert len(forwards) >= 2


class TestStreamResets:
    def test_both_directions_close_and_numbers_start_over(self) -> None:
        link = Wire().connected()
        link.client.association.send(4, BINARY, b"before")
        link.client.association.reset_stream(4)
        link.run(lambda: link.server.resets == [4])
        assert link.server.of_stream(4) == [b"before"]
        link.server.association.reset_stream(4)
        link.run(lambda: link.client.resets == [4])
        link.client.association.send(4, BINARY, b"after")
        link.run(lambda: link.server.of_stream(4) == [b"before", b"after"])

    @settings(max_examples=50, deadline=None)
    @given(faults=faults)
    def test_survive_any_network(self, faults: Faults) -> None:
        link = Wire(faults).connected()
        for stream in (2, 4, 6):
            link.client.association.send(stream, BINARY, b"x" * 3000)
            link.client.association.reset_stream(stream)
        link.run(lambda: sorted(link.server.resets) == [2, 4, 6])
        assert [len(data) for _, _, data in link.server.messages] == [3000] * 3


class TestEnd:
    def test_abort_is_told(self) -> None:
        link = Wire().connected()
        link.client.association.abort()
        link.run(lambda: bool(link.server.ends))
        assert link.client.ends == []

    def test_shutdown_is_answered(self) -> None:
        link = Wire().connected()
        link.put(link.server, _packet(link, "server", wire.chunk(wire.SHUTDOWN, 0, bytes(4))))
        link.run_for(0.1)
        assert wire.SHUTDOWN_ACK in chunk_kinds(link.sent[-2][1])
        assert "SHUTDOWN" in link.client.ends[0]
        assert "SHUTDOWN" in link.server.ends[0]

    def test_heartbeat_is_answered(self) -> None:
        link = Wire().connected()
        link.put(link.server, _packet(link, "server", wire.chunk(wire.HEARTBEAT, 0, b"are you there")))
        before = len(link.sent)
        link.run(lambda: len(link.sent) > before)
        sender, packet = link.sent[before]
        assert sender == "server"
        assert chunk_kinds(packet) == [wire.HEARTBEAT_ACK]
        assert b"are you there" in packet


def _packet(link: Wire, receiver: str, chunks: bytes) -> bytes:
    """A packet as the other side would send it."""
    example = next(packet for sender, packet in reversed(link.sent) if sender != receiver)
    source, destination, tag = wire.PORTS_AND_TAG.unpack_from(example)
    return wire.Envelope(source, destination, tag).seal(chunks)
