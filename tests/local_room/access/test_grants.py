"""What a token grants. Refusals are livekit-server 1.13.5's, measured; conformance holds the two together."""

import base64
import contextlib
import hashlib
import hmac
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from livekit.protocol.models import ParticipantInfo, TrackSource

from inspector.core import access_tokens
from inspector.local_room.access.grants import Grants, verify
from inspector.local_room.access.refusals import Refused
from tests.support.fuzzing import CASES, mutations

NOW = 1_800_000_000.0
KEYS = {"devkey": "secret"}
VIDEO = {"roomJoin": True, "room": "r"}


def signed(key: str = "devkey", secret: str = "secret", now: float = NOW, **claims: object) -> str:
    return access_tokens.sign({"sub": "alice", "video": VIDEO, **claims}, key, secret, now=now)


def signed_bytes(claims: bytes) -> str:
    def part(data: bytes) -> str:
        return base64.urlsafe_b64encode(data).decode().rstrip("=")

    head = part(b'{"alg":"HS256"}') + "." + part(claims)
    return f"{head}.{part(hmac.digest(b'secret', head.encode(), hashlib.sha256))}"


def refusal(token: str) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        verify(token, KEYS, NOW)
    assert len(token) < 8 or token not in refused.value.text
    return refused.value.status, refused.value.text


def test_it_says_all_that_matters_for_joining() -> None:
    grants = verify(
        signed(
            name="Ålice",
            metadata="m",
            attributes={"a": "b"},
            kind="agent",
            kindDetails=["cloud_agent", "another"],
            roomPreset="p",
            sha256="x",
            roomConfig={"agents": [{"agentName": "a"}, {"agent_name": "b", "metadata": "c"}], "new": 1},
            video={"roomJoin": True, "room": "r", "hidden": True, "canUpdateOwnMetadata": True},
        ),
        KEYS,
        NOW,
    )

    assert (grants.api_key, grants.identity, grants.name) == ("devkey", "alice", "Ålice")
    assert (grants.metadata, grants.attributes) == ("m", {"a": "b"})
    assert (grants.room_preset, grants.sha256) == ("p", "x")
    assert grants.expires_at == NOW + access_tokens.TOKEN_LIFE_S
    assert grants.participant_kind() == ParticipantInfo.Kind.AGENT
    assert grants.participant_kind_details() == (ParticipantInfo.KindDetail.CLOUD_AGENT,)
    assert grants.room_config is not None
    assert [(agent.agent_name, agent.metadata) for agent in grants.room_config.agents] == [
        ("a", ""),
        ("b", "c"),
    ]
    assert grants.video is not None
    assert (grants.video.room_join, grants.video.room, grants.video.hidden) == (True, "r", True)
    assert grants.video.permission().can_update_metadata
    assert not any((grants.video.room_admin, grants.video.room_create, grants.video.room_list))


@pytest.mark.parametrize(
    ("said", "publish", "data"),
    [
        ({}, True, True),
        ({"canPublish": False}, False, False),
        ({"canPublish": False, "canPublishData": True}, False, True),
        ({"canPublishData": False}, True, False),
        ({"canPublishData": None}, True, True),
    ],
)
def test_data_may_be_published_unless_refused(said: dict[str, Any], publish: bool, data: bool) -> None:
    video = verify(signed(video={**VIDEO, **said}), KEYS, NOW).video

    assert video is not None
    assert (video.may_publish(), video.may_publish_data()) == (publish, data)
    permission = video.permission()
    assert (permission.can_publish, permission.can_publish_data, permission.can_subscribe) == (
        publish,
        data,
        True,
    )


def test_what_is_unknown_is_what_the_server_takes_for_it() -> None:
    grants = verify(signed(kind="robot", video={**VIDEO, "canPublishSources": ["camera", "x"]}), KEYS, NOW)

    assert grants.participant_kind() == ParticipantInfo.Kind.STANDARD
    assert grants.video is not None
    assert list(grants.video.permission().can_publish_sources) == [TrackSource.CAMERA, TrackSource.UNKNOWN]


def test_a_token_may_grant_nothing_and_be_for_nobody() -> None:
    grants = verify(signed(sub=None, video=None), KEYS, NOW)

    assert grants == Grants("devkey", "", expires_at=grants.expires_at)


@pytest.mark.parametrize(
    ("token", "text"),
    [
        ("", "invalid authorization token"),
        ("garbage", "invalid authorization token"),
        (signed_bytes(b"{"), "invalid authorization token"),
        (signed(key="nokey"), "invalid API key: nokey"),
        (signed(key=""), "invalid API key: "),
        (signed(key="k" * 1000), f"invalid API key: {'k' * 99}…"),
        (
            signed(secret="another"),
            "invalid token: [token], error: token signature is invalid: signature is invalid",
        ),
        (
            signed(now=NOW - access_tokens.TOKEN_LIFE_S - 61),
            "invalid token: [token], error: token has invalid claims: token is expired",
        ),
        (
            signed(now=NOW + 61),
            "invalid token: [token], error: token has invalid claims: token is not valid yet",
        ),
    ],
)
def test_a_token_that_does_not_hold_is_refused_without_being_repeated(token: str, text: str) -> None:
    assert refusal(token) == (401, text)


@pytest.mark.parametrize(
    "claims",
    [
        {"video": []},
        {"video": {"roomJoin": "true"}},
        {"video": {"room": 5}},
        {"name": 5},
        {"metadata": {}},
        {"attributes": {"a": 5}},
        {"attributes": []},
        {"kind": 5},
        {"roomConfig": "x"},
        {"roomConfig": {"agents": 5}},
        {"roomConfig": {"agents": [{"agentName": 5}]}},
        {"roomConfig": {"emptyTimeout": "soon"}},
    ],
)
def test_a_claim_of_the_wrong_type_is_refused_even_before_the_signature(claims: dict[str, Any]) -> None:
    for secret in ("secret", "another"):
        status, text = refusal(signed(secret=secret, **claims))
        assert status == 401
        assert text.startswith(
            "invalid token: [token], error: token is malformed: could not JSON decode claim: "
        )


@pytest.mark.fuzz
@settings(max_examples=CASES)
@given(st.text())
def test_any_text_is_refused(text: str) -> None:
    assert refusal(text)[0] == 401


@pytest.mark.fuzz
def test_any_claims_rightly_signed_are_understood_or_refused() -> None:
    sample = json.dumps(
        {
            "iss": "devkey",
            "sub": "alice",
            "exp": NOW + 60,
            "attributes": {"a": "b"},
            "kindDetails": ["cloud_agent"],
            "video": {"roomJoin": True, "room": "r", "canPublishSources": ["camera"]},
            "roomConfig": {"emptyTimeout": 5, "agents": [{"agentName": "a"}], "metadata": "m"},
        }
    ).encode()
    understood = 0
    for claims in mutations([sample]):
        with contextlib.suppress(Refused):
            grants = verify(signed_bytes(claims), KEYS, NOW)
            assert grants.video is None or grants.video.permission() is not None
            understood += 1

    assert 0 < understood < CASES
