"""Asks a server through its API: which rooms there are, who is in one, whether it answers at all.

`livekit.api` is imported when it is used: it takes 0.4 s.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Self

import msgspec

from inspector.core.participants import Participant
from inspector.core.problems import ProblemError
from inspector.sdk.addresses import http_url
from inspector.sdk.bad_input import bad_input
from inspector.sdk.failures import answer_problem, server_api_problem
from inspector.sdk.participants import participant_from_proto, seconds
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.sdk.tokens import admin_token

if TYPE_CHECKING:
    import aiohttp
    from livekit.api.room_service import RoomService
    from livekit.protocol import models

ANSWER_WITHIN_S = 5.0
"""How long the server may take for one answer."""


class RoomFacts(msgspec.Struct, frozen=True):
    """One room, as the server lists it."""

    name: str
    sid: str
    participants: int
    """How many the server counts in it."""
    created_at: float | None
    """Seconds since the epoch."""


class ServerApi:
    """The server API of one source, which must have a key; an asynchronous context.

    Every method raises ProblemError where the server cannot be asked or refuses.
    """

    def __init__(self, source: ConnectionSource) -> None:
        if not isinstance(source.credentials, KeyCredentials):
            raise bad_input(
                "Only an API key can ask the server.", "Give a key and its secret instead of a token."
            )
        self._source = source
        self._secret = source.credentials.api_secret
        self._session: aiohttp.ClientSession | None = None

    async def __aenter__(self) -> Self:
        import aiohttp

        self._session = aiohttp.ClientSession()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def list_rooms(self) -> tuple[RoomFacts, ...]:
        """The rooms that exist now, by name."""
        from livekit.protocol.room import ListRoomsRequest

        async with self._asking(None) as service:
            answer = await service.list_rooms(ListRoomsRequest())
        return tuple(sorted((_room_facts(room) for room in answer.rooms), key=lambda room: room.name))

    async def room_exists(self, room: str) -> bool:
        """Whether the server lists the room now."""
        from livekit.protocol.room import ListRoomsRequest

        async with self._asking(None) as service:
            answer = await service.list_rooms(ListRoomsRequest(names=[room]))
        return any(listed.name == room for listed in answer.rooms)

    async def list_participants(self, room: str) -> tuple[Participant, ...]:
        """Who is in the room, hidden ones too, by identity; nobody where there is no such room."""
        from livekit.protocol.room import ListParticipantsRequest

        async with self._asking(room) as service:
            answer = await service.list_participants(ListParticipantsRequest(room=room))
        found = (participant_from_proto(info) for info in answer.participants)
        return tuple(sorted(found, key=lambda participant: participant.identity))

    @asynccontextmanager
    async def _asking(self, room: str | None) -> AsyncIterator[RoomService]:
        """The service, with a token for listing rooms or for `room`; what fails within becomes a problem."""
        from livekit import api

        assert self._session is not None, "ServerApi is used as an asynchronous context"
        token = admin_token(self._source, room)
        client = api.LiveKitAPI.with_token(token, self._source.url, session=self._session, failover=False)
        try:
            # The client passes each request a timeout of None, which for aiohttp means none at all.
            async with asyncio.timeout(ANSWER_WITHIN_S):
                yield client.room
        except Exception as error:  # noqa: BLE001 - whatever the client raises is translated
            problem = server_api_problem(error, self._source.url, (token, self._secret))
            raise ProblemError(problem) from None


async def probe(url: str) -> float:
    """How long the server at `url` takes to answer, in milliseconds; needs no credentials.

    Raises:
        ProblemError: nothing answers there, or something that is no LiveKit server.
    """
    import aiohttp

    begun = time.perf_counter()
    try:
        async with (
            asyncio.timeout(ANSWER_WITHIN_S),
            aiohttp.ClientSession() as session,
            session.get(http_url(url), allow_redirects=False) as answer,
        ):
            status = answer.status
    except Exception as error:  # noqa: BLE001 - whatever the client raises is translated
        raise ProblemError(server_api_problem(error, url)) from None
    elapsed_ms = (time.perf_counter() - begun) * 1000
    if status != 200:
        raise ProblemError(answer_problem(status, url))
    return elapsed_ms


def _room_facts(room: models.Room) -> RoomFacts:
    return RoomFacts(
        name=room.name,
        sid=room.sid,
        participants=room.num_participants,
        created_at=seconds(room.creation_time_ms, room.creation_time),
    )
