"""The X-ray client against a real server on loopback: what it yields, and what it makes of every refusal."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator

import pytest
from aiohttp import web

from inspector.core.faults import FaultKind, FaultMatch, FaultRule, FaultState
from inspector.core.problems import ProblemError, ProblemKind
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.tokens import admin_token
from inspector.xray import client as client_module
from inspector.xray.client import OrdinaryServerError, XrayClient
from inspector.xray.messages import Acked, Began, Ended, Faults, Hello, Message, Missed, SeenCall, encode
from tests.sdk.small_servers import answering as answering_bytes
from tests.sdk.small_servers import http, serving, silent
from tests.support.livekit_server import LiveKitServer
from tests.support.ports import free_ports
from tests.support.xray_server import (
    XrayServer,
    saying,
    saying_and_breaking,
    saying_and_closing,
    xray_server,
)

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJtZSJ9.c2lnbmF0dXJl"
CALL = SeenCall("1", "demo", "web", "agent", "greet", "r-1", 1.0, wire="v2", payload="hi", payload_bytes=2)
RULE = FaultRule(FaultKind.DROP_REQUEST, FaultMatch(method="get_*", callee="agent-*"), probability=0.5)


@pytest.fixture
async def server() -> AsyncIterator[XrayServer]:
    async with xray_server() as server:
        yield server


async def messages_of(server_url: str, room: str | None = "demo") -> list[Message]:
    async with XrayClient(server_url, TOKEN).following(room) as messages:
        return [message async for message in messages]


async def problem_of(server_url: str) -> ProblemError:
    with pytest.raises(ProblemError) as raised:
        await messages_of(server_url)
    said = repr(raised.value.problem) + str(raised.value)
    assert TOKEN not in said
    assert raised.value.__cause__ is None
    return raised.value


async def test_everything_after_the_hello_is_yielded_until_the_room_closes_the_stream(
    server: XrayServer,
) -> None:
    told = (Began(CALL), Acked("1", 2.5), Ended(CALL), Missed(3), Faults((FaultState(RULE, 2),)))
    server.behaviour = saying_and_closing(Hello("demo"), *told)

    assert tuple(await messages_of(server.url)) == told


async def test_the_room_is_asked_for_by_name_with_the_token_in_a_header(server: XrayServer) -> None:
    server.behaviour = saying_and_closing(Hello("ä & b"))
    await messages_of(server.url, "ä & b")

    (asked,) = server.asked
    assert asked.query == {"room": "ä & b"}
    assert asked.headers["Authorization"] == f"Bearer {TOKEN}"
    assert TOKEN not in str(asked.url)


async def test_without_a_room_all_rooms_are_asked_for(server: XrayServer) -> None:
    server.behaviour = saying_and_closing(Hello())
    await messages_of(server.url, None)
    assert not server.asked[0].query


@pytest.mark.parametrize("scheme", ["ws", "http"])
@pytest.mark.parametrize("end", ["", "/"])
@pytest.mark.parametrize("path", ["", "/behind/a/proxy"])
async def test_an_address_may_be_written_in_any_form(scheme: str, end: str, path: str) -> None:
    async with xray_server(path) as server:
        server.behaviour = saying_and_closing(Hello())
        assert await messages_of(server.url.replace("ws", scheme, 1) + end) == []


@pytest.mark.parametrize("scheme", ["wss", "https"])
async def test_a_secure_address_is_spoken_to_with_tls(server: XrayServer, scheme: str) -> None:
    problem = (await problem_of(server.url.replace("ws", scheme, 1))).problem
    assert problem.kind is ProblemKind.UNREACHABLE
    assert not server.asked


@pytest.mark.parametrize("answer", ["404 Not Found", "200 OK", "500 Oops", "400 Bad Request", "301 Moved"])
async def test_whatever_is_no_stream_is_an_ordinary_server(answer: str) -> None:
    async with serving(answering_bytes(http(answer, "<!doctype html><p>hello"))) as url:
        error = await problem_of(url)
    assert isinstance(error, OrdinaryServerError)


@pytest.mark.parametrize("first", ["hello", '{"type":"hi"}', encode(Missed(1)), b"\x00\x01"])
async def test_a_stream_that_does_not_begin_with_hello_is_no_local_rooms(
    server: XrayServer, first: str | bytes
) -> None:
    server.behaviour = saying(first)
    assert isinstance(await problem_of(server.url), OrdinaryServerError)


async def test_a_stream_that_closes_before_hello_is_no_local_rooms(server: XrayServer) -> None:
    server.behaviour = saying_and_closing()
    assert isinstance(await problem_of(server.url), OrdinaryServerError)


@pytest.mark.parametrize(("status", "kind"), [(401, ProblemKind.UNAUTHORIZED), (403, ProblemKind.FORBIDDEN)])
async def test_a_refusal_names_the_key_as_what_to_change(
    server: XrayServer, status: int, kind: ProblemKind
) -> None:
    server.refusal = web.Response(status=status, text=f"bad token {TOKEN}")
    error = await problem_of(server.url)

    assert not isinstance(error, OrdinaryServerError)
    assert (error.problem.kind, error.problem.final) == (kind, True)
    assert "key" in error.problem.next_step


async def test_a_room_with_too_many_readers_may_be_asked_again(server: XrayServer) -> None:
    server.refusal = web.Response(status=503, text="64 read the X-ray already")
    error = await problem_of(server.url)
    assert not isinstance(error, OrdinaryServerError)
    assert not error.problem.final


async def test_a_room_that_speaks_a_newer_x_ray_is_said_to_be_newer(server: XrayServer) -> None:
    server.behaviour = saying(Hello(version=99))
    problem = (await problem_of(server.url)).problem
    assert (problem.final, "Update" in problem.next_step) == (True, True)


async def test_a_server_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "ANSWER_WITHIN_S", 0.05)
    async with serving(silent) as url:
        assert (await problem_of(url)).problem.kind is ProblemKind.TIMEOUT


async def test_a_stream_that_opens_and_never_says_hello_is_given_up(
    server: XrayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "ANSWER_WITHIN_S", 0.05)
    server.behaviour = saying()
    assert (await problem_of(server.url)).problem.kind is ProblemKind.TIMEOUT


async def test_a_port_nobody_listens_on_is_unreachable() -> None:
    url = f"ws://127.0.0.1:{free_ports(1)[0]}"
    assert (await problem_of(url)).problem.kind is ProblemKind.UNREACHABLE


@pytest.mark.parametrize("url", ["", "ws://", "ws://[", "gopher://x", "ws://127.0.0.1:99999"])
async def test_what_is_no_address_is_a_problem_too(url: str) -> None:
    assert (await problem_of(url)).problem.kind is ProblemKind.UNREACHABLE


@pytest.mark.parametrize("garbage", ["{", "[]", '{"type":"began"}', b"\xff\xfe", '{"type":"new"}'])
async def test_garbage_in_the_middle_ends_the_stream_with_a_problem(
    server: XrayServer, garbage: str | bytes
) -> None:
    server.behaviour = saying(Hello(), Began(CALL), garbage)
    async with XrayClient(server.url, TOKEN).following("demo") as messages:
        assert await anext(messages) == Began(CALL)
        with pytest.raises(ProblemError, match="cannot be read"):
            await anext(messages)


async def test_a_connection_that_breaks_ends_the_stream_with_a_problem(server: XrayServer) -> None:
    server.behaviour = saying_and_breaking(Hello())
    error = await problem_of(server.url)
    assert error.problem.kind is ProblemKind.CONNECTION_LOST
    assert not error.problem.final


async def test_a_room_that_stops_answering_pings_is_taken_for_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "HEARTBEAT_S", 0.1)
    deaf = asyncio.Event()

    async def hello_and_silence(socket: web.WebSocketResponse) -> None:
        await socket.send_str(encode(Hello()))
        await deaf.wait()  # nothing is read, so that no ping is answered

    async with xray_server() as server:
        server.behaviour = hello_and_silence
        assert (await problem_of(server.url)).problem.kind is ProblemKind.CONNECTION_LOST
        deaf.set()


async def test_a_room_that_only_pauses_is_waited_for(
    server: XrayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(client_module, "HEARTBEAT_S", 0.2)
    pinged = asyncio.Event()

    async def pause(socket: web.WebSocketResponse) -> None:
        await socket.send_str(encode(Hello()))
        receiving = asyncio.ensure_future(socket.receive())  # answers pings meanwhile
        await asyncio.wait({receiving}, timeout=0.7)
        assert not receiving.done(), "the client gave up"
        pinged.set()
        await socket.send_str(encode(Acked("1", 1.0)))
        await receiving

    server.behaviour = pause
    async with XrayClient(server.url, TOKEN).following("demo") as messages:
        assert await anext(messages) == Acked("1", 1.0)
    assert pinged.is_set()


async def test_a_large_payload_comes_whole(server: XrayServer) -> None:
    large = Began(SeenCall("1", "demo", "web", "agent", "greet", "r-1", 1.0, payload="x" * 6_000_000))
    server.behaviour = saying_and_closing(Hello(), large)
    assert await messages_of(server.url) == [large]


async def test_leaving_the_context_closes_the_stream(server: XrayServer) -> None:
    async with XrayClient(server.url, TOKEN).following("demo"):
        assert not server.gone.is_set()
    async with asyncio.timeout(5):
        await server.gone.wait()


async def test_being_cancelled_closes_the_stream(server: XrayServer) -> None:
    following = asyncio.Event()

    async def follow() -> None:
        async with XrayClient(server.url, TOKEN).following("demo") as messages:
            following.set()
            await anext(messages)

    task = asyncio.create_task(follow())
    async with asyncio.timeout(5):
        await following.wait()
        task.cancel()
        await asyncio.wait({task})
        await server.gone.wait()
    assert task.cancelled()


async def test_the_faults_are_read_with_their_hits(server: XrayServer) -> None:
    states = (FaultState(RULE, 7),)
    server.faults_answer = lambda: web.Response(text=encode(Faults(states)))

    assert await XrayClient(server.url, TOKEN).get_faults() == states
    assert server.asked[0].method == "GET"
    assert server.asked[0].headers["Authorization"] == f"Bearer {TOKEN}"


async def test_faults_are_set_as_a_faults_file_in_json(server: XrayServer) -> None:
    server.faults_answer = lambda: web.Response(text=encode(Faults((FaultState(RULE),))))

    assert await XrayClient(server.url, TOKEN).set_faults([RULE]) == (FaultState(RULE),)
    assert server.asked[0].method == "PUT"
    match = {"method": "get_*", "to": "agent-*"}
    assert json.loads(server.bodies[0]) == {
        "faults": [{"fault": "drop_request", "match": match, "probability": 0.5}]
    }


async def test_a_rule_the_room_does_not_take_is_named_by_it(server: XrayServer) -> None:
    server.faults_answer = lambda: web.Response(status=400, text="faults[0].ms: a delay needs it")
    with pytest.raises(ProblemError) as raised:
        await XrayClient(server.url, TOKEN).set_faults([RULE])
    assert raised.value.problem.kind is ProblemKind.BAD_INPUT
    assert raised.value.problem.detail == "faults[0].ms: a delay needs it"


@pytest.mark.parametrize(("status", "kind"), [(401, ProblemKind.UNAUTHORIZED), (403, ProblemKind.FORBIDDEN)])
async def test_refused_faults_show_the_rooms_words_without_the_token(
    server: XrayServer, status: int, kind: ProblemKind
) -> None:
    server.faults_answer = lambda: web.Response(status=status, text=f"bad {TOKEN}\nagain")
    with pytest.raises(ProblemError) as raised:
        await XrayClient(server.url, TOKEN).get_faults()
    assert raised.value.problem.kind is kind
    assert TOKEN not in repr(raised.value.problem)
    assert raised.value.problem.detail == "bad [token] again"


@pytest.mark.parametrize("answer", [http("404 Not Found"), http("200 OK", "<p>"), http("302 Found", "")])
async def test_an_ordinary_server_has_no_faults(answer: bytes) -> None:
    async with serving(answering_bytes(answer)) as url:
        with pytest.raises(OrdinaryServerError):
            await XrayClient(url, TOKEN).get_faults()


async def test_faults_of_a_server_that_fails_or_says_nothing_are_a_problem(
    server: XrayServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.faults_answer = lambda: web.Response(status=500, text="oops")
    with pytest.raises(ProblemError) as failed:
        await XrayClient(server.url, TOKEN).get_faults()
    assert failed.value.problem.kind is ProblemKind.UNEXPECTED

    monkeypatch.setattr(client_module, "ANSWER_WITHIN_S", 0.05)
    async with serving(silent) as url:
        with pytest.raises(ProblemError) as late:
            await XrayClient(url, TOKEN).get_faults()
    assert late.value.problem.kind is ProblemKind.TIMEOUT


def test_importing_the_client_does_not_import_aiohttp() -> None:
    program = "import sys; import inspector.xray.client; sys.exit('aiohttp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=30).returncode == 0


async def test_a_livekit_server_is_an_ordinary_one(livekit_server: LiveKitServer, room_name: str) -> None:
    key = KeyCredentials(livekit_server.api_key, livekit_server.api_secret)
    source = ConnectionSource(livekit_server.url, key, room=room_name, identity="me")
    client = XrayClient(livekit_server.url, admin_token(source, room_name))

    with pytest.raises(OrdinaryServerError):
        async with client.following(room_name):
            pass
    with pytest.raises(OrdinaryServerError):
        await client.get_faults()
