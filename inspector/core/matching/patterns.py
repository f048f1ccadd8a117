"""Regular expressions by RE2, whose time is linear in the text whatever the pattern.

Python's `re` tries every way through a pattern such as `(a+)+$`, which takes it seconds on 27 characters, and
nothing can stop it meanwhile. RE2 has no look-around and no references back; it needs none of that time.
"""

from __future__ import annotations

from functools import lru_cache

import re2

from inspector.core.calls import utf8_bytes
from inspector.core.matching.effort import Effort

_MEMORY_BYTES = 1 << 20
"""The most that one compiled pattern may take."""
_BYTES_TIMES_SIZE_A_STEP = 250
_KEPT_PATTERNS = 32
"""Of one function; nearly all have one, written out."""
_UNSUPPORTED = {
    "invalid perl operator": "RE2, which matches here, has no look-around (its time is linear instead)",
    "invalid escape sequence": "RE2, which matches here, has no such escape and no references back",
}


class Pattern:
    r"""A regular expression that is searched for in texts. `\d`, `\w` and `\b` are those of ASCII."""

    def __init__(self, source: str) -> None:
        """Raises ValueError, with a message for whoever wrote it, where `source` is no pattern."""
        options = re2.Options()
        options.log_errors = False
        options.max_mem = _MEMORY_BYTES
        options.never_capture = True
        try:
            self._regexp = re2.compile(_utf8(source), options)
        except re2.error as error:
            raise ValueError(_why(error)) from None
        self.source = source
        self._size: int = max(self._regexp.programsize, 1)

    def is_in(self, data: bytes, effort: Effort) -> bool:
        """Whether it is found in `data`, a text in UTF-8.

        Raises:
            TooMuchEffortError: it is too large a pattern for so long a text.
        """
        effort.spend(1 + len(data) * self._size // _BYTES_TIMES_SIZE_A_STEP)
        return self._regexp.search(data) is not None

    def is_in_text(self, text: str, effort: Effort) -> bool:
        """Whether it is found in `text`; raises as `is_in` does."""
        return self.is_in(_utf8(text), effort)

    def is_all_of(self, text: str, effort: Effort) -> bool:
        """Whether it matches `text` from its start to its end; raises as `is_in` does."""
        effort.spend(1 + utf8_bytes(text) * self._size // _BYTES_TIMES_SIZE_A_STEP)
        return self._regexp.fullmatch(_utf8(text)) is not None


class PatternFunction:
    """`match` (of the whole) or `search` of JSONPath; a bad pattern matches nothing, as RFC 9535 has it."""

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole
        self._compiled = lru_cache(maxsize=_KEPT_PATTERNS)(_pattern)

    def holds(self, value: object, source: object, effort: Effort) -> bool:
        """Whether `value` matches the pattern `source`; raises as `Pattern.is_in` does."""
        if not isinstance(value, str) or not isinstance(source, str):
            return False
        pattern = self._compiled(source)
        if pattern is None:
            return False
        return pattern.is_all_of(value, effort) if self._whole else pattern.is_in_text(value, effort)


def _pattern(source: str) -> Pattern | None:
    try:
        return Pattern(source)
    except ValueError:
        return None


def _utf8(text: str) -> bytes:
    """Half of a surrogate pair is something that no pattern matches, but no error either."""
    return text.encode("utf-8", "surrogatepass")


def _why(error: Exception) -> str:
    text = error.args[0].decode(errors="replace") if error.args else ""
    what = text.partition(":")[0]
    return f"{text}; {_UNSUPPORTED[what]}" if what in _UNSUPPORTED else text
