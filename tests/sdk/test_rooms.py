"""What the port adds to the SDK's room: nothing that happened is missed, nobody is left behind."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest
from livekit import rtc

from inspector.core.calls import CallDraft, Outcome
from inspector.core.participants import Participant, ParticipantKind, ParticipantState
from inspector.core.problems import Problem, ProblemKind
from inspector.sdk.gateway import Gateway
from inspector.sdk.rooms import SdkRoom
from inspector.sdk.server_api import ServerApi
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.session.ports import CancelReasonOf, Invocation, JoinedRoom
from inspector.session.session import Session
from tests.support.livekit_server import LiveKitServer
from tests.support.python_peer import PythonPeer
from tests.support.reports import Unexpected
from tests.support.sessions import joined

GONE_WITHIN_S = 5.0


class Ear:
    """A `RoomListener` that keeps what it hears."""

    def __init__(self) -> None:
        self.heard: list[str] = []
        self.problem: Problem | None = None

    def participant_changed(self, participant: Participant) -> None:
        self.heard.append(f"changed {participant.identity}")

    def participant_left(self, identity: str, reason: str | None) -> None:
        self.heard.append(f"left {identity}")

    def local_changed(self, participant: Participant) -> None:
        self.heard.append("local changed")

    def reconnecting(self) -> None:
        self.heard.append("reconnecting")

    def reconnected(self) -> None:
        self.heard.append("reconnected")

    def closed(self, problem: Problem) -> None:
        self.heard.append("closed")
        self.problem = problem

    async def answer(self, invocation: Invocation, cancel_reason: CancelReasonOf) -> str:
        return "yes"


def source_of(server: LiveKitServer, room: str) -> ConnectionSource:
    return ConnectionSource(
        url=server.url,
        credentials=KeyCredentials(server.api_key, server.api_secret),
        room=room,
        identity="inspector",
    )


# --- a room that tells more or earlier than one listens --------------------------------------------------


async def test_an_end_that_came_before_anybody_listened_is_told_once_somebody_does() -> None:
    room, ear = rtc.Room(), Ear()
    port = SdkRoom(room, ear, None, Unexpected())

    room.emit("disconnected", rtc.DisconnectReason.DUPLICATE_IDENTITY)
    assert ear.heard == []
    port.begin()

    assert ear.heard == ["closed"]
    assert ear.problem is not None
    assert ear.problem.kind is ProblemKind.DUPLICATE_IDENTITY


async def test_after_its_end_a_room_says_no_more() -> None:
    room, ear = rtc.Room(), Ear()
    port = SdkRoom(room, ear, None, Unexpected())
    port.begin()

    room.emit("disconnected", rtc.DisconnectReason.SERVER_SHUTDOWN)
    room.emit("reconnecting")
    room.emit("disconnected", rtc.DisconnectReason.SERVER_SHUTDOWN)

    assert ear.heard == ["closed"]
    await port.leave()


async def test_a_muted_room_says_nothing() -> None:
    room, ear = rtc.Room(), Ear()
    port = SdkRoom(room, ear, None, Unexpected())
    port.begin()
    port.mute()

    room.emit("reconnecting")
    room.emit("disconnected", rtc.DisconnectReason.SERVER_SHUTDOWN)

    assert ear.heard == []


async def test_what_fails_in_a_listener_is_reported_where_the_sdk_would_swallow_it() -> None:
    class Stumbling(Ear):
        def reconnecting(self) -> None:
            raise ValueError("a fault of this program")

    room, unexpected = rtc.Room(), Unexpected()
    SdkRoom(room, Stumbling(), None, unexpected).begin()

    room.emit("reconnecting")

    assert isinstance(await unexpected.next(), ValueError)


# --- a join that nobody waits for any more ---------------------------------------------------------------


async def test_a_join_cancelled_in_the_moment_it_succeeds_leaves_again(
    livekit_server: LiveKitServer, room_name: str
) -> None:
    joining: list[asyncio.Task[JoinedRoom]] = []

    def spawn(
        coroutine: Coroutine[Any, Any, Exception | None], name: str, **_: bool
    ) -> asyncio.Task[Exception | None]:
        connecting = asyncio.create_task(coroutine, name=name)
        connecting.add_done_callback(lambda _: joining[0].cancel())
        return connecting

    gateway = Gateway(spawn, Unexpected())
    source = source_of(livekit_server, room_name)
    joining.append(asyncio.create_task(gateway.joiner(source).join(Ear())))
    await asyncio.wait(joining)

    assert joining[0].cancelled()
    async with asyncio.timeout(GONE_WITHIN_S), ServerApi(source) as api:
        while await api.list_participants(room_name):
            pass  # each question waits for an answer, so this does not spin
    gateway.close()


# --- what the SDK knows and we must have a word for ------------------------------------------------------


def test_every_kind_and_state_of_participant_the_sdk_has_is_ours_too() -> None:
    kinds = {name.removeprefix("PARTICIPANT_KIND_").lower() for name in rtc.ParticipantKind.keys()}  # noqa: SIM118
    states = {name.removeprefix("PARTICIPANT_STATE_").lower() for name in rtc.ParticipantState.keys()}  # noqa: SIM118
    assert kinds <= set(ParticipantKind)
    assert states == set(ParticipantState)


# --- without the SDK's private parts ---------------------------------------------------------------------


async def test_with_an_sdk_whose_private_parts_are_unknown_calls_go_the_public_way(
    livekit_server: LiveKitServer, room_name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("inspector.sdk.private.SEEN_VERSIONS", ())
    unexpected = Unexpected()
    session = Session(unexpected)
    gateway = Gateway(session.tasks.spawn, unexpected)
    async with PythonPeer.joined(livekit_server, room_name, "agent"):
        connection = await joined(session, gateway.joiner(source_of(livekit_server, room_name)))
        drafts = [
            CallDraft(connection.id, "agent", "echo", "hi", 5.0, 1.0),
            CallDraft(connection.id, "agent", "fail", '{"code": 1602, "message": "no", "data": "{}"}'),
            CallDraft(connection.id, "agent", "nothing"),
            CallDraft(connection.id, "nobody", "echo", "", None, 0.5),
        ]

        made = await asyncio.gather(*(session.call(draft) for draft in drafts))

        assert [(call.outcome, call.code) for call in made] == [
            (Outcome.OK, None),
            (Outcome.ERROR, 1602),
            (Outcome.ERROR, 1400),
            (Outcome.ERROR, 1501),
        ]
        assert await session.close() == ()
    gateway.close()
    assert unexpected.rest() == []
