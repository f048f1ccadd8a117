"""Rooms that are lists in memory, for tests of what is built on rooms."""

from collections.abc import Callable, Sequence

from livekit.protocol.models import DataPacket, ParticipantInfo, Room
from livekit.protocol.room import CreateRoomRequest, UpdateParticipantRequest

from inspector.local_room.access.refusals import Refused

Answer = Callable[[DataPacket], Sequence[DataPacket]]


class FakeRooms:
    """Implements `Rooms`. A callee answers RPC requests at once by `answers`, or not at all."""

    def __init__(self, most: int = 100) -> None:
        self._most = most
        self.rooms: dict[str, Room] = {}
        self.people: dict[str, dict[str, ParticipantInfo]] = {}
        self.sent: list[tuple[str, DataPacket]] = []
        self.answers: dict[str, Answer] = {}
        self.mailboxes: dict[tuple[str, str], Callable[[DataPacket], None]] = {}

    def join(self, room: str, identity: str) -> ParticipantInfo:
        self.create(CreateRoomRequest(name=room))
        info = ParticipantInfo(identity=identity, sid=f"PA_{identity}", state=ParticipantInfo.State.ACTIVE)
        self.people[room][identity] = info
        return info

    def list(self, names: Sequence[str]) -> list[Room]:
        return [room for name, room in self.rooms.items() if not names or name in names]

    def create(self, request: CreateRoomRequest) -> Room:
        if request.name not in self.rooms and len(self.rooms) >= self._most:
            raise Refused(503, "there are enough rooms")
        self.people.setdefault(request.name, {})
        new = Room(sid=f"RM_{len(self.rooms)}", name=request.name, metadata=request.metadata)
        return self.rooms.setdefault(request.name, new)

    def delete(self, room: str) -> bool:
        self.people.pop(room, None)
        return self.rooms.pop(room, None) is not None

    def participants(self, room: str) -> tuple[ParticipantInfo, ...]:
        return tuple(self.people.get(room, {}).values())

    def participant(self, room: str, identity: str) -> ParticipantInfo | None:
        return self.people.get(room, {}).get(identity)

    def remove(self, room: str, identity: str) -> bool:
        return self.people.get(room, {}).pop(identity, None) is not None

    def update(self, request: UpdateParticipantRequest) -> ParticipantInfo | None:
        info = self.participant(request.room, request.identity)
        if info is not None:
            info.name = request.name or info.name
            info.metadata = request.metadata or info.metadata
            info.attributes.update(request.attributes)
        return info

    def update_metadata(self, room: str, metadata: str) -> Room | None:
        found = self.rooms.get(room)
        if found is not None:
            found.metadata = metadata
        return found

    def open_mailbox(self, room: str, address: str, mailbox: Callable[[DataPacket], None]) -> None:
        self.mailboxes[room, address] = mailbox

    def close_mailbox(self, room: str, address: str) -> None:
        del self.mailboxes[room, address]

    def send_data(self, room: str, packet: DataPacket) -> bool:
        if room not in self.rooms:
            return False
        self.sent.append((room, packet))
        for identity in packet.destination_identities:
            if identity in self.answers:
                for answer in self.answers[identity](packet):
                    self.mailboxes[room, packet.participant_identity](answer)
        return True
