"""A mock as it is being written: its fields as typed, what is to be said of them, and the mock they make."""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

import msgspec

from inspector.core.documents import Remark, Severity
from inspector.core.limits import MAX_ERROR_CODE
from inspector.core.mock_checks import (
    check_code,
    check_data,
    check_delay,
    check_message,
    check_method,
    check_milliseconds,
    check_reply,
    shadowed_mocks,
)
from inspector.core.mock_words import conditions_text
from inspector.core.mocks import Action, Delay, Fail, Mock, Reply, Rule, action_summary
from inspector.core.rpc_errors import RpcCode, name_of

RESERVED_CODES = range(1001, 2000)
"""LiveKit's own, named or not (its RPC documentation); mocks may imitate them."""

_WHOLE = re.compile(r"[+-]?\d{1,1000}", re.ASCII)
_DECIMAL = re.compile(r"[+-]?(\d{1,300}(\.\d*)?|\.\d+)", re.ASCII)


class AnswerKind(StrEnum):
    """What a rule answers with."""

    REPLY = "reply"
    ERROR = "error"
    OTHER = "other"
    """One that is written in a file and not edited here."""


class Field(StrEnum):
    """The fields of the editor, by the words a message names them with."""

    METHOD = "method"
    IDENTITY = "connections"
    DELAY = "delay"
    JITTER = "jitter"
    REPLY = "reply"
    CODE = "error code"
    MESSAGE = "error message"
    DATA = "error data"


class RuleDraft(msgspec.Struct, frozen=True):
    """One rule as typed. The fields of the kind that is not chosen keep what was typed in them."""

    name: str = ""
    delay_ms: str = ""
    jitter_ms: str = ""
    kind: AnswerKind = AnswerKind.REPLY
    reply: str = ""
    code: str = str(RpcCode.APPLICATION_ERROR.value)
    message: str = ""
    data: str = ""
    other: str = ""
    """An answer of another kind, in words."""
    conditions: str = ""
    """When the rule acts, in words; not edited here."""


class MockDraft(msgspec.Struct, frozen=True):
    """A mock as typed; on or off is not part of it, since that takes effect at once."""

    method: str = ""
    identity: str = ""
    """Glob on our identity; empty: every connection."""
    rules: tuple[RuleDraft, ...] = (RuleDraft(),)
    """At least one."""


class FieldRemark(msgspec.Struct, frozen=True):
    """What there is to say of one field; an error stands against saving."""

    field: Field
    message: str
    severity: Severity
    rule: int | None = None
    """The rule the field belongs to (from 0); None: the mock itself."""

    @property
    def is_error(self) -> bool:
        """Whether it stands against saving."""
        return self.severity is Severity.ERROR


# --- from a mock and back --------------------------------------------------------------------------------


def draft_of(mock: Mock) -> MockDraft:
    """The fields that show `mock`."""
    rules = tuple(_draft_of_rule(rule) for rule in mock.rules) or (RuleDraft(),)
    return MockDraft(mock.method, mock.identity or "", rules)


def differs(draft: MockDraft, base: Mock | None) -> bool:
    """Whether saving `draft` would change anything; `base` is the mock it began from, None for a new one."""
    return _essence(draft) != _essence(MockDraft() if base is None else draft_of(base))


def mock_of(draft: MockDraft, base: Mock | None) -> Mock:
    """The mock that `draft` makes of `base`; whatever was not touched stays exactly as it was in `base`.

    Raises:
        ValueError: a number cannot be read; `remarks` says which.
    """
    if base is None:
        return Mock(draft.method, tuple(_rule_of(rule, None) for rule in draft.rules), identity=_glob(draft))
    if not differs(draft, base):
        return base
    known = dict(enumerate(base.rules))
    rules = tuple(_rule_of(rule, known.get(index)) for index, rule in enumerate(draft.rules))
    identity = base.identity if draft.identity == (base.identity or "") else _glob(draft)
    return msgspec.structs.replace(base, method=draft.method, identity=identity, rules=rules)


