"""Reads the nodes of a mocks file as mocks, and notes each problem where it stands."""

from __future__ import annotations

from inspector.core.documents import (
    Fields,
    Form,
    Mapping,
    Node,
    Scalar,
    Sequence,
    quoted,
    to_value,
)
from inspector.core.mock_checks import (
    check_identity_glob,
    check_method,
    shadowed_mocks,
    unreachable_rules,
)
from inspector.core.mock_rule_reader import RULE, RuleReader
from inspector.core.mocks import JoinWish, Mock, MocksFile, Rule
from inspector.core.participants import ParticipantKind

VERSION = 1
"""The version of the format that is read and written."""
JOIN_KINDS = (
    ParticipantKind.STANDARD,
    ParticipantKind.AGENT,
    ParticipantKind.INGRESS,
    ParticipantKind.EGRESS,
    ParticipantKind.SIP,
)
"""The kinds a token can ask for."""

_MINIMAL = "`mocks: [{method: greet, rules: [{reply: hello}]}]`"
_MOCK = Form(
    "a mock",
    "`{method: greet, rules: [{reply: hello}]}`",
    ("method", "enabled", "identity", "rules"),
    misplaced=tuple((key, "a rule, under `rules`") for key in RULE.keys if key != "enabled"),
)
_FILE = Form(
    "a mocks file",
    _MINIMAL,
    ("version", "as", "vars", "mocks"),
    misplaced=tuple((key, "a mock, under `mocks`") for key in ("method", "rules", "identity")),
)
_AS = Form("`as`", "`{identity: weather-api}`", ("identity", "kind", "name", "metadata", "attributes"))


class MocksReader(RuleReader):
    """Turns the nodes of a mocks file into mocks."""

    def file(self, root: Node | None) -> MocksFile | None:
        """The whole file, or None where it says of itself that it is of another version."""
        if root is None or (isinstance(root, Scalar) and root.value is None):
            self.error(0, f"the file is empty; a minimal one is {_MINIMAL}")
            return None
        if isinstance(root, Sequence):
            self.error(root.start, "a list by itself: put it under `mocks:`")
            return None
        if not self._is_known_version(root):
            return None
        fields = self.fields(root, _FILE)
        join_as = self._join_as(fields.values["as"]) if "as" in fields.values else None
        if "mocks" not in fields.values:
            if not fields.has_unknown:
                self.error(root.start, f"`mocks` is missing; a minimal file is {_MINIMAL}")
            return None
        variables = self._vars(fields.values["vars"]) if "vars" in fields.values else {}
        return MocksFile(VERSION, join_as, self._mocks(fields.values["mocks"]), variables)

    def _is_known_version(self, root: Node) -> bool:
        if not isinstance(root, Mapping):
            return True
        node = next((value for key, value in root.pairs if key.text == "version"), None)
        if node is None:
            return True
        version = node.value if isinstance(node, Scalar) else None
        if isinstance(version, bool) or not isinstance(version, int):
            self.error(node.start, f"`version` is a number: write `version: {VERSION}`")
        elif version != VERSION:
            self.error(node.start, f"`version` is not {VERSION}, the only one this program reads")
        else:
            return True
        return False

    def _join_as(self, node: Node) -> JoinWish:
        fields = self.fields(node, _AS)
        identity = self.text(fields, "identity")
        if identity == "":
            self.error(fields.values["identity"].start, "`identity` cannot be empty")
        return JoinWish(
            identity=identity,
            kind=self._kind(fields),
            name=self.text(fields, "name"),
            metadata=self.text(fields, "metadata"),
            attributes=self._attributes(fields.values["attributes"]) if "attributes" in fields.values else {},
        )

    def _kind(self, fields: Fields) -> ParticipantKind | None:
        text = self.text(fields, "kind")
        if text is None or text in JOIN_KINDS:
            return None if text is None else ParticipantKind(text)
        self.error(fields.values["kind"].start, f"`kind` is one of {', '.join(JOIN_KINDS)}")
        return None

    def _attributes(self, node: Node) -> dict[str, str]:
        if isinstance(node, Mapping):
            return {
                key.text: self.text_of(value, f"the attribute `{quoted(key.text)}`") or ""
                for key, value in node.pairs
            }
        self.error(node.start, "`attributes` is a mapping, as in `{role: backend}`")
        return {}

    def _mocks(self, node: Node) -> tuple[Mock, ...]:
        nodes = self.items(node, "mocks", "mock")
        mocks = tuple(self._mock(item) for item in nodes)
        for index, first in () if self.has_errors else shadowed_mocks(mocks):
            method = quoted(mocks[index].method)
            line = self.line(nodes[first])
            self.warn(nodes[index], f"never answers: the mock on line {line} answers `{method}` first")
        return mocks

    def _mock(self, node: Node) -> Mock:
        fields = self.fields(node, _MOCK)
        method = self.text(fields, "method", check_method)
        if "method" not in fields.values and not fields.has_unknown:
            self.error(fields.start, "the mock has no `method`")
        identity = self.text(fields, "identity", check_identity_glob)
        rules: tuple[Rule, ...] = ()
        if "rules" in fields.values:
            rules = self._rules(fields.values["rules"])
        elif not fields.has_unknown:
            self.error(fields.start, "the mock has no `rules`, as in `rules: [{reply: hello}]`")
        return Mock(
            method=method or "",
            rules=rules,
            enabled=self.flag(fields, "enabled", default=True),
            identity=identity,
            source=self._source,
        )

    def _rules(self, node: Node) -> tuple[Rule, ...]:
        nodes = self.items(node, "rules", "rule")
        rules = tuple(self.rule(item) for item in nodes)
        if isinstance(node, Sequence) and not nodes:
            self.warn(node, "no rules: every caller gets 1500 `no mock rule matched`")
        for index, first in () if self.has_errors else unreachable_rules(rules):
            line = self.line(nodes[first])
            self.warn(nodes[index], f"never reached: the rule on line {line} always answers first")
        return rules

    def _vars(self, node: Node) -> dict[str, object]:
        if isinstance(node, Mapping):
            return {key.text: to_value(value) for key, value in node.pairs}
        self.error(node.start, "`vars` is a mapping, as in `{unit: C}`")
        return {}
