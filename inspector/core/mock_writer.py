"""Writes mocks as YAML that a person likes to read and that reads back as the same values."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import msgspec

from inspector.core.documents import MAX_NUMBER_CHARS, block, entry, scalar, whole
from inspector.core.mocks import (
    Action,
    Ask,
    Delay,
    Fail,
    Forward,
    JoinWish,
    JsonMatch,
    Mock,
    MocksFile,
    NoAnswer,
    Reply,
    Rule,
    Script,
    Sequence,
    Step,
    StepAction,
    Template,
    When,
    action_kind,
    structure_of,
)

STRUCTURE_CHARS = 4_000
"""Longer JSON stays a string: nobody reads it here, and YAML takes fifteen times as long over its parts."""
_STRUCTURE_DEPTH = 20
"""So does JSON nested deeper."""


def write_mocks(mocks: MocksFile | Iterable[Mock]) -> str:
    """The YAML text of a mocks file. `Mock.source` is not part of it."""
    file = mocks if isinstance(mocks, MocksFile) else MocksFile(mocks=tuple(mocks))
    lines = [f"version: {file.version}"]
    if file.as_ is not None:
        lines += entry("as", _join_as(file.as_), "")
    if file.vars:
        lines += entry("vars", file.vars, "")
    if file.mocks:
        lines.append("mocks:")
        for mock in file.mocks:
            lines += _mock(mock)
    else:
        lines.append("mocks: []")
    return "\n".join(lines) + "\n"


def _join_as(join_as: JoinWish) -> dict[str, object]:
    values: dict[str, object] = {
        "identity": join_as.identity,
        "kind": None if join_as.kind is None else join_as.kind.value,
        "name": join_as.name,
        "metadata": join_as.metadata,
        "attributes": join_as.attributes or None,
    }
    return {key: value for key, value in values.items() if value is not None}


def _mock(mock: Mock) -> Iterator[str]:
    first, *rest = (f"{key}: {scalar(value)}" for key, value in _head(mock).items())
    yield f"  - {first}"
    yield from (f"    {line}" for line in rest)
    if not mock.rules:
        yield "    rules: []"
        return
    yield "    rules:"
    for rule in mock.rules:
        first, *rest = block(rule_value(rule), "")
        yield f"      - {first}"
        yield from (f"        {line}" if line else "" for line in rest)


def mock_value(mock: Mock) -> dict[str, object]:
    """A mock as a mocks file has it; what is left out is what it is by default."""
    return {**_head(mock), "rules": [rule_value(rule) for rule in mock.rules]}


def _head(mock: Mock) -> dict[str, object]:
    """All of a mock but its rules."""
    values: dict[str, object] = {
        "method": mock.method,
        "enabled": None if mock.enabled else False,
        "identity": mock.identity,
    }
    return _given(values)


def rule_value(rule: Rule) -> dict[str, object]:
    """A rule as a mocks file has it; what is left out is what it is by default."""
    values: dict[str, object] = {
        "name": rule.name,
        "when": None if rule.when is None else _when(rule.when),
        "enabled": None if rule.enabled else False,
        "probability": whole(rule.probability) if rule.probability < 1 else None,
        "times": rule.times,
        "delay": None if rule.delay is None else _delay(rule.delay),
    }
    return {**_given(values), action_kind(rule.action): _action(rule.action)}


def _action(action: Action) -> object:
    if isinstance(action, Sequence):
        return {"steps": [_step(step) for step in action.steps], "then": action.then.value}
    return _answer(action)


def _when(when: When) -> dict[str, object]:
    values: dict[str, object] = {
        "caller": when.caller,
        "payload": None if when.payload is None else _given(msgspec.to_builtins(when.payload)),
        "json": {match.path: _json_match(match) for match in when.json} or None,
        "schema": when.schema,
    }
    return _given(values)


def _json_match(match: JsonMatch) -> dict[str, object]:
    """The conditions; those on values are left out where they are not given, since null is one of them."""
    values = {"equals": match.equals, "not": match.not_, "contains": match.contains}
    tests = {"regex": match.regex, "gt": match.gt, "lt": match.lt, "exists": match.exists}
    kind = None if match.type is None else match.type.value
    given = {key: value for key, value in values.items() if value is not msgspec.UNSET}
    return {**given, **_given({**tests, "type": kind})}


def _step(step: Step) -> dict[str, object]:
    delay = {} if step.delay is None else {"delay": _delay(step.delay)}
    return {action_kind(step.action): _answer(step.action), **delay}


def _answer(action: StepAction) -> object:
    match action:
        case Reply(text=text):
            value = _structure(text)
            return text if value is None else value
        case Fail() as fail:
            return _fail(fail)
        case NoAnswer():
            return True
        case Template(source=source):
            return source
        case Script(path=path):
            return path
        case Ask():
            return {}
        case Forward():
            return _given({"to": action.to, "method": action.method, "connection": action.connection})


def _given(values: dict[str, object]) -> dict[str, object]:
    return {key: value for key, value in values.items() if value is not None}


def _delay(delay: Delay) -> dict[str, object]:
    values = {"ms": whole(delay.ms), "jitter_ms": whole(delay.jitter_ms)}
    return {key: value for key, value in values.items() if value or key == "ms"}


def _fail(fail: Fail) -> dict[str, object]:
    values: dict[str, object] = {"code": fail.code, "message": fail.message}
    if fail.data is not None:
        values["data"] = fail.data
    return values


def _structure(text: str) -> dict[str, object] | list[object] | None:
    """The mapping or list to write for the reply `text`; None where that is the string it is."""
    if len(text) > STRUCTURE_CHARS or not text.startswith(("{", "[")):
        return None
    value = structure_of(text)
    return value if is_writable(value) else None


def is_writable(value: object, depth: int = _STRUCTURE_DEPTH) -> bool:
    """Whether a mocks file can hold what JSON says, at most `depth` levels deep, and read it back."""
    if isinstance(value, dict | list):
        parts = value.values() if isinstance(value, dict) else value
        return depth > 0 and all(is_writable(part, depth - 1) for part in parts)
    if isinstance(value, float):
        return math.isfinite(value)
    return isinstance(value, str | bool | None) or len(repr(value)) <= MAX_NUMBER_CHARS
