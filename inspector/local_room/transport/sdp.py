"""Session descriptions, as far as a room without media needs them (RFC 8866, RFC 8829, RFC 8841).

An answer keeps every media section of the offer with its payload types, turned `inactive`: clients take that
as a connection on which publishing works and nothing is heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

from inspector.local_room.transport.certificates import Fingerprint

MOST_BYTES: Final = 256 * 1024
MOST_SECTIONS: Final = 256
DATA_PROTOCOL: Final = "webrtc-datachannel"
DEFAULT_SCTP_PORT: Final = 5000
# What RFC 8841 has a peer take that says nothing.
DEFAULT_MESSAGE_BYTES: Final = 65_536
# The type preference of a host candidate, highest (RFC 8445, 5.1.2.1).
_HOST_PREFERENCE: Final = 126 << 24
# What an answer repeats of a media section's attributes: how its payload types are to be read.
_REPEATED: Final = ("rtpmap:", "fmtp:", "rtcp-fb:")


class SdpError(Exception):
    """A session description that cannot be answered; the text says why."""


@dataclass(frozen=True, slots=True)
class Section:
    """A media section: its m-line's words, and its attributes in order (without `a=`)."""

    kind: str
    port: int
    protocol: str
    formats: tuple[str, ...]
    attributes: tuple[str, ...]

    def value(self, name: str) -> str | None:
        """The value of the first attribute of that name; "" if it has none, None if it is absent."""
        return _value(self.attributes, name)

    @property
    def mid(self) -> str:
        """Its identification."""
        return self.value("mid") or ""

    @property
    def is_data(self) -> bool:
        """Whether data channels go over it."""
        return self.kind == "application" and self.formats == (DATA_PROTOCOL,)

    @property
    def is_refused(self) -> bool:
        """Whether it is closed already; port 0 means something else where sections share one."""
        return self.port == 0 and self.value("bundle-only") is None


def _value(attributes: Sequence[str], name: str) -> str | None:
    for attribute in attributes:
        found, _, value = attribute.partition(":")
        if found == name:
            return value.strip()
    return None


@dataclass(frozen=True, slots=True)
class Description:
    """A peer's offer or answer."""

    sections: tuple[Section, ...]
    ufrag: str
    fingerprints: tuple[Fingerprint, ...]
    setup: str
    sctp_port: int
    most_message_bytes: int
    """How large a message the peer takes; 0 means any."""
    mixed_extensions: bool

    @property
    def has_data(self) -> bool:
        """Whether data channels are wanted."""
        return any(section.is_data and not section.is_refused for section in self.sections)

    @classmethod
    def parsed(cls, text: str) -> Self:
        """Reads a description.

        Raises:
            SdpError: it has no section, or lacks what ICE and DTLS need.
        """
        if len(text) > MOST_BYTES:
            msg = f"the session description is longer than {MOST_BYTES:,} bytes"
            raise SdpError(msg)
        session, sections = _split(text)
        everywhere = [*session, *(item for section in sections for item in section.attributes)]
        data = next((section for section in sections if section.is_data and not section.is_refused), None)
        # The data section is looked at first; sections that share its transport may omit what describes it.
        lookup = (*data.attributes, *everywhere) if data is not None else tuple(everywhere)
        fingerprints = tuple(dict.fromkeys(_fingerprints(lookup)))
        if not any(item.is_known for item in fingerprints):
            msg = "the session description has no usable a=fingerprint"
            raise SdpError(msg)
        return cls(
            sections=sections,
            ufrag=_demanded(lookup, "ice-ufrag"),
            fingerprints=fingerprints,
            setup=_demanded(lookup, "setup"),
            sctp_port=_number(lookup, "sctp-port", DEFAULT_SCTP_PORT, 65_535),
            most_message_bytes=_number(lookup, "max-message-size", DEFAULT_MESSAGE_BYTES, 2**53),
            mixed_extensions=_value(everywhere, "extmap-allow-mixed") is not None,
        )


def _split(text: str) -> tuple[list[str], tuple[Section, ...]]:
    """The session's attributes, and the sections."""
    if not text.startswith("v=0"):
        msg = "this is no session description: it does not begin with v=0"
        raise SdpError(msg)
    session: list[str] = []
    sections: list[tuple[list[str], list[str]]] = []
    for line in text.splitlines():
        if line.startswith("m="):
            sections.append((line[2:].split(), []))
        elif line.startswith("a="):
            (sections[-1][1] if sections else session).append(line[2:])
    if not 0 < len(sections) <= MOST_SECTIONS:
        msg = f"the session description has {len(sections)} media sections; 1 to {MOST_SECTIONS} are taken"
        raise SdpError(msg)
    return session, tuple(_section(words, attributes) for words, attributes in sections)


