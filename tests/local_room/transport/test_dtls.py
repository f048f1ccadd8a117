from __future__ import annotations

from collections.abc import Callable
from functools import cache
from random import Random

import pytest
from cryptography.hazmat.primitives import hashes

from inspector.local_room.transport.certificates import Fingerprint, Identity
from inspector.local_room.transport.dtls import DATAGRAM_BYTES, DtlsEnded, DtlsSession, make_context


@cache
def identities() -> tuple[Identity, Identity]:
    return Identity.made(), Identity.made()


class Pair:
    """A client and a server, and the datagrams between them."""

    def __init__(self, expected_of_client: Fingerprint | None = None) -> None:
        ours, theirs = identities()
        self.to_server: list[bytes] = []
        self.to_client: list[bytes] = []
        self.server = DtlsSession(
            make_context(ours), [expected_of_client or theirs.fingerprint], self.to_client.append
        )
        self.client = DtlsSession(
            make_context(theirs), [ours.fingerprint], self.to_server.append, is_client=True
        )

    def run(self, change: Callable[[list[bytes]], list[bytes]] = lambda datagrams: datagrams) -> None:
        """Carries datagrams until there are no more."""
        while self.to_server or self.to_client:
            datagrams, self.to_server[:] = change(list(self.to_server)), []
            for datagram in datagrams:
                self.server.receive(datagram)
            datagrams, self.to_client[:] = list(self.to_client), []
            for datagram in datagrams:
                self.client.receive(datagram)

    def connected(self) -> Pair:
        self.client.start()
        self.run()
        assert self.client.is_established
        assert self.server.is_established
        return self


def test_both_sides_meet_and_carry_data() -> None:
    pair = Pair().connected()
    pair.client.send(b"to the server")
    assert pair.server.receive(pair.to_server.pop()) == [b"to the server"]
    pair.server.send(b"to the client")
    assert pair.client.receive(pair.to_client.pop()) == [b"to the client"]


def test_datagrams_stay_below_what_networks_carry() -> None:
    pair = Pair()
    seen: list[int] = []
    pair.client.start()
    pair.run(lambda datagrams: [seen.append(len(item)) or item for item in datagrams])  # type: ignore[func-returns-value]
    assert seen
    assert max(seen) <= DATAGRAM_BYTES


def test_a_hello_in_fragments_is_answered_once_it_is_whole() -> None:
    pair = Pair()
    pair.client.start()
    *first, last = fragments(pair.to_server[0], 60)
    assert first
    for fragment in first:
        pair.server.receive(fragment)
    assert pair.to_client == []
    pair.server.receive(last)
    assert pair.to_client


def fragments(record: bytes, size: int) -> list[bytes]:
    """One handshake message split over several records, as large hellos of browsers are."""
    header, kind, message_sequence, body = record[:13], record[13:14], record[17:19], record[25:]
    length = len(body).to_bytes(3, "big")
    found = []
    for index, start in enumerate(range(0, len(body), size)):
        part = body[start : start + size]
        content = (
            kind + length + message_sequence + start.to_bytes(3, "big") + len(part).to_bytes(3, "big") + part
        )
        sequence = (int.from_bytes(header[5:11], "big") + index).to_bytes(6, "big")
        found.append(header[:5] + sequence + len(content).to_bytes(2, "big") + content)
    return found


def test_what_was_lost_is_repeated_in_time() -> None:
    pair = Pair()
    pair.client.start()
    pair.server.receive(pair.to_server.pop())
    assert pair.to_client
    pair.to_client.clear()
    wait_s = pair.server.timeout_s()
    assert wait_s is not None
    assert 0 < wait_s <= 1
    assert Pair().server.timeout_s() is None


def test_another_certificate_than_announced_ends_it() -> None:
    pair = Pair(expected_of_client=Identity.made().fingerprint)
    pair.client.start()
    with pytest.raises(DtlsEnded, match="not the one announced"):
        pair.run()
    assert not pair.server.is_established


def test_closing_is_told() -> None:
    pair = Pair().connected()
    pair.client.close()
    with pytest.raises(DtlsEnded, match="closed"):
        pair.server.receive(pair.to_server.pop())


def test_tampered_records_are_passed_over() -> None:
    pair = Pair().connected()
    random = Random(6347)
    for _ in range(1000):
        pair.client.send(b"x" * random.randrange(1, 200))
        record = bytearray(pair.to_server.pop())
        record[random.randrange(13, len(record))] ^= random.randrange(1, 256)
        assert pair.server.receive(bytes(record)) == []
        pair.server.receive(bytes([23, 254, 253]) + random.randbytes(random.randrange(10, 60)))
    pair.client.send(b"still there")
    assert pair.server.receive(pair.to_server.pop()) == [b"still there"]


def test_a_record_twice_is_taken_once() -> None:
    pair = Pair().connected()
    pair.client.send(b"once")
    (record,) = pair.to_server
    assert pair.server.receive(record) == [b"once"]
    assert pair.server.receive(record) == []


def test_several_records_in_a_datagram_are_all_read() -> None:
    pair = Pair().connected()
    pair.client.send(b"one")
    pair.client.send(b"two")
    assert pair.server.receive(b"".join(pair.to_server)) == [b"one", b"two"]


def test_tampered_handshakes_fail_or_are_passed_over_but_raise_nothing_else() -> None:
    random = Random(5246)
    ended = 0
    for _ in range(300):
        pair = Pair()
        pair.client.start()
        hello = bytearray(pair.to_server[0])
        for _ in range(random.randrange(1, 4)):
            hello[random.randrange(len(hello))] = random.randrange(256)
        try:
            pair.server.receive(bytes(hello))
        except DtlsEnded:
            ended += 1
    assert 0 < ended < 300


@pytest.mark.parametrize("algorithm", ["sha-1", "SHA-256", "sha-512"])
def test_fingerprints_of_other_algorithms_are_understood(algorithm: str) -> None:
    kinds = {"sha-1": hashes.SHA1(), "sha-256": hashes.SHA256(), "sha-512": hashes.SHA512()}
    certificate = Identity.made().certificate
    digest = certificate.fingerprint(kinds[algorithm.lower()]).hex(":")
    assert Fingerprint(algorithm, digest).matches(certificate)
    assert not Fingerprint(algorithm, digest[:-1] + "?").matches(certificate)
    assert not Fingerprint("md5", digest).matches(certificate)
