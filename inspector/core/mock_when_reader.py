"""Reads what a rule is for: its `when`, with every pattern, path and schema tried out."""

from __future__ import annotations

import msgspec

from inspector.core.condition_checks import check_path, check_pattern
from inspector.core.documents import Fields, Form, FormReader, Mapping, Node, Scalar, Sequence, to_value
from inspector.core.matching.schemas import BadSchemaError, Schema
from inspector.core.matching.values import is_number
from inspector.core.mocks import JsonMatch, JsonType, PayloadMatch, When

_WHEN = Form("`when`", '`{json: {"$.city": {equals: Oslo}}}`', ("caller", "payload", "json", "schema"))
_PAYLOAD = Form("`payload`", "`{contains: monday}`", ("equals", "contains", "regex"))
_JSON_KEYS = ("equals", "not", "contains", "regex", "gt", "lt", "exists", "type")
_JSON = Form("a condition on JSON", "`{equals: Oslo}`", _JSON_KEYS)


class WhenReader(FormReader):
    """Turns the node of a `when` into conditions."""

    def when(self, node: Node) -> When:
        """The conditions of a rule."""
        fields = self.fields(node, _WHEN)
        if not fields.values and not fields.has_unknown:
            self.warn(node, "an empty `when` is for every call: leave it out")
        return When(
            caller=self.text(fields, "caller"),
            payload=self._payload(fields.values["payload"]) if "payload" in fields.values else None,
            json=self._json(fields.values["json"]) if "json" in fields.values else (),
            schema=self._schema(fields.values["schema"]) if "schema" in fields.values else None,
        )

    def _payload(self, node: Node) -> PayloadMatch:
        fields = self.fields(node, _PAYLOAD)
        self._any_of(fields, _PAYLOAD)
        return PayloadMatch(
            equals=self.text(fields, "equals"),
            contains=self.text(fields, "contains"),
            regex=self.text(fields, "regex", check_pattern),
        )

    def _json(self, node: Node) -> tuple[JsonMatch, ...]:
        if not isinstance(node, Mapping):
            self.error(node.start, '`json` is a mapping of JSONPaths, as in `{"$.city": {equals: Oslo}}`')
            return ()
        if not node.pairs:
            self.warn(node, "an empty `json` asks for nothing: leave it out")
        return tuple(self._json_match(key, value) for key, value in node.pairs)

    def _json_match(self, key: Scalar, node: Node) -> JsonMatch:
        self.remark(key, check_path(key.text))
        fields = self.fields(node, _JSON)
        self._any_of(fields, _JSON)
        exists = self.flag(fields, "exists", default=True) if "exists" in fields.values else None
        if exists is False:
            for other in (name for name in fields.keys if name != "exists"):
                self.error(fields.keys[other].start, f"`{other}` beside `exists: false`: no value meets both")
        return JsonMatch(
            path=key.text,
            equals=self._value(fields, "equals"),
            not_=self._value(fields, "not"),
            contains=self._value(fields, "contains"),
            regex=self.text(fields, "regex", check_pattern),
            gt=self._bound(fields, "gt"),
            lt=self._bound(fields, "lt"),
            exists=exists,
            type=self._type(fields),
        )

    def _any_of(self, fields: Fields, form: Form) -> None:
        if not fields.values and not fields.has_unknown:
            self.error(fields.start, f"{form.what} has at least one of {', '.join(form.keys)}")

    def _value(self, fields: Fields, key: str) -> object:
        node = fields.values.get(key)
        return msgspec.UNSET if node is None else to_value(node)

    def _bound(self, fields: Fields, key: str) -> float | None:
        node = fields.values.get(key)
        if node is None:
            return None
        value = node.value if isinstance(node, Scalar) else None
        if is_number(value):
            assert isinstance(value, int | float)
            return value
        self.error(node.start, f"`{key}` is a number")
        return None

    def _type(self, fields: Fields) -> JsonType | None:
        node = fields.values.get("type")
        if node is None:
            return None
        # `null` is YAML's for nothing at all; here it is the name of a type however it is written.
        name = node.text if isinstance(node, Scalar) else None
        if name in list(JsonType):
            return JsonType(name)
        self.error(node.start, f"`type` is one of {', '.join(JsonType)}")
        return None

    def _schema(self, node: Node) -> dict[str, object] | bool | None:
        value = to_value(node)
        if not isinstance(value, dict | bool):
            self.error(node.start, "`schema` is a JSON Schema, as in `{required: [city]}`")
            return None
        try:
            Schema(value)
        except BadSchemaError as error:
            self.error(_within(node, error.place).start, f"not a JSON Schema: {error}")
        return value


def _within(node: Node, place: tuple[str | int, ...]) -> Node:
    """The node that keys and indexes lead to, as far as they do."""
    for part in place:
        if isinstance(node, Mapping):
            node = next((value for key, value in node.pairs if key.text == part), node)
        elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
    return node
