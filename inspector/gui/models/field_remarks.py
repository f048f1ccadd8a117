"""The fields of the editor of a mock, and what there is to say of each."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

import msgspec

from inspector.core.documents import Remark, Severity


class Field(StrEnum):
    """The fields of the editor, by the words a message names them with."""

    METHOD = "method"
    PATH = "JSONPath"
    VALUE = "condition"
    TEXT = "YAML"
    DELAY = "delay"
    JITTER = "jitter"
    CHANCE = "chance"
    TIMES = "times"
    REPLY = "reply"
    TEMPLATE = "template"
    CODE = "error code"
    MESSAGE = "error message"
    DATA = "error data"
    STEPS = "steps"
    SCRIPT = "script"
    TO = "forward to"
    TO_METHOD = "forward method"
    CONNECTION = "forward connection"


class FieldRemark(msgspec.Struct, frozen=True):
    """What there is to say of one field; an error stands against saving."""

    field: Field
    message: str
    severity: Severity
    rule: int | None = None
    """The rule the field belongs to (from 0); None: the mock itself."""
    item: int | None = None
    """The condition of the rule, or the step of its sequence, that the field belongs to (from 0)."""

    @property
    def is_error(self) -> bool:
        """Whether it stands against saving."""
        return self.severity is Severity.ERROR


def remarks_on(field: Field, remarks: Iterable[Remark], *, item: int | None = None) -> list[FieldRemark]:
    """Remarks of `core` as remarks on a field of a rule yet to be named."""
    return [FieldRemark(field, remark.message, remark.severity, item=item) for remark in remarks]