def _section(words: list[str], attributes: list[str]) -> Section:
    if len(words) < 4 or not words[1].isdecimal():
        msg = f"a media section begins with nonsense: m={' '.join(words)[:80]}"
        raise SdpError(msg)
    kind, port, protocol, *formats = words
    return Section(kind, int(port), protocol, tuple(formats), tuple(attributes))


def _demanded(attributes: Sequence[str], name: str) -> str:
    if value := _value(attributes, name):
        return value
    msg = f"the session description has no a={name}"
    raise SdpError(msg)


def _number(attributes: Sequence[str], name: str, default: int, most: int) -> int:
    value = _value(attributes, name)
    if value is None:
        return default
    if not (value.isascii() and value.isdecimal()) or len(value) > 16:
        msg = f"a={name} is not a number: {value[:40]}"
        raise SdpError(msg)
    return min(int(value), most)


def _fingerprints(attributes: Sequence[str]) -> list[Fingerprint]:
    found = [
        attribute.partition(":")[2].split()
        for attribute in attributes
        if attribute.startswith("fingerprint:")
    ]
    return [Fingerprint(*words) for words in found if len(words) == 2]


@dataclass(frozen=True, slots=True)
class Local:
    """What our side says of itself, the same in every section."""

    session_id: int
    version: int
    ufrag: str
    password: str
    fingerprint: Fingerprint
    candidates: tuple[tuple[str, int], ...]
    """Addresses and UDP ports, the preferred first."""
    sctp_port: int
    most_message_bytes: int

    def answer(self, offer: Description) -> str:
        """The answer to an offer."""
        lines = self._session([section for section in offer.sections if not section.is_refused])
        if offer.mixed_extensions:
            lines.append("a=extmap-allow-mixed")
        with_candidates = True
        for section in offer.sections:
            if section.is_refused:
                lines += _refusal(section)
                continue
            lines += self._m_line(section.kind, section.protocol, section.formats, section.mid)
            lines += self._transport("passive", with_candidates=with_candidates)
            lines += self._data() if section.is_data else _inactive(section)
            with_candidates = False
        return _text(lines)

    def offer(self) -> str:
        """An offer of data channels and nothing else."""
        section = Section("application", 9, "UDP/DTLS/SCTP", (DATA_PROTOCOL,), ("mid:0",))
        lines = self._session([section])
        lines += self._m_line(section.kind, section.protocol, section.formats, section.mid)
        lines += self._transport("actpass", with_candidates=True)
        lines += self._data()
        return _text(lines)

    def _session(self, sections: list[Section]) -> list[str]:
        return [
            "v=0",
            f"o=- {self.session_id} {self.version} IN IP4 127.0.0.1",
            "s=-",
            "t=0 0",
            "a=group:BUNDLE " + " ".join(section.mid for section in sections),
            "a=ice-lite",
            "a=msid-semantic: WMS",
        ]

    def _m_line(self, kind: str, protocol: str, formats: tuple[str, ...], mid: str) -> list[str]:
        return [f"m={kind} 9 {protocol} {' '.join(formats)}", "c=IN IP4 0.0.0.0", f"a=mid:{mid}"]

    def _transport(self, setup: str, *, with_candidates: bool) -> list[str]:
        lines = [
            f"a=ice-ufrag:{self.ufrag}",
            f"a=ice-pwd:{self.password}",
            f"a=fingerprint:{self.fingerprint.algorithm} {self.fingerprint.digest}",
            f"a=setup:{setup}",
        ]
        if with_candidates:
            for index, (host, port) in enumerate(self.candidates):
                priority = _HOST_PREFERENCE + ((65_535 - index) << 8) + 255
                lines.append(f"a=candidate:{index + 1} 1 udp {priority} {host} {port} typ host")
            lines.append("a=end-of-candidates")
        return lines

    def _data(self) -> list[str]:
        return [f"a=sctp-port:{self.sctp_port}", f"a=max-message-size:{self.most_message_bytes}"]


def _inactive(section: Section) -> list[str]:
    repeated = [f"a={attribute}" for attribute in section.attributes if attribute.startswith(_REPEATED)]
    return ["a=inactive", "a=rtcp-mux", "a=rtcp-rsize", *repeated]


def _refusal(section: Section) -> list[str]:
    lines = [f"m={section.kind} 0 {section.protocol} {' '.join(section.formats)}", "c=IN IP4 0.0.0.0"]
    return [*lines, f"a=mid:{section.mid}", "a=inactive"]


def _text(lines: list[str]) -> str:
    return "\r\n".join(lines) + "\r\n"
