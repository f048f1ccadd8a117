"""The text of a payload as its bytes pass by: kept up to a limit, and read only when somebody looks at it."""

from __future__ import annotations

import codecs
import zlib

import msgspec

TEXT_LIMIT_BYTES = 1024 * 1024
"""No more of one text is kept and shown."""


class Budget:
    """How many bytes a room may still keep of all the texts together."""

    __slots__ = ("left",)

    def __init__(self, limit_bytes: int) -> None:
        self.left = limit_bytes


_NOTHING_MORE = Budget(0)


class Reading(msgspec.Struct, frozen=True):
    """A text as it can be shown."""

    text: str | None
    """None where it cannot be read: encrypted, or not what its header says it is."""
    size_bytes: int | None
    """Of the whole text, UTF-8; None where only its end would tell."""
    truncated: bool = False


class KeptText:
    """Takes a text's bytes, compressed or not, in their order."""

    __slots__ = ("_budget", "_kept", "_total_bytes", "_wire_bytes", "compressed", "encrypted")

    def __init__(
        self,
        budget: Budget,
        *,
        compressed: bool = False,
        encrypted: bool = False,
        total_bytes: int | None = None,
    ) -> None:
        self.compressed = compressed
        self.encrypted = encrypted
        self._budget = budget
        self._total_bytes = total_bytes
        self._kept = bytearray()
        self._wire_bytes = 0

    def add(self, content: bytes) -> None:
        """The next bytes; what goes beyond the limits is only counted."""
        has_gap = len(self._kept) < self._wire_bytes
        self._wire_bytes += len(content)
        if self.encrypted or has_gap:  # behind a gap nothing more can be read
            return
        kept = content[: max(0, min(TEXT_LIMIT_BYTES - len(self._kept), self._budget.left))]
        self._kept += kept
        self._budget.left -= len(kept)

    def release(self) -> None:
        """Gives back what is kept and keeps nothing more."""
        self._budget.left += len(self._kept)
        self._budget = _NOTHING_MORE
        self._kept = bytearray()

    def read(self) -> Reading:
        """The text, as far as it was kept and has come."""
        content = bytes(self._kept)
        is_cut = len(content) < self._wire_bytes
        if self.encrypted:
            return Reading(None, self._total_bytes)
        if not self.compressed:
            return Reading(_decoded(content, is_cut=is_cut), self._wire_bytes, is_cut)
        return self._inflated(content, is_cut=is_cut)

    def _inflated(self, content: bytes, *, is_cut: bool) -> Reading:
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        try:
            plain = inflater.decompress(content, TEXT_LIMIT_BYTES + 1)
        except zlib.error:
            return Reading(None, self._total_bytes)
        is_cut = is_cut or len(plain) > TEXT_LIMIT_BYTES
        size = self._total_bytes if self._total_bytes is not None or is_cut else len(plain)
        return Reading(_decoded(plain[:TEXT_LIMIT_BYTES], is_cut=is_cut), size, is_cut)


def _decoded(content: bytes, *, is_cut: bool) -> str:
    """The text, without the part of a character that a cut leaves at its end."""
    return codecs.getincrementaldecoder("utf-8")("replace").decode(content, final=not is_cut)
