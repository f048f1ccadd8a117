"""Random mocks files: mostly of the right shape, with odd values, wrong keys and damage here and there."""

import json
import random
from collections.abc import Callable, Mapping
from io import StringIO
from typing import TypeVar

from ruamel.yaml import YAML

T = TypeVar("T")
Make = Callable[[], object]

_TEXTS = ("a", "web-*", "Oslo", "å🌧", "null", "on", "2026-01-01", "0x1f", "a: b", "#", "[", "1e400")
_ODD_TEXTS = ("", "x" * 70, "\t", "\x1b[2J")
_NUMBERS = (0, 1, 3, 0.5, 1602)
_ODD_NUMBERS = (-1, 1e300, 10**30, 4294967296, True, None, "1")
_PATTERNS = ("a+", "^(a+)+$", r"\d{3}", "", "é|🌧")
_ODD_PATTERNS = ("[", "(?=a)", "(.?){900}", r"\1")
_PATHS = ("$", "$.a", "$..*", "$.a[*].b", "$[0:2]", "$.a[?@.b > 1]", "$..[?search(@.s, '(a+)+')]")
_ODD_PATHS = ("$.[", "a", "$..*..*..*", "$" + ".a" * 600)
_TYPES = ("string", "number", "integer", "boolean", "null", "array", "object")
_SCHEMAS: tuple[object, ...] = (
    True,
    {"type": "object", "required": ["a"]},
    {"properties": {"a": {"type": "integer", "maximum": 3}}},
    {"$ref": "#"},
    {"pattern": "(a+)+$"},
    {"items": {"$ref": "#/$defs/a"}, "$defs": {"a": {"minLength": 2}}},
)
_ODD_SCHEMAS: tuple[object, ...] = (
    {"$ref": "https://example.com/s"},
    {"pattern": "(?=a)"},
    {"type": "nothing"},
    {"multipleOf": 0},
    3,
)
_PAYLOADS = ("NaN", "1e400", "[" * 3000, '{"a":1,"a":2}', '"\\ud800"', "\ud800", "9" * 5000)
_PIECES = (*"\n\t:{}[]'\"#\x00\ud800%|", "- ", "&a ", "*a", "!!x ", "<<: ", "? ")
_ODD = 0.015
"""How likely a value is an odd one, of any kind or left out, or a mapping has a key too many."""
_DAMAGED = 0.25


