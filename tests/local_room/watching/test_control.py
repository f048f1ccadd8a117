"""The endpoints for the X-ray and the faults, over real connections."""

import asyncio
import io
import socket as sockets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import msgspec
import pytest
from aiohttp import web

from inspector.core import access_tokens
from inspector.core.faults import FaultKind, FaultMatch, FaultRule, FaultState
from inspector.local_room.access.admission import authenticated
from inspector.local_room.watching.control import MAX_FAULTS_BYTES, Control
from inspector.local_room.watching.fault_engine import FaultEngine
from inspector.local_room.watching.timers import Timers
from inspector.local_room.watching.xray_feed import XrayFeed
from inspector.tasks import TaskOwner
from inspector.xray.messages import (
    FAULTS_PATH,
    XRAY_PATH,
    Began,
    Ended,
    Faults,
    Hello,
    Message,
    Missed,
    SeenCall,
    SeenOutcome,
    decode,
)

KEYS = {"devkey": "secret"}


class Served:
    """The endpoints on a free port, and who asks them."""

    def __init__(
        self, feed: XrayFeed, faults: FaultEngine, port: int, session: aiohttp.ClientSession
    ) -> None:
        self.feed = feed
        self.faults = faults
        self.port = port
        self.session = session
        self.url = f"http://127.0.0.1:{port}"

    async def faults_answer(self, method: str, token: str | None, body: str | bytes = "") -> tuple[int, str]:
        """Status and text of an answer about faults."""
        async with self.session.request(
            method,
            self.url + FAULTS_PATH,
            data=io.BytesIO(body.encode() if isinstance(body, str) else body),
            headers=bearer(token),
        ) as answer:
            return answer.status, await answer.text()

    @asynccontextmanager
    async def reading(self, token: str, **query: str) -> AsyncIterator[aiohttp.ClientWebSocketResponse]:
        """An open X-ray stream."""
        async with self.session.ws_connect(
            self.url + XRAY_PATH, params=query, headers=bearer(token), max_msg_size=0
        ) as socket:
            yield socket

    async def until_readers(self, number: int) -> None:
        """Wait until so many read along."""
        async with asyncio.timeout(10):
            while self.feed.readers() != number:  # noqa: ASYNC110 - a feed says nothing of its readers
                await asyncio.sleep(0.01)


@pytest.fixture
async def served() -> AsyncIterator[Served]:
    reported: list[BaseException] = []
    tasks = TaskOwner(lambda error, _: reported.append(error))
    timers = Timers(asyncio.get_running_loop())
    faults = FaultEngine()
    feed = XrayFeed(faults, timers, lambda error, _: reported.append(error))
    app = web.Application(middlewares=[authenticated(KEYS)])
    Control(feed, faults, tasks).add_routes(app)
    runner = web.AppRunner(app, shutdown_timeout=0.2)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    async with aiohttp.ClientSession() as session:
        yield Served(feed, faults, runner.addresses[0][1], session)
    await runner.cleanup()
    timers.close()
    assert await tasks.shut_down(1.0) == ()
    assert reported == []


def token(room: str = "demo", *, admin: bool = True, secret: str = "secret") -> str:
    video: dict[str, Any] = {"roomAdmin": admin, "room": room}
    return access_tokens.sign({"video": video}, "devkey", secret, now=time.time())


def bearer(value: str | None) -> dict[str, str]:
    return {} if value is None else {"Authorization": f"Bearer {value}"}


def call(key: str, payload: str | None = None, response: str | None = None) -> SeenCall:
    return SeenCall(
        key=key,
        room="demo",
        caller="alice",
        callee="bob",
        method="echo",
        request_id="r",
        started_at=0.0,
        payload=payload,
        response=response,
        outcome=SeenOutcome.PENDING if response is None else SeenOutcome.OK,
    )


async def next_message(socket: aiohttp.ClientWebSocketResponse) -> Message:
    async with asyncio.timeout(10):
        return decode(await socket.receive_str())


async def test_a_reader_gets_the_stream_of_its_tokens_room(served: Served) -> None:
    async with served.reading(token("demo")) as socket:
        assert await next_message(socket) == Hello("demo")
        assert await next_message(socket) == Faults()
        served.feed.began(call("1", "asked"))
        served.feed.began(msgspec.structs.replace(call("2"), room="another"))
        served.feed.ended("demo", "1", lambda payload: call("1", "asked" if payload else None, "answered"))

        assert await next_message(socket) == Began(call("1", "asked"))
        assert await next_message(socket) == Ended(call("1", None, "answered"))
    await served.until_readers(0)


async def test_a_browser_brings_its_token_in_the_address(served: Served) -> None:
    url = f"{served.url}{XRAY_PATH}"
    async with served.session.ws_connect(url, params={"access_token": token(), "room": "demo"}) as socket:
        assert await next_message(socket) == Hello("demo")


@pytest.mark.parametrize(
    ("given", "query", "status"),
    [
        (None, {}, 401),
        ("garbage", {}, 401),
        (token(secret="another"), {}, 401),
        (token(admin=False), {}, 403),
        (token("demo"), {"room": "another"}, 403),
        (token(""), {}, 403),
        (token("", admin=True), {"room": "demo"}, 403),
    ],
)
async def test_who_may_not_read_is_refused_before_the_stream_begins(
    served: Served, given: str | None, query: dict[str, str], status: int
) -> None:
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        await served.session.ws_connect(served.url + XRAY_PATH, params=query, headers=bearer(given))

    assert refused.value.status == status
    assert served.feed.readers() == 0


async def test_what_is_no_websocket_is_answered_and_costs_nothing(served: Served) -> None:
    async with served.session.get(served.url + XRAY_PATH, headers=bearer(token())) as answer:
        assert answer.status == 400
    assert served.feed.readers() == 0


