import asyncio
import time
from datetime import timedelta
from typing import Any

import jwt
import pytest
from livekit import api, rtc

from inspector.core.access_tokens import TOKEN_LIFE_S
from inspector.core.problems import ProblemError
from inspector.sdk.sources import ConnectionSource, KeyCredentials, TokenCredentials
from inspector.sdk.token_facts import read_token
from inspector.sdk.tokens import admin_token, make_token
from inspector.session.ports import JoinAs
from tests.support.livekit_server import LiveKitServer

SECRET = "a-secret-of-32-characters-or-more"
SOURCE = ConnectionSource(
    "wss://x",
    KeyCredentials("APIkey", SECRET),
    room="dé mo",
    identity="alice",
    name="Alice ✓",
    metadata='{"a": 1}',
    attributes={"role": "host"},
    kind="sip",
)


def claims(token: str) -> dict[str, Any]:
    return jwt.decode(token, SECRET, algorithms=["HS256"])


def test_a_token_is_the_one_that_livekits_own_library_makes() -> None:
    theirs = (
        api.AccessToken("APIkey", SECRET)
        .with_identity("alice")
        .with_name("Alice ✓")
        .with_metadata('{"a": 1}')
        .with_attributes({"role": "host"})
        .with_kind("sip")
        .with_grants(api.VideoGrants(room_join=True, room="dé mo"))
        .with_ttl(timedelta(seconds=TOKEN_LIFE_S))
        .to_jwt()
    )

    ours, expected = claims(make_token(SOURCE)), claims(theirs)

    for times in (ours, expected):
        assert abs(times.pop("nbf") - time.time()) < 30
        assert abs(times.pop("exp") - time.time() - TOKEN_LIFE_S) < 30
    assert ours == expected


def test_livekits_own_library_accepts_it() -> None:
    found = api.TokenVerifier("APIkey", SECRET).verify(make_token(SOURCE))

    assert found.identity == "alice"
    assert found.video is not None
    assert found.video.room == "dé mo"


def test_beside_is_an_agent_that_publishes_on_its_own_behalf() -> None:
    source = ConnectionSource(
        "wss://x", SOURCE.credentials, room="r", identity="me", attributes={"a": "b"}, join_as=JoinAs.BESIDE
    )

    facts = read_token(make_token(source))

    assert facts.kind == "agent"
    assert facts.attributes == {"a": "b", "lk.publish_on_behalf": "me"}


def test_grants_can_be_withheld() -> None:
    facts = read_token(make_token(SOURCE, hidden=True, can_publish_data=False, valid_for_s=60))

    assert facts.hidden
    assert not facts.can_publish_data
    assert facts.expires_at is not None
    assert facts.expires_at < time.time() + 90


def test_it_gives_no_right_over_the_room() -> None:
    assert not read_token(make_token(SOURCE)).room_admin


def test_a_token_for_the_server_api_opens_one_thing() -> None:
    assert claims(admin_token(SOURCE))["video"] == {"roomList": True}
    assert claims(admin_token(SOURCE, "r"))["video"] == {"roomAdmin": True, "room": "r"}


def test_a_source_without_a_key_makes_none() -> None:
    with pytest.raises(TypeError):
        make_token(ConnectionSource("wss://x", TokenCredentials("t")))


def test_bytes_that_are_no_text_are_said_in_words() -> None:
    source = ConnectionSource("wss://x", SOURCE.credentials, room="r", identity="\udcff")

    with pytest.raises(ProblemError, match="UTF-8"):
        make_token(source)


async def test_a_server_lets_it_in_as_what_it_says(livekit_server: LiveKitServer, room_name: str) -> None:
    source = ConnectionSource(
        livekit_server.url,
        KeyCredentials(livekit_server.api_key, livekit_server.api_secret),
        room=room_name,
        identity="inspector",
        name="Inspector",
        attributes={"role": "host"},
        join_as=JoinAs.BESIDE,
    )
    room = rtc.Room(loop=asyncio.get_running_loop())
    await room.connect(source.url, make_token(source), rtc.RoomOptions(auto_subscribe=False))
    try:
        me = room.local_participant
        assert (me.identity, me.name) == ("inspector", "Inspector")
        assert rtc.ParticipantKind.Name(me.kind) == "PARTICIPANT_KIND_AGENT"
        assert me.attributes == {"role": "host", "lk.publish_on_behalf": "inspector"}
        assert me.permissions.can_publish_data
    finally:
        await room.disconnect()
