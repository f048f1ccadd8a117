import asyncio
import time

import pytest
from livekit import rtc

from inspector.core.participants import ParticipantKind, ParticipantState
from inspector.core.problems import ProblemError, ProblemKind
from inspector.sdk import server_api
from inspector.sdk.server_api import ServerApi, probe
from inspector.sdk.sources import ConnectionSource, KeyCredentials, TokenCredentials
from tests.sdk.small_servers import answering, http, serving, silent
from tests.support.livekit_server import LiveKitServer
from tests.support.ports import free_ports

SECRET = "a-secret-of-32-characters-or-more"


def source_at(url: str, key: str = "devkey", secret: str = "secret") -> ConnectionSource:
    return ConnectionSource(url=url, credentials=KeyCredentials(key, secret), room="r", identity="i")


async def problem_at(url: str, secret: str = "secret") -> tuple[ProblemKind, str]:
    async with ServerApi(source_at(url, secret=secret)) as api:
        with pytest.raises(ProblemError) as caught:
            await api.list_rooms()
    return caught.value.problem.kind, str(caught.value.problem)


async def test_rooms_and_who_is_in_them_are_listed(livekit_server: LiveKitServer, room_name: str) -> None:
    room = rtc.Room(loop=asyncio.get_running_loop())
    token = livekit_server.token(
        room_name, "alice", name="Alice", metadata="m", attributes={"a": "b"}, kind="agent", hidden=True
    )
    await room.connect(livekit_server.url, token, rtc.RoomOptions(auto_subscribe=False))
    try:
        async with ServerApi(source_at(livekit_server.url)) as api:
            rooms = {listed.name: listed for listed in await api.list_rooms()}
            (alice,) = await api.list_participants(room_name)
            exists = await api.room_exists(room_name), await api.room_exists(room_name + "x")
    finally:
        await room.disconnect()

    assert abs((rooms[room_name].created_at or 0) - time.time()) < 30
    assert rooms[room_name].sid.startswith("RM_")
    assert exists == (True, False)
    assert (alice.identity, alice.name, alice.metadata, alice.attributes) == (
        "alice",
        "Alice",
        "m",
        {"a": "b"},
    )
    assert alice.kind is ParticipantKind.AGENT
    assert alice.state in (ParticipantState.JOINED, ParticipantState.ACTIVE)
    assert alice.permissions.hidden
    assert alice.permissions.can_publish_data
    assert alice.protocol is not None
    assert alice.protocol >= 1
    assert abs((alice.joined_at or 0) - time.time()) < 30


async def test_a_room_that_is_not_there_has_nobody_in_it(
    livekit_server: LiveKitServer, room_name: str
) -> None:
    async with ServerApi(source_at(livekit_server.url)) as api:
        assert await api.list_participants(room_name) == ()


async def test_a_wrong_secret_is_said_and_not_shown(livekit_server: LiveKitServer) -> None:
    kind, text = await problem_at(livekit_server.url, SECRET)

    assert kind is ProblemKind.UNAUTHORIZED
    assert SECRET not in text


async def test_a_closed_port_is_said_at_once() -> None:
    begun = time.monotonic()

    kind, _ = await problem_at(f"ws://127.0.0.1:{free_ports(1)[0]}")

    assert kind is ProblemKind.UNREACHABLE
    assert time.monotonic() - begun < 2


async def test_a_silent_port_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server_api, "ANSWER_WITHIN_S", 0.3)
    async with serving(silent) as url:
        assert (await problem_at(url))[0] is ProblemKind.TIMEOUT
        with pytest.raises(ProblemError) as caught:
            await probe(url)
    assert caught.value.problem.kind is ProblemKind.TIMEOUT


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (http("200 OK", "a web page"), ProblemKind.NOT_FOUND),
        (http("404 Not Found"), ProblemKind.NOT_FOUND),
        (http("301 Moved Permanently"), ProblemKind.NOT_FOUND),
        (http("403 Forbidden"), ProblemKind.FORBIDDEN),
        (http("500 Internal Server Error"), ProblemKind.UNEXPECTED),
        (http("503 Service Unavailable"), ProblemKind.UNREACHABLE),
        (b"220 mail ready\r\n\r\n", ProblemKind.NOT_FOUND),
        (b"", ProblemKind.CONNECTION_LOST),
    ],
)
async def test_another_server_is_said(answer: bytes, kind: ProblemKind) -> None:
    async with serving(answering(answer)) as url:
        assert (await problem_at(url))[0] is kind


def test_a_token_cannot_ask_the_server() -> None:
    with pytest.raises(ProblemError, match="API key"):
        ServerApi(ConnectionSource("ws://x", TokenCredentials("t")))


async def test_a_server_that_answers_is_timed(livekit_server: LiveKitServer) -> None:
    assert 0 < await probe(livekit_server.url) < 5000


async def test_a_closed_port_and_another_server_are_no_answer() -> None:
    with pytest.raises(ProblemError) as closed:
        await probe(f"ws://127.0.0.1:{free_ports(1)[0]}")
    async with serving(answering(http("404 Not Found"))) as url:
        with pytest.raises(ProblemError) as other:
            await probe(url)

    assert closed.value.problem.kind is ProblemKind.UNREACHABLE
    assert other.value.problem.kind is ProblemKind.NOT_FOUND