class MocksFiles:
    """Makes files, the same ones each time for the same seed."""

    def __init__(self, seed: int) -> None:
        self._chance = random.Random(seed)

    def text(self) -> str:
        """The text of a file, in YAML or JSON, some of them damaged."""
        write: Callable[[object], str] = self._of((_as_json, _as_yaml, _as_flow))
        text = write(self._file())
        if self._is(_DAMAGED):
            for _ in range(self._chance.randint(1, 4)):
                place = self._chance.randint(0, len(text))
                text = text[:place] + self._of(_PIECES) + text[place + self._chance.randint(0, 6) :]
        return text

    def payload(self) -> str:
        """What a call may bring."""
        match self._chance.randrange(6):
            case 0:
                return self._text()
            case 1:
                return self._of(_PAYLOADS)
            case _:
                return json.dumps(self._json(3))

    def _file(self) -> object:
        makers: dict[str, Make] = {
            "version": lambda: 1,
            "as": self._as,
            "vars": lambda: {self._text(): self._json(1)},
            "mocks": lambda: self._some(self._mock),
        }
        return self._mapping(makers, needed=("mocks",))

    def _as(self) -> object:
        return self._mapping(
            {
                "identity": self._text,
                "kind": lambda: self._of(("standard", "agent")),
                "name": self._text,
                "metadata": self._text,
                "attributes": lambda: {"role": self._text()},
            }
        )

    def _mock(self) -> object:
        makers: dict[str, Make] = {
            "method": self._text,
            "identity": self._text,
            "enabled": self._yes_or_no,
            "rules": lambda: self._some(self._rule),
        }
        return self._mapping(makers, needed=("method", "rules"))

    def _rule(self) -> object:
        makers: dict[str, Make] = {
            "name": self._text,
            "when": self._when,
            "delay": self._delay,
            "probability": lambda: self._of((0, 0.5, 1), (1.5, "half")),
            "times": lambda: self._of((1, 3), (0, 1.5)),
            "enabled": self._yes_or_no,
        }
        rule = self._mapping(makers)
        return {**rule, **self._answer({"sequence": self._sequence})} if isinstance(rule, dict) else rule

    def _sequence(self) -> object:
        def step() -> object:
            delay = {"delay": self._delay()} if self._is(0.3) else {}
            return {**self._answer({"sequence": self._sequence} if self._is(_ODD) else {}), **delay}

        makers: dict[str, Make] = {
            "steps": lambda: self._some(step),
            "then": lambda: self._of(("repeat_last", "cycle"), ("stop",)),
        }
        return self._mapping(makers, needed=("steps",))

    def _answer(self, others: Mapping[str, Make]) -> dict[str, object]:
        error: dict[str, Make] = {"code": self._number, "message": self._text, "data": self._text}
        forward: dict[str, Make] = {"to": self._text, "method": self._text, "connection": self._text}
        makers: dict[str, Make] = {
            "reply": lambda: self._json(2),
            "error": lambda: self._mapping(error, needed=("code",)),
            "no_answer": lambda: self._of((True,), (False,)),
            "ask": dict,
            "forward": lambda: self._mapping(forward, needed=("to",)),
            "template": lambda: self._of(
                ("{{ payload }}", "{{ json.a | tojson }}"), ("{% for", "{{ x.__class__ }}")
            ),
            "script": lambda: self._of(("quote.py", "../x.py"), ("",)),
            **others,
        }
        # Replies mostly: they take values of every kind.
        kind = "reply" if self._is(0.4) else self._of(tuple(makers))
        beside: dict[str, object] = {"reply": "beside another"} if self._is(_ODD) else {}
        return {kind: makers[kind](), **beside}

    def _when(self) -> object:
        payload: dict[str, Make] = {
            "equals": self._text,
            "contains": self._text,
            "regex": lambda: self._of(_PATTERNS, _ODD_PATTERNS),
        }
        condition: dict[str, Make] = {
            "equals": lambda: self._json(1),
            "not": lambda: self._json(1),
            "contains": lambda: self._json(1),
            "regex": lambda: self._of(_PATTERNS, _ODD_PATTERNS),
            "gt": self._number,
            "lt": self._number,
            "exists": lambda: self._is(0.9),
            "type": lambda: self._of(_TYPES, ("int",)),
        }
        makers: dict[str, Make] = {
            "caller": self._text,
            "payload": lambda: self._mapping(payload, needed=("contains",)),
            "json": lambda: {
                str(self._of(_PATHS, _ODD_PATHS)): self._mapping(condition, needed=("not",)) for _ in range(2)
            },
            "schema": lambda: self._of(_SCHEMAS, _ODD_SCHEMAS),
        }
        return self._mapping(makers)

    def _delay(self) -> object:
        return self._mapping({"ms": self._number, "jitter_ms": self._number})

    def _mapping(self, makers: Mapping[str, Make], needed: tuple[str, ...] = ()) -> object:
        """Some of the keys, those that are needed nearly always, or something else altogether."""
        if self._is(_ODD):
            return self._json(1)
        found: dict[str, object] = {}
        for key, maker in makers.items():
            if self._is(1 - _ODD if key in needed else 0.35):
                found[key] = self._json(1) if self._is(_ODD) else maker()
        if self._is(_ODD):
            found[self._of((*_TEXTS, "replay", "caller", "when"))] = self._json(1)
        return found

    def _some(self, make: Make) -> list[object]:
        return [make() for _ in range(self._of((1, 1, 2, 3), (0,)))]

    def _json(self, depth: int) -> object:
        match self._chance.randrange(6 if depth else 3):
            case 0:
                return self._text()
            case 1 | 2:
                return self._number()
            case 3 | 4:
                keys = ("a", "b", "s", "city")
                return {self._of(keys): self._json(depth - 1) for _ in range(self._chance.randint(0, 3))}
            case _:
                return [self._json(depth - 1) for _ in range(self._chance.randint(0, 3))]

    def _text(self) -> str:
        return self._of(_TEXTS, _ODD_TEXTS)

    def _number(self) -> object:
        return self._of(_NUMBERS, _ODD_NUMBERS)

    def _yes_or_no(self) -> bool:
        return self._is(0.7)

    def _is(self, likely: float) -> bool:
        return self._chance.random() < likely

    def _of(self, among: tuple[T, ...], odd: tuple[T, ...] | tuple[object, ...] = ()) -> T:
        return self._chance.choice(odd if odd and self._is(_ODD) else among)  # type: ignore[return-value]


def _as_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _as_flow(value: object) -> str:
    return json.dumps(value)


def _as_yaml(value: object) -> str:
    text = StringIO()
    YAML(typ="safe", pure=True).dump(value, text)
    return text.getvalue()
