"""The conditions of a rule as they are being written: rows of subject, operator and value."""

from __future__ import annotations

import json
from collections.abc import Iterator
from enum import StrEnum

import msgspec

from inspector.core.condition_checks import check_path, check_pattern
from inspector.core.documents import Remark, Severity
from inspector.core.matching.schemas import BadSchemaError, Schema
from inspector.core.matching.values import NOT_JSON, is_number, read_json, shown
from inspector.core.mocks import JsonMatch, JsonType, PayloadMatch, When
from inspector.core.payloads import check_json
from inspector.gui.models.field_remarks import Field, FieldRemark, remarks_on
from inspector.gui.widgets.display_text import not_json_words


class Subject(StrEnum):
    """What a condition is about, by the words of mocks files."""

    CALLER = "caller"
    PAYLOAD = "payload"
    JSON = "json"
    SCHEMA = "schema"


class Operator(StrEnum):
    """How a condition holds, by the words of mocks files where those have one."""

    MATCHES = "matches"
    EQUALS = "equals"
    NOT = "not"
    CONTAINS = "contains"
    REGEX = "regex"
    GT = "gt"
    LT = "lt"
    EXISTS = "exists"
    TYPE = "type"
    FITS = "fits"


OPERATORS: dict[Subject, tuple[Operator, ...]] = {
    Subject.CALLER: (Operator.MATCHES,),
    Subject.PAYLOAD: (Operator.EQUALS, Operator.CONTAINS, Operator.REGEX),
    Subject.JSON: (
        Operator.EQUALS,
        Operator.NOT,
        Operator.CONTAINS,
        Operator.REGEX,
        Operator.GT,
        Operator.LT,
        Operator.EXISTS,
        Operator.TYPE,
    ),
    Subject.SCHEMA: (Operator.FITS,),
}
"""What can be asked of each subject."""

_JSON_VALUES = (Operator.EQUALS, Operator.NOT, Operator.CONTAINS)
_NUMBERS = (Operator.GT, Operator.LT)


class ConditionDraft(msgspec.Struct, frozen=True):
    """One condition as typed."""

    subject: Subject
    operator: Operator
    value: str = ""
    """A JSON value as JSON; what is no JSON stands for that very text."""
    path: str = ""
    """The JSONPath, of a condition on JSON."""


def new_condition(subject: Subject) -> ConditionDraft:
    """A condition to begin with."""
    return ConditionDraft(
        subject,
        OPERATORS[subject][0],
        value='{"required": []}' if subject is Subject.SCHEMA else "",
        path="$." if subject is Subject.JSON else "",
    )


def with_subject(row: ConditionDraft, subject: Subject) -> ConditionDraft:
    """`row` about something else; its operator and value stay where they can."""
    fresh = new_condition(subject)
    operator = row.operator if row.operator in OPERATORS[subject] else fresh.operator
    moved = msgspec.structs.replace(
        fresh, value=fresh.value if subject is Subject.SCHEMA or not row.value else row.value
    )
    return with_operator(moved, operator)


def with_operator(row: ConditionDraft, operator: Operator) -> ConditionDraft:
    """`row` with another operator; a value to be chosen gets its first choice."""
    choices = value_choices(operator)
    if choices:
        value = row.value if row.value in choices else choices[0]
    else:
        value = "" if value_choices(row.operator) else row.value
    return msgspec.structs.replace(row, operator=operator, value=value)


def value_choices(operator: Operator) -> tuple[str, ...]:
    """The values there are, where they are chosen rather than typed."""
    if operator is Operator.EXISTS:
        return ("true", "false")
    return tuple(kind.value for kind in JsonType) if operator is Operator.TYPE else ()


def typed_value(text: str) -> object:
    """The JSON value that `text` stands for: its own, or, where it is no JSON, the text itself."""
    value = read_json(text)
    return text if value is NOT_JSON else value


def value_words(row: ConditionDraft) -> str:
    """What a value that is no JSON is taken for; empty where there is nothing to say."""
    if row.subject is not Subject.JSON or row.operator not in _JSON_VALUES or not row.value.strip():
        return ""
    return f"taken as the text {shown(row.value)}" if read_json(row.value) is NOT_JSON else ""


# --- from a `When` and back ------------------------------------------------------------------------------


def rows_of(when: When | None) -> tuple[ConditionDraft, ...]:
    """The rows that show `when`."""
    return () if when is None else tuple(row for row, _ in _rows(when))


def when_of(rows: tuple[ConditionDraft, ...], base: When | None) -> When | None:
    """The conditions that `rows` make of `base`; values that were not touched stay exactly as they were.

    Raises:
        ValueError: a value cannot be read; `condition_remarks` says which.
    """
    known = {} if base is None else dict(_rows(base))
    if rows == tuple(known):
        return base
    if not rows:
        return None
    payload: dict[str, object] = {}
    matches: dict[str, dict[str, object]] = {}
    caller, schema = None, None
    for row in rows:
        value = known[row] if row in known else _value(row)
        match row.subject:
            case Subject.CALLER:
                caller = row.value
            case Subject.PAYLOAD:
                payload[row.operator.value] = value
            case Subject.JSON:
                name = "not_" if row.operator is Operator.NOT else row.operator.value
                matches.setdefault(row.path, {})[name] = value
            case Subject.SCHEMA:
                schema = value
    return When(
        caller=caller,
        payload=msgspec.convert(payload, PayloadMatch) if payload else None,
        json=tuple(_json_match(path, tests) for path, tests in matches.items()),
        schema=schema if isinstance(schema, dict | bool) else None,
    )


