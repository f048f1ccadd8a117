"""`watch`: what it prints of a room's X-ray, and what it says where there is none, or none any more."""

import asyncio
import contextlib
import itertools
import json
import signal
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager
from pathlib import Path

import pytest
from aiohttp import web

from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.tokens import make_token
from inspector.xray.messages import (
    Acked,
    Began,
    Ended,
    Hello,
    Missed,
    SeenCall,
    SeenError,
    SeenOutcome,
    SeenSide,
    encode,
)
from tests.support.command import Command, impatient, run_command
from tests.support.livekit_server import LiveKitServer
from tests.support.ports import free_ports
from tests.support.xray_server import XrayServer, saying, saying_and_breaking, saying_and_closing, xray_server

SECRET = "a secret long enough to sign with, as it should be"
KEY = ("--api-key", "devkey", "--api-secret", SECRET, "--room", "demo")


def _began(key: str, method: str = "get_weather", **facts: object) -> SeenCall:
    known: dict[str, object] = {
        "caller": "web",
        "callee": "agent",
        "request_id": f"r{key}",
        "started_at": 1_700_000_000.0,
        "wire": "v1",
        "payload": '{"city":"Oslo"}',
        "payload_bytes": 15,
    }
    return SeenCall(key=key, room="demo", method=method, **(known | facts))  # type: ignore[arg-type]


def _ok(key: str, method: str = "get_weather", response: str = "21", **facts: object) -> SeenCall:
    return _began(
        key,
        method,
        payload=None,
        payload_bytes=None,
        outcome=SeenOutcome.OK,
        response=response,
        response_bytes=len(response),
        elapsed_ms=12.5,
        **facts,
    )


def _failed(key: str, method: str = "get_weather") -> SeenCall:
    error = SeenError(1501, "Connection timeout", SeenSide.ROOM)
    return _began(key, method, outcome=SeenOutcome.ERROR, error=error, elapsed_ms=7000.0, fault="1 drop_ack")


@pytest.fixture
async def room() -> AsyncIterator[XrayServer]:
    """What shows a room's calls; a test says which."""
    async with xray_server() as server:
        yield server


def _watching(home: Path, room: XrayServer, *more: str) -> AbstractAsyncContextManager[Command]:
    return Command.running(home, "watch", "--url", room.url, *KEY, *more)


async def test_each_call_is_printed_as_a_record_once_it_has_an_outcome(
    room: XrayServer, tmp_path: Path
) -> None:
    room.behaviour = saying(
        Hello("demo"),
        Began(_began("1")),
        Began(_began("2", "slow_report")),
        Acked("1", 3.25),
        Ended(_ok("1", ack_ms=3.5)),
        Ended(_failed("3")),
    )
    async with _watching(tmp_path, room, "--json") as command:
        assert "Watching room demo" in await command.error_line("Watching")
        first, second = [json.loads(await command.output_line()) for _ in range(2)]
        command.send(signal.SIGTERM)
        ended = await command.ended()

    assert (ended.code, ended.out) == (0, ""), "a call without an outcome is not printed"
    assert (first["direction"], first["source"], first["room"]) == ("seen", "xray", "demo")
    assert (first["caller"], first["destination"], first["method"]) == ("web", "agent", "get_weather")
    assert (first["payload"], first["response"], first["outcome"]) == ('{"city":"Oslo"}', "21", "ok")
    assert (first["wire"], first["ack_ms"], first["elapsed_ms"]) == ("v1", 3.5, 12.5)
    assert first["request_id"] == "r1"
    assert (second["outcome"], second["error"]["code"], second["error"]["side"]) == ("error", 1501, "room")
    assert second["fault"] == "1 drop_ack"
    assert first["id"] != second["id"]


async def test_for_a_person_it_is_a_line_and_only_what_the_filter_lets_through(
    room: XrayServer, tmp_path: Path
) -> None:
    room.behaviour = saying(
        Hello("demo"),
        Ended(_ok("1", "set_volume")),
        Ended(_ok("2", response="21\x1b[2J", ack_ms=3.5)),
        Ended(_failed("3")),
        Ended(_ok("4", "set_volume")),
    )
    async with _watching(tmp_path, room, "--filter", "weather") as command:
        lines = [await command.output_line() for _ in range(2)]
        command.send(signal.SIGINT)
        ended = await command.ended()

    assert (ended.code, ended.out) == (130, "")
    said = " ".join(lines[0].split())
    assert said == "ok 12.5 ms web → agent get_weather() = 21\\u001b[2J [v1, ack 3.5 ms]"
    assert lines[1].split()[0] == "1501"
    assert "[v1, fault 1 drop_ack]" in lines[1]
    assert "Traceback" not in ended.err


