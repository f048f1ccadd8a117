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
        yield f"{indent}: {_flow(value)}"
        return
    line = f"{indent}{scalar(key)}: {_flow(value)}"
    if not isinstance(value, dict | list) or not value or len(line) <= WIDTH:
        yield line
        return
    yield f"{indent}{scalar(key)}:"
    yield from _block(value, indent + "  ")


def _block(value: dict[str, object] | list[object], indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from entry(key, part, indent)
        return
    for part in value:
        line = f"{indent}- {_flow(part)}"
        if not isinstance(part, dict | list) or not part or len(line) <= WIDTH:
            yield line
            continue
        first, *rest = _block(part, indent + "  ")
        yield f"{indent}- {first.lstrip()}"
        yield from rest


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(_flow_entry(key, part) for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return scalar(value)


def _flow_entry(key: str, value: object) -> str:
    if len(key) > _KEY_CHARS:
        return f"? {scalar(key)} : {_flow(value)}"
    return f"{scalar(key)}: {_flow(value)}"


def scalar(value: object) -> str:
    """A string, number, truth value or nothing; quoted where it must be."""
    if not isinstance(value, str):
        return json.dumps(value)
    if len(value) < WIDTH and _PLAIN.fullmatch(value) and _means_itself(value):
        return value
    if '"' in value and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _means_itself(text: str) -> bool:
    return text.lower() not in _OLD_BOOLS and resolve_plain(text) == text


def whole(number: float) -> float:
    """The number as a whole one where it is one: 400, not 400.0."""
    return int(number) if float(number).is_integer() else number
