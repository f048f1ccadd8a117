"""Datagrams on the WebRTC port, from strangers and from the address of a participant itself."""

import secrets
import socket

from livekit.protocol import models
from livekit.protocol.rtc import SessionDescription

from inspector.local_room.transport.stun import binding_request
from tests.fuzz.test_data import arrives
from tests.local_room.raw_peer import RawPeer
from tests.local_room.transport.client import Client
from tests.support.fuzzing import CASES, mutations
from tests.support.local_room import LocalRoom

AT_ONCE = 50
"""After so many datagrams a sound message has to come through."""
MOST_BYTES = 60_000
"""About what fits into one datagram."""


class RecordingClient(Client):
    """Keeps what it sends: STUN, the handshake, data."""

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[bytes] = []

    @property
    def server(self) -> tuple[str, int]:
        """Where it sends to."""
        return self._server

    def send_raw(self, datagram: bytes) -> None:
        self.sent.append(datagram)
        super().send_raw(datagram)


async def test_mutated_datagrams(target: LocalRoom, room: str) -> None:
    async with (
        RawPeer.joined(target.url, room, "sender") as sending,
        RawPeer.joined(target.url, room, "listener") as listening,
    ):
        sender = sending.client = RecordingClient()
        await sending.ask(offer=SessionDescription(type="offer", sdp=sender.offer(), id=1))
        await sender.connect((await sending.next("answer")).answer.sdp).ready()
        listener = await listening.connect()
        samples = [*sender.sent, binding_request(secrets.token_bytes(12), "some:body", b"x" * 22)]
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger:
            for number, datagram in enumerate(mutations(samples), start=1):
                if number % 2:
                    stranger.sendto(datagram[:MOST_BYTES], sender.server)
                else:
                    sender.send_raw(datagram[:MOST_BYTES])
                if number % AT_ONCE == 0 or number == CASES:
                    mark = f"mark {number}".encode()
                    sending.send(models.DataPacket(user=models.UserPacket(payload=mark)))
                    await arrives(listener, mark)
        assert not sender.ended.is_set()
