"""The conditions of a rule's `when`, made ready once: each says whether it holds, and in words why not."""

from __future__ import annotations

import re
from collections.abc import Callable
from fnmatch import translate
from functools import partial
from typing import Protocol

import msgspec

from inspector.core.matching.effort import Effort
from inspector.core.matching.paths import Path
from inspector.core.matching.patterns import Pattern
from inspector.core.matching.schemas import Schema
from inspector.core.matching.values import NOT_JSON, equal, is_number, is_of_type, read_json, shown
from inspector.core.mocks import JsonMatch, PayloadMatch, When
from inspector.core.payloads import shortened

_SHOWN_CHARS = 60
_HITS_SHOWN = 3


class Facts:
    """One call as conditions look at it; what several ask for is worked out once."""

    def __init__(self, payload: str, caller: str, effort: Effort) -> None:
        self.payload = payload
        self.caller = caller
        self.effort = effort
        self._values: dict[str, list[object]] = {}
        self._data: bytes | None = None
        self._json: object = msgspec.UNSET

    # No `cached_property`: until Python 3.12 it takes a lock, which takes as long as reading a small payload.

    @property
    def data(self) -> bytes:
        """The payload in UTF-8."""
        if self._data is None:
            self._data = self.payload.encode("utf-8", "surrogatepass")
        return self._data

    @property
    def json(self) -> object:
        """The payload's value, or `NOT_JSON`."""
        if self._json is msgspec.UNSET:
            self._json = read_json(self.payload)
        return self._json

    def forget(self) -> None:
        """Lets go of what was worked out: of a long payload it is much."""
        self._values.clear()
        self._data, self._json = None, msgspec.UNSET

    def values(self, path: Path) -> list[object]:
        """The values at a path; raises TooMuchEffortError."""
        known = self._values.get(path.source)
        if known is None:
            known = [] if self.json is NOT_JSON else path.values(self.json, self.effort)
            self._values[path.source] = known
        return known


class Condition(Protocol):
    """One condition on a call."""

    def holds(self, facts: Facts) -> bool:
        """Whether it holds; raises TooMuchEffortError."""

    def why_not(self, facts: Facts) -> str:
        """Why it does not, in words; asked only where it does not."""


def conditions(when: When) -> tuple[Condition, ...]:
    """The conditions of `when`, quick ones first. One that nothing can meet says so when it is asked."""
    made: list[Condition] = []
    if when.caller is not None:
        made.append(_Caller(when.caller))
    if when.payload is not None:
        made += _of_payload(when.payload)
    made += [_ready(partial(_Json, match), f"`{match.path}`") for match in when.json]
    if when.schema is not None:
        made.append(_ready(partial(_Schema, when.schema), "the schema"))
    return tuple(made)


def _ready(make: Callable[[], Condition], what: str) -> Condition:
    """What `make` makes, or, where its pattern, path or schema is bad, what never holds: readers say why."""
    try:
        return make()
    except ValueError as error:
        return _Broken(f"{what} cannot be used: {error}")


def _of_payload(match: PayloadMatch) -> list[Condition]:
    made: list[Condition] = []
    if match.equals is not None:
        made.append(_Equals(match.equals))
    if match.contains is not None:
        made.append(_Contains(match.contains))
    if match.regex is not None:
        made.append(_ready(partial(_Regex, match.regex), "the pattern"))
    return made


class _Broken:
    def __init__(self, why: str) -> None:
        self._why = why

    def holds(self, facts: Facts) -> bool:  # noqa: ARG002 - a condition's signature
        return False

    def why_not(self, facts: Facts) -> str:  # noqa: ARG002 - a condition's signature
        return self._why


class _Caller:
    def __init__(self, glob: str) -> None:
        self._glob = glob
        # Globs heed case on every system. An identity is short, and a glob's pattern has atomic groups.
        self._match = re.compile(translate(glob)).match

    def holds(self, facts: Facts) -> bool:
        return self._match(facts.caller) is not None

    def why_not(self, facts: Facts) -> str:
        return f"the caller is {shown(facts.caller)}, not {shown(self._glob)}"


class _Equals:
    def __init__(self, text: str) -> None:
        self._text = text

    def holds(self, facts: Facts) -> bool:
        return facts.payload == self._text

    def why_not(self, facts: Facts) -> str:
        return f"the payload is {_payload(facts)}, not {shown(self._text)}"


