"""The conditions of a rule in words, for tables and read-only views."""

from __future__ import annotations

from collections.abc import Iterator

from inspector.core.matching.conditions import json_words
from inspector.core.matching.values import shown
from inspector.core.mocks import Rule, When
from inspector.core.payloads import shortened

_PATTERN_CHARS = 60


def conditions_text(rule: Rule) -> str:
    """When a rule acts: `caller "web-*", payload contains "monday", at most once`; empty: on every call."""
    return ", ".join(_parts(rule))


def _parts(rule: Rule) -> Iterator[str]:
    if rule.when is not None:
        yield from _of_call(rule.when)
    if rule.probability < 1:
        yield f"in {100 * rule.probability:.4g} % of calls"
    if rule.times is not None:
        yield "at most once" if rule.times == 1 else f"at most {rule.times} times"


def _of_call(when: When) -> Iterator[str]:
    if when.caller is not None:
        yield f"caller {shown(when.caller)}"
    if when.payload is not None:
        if when.payload.equals is not None:
            yield f"payload is {shown(when.payload.equals)}"
        if when.payload.contains is not None:
            yield f"payload contains {shown(when.payload.contains)}"
        if when.payload.regex is not None:
            yield f"payload matches /{shortened(when.payload.regex, _PATTERN_CHARS)}/"
    yield from (json_words(match) for match in when.json)
    if when.schema is not None:
        yield "payload fits a JSON Schema"
