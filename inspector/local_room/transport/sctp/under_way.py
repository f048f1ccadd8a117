"""What a sender keeps of a message, and of each DATA chunk it became, until the peer has it."""

from __future__ import annotations

from enum import Enum, auto


class State(Enum):
    """Where a chunk is, as far as the sender knows."""

    IN_FLIGHT = auto()
    ARRIVED = auto()
    LOST = auto()
    ABANDONED = auto()


class Message:
    """What waits to be sent, or is being sent."""

    __slots__ = (
        "abandoned",
        "data",
        "expires_at",
        "first_tsn",
        "most_sendings",
        "offset",
        "ordered",
        "protocol",
        "ssn",
        "stream",
    )

    def __init__(
        self,
        stream: int,
        protocol: int,
        data: bytes,
        ordered: bool,
        most_sendings: int | None,
        expires_at: float,
    ) -> None:
        self.stream = stream
        self.protocol = protocol
        self.data = data
        self.ordered = ordered
        self.most_sendings = most_sendings
        self.expires_at = expires_at
        self.offset = 0
        self.ssn = 0
        self.first_tsn = -1
        self.abandoned = False


class Chunk:
    """A DATA chunk under way."""

    __slots__ = ("encoded", "message", "misses", "sendings", "sent_at", "size", "state")

    def __init__(self, message: Message, encoded: bytes, size: int, sent_at: float) -> None:
        self.message = message
        self.encoded = encoded
        self.size = size
        self.sent_at = sent_at
        self.sendings = 1
        self.misses = 0
        self.state = State.IN_FLIGHT
