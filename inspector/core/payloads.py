"""Payload text: is it JSON, pretty or compact, how large, and safe to show."""

from __future__ import annotations

import json
import re

import msgspec


class JsonCheck(msgspec.Struct, frozen=True):
    """Whether a text is JSON; if not, where it stops being so (line and column count from 1)."""

    valid: bool
    message: str = ""
    line: int = 0
    column: int = 0


def check_json(text: str) -> JsonCheck:
    """Says whether `text` is one JSON value."""
    try:
        # Numbers stay text: whether they are too long for Python to compute with is no matter of JSON.
        json.loads(text, parse_int=str, parse_float=str, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        return JsonCheck(False, error.msg, error.lineno, error.colno)
    except RecursionError:
        return JsonCheck(False, "nested too deeply to read", 1, 1)
    except ValueError as error:
        return JsonCheck(False, str(error), 1, 1)
    return JsonCheck(True)


def _refuse_constant(name: str) -> object:
    msg = f"{name} is not JSON"
    raise ValueError(msg)


# Possessive, so that a string of megabytes costs no memory for ways back that are never taken.
_INSIGNIFICANT = re.compile(r'("[^"\\]*+(?:\\.[^"\\]*+)*+")|\s++')


def minify_json(text: str) -> str:
    """`text` without the white space between tokens; numbers, escapes and key order stay as written.

    Raises:
        ValueError: it is not JSON.
    """
    check = check_json(text)
    if not check.valid:
        raise ValueError(check.message)
    return _INSIGNIFICANT.sub(lambda match: match[1] or "", text)


def format_json(text: str, indent: int = 2) -> str:
    """`text` on several lines, indented; numbers, escapes and key order stay as written.

    Raises:
        ValueError: it is not JSON, or has half of a surrogate pair in it, which this cannot lay out.
    """
    compact = minify_json(text)
    try:
        return msgspec.json.format(compact, indent=indent)
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        msg = "it holds half of a surrogate pair, such as \\ud800, and cannot be laid out"
        raise ValueError(msg) from error


def looks_like_json(text: str) -> bool:
    """Whether it is worth showing as JSON: an object or an array by its first and last character."""
    bare = text.strip()
    return bare[:1] + bare[-1:] in ("{}", "[]")


def format_size(size: int) -> str:
    """Bytes for a person: `47 B`, `1.2 kB`, `5.0 MB` (powers of 1000)."""
    if size < 1000:
        return f"{size} B"
    if size < 999_500:  # from here on it rounds to 1.0 MB
        return f"{size / 1000:.1f} kB" if size < 9_950 else f"{size / 1000:.0f} kB"
    return f"{size / 1_000_000:.1f} MB"


# Controls, line and paragraph separators, noncharacters (Qt takes two of them for line ends), halves of
# surrogate pairs, and the characters that reorder or hide text or look like nothing: shown as their code, so
# that a name or a payload cannot pose as something else. Tab and line feed keep their meaning in lines.
_HIDDEN = re.compile(
    "[\x00-\x1f\x7f-\x9f\u2028\u2029\ufdd0-\ufdef\ud800-\udfff"
    "\u00ad\u061c\u115f\u1160\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f]"
)


def visible(text: str, *, keep_lines: bool = False) -> str:
    r"""`text` from a peer with every control character made visible (`\n`, `\u001b`, `\u202e`).

    As JSON writes them: the signs of their own that Unicode has (`␛`) are missing from common fonts.
    """
    if not _HIDDEN.search(text):
        return text
    return _HIDDEN.sub(lambda match: _shown(match[0], keep_lines), text)


_SHORT_ESCAPES = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}


def _shown(char: str, keep_lines: bool) -> str:
    if keep_lines and char in "\n\t":
        return char
    if (short := _SHORT_ESCAPES.get(char)) is not None:
        return short
    code = ord(char)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def shortened(text: str, limit: int) -> str:
    """`text` made visible, cut to at most `limit` of its characters, the last then `…`."""
    return visible(text) if len(text) <= limit else visible(text[: limit - 1]) + "…"
