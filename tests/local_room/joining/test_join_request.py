"""What a client asks for as it joins is read from both ways in, and refused in the server's words."""

import base64
import gzip
import zlib
from typing import Any

import pytest
from livekit.protocol.models import ClientInfo, ReconnectReason
from livekit.protocol.rtc import (
    AddTrackRequest,
    ConnectionSettings,
    JoinRequest,
    SessionDescription,
    WrappedJoinRequest,
)

from inspector.local_room.access.refusals import Refused
from inspector.local_room.joining.join_request import JoinWish, read_join
from tests.local_room.raw_peer import packed

MAX_BYTES = 1024 * 1024


def read(packed_required: bool = False, strict: bool = False, **query: Any) -> JoinWish:
    return read_join(query, packed_required=packed_required, strict=strict, max_bytes=MAX_BYTES)


def refusal(**query: Any) -> str:
    with pytest.raises(Refused) as refused:
        read(packed_required=True, **query)
    assert refused.value.status == 400
    return refused.value.text


@pytest.mark.parametrize("compressed", [True, False])
def test_a_packed_request_says_all_there_is(compressed: bool) -> None:
    request = JoinRequest(
        client_info=ClientInfo(sdk=ClientInfo.SDK.RUST, protocol=16, client_protocol=2),
        connection_settings=ConnectionSettings(auto_subscribe=False),
        metadata="m",
        participant_attributes={"a": "b"},
        publisher_offer=SessionDescription(type="offer", sdp="v=0", id=7),
        add_track_requests=(AddTrackRequest(cid="c"),),
        reconnect=True,
        reconnect_reason=ReconnectReason.RR_SIGNAL_DISCONNECTED,
        participant_sid="PA_x",
    )

    wish = read(packed_required=True, join_request=packed(request, compressed=compressed))

    assert wish.single_connection
    assert (wish.client.sdk, wish.client.client_protocol) == (ClientInfo.SDK.RUST, 2)
    assert (wish.auto_subscribe, wish.metadata, dict(wish.attributes)) == (False, "m", {"a": "b"})
    assert wish.offer is not None
    assert (wish.offer.sdp, wish.offer.id) == ("v=0", 7)
    assert [track.cid for track in wish.tracks] == ["c"]
    assert (wish.reconnect, wish.participant_sid) == (True, "PA_x")
    assert wish.reconnect_reason == ReconnectReason.RR_SIGNAL_DISCONNECTED


def test_a_packed_request_that_says_nothing_of_an_offer_has_none() -> None:
    assert read(join_request=packed(JoinRequest())).offer is None


def test_a_query_says_what_older_clients_say() -> None:
    wish = read(
        sdk="python",
        protocol="9",
        client_protocol="1",
        version="1.0.12",
        os="linux",
        auto_subscribe="0",
        attributes=base64.urlsafe_b64encode(b'{"a":"b"}').decode(),
        capabilities="CAP_PACKET_TRAILER, unheard-of",
    )

    assert not wish.single_connection
    assert (wish.client.sdk, wish.client.protocol, wish.client.client_protocol) == (
        ClientInfo.SDK.PYTHON,
        9,
        1,
    )
    assert (wish.client.version, wish.client.os) == ("1.0.12", "linux")
    assert list(wish.client.capabilities) == [ClientInfo.Capability.CAP_PACKET_TRAILER]
    assert (wish.auto_subscribe, dict(wish.attributes)) == (False, {"a": "b"})


def test_an_empty_query_is_a_client_that_subscribes_to_all() -> None:
    wish = read()
    assert wish.auto_subscribe
    assert (wish.client.protocol, wish.client.sdk) == (0, ClientInfo.SDK.UNKNOWN)


@pytest.mark.parametrize("number", ["", "x", "99999999999", "-99999999999", "٣ "])
def test_numbers_that_are_none_count_as_zero_or_what_they_are(number: str) -> None:
    assert read(protocol=number).client.protocol in (0, 3)


def test_a_session_id_counts_only_for_who_comes_back() -> None:
    assert read(sid="PA_x").participant_sid == ""
    assert read(sid="PA_x", reconnect="1").participant_sid == "PA_x"


@pytest.mark.parametrize(
    "attributes", ["***", base64.b64encode(b"{").decode(), base64.b64encode(b'{"a":1}').decode()]
)
def test_attributes_that_cannot_be_read_are_overlooked_unless_one_asks_why(attributes: str) -> None:
    assert read(attributes=attributes).attributes == {}
    with pytest.raises(Refused, match="cannot decode attributes"):
        read(attributes=attributes, strict=True)


def wrapped(content: bytes, compression: WrappedJoinRequest.Compression) -> str:
    message = WrappedJoinRequest(compression=compression, join_request=content)
    return base64.urlsafe_b64encode(message.SerializeToString()).decode()


def test_what_cannot_be_read_is_refused_in_the_servers_words() -> None:
    gzipped, plain = WrappedJoinRequest.Compression.GZIP, WrappedJoinRequest.Compression.NONE
    cut_short = gzip.compress(b"x" * 1000)[:-9]

    assert refusal() == "join_request is required"
    assert refusal(join_request="***") == "cannot base64 decode wrapped join request"
    assert (
        refusal(join_request="_\N{LATIN SMALL LETTER E WITH ACUTE}")
        == "cannot base64 decode wrapped join request"
    )
    nonsense = base64.urlsafe_b64encode(b"\xff\xff").decode()
    assert refusal(join_request=nonsense) == "cannot unmarshal wrapped join request"
    for content in (b"abc", b"", zlib.compress(b"abc"), cut_short):
        assert refusal(join_request=wrapped(content, gzipped)) == "cannot read decompressed join request"
    assert refusal(join_request=wrapped(b"\xff", plain)) == "cannot unmarshal join request"
    assert refusal(join_request=wrapped(gzip.compress(b"\xff"), gzipped)) == "cannot unmarshal join request"


def test_a_small_request_that_unpacks_to_a_huge_one_is_refused_unpacked_no_further_than_the_bound() -> None:
    bomb = wrapped(gzip.compress(bytes(200 * MAX_BYTES)), WrappedJoinRequest.Compression.GZIP)
    assert refusal(join_request=bomb) == "join request too large"
