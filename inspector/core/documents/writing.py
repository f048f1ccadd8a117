"""Writes values as the YAML a person likes to read, which every YAML reader takes for the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from inspector.core.documents.nodes import resolve_plain

WIDTH = 90
"""A mapping or list that fits into this many characters goes on one line."""
_KEY_CHARS = 100
"""Longer keys are marked by `?`: without it YAML reads only keys that end within 1,024 characters."""

_PLAIN = re.compile(r"[^\W\d][\w./-]*(?: [\w./-]+)*")
# Words that YAML 1.1, which other programs read these files by, takes for truth values.
_OLD_BOOLS = frozenset({"y", "n", "yes", "no", "on", "off"})
# JSON leaves these as they are; a YAML reader refuses them or takes them for line ends.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def entry(key: str, value: object, indent: str = "") -> Iterator[str]:
    """The lines of `key: value`: one where it fits."""
    if len(key) > _KEY_CHARS:
        yield f"{indent}? {scalar(key)}"
        yield f"{indent}: {flow(value)}"
        return
    if isinstance(value, str) and is_block(value):
        yield f"{indent}{scalar(key)}: {block_head(value)}"
        yield from block_lines(value, indent + "  ")
        return
    line = f"{indent}{scalar(key)}: {flow(value)}"
    if not isinstance(value, dict | list) or not value or len(line) <= WIDTH:
        yield line
        return
    yield f"{indent}{scalar(key)}:"
    yield from block(value, indent + "  ")


def is_block(text: str) -> bool:
    """Whether a literal block holds exactly `text`, of several lines whose ends YAML reads as they are."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and bool(lines[0])
        and bool(lines[-1])
        and not lines[0].startswith(" ")
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def block_head(text: str) -> str:
    """What a literal block of `text` begins with: whether its last line ends."""
    return "|" if text.endswith("\n") else "|-"


def block_lines(text: str, indent: str) -> Iterator[str]:
    """The lines of a literal block, without its head."""
    yield from (f"{indent}{line}" if line else "" for line in text.removesuffix("\n").split("\n"))


def block(value: dict[str, object] | list[object], indent: str) -> Iterator[str]:
    """The lines of a mapping or list, each part on lines of its own."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from entry(key, part, indent)
        return
    for part in value:
        line = f"{indent}- {flow(part)}"
        if not isinstance(part, dict | list) or not part or len(line) <= WIDTH:
            yield line
            continue
        first, *rest = block(part, indent + "  ")
        yield f"{indent}- {first.lstrip()}"
        yield from rest


def flow(value: object) -> str:
    """The value on one line."""
    if isinstance(value, dict):
        return "{" + ", ".join(flow_entry(key, part) for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(flow, value)) + "]"
    return scalar(value)


def flow_entry(key: str, value: object) -> str:
    """`key: value` within brackets."""
    if len(key) > _KEY_CHARS:
        return f"? {scalar(key)} : {flow(value)}"
    return f"{scalar(key)}: {flow(value)}"


def scalar(value: object) -> str:
    """A string, number, truth value or nothing; quoted where it must be."""
    if not isinstance(value, str):
        return json.dumps(value)
    if len(value) < WIDTH and _PLAIN.fullmatch(value) and _means_itself(value):
        return value
    if '"' in value and value.isprintable():
        return single_quoted(value)
    return double_quoted(value)


def single_quoted(text: str) -> str:
    """The string in single quotes; only what is printable can be."""
    return "'" + text.replace("'", "''") + "'"


def double_quoted(text: str) -> str:
    """The string in double quotes, as YAML and JSON both read it."""
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(text, ensure_ascii=False))


def _means_itself(text: str) -> bool:
    return text.lower() not in _OLD_BOOLS and resolve_plain(text) == text


def whole(number: float) -> float:
    """The number as a whole one where it is one: 400, not 400.0."""
    return int(number) if float(number).is_integer() else number