def _json_match(path: str, tests: dict[str, object]) -> JsonMatch:
    match = JsonMatch(path)
    return msgspec.structs.replace(match, **tests)


def _rows(when: When) -> Iterator[tuple[ConditionDraft, object]]:
    """Each condition as a row, with the value it stands for."""
    if when.caller is not None:
        yield ConditionDraft(Subject.CALLER, Operator.MATCHES, when.caller), when.caller
    if when.payload is not None:
        for operator in OPERATORS[Subject.PAYLOAD]:
            text = getattr(when.payload, operator.value)
            if text is not None:
                yield ConditionDraft(Subject.PAYLOAD, operator, text), text
    for match in when.json:
        for operator in OPERATORS[Subject.JSON]:
            value = getattr(match, "not_" if operator is Operator.NOT else operator.value)
            absent = msgspec.UNSET if operator in _JSON_VALUES else None
            if value is not absent:
                yield ConditionDraft(Subject.JSON, operator, _text_of(operator, value), match.path), value
    if when.schema is not None:
        text = json.dumps(when.schema, ensure_ascii=False, indent=2)
        yield ConditionDraft(Subject.SCHEMA, Operator.FITS, text), when.schema


def _text_of(operator: Operator, value: object) -> str:
    return (
        str(value) if operator in (Operator.REGEX, Operator.TYPE) else json.dumps(value, ensure_ascii=False)
    )


def _value(row: ConditionDraft) -> object:
    """What a row's value stands for; raises ValueError."""
    if row.subject is Subject.SCHEMA:
        schema = read_json(row.value)
        if not isinstance(schema, dict | bool):
            raise ValueError("not a JSON Schema")
        return schema
    if row.subject is not Subject.JSON:
        return row.value
    if row.operator in _JSON_VALUES:
        return typed_value(row.value)
    if row.operator in _NUMBERS:
        number = read_json(row.value)
        if not is_number(number):
            raise ValueError(f"{row.value!r} is not a number")
        return number
    if row.operator is Operator.EXISTS:
        return row.value == "true"
    return JsonType(row.value) if row.operator is Operator.TYPE else row.value


# --- what there is to say --------------------------------------------------------------------------------


def condition_remarks(rows: tuple[ConditionDraft, ...]) -> list[FieldRemark]:
    """What there is to say of the conditions."""
    found: list[FieldRemark] = []
    for index, row in enumerate(rows):
        if row.subject is Subject.JSON:
            found += remarks_on(Field.PATH, check_path(row.path), item=index)
        found += remarks_on(Field.VALUE, _value_remarks(row), item=index)
        found += remarks_on(Field.VALUE, _rival_remarks(row, rows[:index], rows), item=index)
    return found


def _value_remarks(row: ConditionDraft) -> tuple[Remark, ...]:
    match row.subject, row.operator:
        case Subject.CALLER, _:
            hidden = Remark(
                "an empty glob is only for hidden callers, who have no identity", Severity.WARNING
            )
            return () if row.value else (hidden,)
        case _, Operator.REGEX:
            return check_pattern(row.value)
        case Subject.SCHEMA, _:
            return _schema_remarks(row.value)
        case Subject.JSON, operator if operator in _NUMBERS and not is_number(read_json(row.value)):
            return (Remark(f"`{operator.value}` is a number"),)
        case Subject.JSON, operator if operator in _JSON_VALUES and not row.value.strip():
            return (Remark('a value is missing: JSON such as 7, true or "Oslo"'),)
    return ()


def _schema_remarks(text: str) -> tuple[Remark, ...]:
    check = check_json(text)
    if not check.valid:
        return (Remark(f"{not_json_words(check)}: {check.message}"),)
    schema = read_json(text)
    if not isinstance(schema, dict | bool):
        return (Remark('`schema` is a JSON Schema, as in {"required": ["city"]}'),)
    try:
        Schema(schema)
    except BadSchemaError as error:
        place = "".join(f"/{part}" for part in error.place)
        where = f" (at {place})" if place else ""
        return (Remark(f"not a JSON Schema{where}: {error}"),)
    return ()


def _rival_remarks(
    row: ConditionDraft, before: tuple[ConditionDraft, ...], rows: tuple[ConditionDraft, ...]
) -> tuple[Remark, ...]:
    """Conditions that a mock holds once, or that no call meets beside another."""
    if any(_place(other) == _place(row) for other in before):
        what = f"`{row.operator.value}` on {row.path}" if row.subject is Subject.JSON else _WHAT[row.subject]
        return (Remark(f"a rule has {what.replace('OPERATOR', row.operator.value)} once"),)
    beside = [other for other in rows if other.subject is row.subject and other.path == row.path]
    absent = any(other.operator is Operator.EXISTS and other.value == "false" for other in beside)
    if row.subject is Subject.JSON and absent and row.operator is not Operator.EXISTS:
        return (Remark(f"`{row.operator.value}` beside `exists: false`: no value meets both"),)
    return ()


_WHAT = {
    Subject.CALLER: "a condition on the caller",
    Subject.PAYLOAD: "`OPERATOR` on the payload",
    Subject.SCHEMA: "a JSON Schema",
}


def _place(row: ConditionDraft) -> tuple[str, ...]:
    """Where a mock keeps the condition."""
    return (row.subject.value, row.operator.value, row.path)
