"""Tokens for front ends: in the shapes of LiveKit's token sources, and nothing else gets one."""

import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from aiohttp import web

from inspector.local_room.access.grants import Grants, verify
from inspector.local_room.access.token_endpoints import BODY_BYTES, SANDBOX_PATH, TOKEN_PATH, add_routes
from inspector.local_room.limits import Limits
from tests.local_room.serving import KEYS, Answer, Site, served
from tests.support.fuzzing import mutations

NOW = 1_800_000_000.0
JSON = {"Content-Type": "application/json"}
# What livekit-client 2.23 sends for all of its options.
FULL = {
    "room_name": "lobby",
    "participant_name": "Ålice",
    "participant_identity": "alice",
    "participant_metadata": "m",
    "participant_attributes": {"role": "host"},
    "room_config": {"agents": [{"agent_name": "weather", "metadata": "x"}]},
}
FULL_CAMEL = {
    "roomName": "lobby",
    "participantName": "Ålice",
    "participantIdentity": "alice",
    "participantMetadata": "m",
    "participantAttributes": {"role": "host"},
    "roomConfig": {"agents": [{"agentName": "weather", "metadata": "x"}]},
}


def application() -> web.Application:
    app = web.Application()
    add_routes(app, "devkey", "secret", Limits(), clock=lambda: NOW)
    return app


async def post(site: Site, body: Any, path: str = TOKEN_PATH) -> Answer:
    data = body if isinstance(body, bytes) else json.dumps(body)
    return await site.ask(path, "POST", body=data, headers=JSON)


def granted(answer: Answer) -> Grants:
    assert answer.status == 200, answer.text
    assert set(answer.json) == {"server_url", "participant_token"}
    return verify(answer.json["participant_token"], KEYS, NOW)


@pytest.mark.parametrize("body", [FULL, FULL_CAMEL], ids=["snake", "camel"])
@pytest.mark.parametrize("path", [TOKEN_PATH, SANDBOX_PATH])
async def test_a_token_is_what_was_asked_for(body: dict[str, Any], path: str) -> None:
    async with served(application()) as site:
        grants = granted(await post(site, body, path))

    assert (grants.identity, grants.name, grants.metadata) == ("alice", "Ålice", "m")
    assert grants.attributes == {"role": "host"}
    assert grants.video is not None
    assert (grants.video.room_join, grants.video.room) == (True, "lobby")
    assert grants.video.may_publish_data()
    assert grants.video.can_update_own_metadata
    assert not any((grants.video.room_admin, grants.video.room_create, grants.video.room_list))
    assert grants.room_config is not None
    assert [(one.agent_name, one.metadata) for one in grants.room_config.agents] == [("weather", "x")]


@pytest.mark.parametrize(
    "body", [b"", b"  ", b"{}", b'{"room_name": null, "newer": {"x": [1]}}', b'{"room_name": ""}']
)
async def test_who_says_nothing_gets_a_name_of_its_own_in_the_demo_room(body: bytes) -> None:
    async with served(application()) as site:
        one, two = granted(await post(site, body)), granted(await post(site, body))

    assert one.video is not None
    assert one.video.room == "demo"
    assert one.identity
    assert one.identity != two.identity
    assert one.room_config is None


async def test_a_query_asks_too() -> None:
    asked = {
        "room": "lobby",
        "identity": "bob",
        "participant_name": "Bob",
        "attributes": '{"a": "b"}',
        "roomConfig": '{"agents": [{"agentName": "weather"}]}',
        "other": "{",
    }
    async with served(application()) as site:
        grants = granted(await site.ask(f"{TOKEN_PATH}?{urlencode(asked)}"))
        bare = granted(await site.ask(TOKEN_PATH))

    assert (grants.identity, grants.name, grants.attributes) == ("bob", "Bob", {"a": "b"})
    assert grants.video is not None
    assert grants.video.room == "lobby"
    assert grants.room_config is not None
    assert bare.video is not None
    assert bare.video.room == "demo"


async def test_the_server_is_where_the_request_went() -> None:
    async with served(application()) as site:
        here = await post(site, {})
        there = await site.ask(TOKEN_PATH, "POST", headers={"Host": "192.168.1.5:7880"})

    assert here.json["server_url"] == site.url.replace("http", "ws")
    assert there.json["server_url"] == "ws://192.168.1.5:7880"
    assert here.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        (b"{", 400, "no valid JSON"),
        (b"[]", 400, "no JSON object"),
        (b"\xff", 400, "no valid JSON"),
        (b'{"room_name": 5}', 400, "room"),
        (b'{"participant_attributes": {"a": 5}}', 400, "attributes"),
        (b'{"room_config": "x"}', 400, "room_config"),
        (b'{"room_config": {"agents": 5}}', 400, "room_config"),
        (b'{"room_name": "\\ud800"}', 400, ""),
        (json.dumps({"room_name": "x" * 257}).encode(), 413, "room name"),
        (json.dumps({"participant_identity": "ä" * 129}).encode(), 413, "identity"),
        (json.dumps({"participant_name": "x" * 257}).encode(), 413, "name"),
        (json.dumps({"participant_metadata": "x" * 20_000}).encode(), 413, "token"),
        (b" " * (BODY_BYTES + 1), 413, str(BODY_BYTES)),
        (b"[" * 50_000, 400, "JSON"),
    ],
)
async def test_what_cannot_be_is_refused_in_words(body: bytes, status: int, said: str) -> None:
    async with served(application()) as site:
        answer = await post(site, body)

    assert answer.status == status
    assert set(answer.json) == {"error"}
    assert said in answer.json["error"]


async def test_other_ways_to_ask_are_none() -> None:
    async with served(application()) as site:
        assert (await site.ask(TOKEN_PATH, "PUT")).status == 405
        assert (await site.ask(SANDBOX_PATH)).status == 405
        assert (await site.ask(f"{TOKEN_PATH}?attributes=" + quote("{"))).status == 400


@pytest.mark.fuzz
async def test_any_body_gets_a_token_or_a_sentence() -> None:
    statuses = set()
    async with served(application()) as site:
        for body in mutations([json.dumps(FULL).encode(), json.dumps(FULL_CAMEL).encode()]):
            answer = await post(site, body)
            assert answer.status in (200, 400, 413), body
            assert granted(answer) if answer.status == 200 else answer.json["error"]
            statuses.add(answer.status)

    assert {200, 400} <= statuses