def _draft_of_rule(rule: Rule) -> RuleDraft:
    delay = rule.delay
    draft = RuleDraft(
        name=rule.name or "",
        delay_ms=f"{delay.ms:.15g}" if delay else "",
        jitter_ms=f"{delay.jitter_ms:.15g}" if delay and delay.jitter_ms else "",
        conditions=conditions_text(rule),
    )
    match rule.action:
        case Reply(text=text):
            return msgspec.structs.replace(draft, kind=AnswerKind.REPLY, reply=text)
        case Fail(code=code, message=message, data=data):
            return msgspec.structs.replace(
                draft, kind=AnswerKind.ERROR, code=str(code), message=message, data=data or ""
            )
        case other:
            return msgspec.structs.replace(draft, kind=AnswerKind.OTHER, other=action_summary(other))


def _essence(draft: MockDraft) -> MockDraft:
    """The draft without what was typed for the kind of answer that is not chosen."""
    return msgspec.structs.replace(draft, rules=tuple(_essence_of_rule(rule) for rule in draft.rules))


def _essence_of_rule(rule: RuleDraft) -> RuleDraft:
    match rule.kind:
        case AnswerKind.REPLY:
            return msgspec.structs.replace(rule, code="", message="", data="", other="")
        case AnswerKind.ERROR:
            return msgspec.structs.replace(rule, reply="", other="")
        case AnswerKind.OTHER:
            return msgspec.structs.replace(rule, reply="", code="", message="", data="")


def _rule_of(draft: RuleDraft, base: Rule | None) -> Rule:
    if base is None:
        return Rule(_action_of(draft), draft.name or None, delay=delay_of(draft))
    before, now = _essence_of_rule(_draft_of_rule(base)), _essence_of_rule(draft)
    same_delay = (before.delay_ms, before.jitter_ms) == (now.delay_ms, now.jitter_ms)
    same_action = (
        msgspec.structs.replace(before, name=now.name, delay_ms=now.delay_ms, jitter_ms=now.jitter_ms) == now
    )
    return msgspec.structs.replace(
        base,
        name=base.name if before.name == now.name else now.name or None,
        delay=base.delay if same_delay else delay_of(now),
        action=base.action if same_action else _action_of(now),
    )


def _action_of(draft: RuleDraft) -> Action:
    if draft.kind is AnswerKind.REPLY:
        return Reply(draft.reply)
    code = _whole_number(draft.code) if draft.kind is AnswerKind.ERROR else None
    if code is None:
        msg = f"{draft.code!r} is not an error code"
        raise ValueError(msg)
    return Fail(code, draft.message, draft.data or None)


def delay_of(draft: RuleDraft) -> Delay | None:
    """The delay as typed; None where none is.

    Raises:
        ValueError: it cannot be read.
    """
    if not draft.delay_ms.strip() and not draft.jitter_ms.strip():
        return None
    ms, jitter_ms = _milliseconds(draft.delay_ms), _milliseconds(draft.jitter_ms)
    if ms is None or jitter_ms is None:
        msg = f"{draft.delay_ms!r} ± {draft.jitter_ms!r} is not a delay"
        raise ValueError(msg)
    return Delay(ms, jitter_ms)


def _glob(draft: MockDraft) -> str | None:
    return draft.identity or None


def _whole_number(text: str) -> int | None:
    return int(text) if _WHOLE.fullmatch(text.strip()) else None


def _milliseconds(text: str) -> float | None:
    """Milliseconds as typed; nothing typed is none at all."""
    bare = text.strip()
    if not bare:
        return 0.0
    return float(bare) if _DECIMAL.fullmatch(bare) else None


# --- what there is to say --------------------------------------------------------------------------------


