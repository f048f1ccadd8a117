"""Calls in end-to-end encrypted rooms, as far as sizes, directions and order tell of them.

Every packet is one `EncryptedPacket` there, of which only sender, destination and length can be read. An
ack is known by its length: it holds a UUID and nothing else. So a packet to exactly one participant counts
as a request (of whatever else an encrypted room sends to one participant too), the ack-sized packet back as
the ack of the oldest that has none, the next other packet back as the answer of the oldest that has one.
With several calls between the same two under way, their answers may thus be taken for each other's; whether
an answer is a response or an error cannot be told, nor how long a text is. Faults are not done to them: a
rule could not know what it meets.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence

from livekit.protocol.models import DataPacket

from inspector.local_room.watching.call_ledger import CallLedger
from inspector.local_room.watching.kept_text import KeptText
from inspector.local_room.watching.rpc_wire import RequestHead
from inspector.local_room.watching.watched_call import WatchedCall

ACK_BYTES = 56
"""An encrypted ack: 40 bytes with the request's UUID in them, and the 16 of AES-GCM's tag. A stream's
trailer, which holds the stream's UUID, is as long; no request is."""
CHUNK_BYTES = 15_000
"""A packet with more is a full chunk of a stream, which no request and no answer begins with."""


class OpaqueCalls:
    """Keeps the calls between each two participants in their order."""

    def __init__(self, ledger: CallLedger) -> None:
        self._ledger = ledger
        self._calls: dict[tuple[str, str], deque[WatchedCall]] = {}
        self._in_chunks: set[tuple[str, str]] = set()

    def packet(self, packet: DataPacket, sender: str, destinations: Sequence[str]) -> bool:
        """Sees an encrypted packet, which the room delivers in any case."""
        if len(destinations) == 1 and destinations[0] != sender:
            self._packet(len(packet.encrypted_packet.encrypted_value), sender, destinations[0])
        return False

    def participant_left(self, identity: str) -> None:
        """A participant is gone; the ledger ends its calls."""
        for pair in [pair for pair in self._calls if identity in pair]:
            del self._calls[pair]
        self._in_chunks = {pair for pair in self._in_chunks if identity not in pair}

    def _packet(self, size: int, sender: str, to: str) -> None:
        way = (sender, to)
        if size > CHUNK_BYTES:
            self._in_chunks.add(way)
        elif way in self._in_chunks:
            if size == ACK_BYTES:  # the trailer
                self._in_chunks.discard(way)
        elif size == ACK_BYTES:
            if call := next((call for call in self._pending(to, sender) if not call.is_heard), None):
                self._ledger.acked(call)
        elif call := next((call for call in self._pending(to, sender) if call.is_heard), None):
            self._ledger.answered(call, self._text())
        else:
            self._begin(sender, to)

    def _begin(self, caller: str, callee: str) -> None:
        head = RequestHead(None, None, None, None)
        call = self._ledger.begin(head, caller=caller, callee=callee, payload=self._text())
        if call is not None:
            self._ledger.request_came(call, is_whole=True)
            self._calls.setdefault((caller, callee), deque()).append(call)

    def _pending(self, caller: str, callee: str) -> Iterator[WatchedCall]:
        calls = self._calls.get((caller, callee))
        if calls is None:
            return iter(())
        while calls and not calls[0].is_pending:
            calls.popleft()
        if not calls:
            del self._calls[caller, callee]
        return (call for call in calls if call.is_pending)

    def _text(self) -> KeptText:
        return KeptText(self._ledger.budget, encrypted=True)
