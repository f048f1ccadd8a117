from __future__ import annotations

from pathlib import Path

import pytest

from inspector.local_room.transport.certificates import Fingerprint
from inspector.local_room.transport.sdp import Description, Local, SdpError

# Recorded: livekit 1.2.1 (Python), rtc-node 1.1.0, livekit-client 2.23.0 in Chromium 156 and in Firefox 153.
FOLDER = Path(__file__).parent / "offers"
OFFERS = {path.stem: path.read_text().replace("\n", "\r\n") for path in sorted(FOLDER.glob("*.sdp"))}
LOCAL = Local(
    session_id=7,
    version=1,
    ufrag="ours",
    password="our-password",
    fingerprint=Fingerprint("sha-256", "AA:BB"),
    candidates=(("127.0.0.1", 7880), ("192.0.2.7", 7880)),
    sctp_port=5000,
    most_message_bytes=262_144,
)
MINIMAL = OFFERS["firefox"].partition("m=audio")[0] + "m=" + OFFERS["firefox"].rpartition("m=")[2]


def sections(sdp: str) -> list[list[str]]:
    return [part.split("\r\n") for part in sdp.split("m=")[1:]]


@pytest.mark.parametrize("sdk", OFFERS)
class TestAnswersToRealOffers:
    def test_keep_every_section_with_its_payload_types(self, sdk: str) -> None:
        offer = OFFERS[sdk]
        answer = LOCAL.answer(Description.parsed(offer))
        offered = [lines[0].split() for lines in sections(offer)]
        answered = [lines[0].split() for lines in sections(answer)]
        assert len(answered) == 7
        assert [(words[0], words[2:]) for words in answered] == [(words[0], words[2:]) for words in offered]
        assert all(words[1] == "9" for words in answered)

    def test_share_one_transport(self, sdk: str) -> None:
        answer = LOCAL.answer(Description.parsed(OFFERS[sdk]))
        assert "a=group:BUNDLE 0 1 2 3 4 5 6\r\n" in answer
        assert "a=ice-lite\r\n" in answer
        for lines in sections(answer):
            assert {"a=ice-ufrag:ours", "a=ice-pwd:our-password", "a=setup:passive"} <= set(lines)
            assert "a=fingerprint:sha-256 AA:BB" in lines

    def test_offer_candidates_once_and_first(self, sdk: str) -> None:
        first, *others = sections(LOCAL.answer(Description.parsed(OFFERS[sdk])))
        assert [line for line in first if "candidate" in line] == [
            "a=candidate:1 1 udp 2130706431 127.0.0.1 7880 typ host",
            "a=candidate:2 1 udp 2130706175 192.0.2.7 7880 typ host",
            "a=end-of-candidates",
        ]
        assert not any("candidate" in line for lines in others for line in lines)

    def test_carry_no_media_but_data(self, sdk: str) -> None:
        *media, data = sections(LOCAL.answer(Description.parsed(OFFERS[sdk])))
        assert all("a=inactive" in lines and "a=rtcp-mux" in lines for lines in media)
        assert {"a=sctp-port:5000", "a=max-message-size:262144"} <= set(data)
        assert not any(line.startswith("a=sctp-init") for line in data)

    def test_say_what_payload_types_are(self, sdk: str) -> None:
        offer = OFFERS[sdk]
        answer = LOCAL.answer(Description.parsed(offer))
        assert answer.count("a=rtpmap:") == offer.count("a=rtpmap:")
        assert answer.count("a=fmtp:") == offer.count("a=fmtp:")
        assert "a=ssrc" not in answer
        assert "a=extmap:" not in answer

    def test_what_the_offer_says_is_read(self, sdk: str) -> None:
        offer = Description.parsed(OFFERS[sdk])
        assert f"a=ice-ufrag:{offer.ufrag}" in OFFERS[sdk]
        assert offer.setup == "actpass"
        assert offer.sctp_port == 5000
        assert offer.has_data
        assert offer.most_message_bytes >= 262_144
        assert [item.algorithm for item in offer.fingerprints] == ["sha-256"]


class TestAnswers:
    def test_a_refused_section_stays_refused(self) -> None:
        offer = OFFERS["chromium"].replace("m=audio 9", "m=audio 0", 1)
        answer = LOCAL.answer(Description.parsed(offer))
        assert sections(answer)[0][0].startswith("audio 0 ")
        assert "a=group:BUNDLE 1 2 3 4 5 6\r\n" in answer
        assert "a=candidate" in "".join(sections(answer)[1])

    def test_a_section_that_shares_a_port_is_not_refused(self) -> None:
        offer = (
            OFFERS["chromium"]
            .replace("m=application 9", "m=application 0")
            .replace("a=sctp-port", "a=bundle-only\r\na=sctp-port")
        )
        answer = LOCAL.answer(Description.parsed(offer))
        assert sections(answer)[-1][0].startswith("application 9 ")

    def test_our_own_offer_can_be_read(self) -> None:
        offer = Description.parsed(LOCAL.offer())
        assert offer.has_data
        assert (offer.ufrag, offer.setup, offer.sctp_port) == ("ours", "actpass", 5000)


class TestNonsense:
    def test_the_offer_these_begin_from_is_good(self) -> None:
        assert Description.parsed(MINIMAL).has_data

    @pytest.mark.parametrize(
        ("sdp", "says"),
        [
            ("", "v=0"),
            ("hello", "v=0"),
            ("v=0\r\n", "0 media sections"),
            ("v=0\r\nm=\r\n", "nonsense"),
            ("v=0\r\nm=audio x y z\r\n", "nonsense"),
            (MINIMAL.replace("a=fingerprint:sha-256", "a=fingerprint:md5"), "fingerprint"),
            (MINIMAL.replace("a=fingerprint", "a=finger"), "fingerprint"),
            (MINIMAL.replace("a=ice-ufrag", "a=ufrag"), "ice-ufrag"),
            (MINIMAL.replace("a=setup:", "a=set:"), "setup"),
            (MINIMAL.replace("a=sctp-port:5000", "a=sctp-port:many"), "sctp-port"),
            (MINIMAL + "m=audio 9 UDP/TLS/RTP/SAVPF 0\r\n" * 300, "301 media sections"),
            (MINIMAL + "a=x\r\n" * 100_000, "longer"),
        ],
    )
    def test_is_refused_with_the_reason(self, sdp: str, says: str) -> None:
        with pytest.raises(SdpError, match=says):
            Description.parsed(sdp)