class _Contains:
    def __init__(self, text: str) -> None:
        self._text = text

    def holds(self, facts: Facts) -> bool:
        return self._text in facts.payload

    def why_not(self, facts: Facts) -> str:
        return f"the payload {_payload(facts)} does not contain {shown(self._text)}"


class _Regex:
    def __init__(self, source: str) -> None:
        self._pattern = Pattern(source)

    def holds(self, facts: Facts) -> bool:
        return self._pattern.is_in(facts.data, facts.effort)

    def why_not(self, facts: Facts) -> str:
        return (
            f"the payload {_payload(facts)} does not match /{shortened(self._pattern.source, _SHOWN_CHARS)}/"
        )


class _Json:
    def __init__(self, match: JsonMatch) -> None:
        self._match = match
        self._path = Path(match.path)
        self._tests = _tests(match)

    def holds(self, facts: Facts) -> bool:
        if facts.json is NOT_JSON:
            return False
        values = facts.values(self._path)
        if self._match.exists is False:
            return not values
        return any(all(test(value, facts.effort) for _, test in self._tests) for value in values)

    def why_not(self, facts: Facts) -> str:
        if facts.json is NOT_JSON:
            return "the payload is not JSON"
        path = shortened(self._path.source, _SHOWN_CHARS)
        values = facts.values(self._path)
        if self._match.exists is False:
            return f"{path} is there: {shown(values[0])}"
        if not values:
            return f"there is no {path}"
        found = ", ".join(shown(value) for value in values[:_HITS_SHOWN])
        more = ", …" if len(values) > _HITS_SHOWN else ""
        return f"{path} is {found}{more}, not {' and '.join(words for words, _ in self._tests)}"


def json_words(match: JsonMatch) -> str:
    """A condition on JSON in words: `$.city is "Oslo"`."""
    path = shortened(match.path, _SHOWN_CHARS)
    if match.exists is False:
        return f"no {path}"
    try:
        words = [words for words, _ in _tests(match)]
    except ValueError:
        words = ["a match of a bad pattern"]
    return f"{path} is {' and '.join(words)}" if words else f"{path} is there"


_Test = tuple[str, Callable[[object, Effort], bool]]
"""A condition on one value: in words that go on from `not`, and as a function."""


def _tests(match: JsonMatch) -> tuple[_Test, ...]:
    tests: list[_Test] = []
    if _is_given(match.equals):
        tests.append((shown(match.equals), lambda value, effort: equal(value, match.equals, effort)))
    if _is_given(match.not_):
        words = f"something else than {shown(match.not_)}"
        tests.append((words, lambda value, effort: not equal(value, match.not_, effort)))
    if _is_given(match.contains):
        words = f"something that contains {shown(match.contains)}"
        tests.append((words, lambda value, effort: _contains(value, match.contains, effort)))
    if match.regex is not None:
        pattern = Pattern(match.regex)
        words = f"a match of /{shortened(match.regex, _SHOWN_CHARS)}/"
        tests.append(
            (words, lambda value, effort: isinstance(value, str) and pattern.is_in_text(value, effort))
        )
    if (above := match.gt) is not None:
        tests.append((f"over {shown(above)}", lambda value, _: is_number(value) and value > above))  # type: ignore[operator]
    if (below := match.lt) is not None:
        tests.append((f"under {shown(below)}", lambda value, _: is_number(value) and value < below))  # type: ignore[operator]
    if (kind := match.type) is not None:
        tests.append((f"of type {kind.value}", lambda value, _: is_of_type(value, kind)))
    return tuple(tests)


def _is_given(value: object) -> bool:
    return not isinstance(value, msgspec.UnsetType)


def _contains(value: object, part: object, effort: Effort) -> bool:
    if isinstance(value, str):
        return isinstance(part, str) and part in value
    if isinstance(value, list):
        return any(equal(item, part, effort) for item in value)
    return isinstance(value, dict) and isinstance(part, str) and part in value


class _Schema:
    def __init__(self, schema: dict[str, object] | bool) -> None:
        self._schema = Schema(schema)

    def holds(self, facts: Facts) -> bool:
        return facts.json is not NOT_JSON and self._schema.holds(facts.json)

    def why_not(self, facts: Facts) -> str:
        return "the payload is not JSON" if facts.json is NOT_JSON else self._schema.why_not(facts.json)


def _payload(facts: Facts) -> str:
    return shown(facts.payload) if facts.payload else "(empty)"
