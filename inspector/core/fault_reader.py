"""Reads the nodes of a faults file as fault rules, and notes each problem where it stands."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

from inspector.core.documents import Fields, Form, FormReader, Node, Scalar, Sequence, to_value
from inspector.core.fault_checks import check_rule
from inspector.core.faults import CallPart, FaultKind, FaultMatch, FaultRule
from inspector.core.mocks import reply_text

MAX_RULES = 1_000
"""Every call is held against every rule: more would cost the calls that none of them is about."""

_MINIMAL = "`faults: [{fault: drop_request}]`"
_MATCH_KEYS = ("method", "from", "to")
_FILE = Form(
    "a faults file",
    _MINIMAL,
    ("faults",),
    misplaced=tuple((key, "a fault, under `faults`") for key in ("fault", "match", "code", "ms")),
)
_RULE = Form(
    "a fault",
    "`{match: {method: get_weather}, fault: delay, ms: 400}`",
    (
        *("match", "fault", "code", "message", "data", "ms", "part"),
        *("probability", "times", "name", "enabled"),
    ),
    misplaced=tuple((key, "`match`") for key in _MATCH_KEYS),
)
_MATCH = Form("`match`", '`{method: "get_*", to: "agent-*"}`', _MATCH_KEYS)

T = TypeVar("T", bound=StrEnum)


class FaultsReader(FormReader):
    """Turns the nodes of a faults file into rules."""

    def file(self, root: Node | None) -> tuple[FaultRule, ...]:
        """All rules of the file, in their order."""
        if root is None or (isinstance(root, Scalar) and root.value is None):
            self.error(0, f"the file is empty; a minimal one is {_MINIMAL}")
            return ()
        if isinstance(root, Sequence):
            self.error(root.start, "a list by itself: put it under `faults:`")
            return ()
        fields = self.fields(root, _FILE)
        if "faults" not in fields.values:
            if not fields.has_unknown:
                self.error(root.start, f"`faults` is missing; a minimal file is {_MINIMAL}")
            return ()
        nodes = self.items(fields.values["faults"], "faults", "fault")
        if len(nodes) > MAX_RULES:
            self.error(nodes[MAX_RULES].start, f"more than {MAX_RULES:,} faults")
            return ()
        return tuple(self._rule(node) for node in nodes)

    def _rule(self, node: Node) -> FaultRule:
        fields = self.fields(node, _RULE)
        kind = self._one_of(fields, "fault", FaultKind)
        if "fault" not in fields.values and not fields.has_unknown:
            self.error(fields.start, "the rule says no `fault`, as in `fault: drop_request`")
        rule = FaultRule(
            fault=kind or FaultKind.DROP_REQUEST,
            match=self._match(fields.values["match"]) if "match" in fields.values else FaultMatch(),
            name=self.text(fields, "name"),
            code=self._integer(fields, "code", "such as 1401"),
            message=self.text(fields, "message"),
            data=self._data(fields),
            ms=self._number(fields, "ms", "a number of milliseconds, such as 400"),
            part=self._one_of(fields, "part", CallPart) or CallPart.REQUEST,
            probability=self._probability(fields),
            times=self._integer(fields, "times", "from 1"),
            enabled=self.flag(fields, "enabled", default=True),
        )
        if kind is not None:
            self._check(rule, fields)
        return rule

    def _check(self, rule: FaultRule, fields: Fields) -> None:
        """Notes what there is to say of the rule, each at its key where that is given."""
        for found in check_rule(rule):
            node = fields.values.get(found.key)
            if node is not None and self._is_readable(rule, found.key):
                self.remark(node, (found.remark,))
            elif node is None and not fields.has_unknown:
                self.error(fields.start, found.remark.message)

    @staticmethod
    def _is_readable(rule: FaultRule, key: str) -> bool:
        """Whether the value of `key` was read; if not, that was said already."""
        return getattr(rule, key) is not None

    def _match(self, node: Node) -> FaultMatch:
        fields = self.fields(node, _MATCH)
        method, caller, callee = (self.text(fields, key) for key in _MATCH_KEYS)
        return FaultMatch(
            method="*" if method is None else method,
            caller="*" if caller is None else caller,
            callee="*" if callee is None else callee,
        )

    def _one_of(self, fields: Fields, key: str, kinds: type[T]) -> T | None:
        text = self.text(fields, key)
        if text is None or text in tuple(kinds):
            return None if text is None else kinds(text)
        self.error(fields.values[key].start, f"`{key}` is one of {', '.join(kinds)}")
        return None

    def _data(self, fields: Fields) -> str | None:
        """A string as it is, anything else as compact JSON, as in mocks."""
        value = to_value(fields.values["data"]) if "data" in fields.values else None
        return None if value is None else reply_text(value)

    def _probability(self, fields: Fields) -> float:
        number = self._number(fields, "probability", "a number from 0 to 1")
        return 1.0 if number is None else number

    def _integer(self, fields: Fields, key: str, example: str) -> int | None:
        number = self._number(fields, key, f"a whole number, {example}")
        if number is None or isinstance(number, int):
            return number
        self.error(fields.values[key].start, f"`{key}` is a whole number, {example}")
        return None

    def _number(self, fields: Fields, key: str, what: str) -> float | None:
        node = fields.values.get(key)
        if node is None:
            return None
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, int | float) and not isinstance(value, bool):
            return value
        self.error(node.start, f"`{key}` is {what}")
        return None
