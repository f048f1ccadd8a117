"""Writes mocks as YAML that a person likes to read and that reads back as the same values."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator

from inspector.core.documents import MAX_NUMBER_CHARS, resolve_plain
from inspector.core.mocks import Delay, Fail, JoinWish, Mock, MocksFile, Reply, Rule, reply_text

_WIDTH = 90
"""A mapping or list that fits into this many characters goes on one line."""
_KEY_CHARS = 100
"""Longer keys are marked by `?`: without it YAML reads only keys that end within 1,024 characters."""
_JSON_DEPTH = 20
"""JSON nested deeper is written as the string it is."""
_JSON_CHARS = 4_000
"""So is longer JSON: nobody reads it here, and YAML takes fifteen times as long over its parts."""

_PLAIN = re.compile(r"[^\W\d][\w./-]*(?: [\w./-]+)*")
# Words that YAML 1.1, which other programs read these files by, takes for truth values.
_OLD_BOOLS = frozenset({"y", "n", "yes", "no", "on", "off"})
# JSON leaves these as they are; a YAML reader refuses them or takes them for line ends.
_ESCAPED = re.compile("[\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff\ud800-\udfff]")


def write_mocks(mocks: MocksFile | Iterable[Mock]) -> str:
    """The YAML text of a mocks file. `Mock.source` is not part of it."""
    file = mocks if isinstance(mocks, MocksFile) else MocksFile(mocks=tuple(mocks))
    lines = [f"version: {file.version}"]
    if file.as_ is not None:
        lines += _entry("as", _join_as(file.as_), "")
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
    yield f"  - method: {_scalar(mock.method)}"
    if not mock.enabled:
        yield "    enabled: false"
    if mock.identity is not None:
        yield f"    identity: {_scalar(mock.identity)}"
    if not mock.rules:
        yield "    rules: []"
        return
    yield "    rules:"
    for rule in mock.rules:
        first, *rest = _rule(rule)
        yield f"      - {first}"
        yield from (f"        {line}" if line else "" for line in rest)


def _rule(rule: Rule) -> Iterator[str]:
    if rule.name is not None:
        yield f"name: {_scalar(rule.name)}"
    if not rule.enabled:
        yield "enabled: false"
    if rule.delay is not None:
        yield from _entry("delay", _delay(rule.delay), "")
    match rule.action:
        case Reply(text=text):
            yield from _reply(text)
        case Fail() as fail:
            yield from _entry("error", _fail(fail), "")


def _delay(delay: Delay) -> dict[str, object]:
    values = {"ms": _whole(delay.ms), "jitter_ms": _whole(delay.jitter_ms)}
    return {key: value for key, value in values.items() if value or key == "ms"}


def _fail(fail: Fail) -> dict[str, object]:
    values: dict[str, object] = {"code": fail.code, "message": fail.message}
    if fail.data is not None:
        values["data"] = fail.data
    return values


def _reply(text: str) -> Iterator[str]:
    """JSON as a mapping or list where that sends the very same bytes, any other text as a string."""
    value = _structure(text)
    if value is not None:
        yield from _entry("reply", value, "")
    elif _is_block(text):
        yield "reply: |" if text.endswith("\n") else "reply: |-"
        yield from (f"  {line}" if line else "" for line in text.removesuffix("\n").split("\n"))
    else:
        yield f"reply: {_scalar(text)}"


def _structure(text: str) -> dict[str, object] | list[object] | None:
    """The mapping or list whose compact JSON `text` is, or None."""
    if len(text) > _JSON_CHARS or not text.startswith(("{", "[")):
        return None
    try:
        value = json.loads(text)
        same = reply_text(value) == text
    except (ValueError, RecursionError):
        return None
    return value if same and _is_writable(value, _JSON_DEPTH) else None


def _is_writable(value: object, depth: int) -> bool:
    if isinstance(value, dict):
        return depth > 0 and all(_is_writable(part, depth - 1) for part in value.values())
    if isinstance(value, list):
        return depth > 0 and all(_is_writable(part, depth - 1) for part in value)
    return isinstance(value, str | bool | None) or len(repr(value)) <= MAX_NUMBER_CHARS


def _is_block(text: str) -> bool:
    """Whether a literal block holds exactly `text`, with no line whose ends YAML reads otherwise."""
    lines = text.removesuffix("\n").split("\n")
    return (
        len(lines) > 1
        and bool(lines[0])
        and bool(lines[-1])
        and not lines[0].startswith(" ")
        and all(line.isprintable() and line == line.rstrip() for line in lines)
    )


def _entry(key: str, value: object, indent: str) -> Iterator[str]:
    """`key: value`, on one line where it fits."""
    if len(key) > _KEY_CHARS:
        yield f"{indent}? {_scalar(key)}"
        yield f"{indent}: {_flow(value)}"
        return
    flow = f"{indent}{_scalar(key)}: {_flow(value)}"
    if not isinstance(value, dict | list) or not value or len(flow) <= _WIDTH:
        yield flow
        return
    yield f"{indent}{_scalar(key)}:"
    yield from _block(value, indent + "  ")


def _block(value: dict[str, object] | list[object], indent: str) -> Iterator[str]:
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _entry(key, part, indent)
        return
    for part in value:
        flow = f"{indent}- {_flow(part)}"
        if not isinstance(part, dict | list) or not part or len(flow) <= _WIDTH:
            yield flow
            continue
        first, *rest = _block(part, indent + "  ")
        yield f"{indent}- {first.lstrip()}"
        yield from rest


def _flow(value: object) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(_flow_entry(key, part) for key, part in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_flow, value)) + "]"
    return _scalar(value)


def _flow_entry(key: str, value: object) -> str:
    if len(key) > _KEY_CHARS:
        return f"? {_scalar(key)} : {_flow(value)}"
    return f"{_scalar(key)}: {_flow(value)}"


def _scalar(value: object) -> str:
    if not isinstance(value, str):
        return json.dumps(value)
    if len(value) < _WIDTH and _PLAIN.fullmatch(value) and _means_itself(value):
        return value
    if '"' in value and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return _ESCAPED.sub(lambda match: f"\\u{ord(match[0]):04x}", json.dumps(value, ensure_ascii=False))


def _means_itself(text: str) -> bool:
    return text.lower() not in _OLD_BOOLS and resolve_plain(text) == text


def _whole(number: float) -> float:
    """Milliseconds as a whole number where they are one."""
    return int(number) if float(number).is_integer() else number
