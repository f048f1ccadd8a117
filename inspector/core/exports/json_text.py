"""Values as compact JSON."""

from __future__ import annotations

import json

import msgspec


def json_text(value: object) -> str:
    """`value` as JSON on one line; half of a surrogate pair, which UTF-8 has no bytes for, as its escape."""
    try:
        return msgspec.json.encode(value).decode()
    except UnicodeEncodeError:
        return json.dumps(value, separators=(",", ":"))
