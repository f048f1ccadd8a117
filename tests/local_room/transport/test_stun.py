from __future__ import annotations

from random import Random

import pytest

from inspector.local_room.transport.stun import BindingRequest, binding_request, binding_success

TRANSACTION = bytes.fromhex("b7e7a701bc34d686fa87dfae")
# The test vectors of RFC 5769.
PASSWORD = b"VOkJxbRl1RmTxUk/WvJxBt"
REQUEST = bytes.fromhex(
    "000100582112a442b7e7a701bc34d686fa87dfae"
    "802200105354554e207465737420636c69656e74"
    "002400046e0001ff"
    "80290008932ff9b151263b36"
    "000600096576746a3a68367659202020"
    "000800149aeaa70cbfd8cb56781ef2b5b2d3f249c1b571a2"
    "80280004e57a3bcf"
)
MAPPED_V4 = bytes.fromhex("002000080001a147e112a643")
MAPPED_V6 = bytes.fromhex("002000140002a1470113a9faa5d3f179bc25f4b5bed2b9d9")


def decoded(datagram: bytes) -> BindingRequest:
    request = BindingRequest.decoded(datagram)
    assert request is not None
    return request


class TestRequests:
    def test_that_of_the_rfc_is_read_and_its_sender_believed(self) -> None:
        request = decoded(REQUEST)
        assert request.username == "evtj:h6vY"
        assert request.transaction == TRANSACTION
        assert not request.nominates
        assert request.is_by(PASSWORD)

    def test_a_sender_without_the_password_is_not_believed(self) -> None:
        assert not decoded(REQUEST).is_by(b"another password")

    def test_what_was_changed_on_the_way_is_not_believed(self) -> None:
        changed = bytearray(REQUEST)
        changed[45] ^= 1  # In PRIORITY.
        assert not decoded(bytes(changed)).is_by(PASSWORD)

    def test_our_own_nominate(self) -> None:
        request = decoded(binding_request(TRANSACTION, "a:b", PASSWORD))
        assert request.nominates
        assert request.is_by(PASSWORD)
        assert not decoded(binding_request(TRANSACTION, "a:b", PASSWORD, nominates=False)).nominates

    @pytest.mark.parametrize(
        "datagram",
        [
            b"",
            REQUEST[:19],
            REQUEST[:-1],
            REQUEST + b"\0",
            b"\x01\x01" + REQUEST[2:],
            REQUEST[:4] + bytes(4) + REQUEST[8:],
            REQUEST[:2] + b"\0\x3c" + REQUEST[4:80],
        ],
        ids=["nothing", "half a header", "cut", "too long", "a response", "no cookie", "no integrity"],
    )
    def test_what_is_none_is_none(self, datagram: bytes) -> None:
        assert BindingRequest.decoded(datagram) is None

    def test_garbage_raises_nothing_and_is_not_believed(self) -> None:
        random = Random(5769)
        for _ in range(1000):
            content = bytearray(REQUEST)
            for _ in range(random.randrange(1, 5)):
                content[random.randrange(len(content) - 8)] ^= random.randrange(1, 256)
            request = BindingRequest.decoded(bytes(content))
            assert request is None or not request.is_by(PASSWORD) or content == REQUEST
            BindingRequest.decoded(random.randbytes(random.randrange(100)))


class TestResponses:
    def test_name_the_address_as_the_rfc_has_it(self) -> None:
        assert MAPPED_V4 in binding_success(TRANSACTION, "192.0.2.1", 32853, PASSWORD)
        assert MAPPED_V6 in binding_success(
            TRANSACTION, "2001:db8:1234:5678:11:2233:4455:6677", 32853, PASSWORD
        )

    def test_are_signed_like_requests(self) -> None:
        response = binding_success(TRANSACTION, "192.0.2.1", 32853, PASSWORD)
        request = binding_request(TRANSACTION, "a:b", PASSWORD)
        # An agreed layout: integrity, then fingerprint, at the very end.
        assert response[-32:-28] == request[-32:-28] == bytes.fromhex("00080014")
        assert response[-8:-4] == request[-8:-4] == bytes.fromhex("80280004")
