"""All rooms of one server, and what its API does to them (`room_service.Rooms`)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from livekit.protocol.models import DataPacket, DisconnectReason, ParticipantInfo
from livekit.protocol.models import Room as RoomInfo
from livekit.protocol.room import CreateRoomRequest, UpdateParticipantRequest
from livekit.protocol.rtc import UpdateParticipantMetadata

from inspector.local_room.access.refusals import full
from inspector.local_room.rooms import profile
from inspector.local_room.rooms.participants import Participant
from inspector.local_room.rooms.room import Room
from inspector.local_room.services import Services


class Rooms:
    """The rooms by name. A room is there from the first join or an explicit creation until it is idle."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._rooms: dict[str, Room] = {}

    def open(self, request: CreateRoomRequest) -> Room:
        """The room of that name; where there is none it is created as the request says.

        Raises:
            Refused: this server has as many rooms as it takes.
        """
        room = self.find(request.name)
        if room is not None:
            return room
        self._make_sure_of_a_place()
        room = self._rooms[request.name] = Room(request, self._services)
        self._services.tell_observers(lambda o: o.room_opened(room.name, request))
        return room

    def make_sure_of_a_place(self, room: str, newcomer: Participant) -> None:
        """Returns where somebody could join now.

        Raises:
            Refused: the room is full, or there is none and there are as many others as may be.
        """
        found = self.find(room)
        if found is not None:
            found.make_sure_of_a_place(newcomer)
        else:
            self._make_sure_of_a_place()

    def _make_sure_of_a_place(self) -> None:
        bound = self._services.options.limits.rooms
        if len(self._rooms) >= bound:
            raise full(f"this local room server takes {bound} rooms")

    def find(self, name: str) -> Room | None:
        """The room of that name, if there is one."""
        room = self._rooms.get(name)
        return None if room is None or room.is_closed else room

    def tick(self) -> None:
        """Does what is due in every room, and forgets those that are over."""
        for room in list(self._rooms.values()):
            room.tick()
        self._rooms = {name: room for name, room in self._rooms.items() if not room.is_closed}

    def close(self, reason: DisconnectReason) -> None:
        """Ends all rooms."""
        for room in list(self._rooms.values()):
            room.close(reason)
        self._rooms.clear()

    # For the server API

    def create(self, request: CreateRoomRequest) -> RoomInfo:
        """The room of that name, created as the request says unless it is there already.

        Raises:
            Refused: there are as many rooms as there may be.
        """
        return self.open(request).info()

    def list(self, names: Sequence[str]) -> Sequence[RoomInfo]:
        """The rooms of these names that there are; all of them where none are given."""
        rooms = (room for room in self._rooms.values() if not room.is_closed)
        return [room.info() for room in rooms if not names or room.name in names]

    def delete(self, room: str) -> bool:
        """Ends a room for everybody in it. False: there is none."""
        found = self.find(room)
        if found is None:
            return False
        found.close(DisconnectReason.ROOM_DELETED)
        del self._rooms[room]
        return True

    def participants(self, room: str) -> Sequence[ParticipantInfo]:
        """Everybody in a room, the hidden too; nobody where there is no such room."""
        found = self.find(room)
        return [participant.info() for participant in found.participants.values()] if found else []

    def participant(self, room: str, identity: str) -> ParticipantInfo | None:
        """Somebody in a room."""
        found = self._somebody(room, identity)
        return found[1].info() if found else None

    def remove(self, room: str, identity: str) -> bool:
        """Throws somebody out. False: nobody there."""
        if (found := self._somebody(room, identity)) is None:
            return False
        found[0].remove(found[1], DisconnectReason.PARTICIPANT_REMOVED)
        return True

    def update(self, request: UpdateParticipantRequest) -> ParticipantInfo | None:
        """Changes what is said of somebody, and what it may. None: nobody there."""
        if (found := self._somebody(request.room, request.identity)) is None:
            return None
        room, participant = found
        update = UpdateParticipantMetadata(
            name=request.name, metadata=request.metadata, attributes=request.attributes
        )
        limits = self._services.options.limits
        changed = profile.change(participant, update, limits, by_itself=False).changed
        if request.HasField("permission") and request.permission != participant.permission:
            participant.permit(request.permission)
            changed = True
        if changed:
            room.changed(participant)
        return participant.info()

    def update_metadata(self, room: str, metadata: str) -> RoomInfo | None:
        """Changes what a room says of itself. None: there is no such room."""
        found = self.find(room)
        if found is None:
            return None
        found.set_metadata(metadata)
        return found.info()

    def send_data(self, room: str, packet: DataPacket) -> bool:
        """Passes on a packet that says whom it is from and for. False: there is no such room."""
        found = self.find(room)
        if found is None:
            return False
        found.data.route(packet, packet.participant_identity)
        return True

    def open_mailbox(self, room: str, address: str, mailbox: Callable[[DataPacket], None]) -> None:
        """From now on what is sent to `address`, which is nobody's identity, goes to `mailbox`."""
        if (found := self.find(room)) is not None:
            found.data.open_mailbox(address, mailbox)

    def close_mailbox(self, room: str, address: str) -> None:
        """What is sent to `address` is dropped again."""
        if (found := self.find(room)) is not None:
            found.data.close_mailbox(address)

    def _somebody(self, room: str, identity: str) -> tuple[Room, Participant] | None:
        found = self.find(room)
        participant = found.participants.get(identity) if found else None
        return (found, participant) if found and participant else None
