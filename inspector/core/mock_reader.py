"""Reads the nodes of a mocks file as mocks, and notes each problem where it stands."""

from __future__ import annotations

from inspector.core.documents import (
    Fields,
    Form,
    FormReader,
    Mapping,
    Node,
    Scalar,
    Sequence,
    quoted,
    to_value,
)
from inspector.core.mock_checks import (
    check_code,
    check_data,
    check_identity_glob,
    check_message,
    check_method,
    check_milliseconds,
    check_reply,
    shadowed_mocks,
    unreachable_rules,
)
from inspector.core.mocks import Action, Delay, Fail, JoinWish, Mock, MocksFile, Reply, Rule, reply_text
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
_ANSWERS = ("reply", "error")
_RULE = Form(
    "a rule",
    "`{reply: hello}`",
    ("name", "enabled", *_ANSWERS, "delay"),
    ("when", "template", "script", "sequence", "ask", "forward", "no_answer", "probability", "times"),
)
_MOCK = Form(
    "a mock",
    "`{method: greet, rules: [{reply: hello}]}`",
    ("method", "enabled", "identity", "rules"),
    misplaced=tuple((key, "a rule, under `rules`") for key in (*_ANSWERS, "delay", *_RULE.later)),
)
_FILE = Form(
    "a mocks file",
    _MINIMAL,
    ("version", "as", "mocks"),
    ("vars",),
    misplaced=tuple((key, "a mock, under `mocks`") for key in ("method", "rules", "identity")),
)
_AS = Form("`as`", "`{identity: weather-api}`", ("identity", "kind", "name", "metadata", "attributes"))
_ERROR = Form("`error`", "`{code: 1602, message: no such city}`", ("code", "message", "data"))
_DELAY = Form("`delay`", "`{ms: 400, jitter_ms: 150}`", ("ms", "jitter_ms"))


class MocksReader(FormReader):
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
        return MocksFile(VERSION, join_as, self._mocks(fields.values["mocks"]))

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
        method = self.text(fields, "method")
        if method is not None:
            self.remark(fields.values["method"], check_method(method))
        elif "method" not in fields.values and not fields.has_unknown:
            self.error(fields.start, "the mock has no `method`")
        identity = self.text(fields, "identity")
        if identity is not None:
            self.remark(fields.values["identity"], check_identity_glob(identity))
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
        rules = tuple(self._rule(item) for item in nodes)
        if isinstance(node, Sequence) and not nodes:
            self.warn(node, "no rules: every caller gets 1500 `no mock rule matched`")
        for index, first in () if self.has_errors else unreachable_rules(rules):
            line = self.line(nodes[first])
            self.warn(nodes[index], f"never reached: the rule on line {line} always answers first")
        return rules

    def _rule(self, node: Node) -> Rule:
        fields = self.fields(node, _RULE)
        return Rule(
            action=self._action(fields),
            name=self.text(fields, "name"),
            delay=self._delay(fields.values["delay"]) if "delay" in fields.values else None,
            enabled=self.flag(fields, "enabled", default=True),
        )

    def _action(self, fields: Fields) -> Action:
        given = [key for key in fields.keys if key in _ANSWERS]
        if not given and not fields.has_unknown:
            self.error(fields.start, "the rule has no answer: give it `reply` or `error`")
        for key in given[1:]:
            self.error(fields.keys[key].start, f"`{key}` beside `{given[0]}`: a rule has one answer")
        actions = [
            self._reply(fields.values[key]) if key == "reply" else self._fail(fields.values[key])
            for key in given
        ]
        return actions[0] if actions else Reply("")

    def _reply(self, node: Node) -> Reply:
        if isinstance(node, Scalar) and node.plain and not node.text:
            self.warn(node, 'nothing after `reply:` sends `null`: write `reply: ""` to send nothing')
        text = reply_text(to_value(node))
        self.remark(node, check_reply(text))
        return Reply(text)

    def _fail(self, node: Node) -> Fail:
        fields = self.fields(node, _ERROR)
        message = self.text(fields, "message")
        if message is not None:
            self.remark(fields.values["message"], check_message(message))
        data = to_value(fields.values["data"]) if "data" in fields.values else None
        data_text = None if data is None else reply_text(data)
        if data_text is not None:
            self.remark(fields.values["data"], check_data(data_text))
        return Fail(self._code(fields), message or "", data_text)

    def _code(self, fields: Fields) -> int:
        node = fields.values.get("code")
        if node is None:
            if not fields.has_unknown:
                self.error(
                    fields.start, "the error has no `code`, as in `{code: 1602, message: no such city}`"
                )
            return 0
        code = node.value if isinstance(node, Scalar) else None
        if isinstance(code, int) and not isinstance(code, bool):
            self.remark(node, check_code(code))
            return code
        self.error(node.start, "`code` is a whole number, such as 1602")
        return 0

    def _delay(self, node: Node) -> Delay:
        fields = self.fields(node, _DELAY)
        return Delay(self._milliseconds(fields, "ms"), self._milliseconds(fields, "jitter_ms"))

    def _milliseconds(self, fields: Fields, key: str) -> float:
        node = fields.values.get(key)
        if node is None:
            return 0.0
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.error(node.start, f"`{key}` is a number of milliseconds, such as 400")
            return 0.0
        remarks = check_milliseconds(value)
        self.remark(node, remarks)
        return 0.0 if remarks else float(value)