async def test_it_asks_for_one_room_with_a_token_that_lets_nobody_in(
    room: XrayServer, tmp_path: Path
) -> None:
    async with _watching(tmp_path, room) as command:
        await command.error_line("Watching")
        command.send(signal.SIGTERM)
        ended = await command.ended()
    timed = await run_command(tmp_path, "watch", "--url", room.url, *KEY, "--for", "10ms")

    assert (ended.code, timed.code) == (0, 0)
    assert room.asked[0].query["room"] == "demo"
    assert SECRET not in ended.err


async def test_what_was_missed_is_said(room: XrayServer, tmp_path: Path) -> None:
    room.behaviour = saying(Hello("demo"), Missed(40), Missed(2))
    async with _watching(tmp_path, room) as command:
        assert "40 messages" in await command.error_line("Read too slowly")
        assert "42 messages" in await command.error_line("Read too slowly")


async def test_a_room_that_comes_back_is_watched_again(room: XrayServer, tmp_path: Path) -> None:
    room.behaviour = saying_and_breaking(Hello("demo"), Began(_began("1")), Ended(_ok("2")))
    async with _watching(tmp_path, room, "--json") as command:
        assert json.loads(await command.output_line())["method"] == "get_weather"
        room.behaviour = saying(Hello("demo"), Began(_began("1")), Ended(_ok("1", response="at last")))
        assert await command.error_line("Lost the local room")
        assert "is back" in await command.error_line("The local room")
        record = json.loads(await command.output_line())

    assert (record["payload"], record["response"]) == ('{"city":"Oslo"}', "at last")


async def test_a_room_gone_for_good_ends_it_with_3(room: XrayServer, tmp_path: Path) -> None:
    room.behaviour = saying_and_closing(Hello("demo"))
    words = ("watch", "--url", room.url, *KEY)
    async with Command.running(tmp_path, *words, program=impatient(rejoins_for_s=0.2)) as command:
        ended = await command.ended()

    assert ended.code == 3
    assert "trying again" in ended.err
    assert "was stopped" in ended.err
    assert "Traceback" not in ended.err


async def test_an_ordinary_server_has_nothing_to_see_and_it_says_what_has(
    livekit_server: LiveKitServer, room: XrayServer, tmp_path: Path
) -> None:
    room.refusal = web.Response(status=404, text="404 page not found")
    key = ("--api-key", livekit_server.api_key, "--api-secret", livekit_server.api_secret, "--room", "demo")
    real, like_it = await asyncio.gather(
        run_command(tmp_path, "watch", "--url", livekit_server.url, *key),
        run_command(tmp_path, "watch", "--url", room.url, *KEY),
    )

    for ended in (real, like_it):
        assert (ended.code, ended.out) == (3, "")
        for words in ("Nothing can be seen", "only a call's two ends", "respond", "serve", "--local"):
            assert words in ended.err


async def test_without_a_key_or_with_another_it_says_so(room: XrayServer, tmp_path: Path) -> None:
    source = ConnectionSource(room.url, KeyCredentials("devkey", SECRET), room="demo", identity="a")
    room.refusal = web.Response(status=401, text="invalid token")
    by_token, by_key = await asyncio.gather(
        run_command(tmp_path, "watch", "--url", room.url, "--token", make_token(source)),
        run_command(tmp_path, "watch", "--url", room.url, *KEY),
    )

    assert by_token.code == 2
    assert "takes the room's API key" in by_token.err
    assert by_key.code == 3
    assert "does not give its X-ray" in by_key.err


async def test_where_nothing_listens_it_says_so_at_once(tmp_path: Path) -> None:
    url = f"ws://127.0.0.1:{free_ports(1)[0]}"
    ended = await run_command(tmp_path, "watch", "--url", url, *KEY)

    assert ended.code == 3
    assert "again by itself" not in ended.err, "it does not try for ever what was never there"


async def test_a_filter_that_cannot_be_read_is_bad_usage(tmp_path: Path) -> None:
    ended = await run_command(tmp_path, "watch", "--filter", 'a "b', "--dev", "--room", "r")

    assert ended.code == 2
    assert 'the quote is not closed (at character 3: "b)' in ended.err


async def _saying_without_end(socket: web.WebSocketResponse) -> None:
    """Tells of call after call: what has gone into a pipe already does not show that nobody reads it."""
    await socket.send_str(encode(Hello("demo")))
    with contextlib.suppress(ConnectionError):
        for number in itertools.count():
            await socket.send_str(encode(Ended(_ok(str(number)))))


async def test_a_reader_that_has_seen_enough_ends_it(room: XrayServer, tmp_path: Path) -> None:
    room.behaviour = _saying_without_end
    async with Command.piped(tmp_path, "watch", "--url", room.url, *KEY, "--json", pipe="head -1") as command:
        ended = await command.ended()

    assert ended.code == 0
    assert ended.out.count("\n") == 1
