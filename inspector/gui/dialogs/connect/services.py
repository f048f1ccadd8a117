"""What the Connect dialog asks of the world outside it, and the answers it gets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import msgspec

from inspector.core.participants import Participant
from inspector.core.problems import Problem
from inspector.gui.models.local_room_facts import LocalRoomFacts
from inspector.sdk.prefill import Prefill
from inspector.sdk.sources import ConnectionSource
from inspector.sdk.token_facts import TokenFacts


class ProbeAnswer(msgspec.Struct, frozen=True):
    """Whether a server answers: after how many milliseconds, or why not."""

    ms: float | None = None
    problem: Problem | None = None


class OpenRoom(msgspec.Struct, frozen=True):
    """A room that the server lists."""

    name: str
    participants: int = 0
    since: float | None = None
    """When it was opened (seconds since the epoch)."""


RoomsAnswer = tuple[OpenRoom, ...] | Problem
PeopleAnswer = tuple[Participant, ...] | Problem


class ConnectServices(Protocol):
    """The world outside the dialog. Answers come on the window's thread, at once or later, or never."""

    def local_room(self) -> LocalRoomFacts:
        """The local room as it stands now."""

    def sources(self) -> Prefill:
        """What stands in the environment, in `.env` files and in `lk`'s file; asked each time it opens."""

    def read_token(self, text: str) -> TokenFacts:
        """What a token says. Nothing is sent anywhere.

        Raises:
            ProblemError: it is not a token.
        """

    def probe(self, url: str, answer: Callable[[ProbeAnswer], None]) -> None:
        """Finds out whether a server answers at `url`."""

    def list_rooms(self, source: ConnectionSource, answer: Callable[[RoomsAnswer], None]) -> None:
        """The rooms that are open on the source's server; the source has a key."""

    def participants(
        self, source: ConnectionSource, room: str, answer: Callable[[PeopleAnswer], None]
    ) -> None:
        """Who is in a room of the source's server; the source has a key."""
