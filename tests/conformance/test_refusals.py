"""Whom a server lets in: the statuses and texts of refusals, asked for by plain HTTP.

A LiveKit server repeats the whole token in some of them; a local room says `[token]` in its place, and so do
these cases.
"""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import aiohttp
import pytest
from livekit.protocol.rtc import JoinRequest, WrappedJoinRequest

from tests.conformance.stage import Stage

UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}
MAY_JOIN = {"roomJoin": True, "room": "conformance"}


class Answer(NamedTuple):
    status: int
    text: str


def part(content: object) -> str:
    data = content if isinstance(content, bytes) else json.dumps(content).encode()
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def signed(
    header: Mapping[str, object] | None = None,
    secret: str = "secret",
    body: bytes | None = None,
    **claims: Any,
) -> str:
    """A token of any header and claims; a claim of None is left out, `exp_in` and `nbf_in` count from now."""
    now = int(time.time())
    said: dict[str, Any] = {"iss": "devkey", "sub": "me", "exp_in": 600, "video": MAY_JOIN, **claims}
    for name in ("exp", "nbf"):
        seconds = said.pop(f"{name}_in", None)
        if seconds is not None:
            said.setdefault(name, now + seconds)
    said = {name: value for name, value in said.items() if value is not None}
    head = f"{part(header or {'alg': 'HS256', 'typ': 'JWT'})}.{part(body or said)}"
    return f"{head}.{part(hmac.digest(secret.encode(), head.encode(), hashlib.sha256))}"


async def ask(
    stage: Stage,
    path: str,
    token: str | None = None,
    method: str = "GET",
    *,
    in_query: bool = False,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    sent = dict(headers or {})
    if token is not None and not in_query:
        sent["Authorization"] = f"Bearer {token}"
    if token is not None and in_query:
        path += f"{'&' if '?' in path else '?'}access_token={token}"
    url = stage.server.url.replace("ws", "http", 1) + path
    async with (
        aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(20)) as session,
        session.request(method, url, headers=sent) as response,
    ):
        text = await response.text(errors="replace")
    return Answer(response.status, text.replace(token, "[token]") if token and len(token) > 8 else text)


BAD_SIGNATURE = "invalid token: [token], error: token signature is invalid: signature is invalid"
BAD_CLAIMS = "invalid token: [token], error: token has invalid claims: "
NO_TOKEN = "invalid authorization token"