async def test_what_a_reader_sends_is_ignored_and_too_much_of_it_ends_its_stream_alone(
    served: Served,
) -> None:
    async with served.reading(token()) as chatty, served.reading(token()) as quiet:
        await chatty.send_str("hello?")
        await chatty.send_bytes(b"\x00")
        await served.until_readers(2)
        await chatty.send_bytes(bytes(10_000))
        await served.until_readers(1)
        served.feed.began(call("1"))
        for expected in (Hello("demo"), Faults(), Began(call("1"))):
            assert await next_message(quiet) == expected


async def test_a_reader_that_stops_reading_is_told_what_it_missed_and_holds_up_nobody(served: Served) -> None:
    large = "x" * 1_000_000
    async with served.reading(token()) as slow, served.reading(token()) as quick:
        await served.until_readers(2)
        for number in range(100):
            served.feed.began(call(str(number), large))
            async with asyncio.timeout(10):
                while not isinstance(decode(await quick.receive_str()), Began):
                    pass
        served.feed.ended("demo", "0", lambda _: call("0", None, "answered"))
        got = [await next_message(slow)]
        while not isinstance(got[-1], Ended):
            got.append(await next_message(slow))

        began = [message for message in got if isinstance(message, Began)]
        missed = sum(message.messages for message in got if isinstance(message, Missed))
        assert missed > 50
        assert len(began) + missed == 100
        assert got[-1] == Ended(call("0", None, "answered"))


async def test_a_reader_that_is_gone_without_a_word_is_let_go(
    served: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.local_room.watching.control.HEARTBEAT_S", 0.2)
    request = (
        f"GET {XRAY_PATH} HTTP/1.1\r\nHost: 127.0.0.1\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Version: 13\r\n"
        f"Authorization: Bearer {token()}\r\n\r\n"
    )
    with sockets.create_connection(("127.0.0.1", served.port)) as deaf:
        deaf.sendall(request.encode())
        await served.until_readers(1)
        for number in range(20):
            served.feed.began(call(str(number), "x" * 1_000_000))

        await served.until_readers(0)


async def test_readers_are_told_when_the_server_stops() -> None:
    tasks = TaskOwner(lambda error, _: None)
    faults = FaultEngine()
    timers = Timers(asyncio.get_running_loop())
    app = web.Application(middlewares=[authenticated(KEYS)])
    Control(XrayFeed(faults, timers, lambda error, _: None), faults, tasks).add_routes(app)
    runner = web.AppRunner(app, shutdown_timeout=5)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    url = f"http://127.0.0.1:{runner.addresses[0][1]}{XRAY_PATH}"
    async with (
        aiohttp.ClientSession() as session,
        session.ws_connect(url, headers=bearer(token())) as socket,
    ):
        assert await next_message(socket) == Hello("demo")
        assert await next_message(socket) == Faults()
        stopped = tasks.spawn(runner.cleanup(), "stopping", awaited=True)
        assert (await socket.receive()).type is aiohttp.WSMsgType.CLOSE
        assert socket.close_code == aiohttp.WSCloseCode.GOING_AWAY
        await stopped
    assert await tasks.shut_down(1.0) == ()


async def test_faults_are_set_from_a_file_and_given_with_their_hits(served: Served) -> None:
    rules = (FaultRule(FaultKind.ERROR, FaultMatch(method="get_*"), code=1401), FaultRule(FaultKind.DROP_ACK))

    status, text = await served.faults_answer("PUT", token(), msgspec.json.encode({"faults": rules}))
    assert status == 200
    assert decode(text) == Faults(tuple(FaultState(rule) for rule in rules))

    served.faults.for_call(method="get_weather", caller="alice", callee="bob")
    status, text = await served.faults_answer("GET", token("any room"))
    assert decode(text) == Faults((FaultState(rules[0], hits=1), FaultState(rules[1])))

    status, _ = await served.faults_answer("PUT", token(), "faults:\n  - fault: force_v1\n")
    assert status == 200
    assert served.faults.rules == (FaultRule(FaultKind.FORCE_V1),)


async def test_faults_with_problems_are_refused_whole_with_each_problem(served: Served) -> None:
    served.faults.set_rules((FaultRule(FaultKind.DROP_ACK),))

    status, text = await served.faults_answer(
        "PUT", token(), '{"faults": [{"fault": "error"},\n{"fault": "delay", "ms": -1}]}'
    )

    assert status == 400
    assert text.splitlines() == [
        "faults:1:13: `error` needs `code`, as in `code: 1401`",
        "faults:2:26: milliseconds are a number from 0",
    ]
    assert served.faults.rules == (FaultRule(FaultKind.DROP_ACK),)


@pytest.mark.parametrize("method", ["GET", "PUT"])
@pytest.mark.parametrize(
    ("given", "status"),
    [(None, 401), (token(secret="another"), 401), (token(admin=False), 403)],
)
async def test_faults_are_for_who_has_room_admin(
    served: Served, method: str, given: str | None, status: int
) -> None:
    answered, text = await served.faults_answer(method, given, '{"faults": [{"fault": "drop_ack"}]}')

    assert answered == status
    assert text
    assert served.faults.rules == ()


@pytest.mark.parametrize(
    ("body", "status"), [(b"\xff\xfe", 400), (b"x" * (MAX_FAULTS_BYTES + 1), 413), (b"", 400)]
)
async def test_what_is_no_faults_file_is_refused(served: Served, body: bytes, status: int) -> None:
    answered, text = await served.faults_answer("PUT", token(), body)

    assert answered == status
    assert text
