"""What comes from one participant's client: its data, and the state of its connections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from inspector.local_room.rooms.connections import Kind
from inspector.local_room.rooms.participants import Participant
from inspector.local_room.services import Services

if TYPE_CHECKING:
    from inspector.local_room.rooms.room import Room


class Session:
    """One participant in its room, as its connections know it. Nothing that it brings up harms the others."""

    def __init__(self, room: Room, participant: Participant, services: Services) -> None:
        self.room = room
        self.participant = participant
        self.services = services

    def data_ready(self) -> None:
        """Data can be sent from now on."""
        self.room.became_active(self.participant)

    def data_received(self, kind: Kind, data: bytes) -> None:
        """A message came on one of the channels."""
        self.room.data.received(self.participant, kind, data)

    def connection_lost(self, why: str) -> None:  # noqa: ARG002 - the client is told in its own terms
        """A connection ended that we had not ended ourselves."""
        self.room.connection_lost(self.participant)