TOKENS: dict[str, tuple[Callable[[], str | None], Answer]] = {
    "good": (lambda: signed(), Answer(200, "success")),
    "none": (lambda: None, Answer(401, "no permissions to access the room")),
    "garbage": (lambda: "garbage", Answer(401, NO_TOKEN)),
    "three parts of garbage": (lambda: "a.b.c", Answer(401, NO_TOKEN)),
    "four parts": (lambda: signed() + ".x", Answer(401, NO_TOKEN)),
    "padded": (lambda: signed() + "=", Answer(401, NO_TOKEN)),
    "no JSON": (lambda: signed(body=b"{"), Answer(401, NO_TOKEN)),
    "a list": (lambda: signed(body=b"[1]"), Answer(401, NO_TOKEN)),
    "more than JSON": (lambda: signed(body=b'{"iss":"devkey"} x'), Answer(401, NO_TOKEN)),
    "no algorithm": (lambda: signed({"typ": "JWT"}), Answer(401, NO_TOKEN)),
    "unknown algorithm": (lambda: signed({"alg": "XX"}), Answer(401, NO_TOKEN)),
    "algorithm none": (
        lambda: signed({"alg": "none"}),
        Answer(
            401,
            "invalid token: [token], error: token signature is invalid: signing method none is invalid",
        ),
    ),
    "another algorithm": (
        lambda: signed({"alg": "HS512"}),
        Answer(
            401,
            "invalid token: [token], error: token signature is invalid: signing method HS512 is invalid",
        ),
    ),
    "wrong secret": (lambda: signed(secret="another"), Answer(401, BAD_SIGNATURE)),
    "no signature": (lambda: signed().rpartition(".")[0] + ".", Answer(401, BAD_SIGNATURE)),
    "unknown key": (lambda: signed(iss="nokey"), Answer(401, "invalid API key: nokey")),
    "no key": (lambda: signed(iss=None), Answer(401, "invalid API key: ")),
    "expired within the leeway": (lambda: signed(exp_in=-40), Answer(200, "success")),
    "expired": (lambda: signed(exp_in=-70), Answer(401, f"{BAD_CLAIMS}token is expired")),
    "not valid yet, within the leeway": (lambda: signed(nbf_in=40), Answer(200, "success")),
    "not valid yet": (lambda: signed(nbf_in=80), Answer(401, f"{BAD_CLAIMS}token is not valid yet")),
    "expired and not valid yet": (
        lambda: signed(exp_in=-100, nbf_in=200),
        Answer(401, f"{BAD_CLAIMS}token is expired, token is not valid yet"),
    ),
    "issued in the future": (lambda: signed(iat=int(time.time()) + 3600), Answer(200, "success")),
    "no end": (lambda: signed(exp_in=None), Answer(200, "success")),
    "end of the wrong type": (lambda: signed(exp=True), Answer(401, NO_TOKEN)),
    "end in text": (lambda: signed(exp="123"), Answer(401, f"{BAD_CLAIMS}token is expired")),
    "identity of the wrong type": (lambda: signed(sub=5), Answer(401, NO_TOKEN)),
    "no grants": (lambda: signed(video=None), Answer(401, "no permissions to access the room")),
    "nothing granted": (lambda: signed(video={}), Answer(401, "permissions denied")),
    "may not join": (
        lambda: signed(video={"room": "r", "roomJoin": False}),
        Answer(401, "permissions denied"),
    ),
    "no room": (lambda: signed(video={"roomJoin": True}), Answer(400, "no room name")),
    "no identity": (lambda: signed(sub=None), Answer(400, "identity cannot be empty")),
    "identity in the older place": (lambda: signed(sub=None, jti="me"), Answer(200, "success")),
    "long identity": (
        lambda: signed(sub="x" * 257),
        Answer(400, "participant identity length exceeds limits: max length 256"),
    ),
    "long room": (
        lambda: signed(video={"roomJoin": True, "room": "ä" * 129}),
        Answer(400, "room name length exceeds limits: max length 256"),
    ),
    "unknown kind": (lambda: signed(kind="robot"), Answer(200, "success")),
    "null claims": (
        lambda: signed(body=b'{"iss":"devkey","sub":"me","video":null}'),
        Answer(401, "no permissions to access the room"),
    ),
    "room configuration in either spelling": (
        lambda: signed(roomConfig={"agents": [{"agentName": "a"}, {"agent_name": "b"}], "new": 1}),
        Answer(200, "success"),
    ),
}


@pytest.mark.parametrize("case", TOKENS)
async def test_a_token_is_judged_the_same_however_it_comes(stage: Stage, case: str) -> None:
    make, expected = TOKENS[case]
    token = make()

    assert await ask(stage, "/rtc/validate", token) == expected
    assert await ask(stage, "/rtc/validate", token, in_query=True) == expected


@pytest.mark.parametrize(
    "claims",
    [
        {"video": []},
        {"video": {"roomJoin": "true"}},
        {"name": 5},
        {"attributes": {"a": 5}},
        {"roomConfig": {"agents": 5}},
    ],
)
async def test_a_claim_of_the_wrong_type_is_malformed(stage: Stage, claims: dict[str, Any]) -> None:
    answer = await ask(stage, "/rtc/validate", signed(**claims))

    assert answer.status == 401
    assert answer.text.startswith(
        "invalid token: [token], error: token is malformed: could not JSON decode claim: "
    )


