"""What an SDK's room told of itself, in order, and waiting for it to tell more."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple, TypeVar

from livekit import rtc

DEADLINE_S = 15.0
"""A server announces joins and leaves of participants without tracks up to 3 s late."""
EVENTS: tuple[Any, ...] = (
    "participant_connected",
    "participant_active",
    "participant_disconnected",
    "participant_metadata_changed",
    "participant_name_changed",
    "participant_attributes_changed",
    "participant_permissions_changed",
    "room_metadata_changed",
    "room_updated",
    "data_received",
    "local_track_published",
    "track_published",
    "track_unpublished",
    "track_muted",
    "track_unmuted",
    "track_subscribed",
    "reconnecting",
    "reconnected",
    "disconnected",
)

T = TypeVar("T")


class Event(NamedTuple):
    """One event of a room: its name in the SDK, and what came with it."""

    name: str
    details: tuple[Any, ...]


class Told:
    """The events of one room since it was made."""

    def __init__(self, room: rtc.Room) -> None:
        self.events: list[Event] = []
        self._changed = asyncio.Event()
        for name in EVENTS:
            room.on(name, self._noting(name))

    def wake(self) -> None:
        """Have every wait look again: something changed that is no event of the room."""
        self._changed.set()

    def of(self, name: str) -> list[tuple[Any, ...]]:
        """Return what came with each event of this name so far."""
        return [event.details for event in self.events if event.name == name]

    def packets(self) -> list[rtc.DataPacket]:
        """Return the data packets received so far."""
        return [packet for (packet,) in self.of("data_received")]

    async def until(self, look: Callable[[], T | None], within_s: float = DEADLINE_S) -> T:
        """Return the first value of `look` that is true, asked at every event.

        Raises:
            TimeoutError: there was none in time.
        """
        async with asyncio.timeout(within_s):
            while not (value := look()):
                self._changed.clear()
                await self._changed.wait()
            return value

    async def one(self, name: str, within_s: float = DEADLINE_S) -> tuple[Any, ...]:
        """Return what came with the first event of this name, past or to come, or TimeoutError."""
        return (await self.until(lambda: self.of(name) or None, within_s))[0]

    def _noting(self, name: str) -> Callable[..., None]:
        # The SDK looks at a callback's signature to choose how many arguments it gets: this one takes all.
        def note(*details: Any) -> None:
            self.events.append(Event(name, details))
            self._changed.set()

        return note
