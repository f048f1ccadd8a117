"""Tracks are announced when an offer sends them, and withdrawn when one sends them no more."""

import pytest
from livekit.protocol.models import TrackInfo, TrackSource, TrackType
from livekit.protocol.rtc import AddTrackRequest, SimulcastCodec

from inspector.local_room.rooms.media import Publications, SendingSection, sending_sections

SDP = "\r\n".join(
    [
        "v=0",
        "o=- 1 1 IN IP4 127.0.0.1",
        "s=-",
        "t=0 0",
        "a=group:BUNDLE 0 1 2",
        "m=audio 9 UDP/TLS/RTP/SAVPF 111 0",
        "a=mid:0",
        "a=sendonly",
        "a=msid:stream mic-track",
        "a=rtpmap:0 PCMU/8000",
        "a=rtpmap:111 opus/48000/2",
        "m=video 9 UDP/TLS/RTP/SAVPF 96",
        "a=mid:1",
        "a=recvonly",
        "a=rtpmap:96 VP8/90000",
        "m=application 9 UDP/DTLS/SCTP webrtc-datachannel",
        "a=mid:2",
        "a=sendrecv",
        "",
    ]
)
MIC = SendingSection("0", TrackType.AUDIO, "mic-track", "audio/opus")


def wants(cid: str = "mic-track", kind: TrackType = TrackType.AUDIO, **more: object) -> AddTrackRequest:
    return AddTrackRequest(cid=cid, type=kind, source=TrackSource.MICROPHONE, name="mic", **more)  # type: ignore[arg-type]


def announced(publications: Publications, request: AddTrackRequest) -> TrackInfo:
    track = publications.announce(request)
    assert track is not None
    return track


def test_an_offers_sending_sections_are_found_with_track_and_codec() -> None:
    assert sending_sections(SDP) == (MIC,)


@pytest.mark.parametrize(
    "sdp", ["", "m=", "m=audio", "m=audio 9", "a=sendrecv\nm=audio 9 x 1\na=sendrecv", "\0"]
)
def test_sections_of_nonsense_are_none_or_name_nothing(sdp: str) -> None:
    assert all(section.track_id == "" for section in sending_sections(sdp))


def test_a_track_is_published_once_both_its_request_and_its_offer_have_come() -> None:
    asked_first, offered_first = Publications(), Publications()

    announced(asked_first, wants())
    assert asked_first.published() == []
    assert asked_first.offered((MIC,))
    offered_first.offered((MIC,))
    announced(offered_first, wants())
    assert offered_first.settle()

    for publications in (asked_first, offered_first):
        (track,) = publications.published()
        assert (track.mid, track.mime_type, track.name) == ("0", "audio/opus", "mic")
        assert track.sid.startswith("TR_AM")
        assert not publications.offered((MIC,)), "nothing has changed"


def test_a_track_goes_with_its_section() -> None:
    publications = Publications()
    announced(publications, wants())
    publications.offered((MIC,))

    assert publications.offered(())

    assert publications.published() == []
    assert len(publications) == 0


def test_a_track_that_the_offer_names_otherwise_is_matched_by_its_kind() -> None:
    publications = Publications()
    video = announced(publications, wants("cam", TrackType.VIDEO))
    audio = announced(publications, wants("mic"))

    publications.offered(
        (SendingSection("4", TrackType.AUDIO, "{renamed}", ""), SendingSection("5", TrackType.VIDEO, "", ""))
    )

    assert {track.sid: track.mid for track in publications.published()} == {video.sid: "5", audio.sid: "4"}


def test_a_section_is_never_taken_from_the_track_that_it_names() -> None:
    publications = Publications()
    other = announced(publications, wants("other"))
    named = announced(publications, wants("mic-track"))

    publications.offered((MIC,))

    assert [track.sid for track in publications.published()] == [named.sid]
    assert publications.knows(other.sid)


def test_muting_is_noted_and_a_track_that_is_none_is_said() -> None:
    publications = Publications()
    track = announced(publications, wants())

    muted = publications.mute(track.sid, muted=True)

    assert muted is not None
    assert muted.muted
    assert publications.mute("TR_nobody", muted=True) is None


def test_a_second_codec_belongs_to_the_track_it_names() -> None:
    publications = Publications()
    track = announced(publications, wants())
    assert announced(publications, wants(sid=track.sid)).sid == track.sid
    assert publications.announce(wants(sid="TR_nobody")) is None
    assert len(publications) == 1


def test_codecs_are_told_as_mime_types() -> None:
    codecs = (SimulcastCodec(codec="vp8", cid="a"), SimulcastCodec(codec="video/av1", cid="b"))
    track = announced(Publications(), wants("cam", TrackType.VIDEO, simulcast_codecs=codecs))
    assert [codec.mime_type for codec in track.codecs] == ["video/vp8", "video/av1"]


def test_tracks_of_sources_that_may_no_longer_be_published_are_withdrawn() -> None:
    publications = Publications()
    announced(publications, wants())
    publications.offered((MIC,))

    publications.keep_only(frozenset((TrackSource.MICROPHONE,)))
    assert len(publications.published()) == 1
    publications.keep_only(frozenset((TrackSource.CAMERA,)))
    assert publications.published() == []
