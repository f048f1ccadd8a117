"""What goes to a participant that receives too slowly: dropped until it has caught up, and said once."""

from livekit.protocol.models import DataPacket, UserPacket

from inspector.local_room.limits import LimitReachedError, Limits
from inspector.local_room.rooms.outbox import Outbox, Outgoing

BOUND = 100_000
PACKET = Outgoing.of(DataPacket(user=UserPacket(payload=b"x" * 1_000)))


class Connections:
    """A participant that receives when the test says so."""

    def __init__(self) -> None:
        self.buffered_bytes = 0
        self.sent = 0

    def send(self, kind: DataPacket.Kind, data: bytes) -> bool:
        self.buffered_bytes += len(data)
        self.sent += 1
        return True


def test_who_falls_behind_is_sent_nothing_until_it_has_caught_up_which_is_said_once_and_of_whom() -> None:
    connections, said = Connections(), list[LimitReachedError]()
    limits = Limits(reliable_backlog_size=BOUND)
    outbox = Outbox(connections, limits, lambda: 0.0, said.append, receiver="'slow' in room 'r'")  # type: ignore[arg-type]
    outbox.open()

    for _ in range(200):
        outbox.send(PACKET)
    sent = connections.sent
    assert connections.buffered_bytes <= BOUND
    for _ in range(20):  # It receives a little at a time; a gap in a stream is as bad as its loss.
        connections.buffered_bytes -= len(PACKET.data)
        outbox.send(PACKET)
    assert connections.sent == sent
    assert len(said) == 1
    assert "'slow' in room 'r'" in str(said[0])

    connections.buffered_bytes = BOUND // 2
    outbox.send(PACKET)
    assert connections.sent == sent + 1
    for _ in range(200):
        outbox.send(PACKET)
    assert len(said) == 2