@pytest.mark.parametrize("path", ["/", "/rtc", "/rtc/v1", "/rtc/v1/validate", "/nothing", "/agent"])
async def test_a_token_that_does_not_hold_is_refused_whatever_is_asked_for(stage: Stage, path: str) -> None:
    assert await ask(stage, path, signed(secret="another")) == (401, BAD_SIGNATURE)
    assert await ask(stage, path, "garbage") == (401, NO_TOKEN)


@pytest.mark.parametrize("header", ["Basic abc", "bearer abc", "Bearer"])
async def test_another_kind_of_authorization_is_refused(stage: Stage, header: str) -> None:
    answer = await ask(stage, "/rtc/validate", headers={"Authorization": header})

    assert answer == (401, "invalid authorization header. Must start with Bearer ")


@pytest.mark.parametrize("path", ["/rtc", "/rtc/v1", "/agent"])
async def test_a_websocket_is_refused_before_it_is_one(stage: Stage, path: str) -> None:
    for token, expected in (
        (None, (401, "no permissions to access the room")),
        (signed(secret="another"), (401, BAD_SIGNATURE)),
        (signed(video=None), (401, "no permissions to access the room")),
    ):
        assert await ask(stage, path, token, headers=UPGRADE) == expected
    assert await ask(stage, path, signed()) == (404, "")


async def test_joining_is_refused_for_what_a_token_lacks(stage: Stage) -> None:
    assert await ask(stage, "/rtc", signed(video={"room": "r"}), headers=UPGRADE) == (
        401,
        "permissions denied",
    )
    assert await ask(stage, "/rtc", signed(sub=""), headers=UPGRADE) == (400, "identity cannot be empty")
    assert await ask(stage, "/rtc", signed(video={"roomJoin": True}), headers=UPGRADE) == (
        400,
        "no room name",
    )


def wrapped(
    request: bytes, compression: WrappedJoinRequest.Compression = WrappedJoinRequest.Compression.NONE
) -> str:
    message = WrappedJoinRequest(compression=compression, join_request=request)
    return base64.urlsafe_b64encode(message.SerializeToString()).decode()


@pytest.mark.parametrize(
    ("join_request", "expected"),
    [
        ("", (400, "join_request is required")),
        ("!!", (400, "cannot base64 decode wrapped join request")),
        ("__8=", (400, "cannot unmarshal wrapped join request")),
        (wrapped(b"\xff\xff"), (400, "cannot unmarshal join request")),
        (
            wrapped(b"xx", WrappedJoinRequest.Compression.GZIP),
            (400, "cannot read decompressed join request"),
        ),
        (
            wrapped(JoinRequest(metadata="mine").SerializeToString()),
            (401, "no permissions to access the room"),
        ),
        (
            wrapped(JoinRequest(participant_attributes={"a": "b"}).SerializeToString()),
            (401, "no permissions to access the room"),
        ),
    ],
)
async def test_a_join_request_that_is_none_is_refused(
    stage: Stage, join_request: str, expected: tuple[int, str]
) -> None:
    path = f"/rtc/v1/validate?join_request={join_request}"

    assert await ask(stage, path, signed()) == expected


async def test_attributes_in_the_query_need_leave_to_change_them(stage: Stage) -> None:
    attributes = base64.urlsafe_b64encode(b'{"a":"bc"}').decode()
    may = {**MAY_JOIN, "canUpdateOwnMetadata": True}

    answers = await asyncio.gather(
        ask(stage, "/rtc/validate?attributes=!", signed()),
        ask(stage, f"/rtc/validate?attributes={attributes}", signed()),
        ask(stage, f"/rtc/validate?attributes={attributes}", signed(video=may)),
    )

    assert list(answers) == [
        (400, "cannot decode attributes"),
        (401, "no permissions to access the room"),
        (200, "success"),
    ]


async def test_a_server_says_that_it_is_there(stage: Stage) -> None:
    assert await ask(stage, "/") == (200, "OK")
    assert await ask(stage, "/nothing") == (404, "404 page not found\n")
    assert await ask(stage, "/rtc/v2", signed()) == (404, "404 page not found\n")
