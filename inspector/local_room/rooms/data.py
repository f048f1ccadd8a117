"""Data packets: stamped with their sender, shown to the watcher, passed on (`handleReceivedDataMessage`)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from uuid import UUID

from google.protobuf.message import DecodeError
from livekit.protocol.models import DataPacket, UserPacket

from inspector.local_room.hooks import CallWatcher
from inspector.local_room.limits import LimitReachedError
from inspector.local_room.rooms.connections import Kind
from inspector.local_room.rooms.outbox import Outgoing
from inspector.local_room.rooms.participants import Participant
from inspector.local_room.services import Services

_REMEMBERED_NONCES = 100
_NOT_FORWARDED = frozenset((None, "speaker", "metrics"))

Mailbox = Callable[[DataPacket], None]
"""Gets what is sent to an address that is no participant: the server's own calls have such."""


class DataRouter:
    """Passes data on within one room; `participants` is the room's own, by identity."""

    def __init__(
        self,
        participants: Mapping[str, Participant],
        services: Services,
        report: Callable[[LimitReachedError, Participant], None],
    ) -> None:
        self._participants = participants
        self._services = services
        self._limits = services.options.limits
        self._report = report
        self._nonces = Nonces()
        self._mailboxes: dict[str, Mailbox] = {}
        self.watcher: CallWatcher | None = None

    def received(self, sender: Participant, kind: Kind, data: bytes) -> None:
        """Takes what a participant has sent; what it may not send, or is no packet, is dropped."""
        if not sender.permission.can_publish_data:
            return
        if len(data) > self._limits.data_packet_size:
            self._report(
                LimitReachedError(
                    f"dropped a data packet of {len(data)} bytes from {sender.identity!r}: no more than "
                    f"{self._limits.data_packet_size} are passed on"
                ),
                sender,
            )
            return
        try:
            packet = DataPacket.FromString(data)
        except DecodeError:
            return
        if stamp(packet, sender, kind):
            self.route(packet, sender.identity)

    def route(self, packet: DataPacket, sender: str) -> None:
        """Passes on a packet that says whom it is from and for; `sender` does not get it itself."""
        if packet.HasField("user") and self._nonces.repeats(packet.user):
            return
        destinations = self._destinations(packet)
        if self._watched(packet, sender, destinations):
            return
        outgoing = Outgoing.of(packet)
        for identity in destinations or tuple(self._participants):
            if identity != sender:
                self._put(outgoing, identity)

    def _watched(self, packet: DataPacket, sender: str, destinations: Sequence[str]) -> bool:
        """Whether the watcher takes charge of a packet."""
        if self.watcher is None:
            return False
        try:
            return self.watcher.route(packet, sender, destinations)
        except Exception as error:  # noqa: BLE001 - what cannot be watched is delivered all the same
            self._services.report(error, "watching calls")
            return False

    def deliver(self, packet: DataPacket, to: str) -> None:
        """Sends a packet to one participant, as from `packet.participant_identity`; nobody there: dropped."""
        sender = self._participants.get(packet.participant_identity)
        if sender is not None:
            packet.participant_sid = sender.sid
        self._put(Outgoing.of(packet), to)

    def open_mailbox(self, address: str, mailbox: Mailbox) -> None:
        """From now on what is sent to `address` goes to `mailbox`."""
        self._mailboxes[address] = mailbox

    def close_mailbox(self, address: str) -> None:
        """What is sent to `address` is dropped again."""
        self._mailboxes.pop(address, None)

    def _put(self, outgoing: Outgoing, identity: str) -> None:
        receiver = self._participants.get(identity)
        if receiver is not None and receiver.reach is not None:
            receiver.reach.outbox.send(outgoing)
        elif (mailbox := self._mailboxes.get(identity)) is not None:
            mailbox(outgoing.packet)

    def _destinations(self, packet: DataPacket) -> Sequence[str]:
        destinations = tuple(dict.fromkeys(packet.destination_identities))
        if not packet.HasField("user") or not packet.user.destination_sids:
            return destinations
        sids = set(packet.user.destination_sids)
        named = (p.identity for p in self._participants.values() if p.sid in sids)
        # Sids that nobody has any more still are no word to everybody.
        return tuple(dict.fromkeys((*destinations, *named))) or ("",)


def stamp(packet: DataPacket, sender: Participant, kind: Kind) -> bool:
    """Writes the sender into a packet; False for one that goes no further."""
    content = packet.WhichOneof("value")
    if content in _NOT_FORWARDED or (content == "transcription" and not sender.is_agent):
        return False
    packet.kind = kind
    packet.participant_sid = sender.sid
    if kind == Kind.RELIABLE and packet.sequence:
        if packet.sequence <= sender.last_sequence:
            return False  # sent again after a resume; it had arrived
        sender.last_sequence = packet.sequence
    identity = "" if sender.is_hidden else sender.identity
    if packet.HasField("user"):
        _stamp_user(packet, sender, identity)
    if not _speaks_for_another(packet, sender):
        packet.participant_identity = identity
    return True


def _stamp_user(packet: DataPacket, sender: Participant, identity: str) -> None:
    packet.user.participant_sid = "" if sender.is_hidden else sender.sid
    packet.user.participant_identity = identity
    named = tuple(packet.destination_identities or packet.user.destination_identities)
    packet.destination_identities[:] = named
    packet.user.destination_identities[:] = named


def _speaks_for_another(packet: DataPacket, sender: Participant) -> bool:
    """Whether an agent sends chat or a text in somebody else's name, which it may; marks it as generated."""
    if not sender.is_agent or packet.participant_identity in ("", sender.identity):
        return False
    if packet.HasField("chat_message"):
        packet.chat_message.generated = True
        return True
    if packet.HasField("stream_header") and packet.stream_header.HasField("text_header"):
        packet.stream_header.text_header.generated = True
        return True
    return False


class Nonces:
    """Remembers user packets of late, since some come twice (livekit-server's `UserPacketDeduper`)."""

    def __init__(self) -> None:
        self._seen: set[UUID] = set()
        self._order: deque[UUID] = deque()

    def repeats(self, packet: UserPacket) -> bool:
        """Whether a packet with this one's nonce has come before; notes it."""
        try:
            nonce = UUID(bytes=packet.nonce)
        except ValueError:
            return False
        if nonce in self._seen:
            return True
        self._seen.add(nonce)
        self._order.append(nonce)
        if len(self._order) > _REMEMBERED_NONCES:
            self._seen.discard(self._order.popleft())
        return False
