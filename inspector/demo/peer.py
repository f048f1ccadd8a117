"""A demo peer: the plain LiveKit SDK, as any program uses it, and the little its three parts share.

What a peer answers and what it calls by itself is its part's; here it joins, stays, and comes back after the
room was stopped and started again.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Protocol

import msgspec
from livekit import rtc

from inspector.tasks import TaskOwner

logger = logging.getLogger(__name__)

JOIN_AGAIN_AFTER_S = 1.0
TIMEOUT_S = 10.0
ACTIVE = rtc.ParticipantState.PARTICIPANT_STATE_ACTIVE

Handler = Callable[[rtc.RpcInvocationData], Awaitable[str]]


class Habit(msgspec.Struct, frozen=True):
    """A call that a peer makes again and again while its destination is there."""

    to: str
    method: str
    every_s: float
    payload: Callable[[int], str]
    """The payload of the n-th call, n from 0."""
    first_after_s: float = 0.5


class Part(Protocol):
    """What makes one peer differ from the others."""

    def handlers(self) -> Mapping[str, Handler]:
        """The methods it answers."""

    def habits(self) -> tuple[Habit, ...]:
        """The calls it makes by itself."""


class DemoPeer:
    """Plays one part in a room until cancelled."""

    def __init__(self, part: Part, tasks: TaskOwner) -> None:
        self._part = part
        self._tasks = tasks
        self._room = rtc.Room()

    async def play(self, url: str, token: str) -> None:
        """Joins, and joins again whenever the room is lost, until cancelled."""
        for number, habit in enumerate(self._part.habits()):
            self._tasks.spawn(self._repeat(habit), f"habit {number} {habit.method}")
        try:
            while True:
                await self._stay(url, token)
                await asyncio.sleep(JOIN_AGAIN_AFTER_S)
        finally:
            await self._room.disconnect()

    async def _stay(self, url: str, token: str) -> None:
        """Joins and returns when the room is lost, or cannot be joined now."""
        lost = asyncio.Event()
        room = rtc.Room()
        room.on("disconnected", lambda _reason: lost.set())
        try:
            await room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
        except rtc.ConnectError as error:
            logger.info("could not join: %s", error)
            return
        self._room = room
        for method, handler in self._part.handlers().items():
            room.local_participant.register_rpc_method(method, handler)
        await lost.wait()

    async def _repeat(self, habit: Habit) -> None:
        await asyncio.sleep(habit.first_after_s)
        number = 0
        while True:
            if self._is_there(habit.to):
                await self._call(habit.to, habit.method, habit.payload(number))
                number += 1
            await asyncio.sleep(habit.every_s)

    async def _call(self, to: str, method: str, payload: str) -> None:
        try:
            await self._room.local_participant.perform_rpc(
                destination_identity=to, method=method, payload=payload, response_timeout=TIMEOUT_S
            )
        except rtc.RpcError as error:
            logger.info("%s of %s: %s %s", method, to, error.code, error.message)

    def _is_there(self, identity: str) -> bool:
        if not self._room.isconnected():
            return False
        participant = self._room.remote_participants.get(identity)
        return participant is not None and participant.state == ACTIVE


def compact(value: object) -> str:
    """`value` as JSON in the fewest characters."""
    return json.dumps(value, separators=(",", ":"))