def remarks(draft: MockDraft, *, base: Mock | None, above: Sequence[Mock]) -> tuple[FieldRemark, ...]:
    """All there is to say of `draft`, in the order of the fields; `above` are the mocks asked before it."""
    found = [
        *_of(Field.METHOD, None, _method_remarks(draft, base)),
        *_of(Field.METHOD, None, _rival_remarks(draft, base, above)),
    ]
    for index, rule in enumerate(draft.rules):
        found += _rule_remarks(rule, index)
    return tuple(found)


def delay_words(draft: RuleDraft) -> str:
    """How soon the answer goes out: `250 to 550 ms`, `at once`; empty where the delay cannot be read."""
    try:
        delay = delay_of(draft)
    except ValueError:
        return ""
    if delay is None or delay.ms + delay.jitter_ms <= 0:
        return "at once"
    if not delay.jitter_ms:
        return f"after {delay.ms:,g} ms"
    return f"{max(0.0, delay.ms - delay.jitter_ms):,g} to {delay.ms + delay.jitter_ms:,g} ms"


def code_words(text: str) -> str:
    """What an error code is: `APPLICATION_ERROR`; empty where it cannot be read."""
    code = _whole_number(text)
    if code is None or check_code(code):
        return ""
    name = name_of(code)
    if name is not None:
        return f"{code} {name}"
    return f"{code}, reserved for LiveKit" if code in RESERVED_CODES else f"{code}, a code of your own"


def _of(field: Field, rule: int | None, remarks_: Sequence[Remark]) -> list[FieldRemark]:
    return [FieldRemark(field, remark.message, remark.severity, rule) for remark in remarks_]


def _method_remarks(draft: MockDraft, base: Mock | None) -> tuple[Remark, ...]:
    if not draft.method and (base is None or base.method):
        return (Remark("a mock needs the name of its method"),)
    spaced = draft.method != draft.method.strip()
    space = Remark("a space at its start or end counts: callers must send it too", Severity.WARNING)
    return check_method(draft.method) + ((space,) if spaced else ())


def _rival_remarks(draft: MockDraft, base: Mock | None, above: Sequence[Mock]) -> tuple[Remark, ...]:
    enabled = base is None or base.enabled
    rivals = [mock for mock in above if mock.method == draft.method]
    line = [*rivals, Mock(draft.method, enabled=enabled, identity=_glob(draft))]
    winner = next((winner for index, winner in shadowed_mocks(line) if index == len(rivals)), None)
    if winner is None:
        return ()
    source = f" (from {file_name(rivals[winner].source)})" if rivals[winner].source else ""
    return (Remark(f"the mock above{source} answers first", Severity.WARNING),)


def file_name(source: str) -> str:
    """The last part of a path, whichever system wrote it."""
    return re.split(r"[/\\]", source)[-1] or source


def _rule_remarks(rule: RuleDraft, index: int) -> list[FieldRemark]:
    found = _delay_remarks(rule, index)
    if rule.kind is AnswerKind.REPLY:
        return found + _of(Field.REPLY, index, check_reply(rule.reply))
    if rule.kind is AnswerKind.OTHER:
        return found
    code = _whole_number(rule.code)
    unreadable = Remark(f"a code is a whole number from 0 to {MAX_ERROR_CODE}")
    return [
        *found,
        *_of(Field.CODE, index, (unreadable,) if code is None else check_code(code)),
        *_of(Field.MESSAGE, index, check_message(rule.message)),
        *_of(Field.DATA, index, check_data(rule.data)),
    ]


def _delay_remarks(rule: RuleDraft, index: int) -> list[FieldRemark]:
    found: list[FieldRemark] = []
    for field, text in ((Field.DELAY, rule.delay_ms), (Field.JITTER, rule.jitter_ms)):
        ms = _milliseconds(text)
        found += _of(field, index, check_milliseconds(float("nan") if ms is None else ms))
    delay = None if found else delay_of(rule)
    if delay is not None:
        found += _of(Field.DELAY, index, check_delay(delay))
    return found
