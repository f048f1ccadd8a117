"""How SCTP looks on the wire: packets, chunks, parameters and the checksum.

Layouts and numbers are those of RFC 9260 (SCTP), RFC 3758 (FORWARD-TSN) and RFC 6525 (RE-CONFIG).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from struct import Struct
from typing import Final

from google_crc32c import extend, value

DATA: Final = 0
INIT: Final = 1
INIT_ACK: Final = 2
SACK: Final = 3
HEARTBEAT: Final = 4
HEARTBEAT_ACK: Final = 5
ABORT: Final = 6
SHUTDOWN: Final = 7
SHUTDOWN_ACK: Final = 8
ERROR: Final = 9
COOKIE_ECHO: Final = 10
COOKIE_ACK: Final = 11
SHUTDOWN_COMPLETE: Final = 14
RECONFIG: Final = 130
FORWARD_TSN: Final = 192

# Flags of a DATA chunk (RFC 9260, 3.3.1).
END: Final = 1
BEGIN: Final = 2
WHOLE: Final = BEGIN | END
UNORDERED: Final = 4
IMMEDIATE: Final = 8
# Flag of ABORT and SHUTDOWN-COMPLETE: the verification tag is the receiver's view of the peer's.
TAG_REFLECTED: Final = 1

STATE_COOKIE: Final = 7
SUPPORTED_EXTENSIONS: Final = 0x8008
FORWARD_TSN_SUPPORTED: Final = 0xC000

M32: Final = 0xFFFF_FFFF
HALF: Final = 0x8000_0000
"""Serial numbers further ahead than this are behind (RFC 1982)."""

HEADER_BYTES: Final = 12
DATA_HEADER_BYTES: Final = 16

PORTS_AND_TAG: Final = Struct("!HHL")
CHECKSUM: Final = Struct("<L")
CHUNK_HEADER: Final = Struct("!BBH")
DATA_HEADER: Final = Struct("!BBHLHHL")
DATA_FIELDS: Final = Struct("!LHHL")
SACK_FIELDS: Final = Struct("!LLHH")
PLAIN_SACK: Final = Struct("!BBHLLHH")
INIT_FIELDS: Final = Struct("!LLHHL")
PAIR: Final = Struct("!HH")
U32: Final = Struct("!L")

PADDING: Final = (b"", b"\0", b"\0\0", b"\0\0\0")


class Malformed(Exception):  # noqa: N818 - it states what the bytes are
    """The bytes are no chunk of the kind they claim to be."""


class Envelope:
    """What all packets of one direction of an association begin with, and their checksum."""

    __slots__ = ("_seed", "start")

    def __init__(self, source_port: int, destination_port: int, tag: int) -> None:
        self.start = PORTS_AND_TAG.pack(source_port, destination_port, tag)
        # The checksum is computed with zeros in its own place; that far it is the same for every packet.
        self._seed: int = value(self.start + b"\0\0\0\0")

    def seal(self, body: bytes) -> bytes:
        """A whole packet around its chunks."""
        return self.start + CHECKSUM.pack(extend(self._seed, body)) + body

    def is_whole(self, packet: bytes, body: bytes) -> bool:
        """Whether the checksum of `packet`, which begins with `start` and ends with `body`, is right."""
        return bool(CHECKSUM.unpack_from(packet, 8)[0] == extend(self._seed, body))


def chunk(kind: int, flags: int, content: bytes) -> bytes:
    """One chunk with its padding."""
    return CHUNK_HEADER.pack(kind, flags, 4 + len(content)) + content + PADDING[-len(content) & 3]


def parameter(kind: int, content: bytes) -> bytes:
    """One parameter with its padding."""
    return PAIR.pack(kind, 4 + len(content)) + content + PADDING[-len(content) & 3]


def parameters(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The parameters that `data` consists of: kind and content. Ends where they stop making sense."""
    position = 0
    while position + 4 <= len(data):
        kind, length = PAIR.unpack_from(data, position)
        if length < 4 or position + length > len(data):
            return
        yield kind, data[position + 4 : position + length]
        position += (length + 3) & ~3


@dataclass(frozen=True, slots=True)
class Init:
    """What INIT and INIT-ACK say."""

    tag: int
    window: int
    """How many bytes the sender of this takes at once (a_rwnd)."""
    outbound_streams: int
    inbound_streams: int
    first_tsn: int
    forward_tsn: bool = False
    """Whether the sender of this understands FORWARD-TSN."""
    cookie: bytes = b""

    def encoded(self, kind: int) -> bytes:
        """The chunk, as INIT or as INIT-ACK."""
        content = INIT_FIELDS.pack(
            self.tag, self.window, self.outbound_streams, self.inbound_streams, self.first_tsn
        )
        if self.forward_tsn:
            content += parameter(FORWARD_TSN_SUPPORTED, b"")
        content += parameter(SUPPORTED_EXTENSIONS, bytes((RECONFIG, FORWARD_TSN)))
        if self.cookie:
            content += parameter(STATE_COOKIE, self.cookie)
        return chunk(kind, 0, content)

    @classmethod
    def decoded(cls, content: bytes) -> Init:
        """Reads the content of an INIT or INIT-ACK chunk.

        Raises:
            Malformed: it is too short, or names a tag or a number of streams that may not be.
        """
        if len(content) < INIT_FIELDS.size:
            raise Malformed
        tag, window, outbound, inbound, first_tsn = INIT_FIELDS.unpack_from(content)
        if not (tag and outbound and inbound):
            raise Malformed
        found = dict(parameters(content[INIT_FIELDS.size :]))
        forward_tsn = FORWARD_TSN_SUPPORTED in found or FORWARD_TSN in found.get(SUPPORTED_EXTENSIONS, b"")
        return cls(tag, window, outbound, inbound, first_tsn, forward_tsn, found.get(STATE_COOKIE, b""))


def data_chunk(flags: int, tsn: int, stream: int, ssn: int, protocol: int, payload: bytes) -> bytes:
    """A DATA chunk with its padding."""
    size = len(payload)
    header = DATA_HEADER.pack(DATA, flags, DATA_HEADER_BYTES + size, tsn & M32, stream, ssn, protocol)
    return header + payload + PADDING[-size & 3]


def forward_tsn_chunk(tsn: int, streams: dict[int, int]) -> bytes:
    """Tells the peer to await nothing up to `tsn`, and on each ordered stream nothing up to its number."""
    content = U32.pack(tsn & M32) + b"".join(PAIR.pack(*item) for item in streams.items())
    return chunk(FORWARD_TSN, 0, content)


def pairs(content: bytes, position: int, count: int) -> list[tuple[int, int]]:
    """`count` pairs of 16 bit numbers, as gap blocks and skipped streams are.

    Raises:
        Malformed: there are not that many.
    """
    if position + 4 * count > len(content):
        raise Malformed
    return [PAIR.unpack_from(content, position + 4 * i) for i in range(count)]
