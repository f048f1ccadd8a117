"""A fault rule while a person writes it: texts as typed, what is wrong with them, the rule they come to."""

from __future__ import annotations

import re
from enum import Enum

import msgspec

from inspector.core.documents import Remark, Severity
from inspector.core.fault_checks import check_rule
from inspector.core.fault_labels import chance_text, times_text
from inspector.core.faults import CallPart, FaultKind, FaultMatch, FaultRule

_WHOLE = re.compile(r"\d{1,12}")
_DECIMAL = re.compile(r"\d{1,12}(\.\d{1,12})?")
_ANY = "*"
_FIRST_CODE, _FIRST_MS = "1401", "800"


class FaultField(Enum):
    """The fields of the editor."""

    KIND = "fault"
    NAME = "name"
    METHOD = "method"
    CALLER = "from"
    CALLEE = "to"
    CODE = "code"
    MESSAGE = "message"
    DATA = "data"
    MS = "ms"
    PART = "part"
    CHANCE = "probability"
    TIMES = "times"


_OF_KEY = {field.value: field for field in FaultField} | {"match": FaultField.METHOD}


class FaultDraft(msgspec.Struct, frozen=True):
    """What stands in the fields. Only those that the kind heeds count."""

    kind: FaultKind
    name: str = ""
    method: str = ""
    caller: str = ""
    callee: str = ""
    code: str = _FIRST_CODE
    message: str = ""
    data: str = ""
    ms: str = _FIRST_MS
    part: CallPart = CallPart.REQUEST
    chance: str = "100"
    """In per cent."""
    times: str = ""
    """Empty: without end."""


class FaultRemark(msgspec.Struct, frozen=True):
    """What there is to say of a field."""

    field: FaultField
    message: str
    is_error: bool = True


def draft_of(rule: FaultRule) -> FaultDraft:
    """The fields of a rule in force."""
    return FaultDraft(
        kind=rule.fault,
        name=rule.name or "",
        method=_shown(rule.match.method),
        caller=_shown(rule.match.caller),
        callee=_shown(rule.match.callee),
        code=_FIRST_CODE if rule.code is None else str(rule.code),
        message=rule.message or "",
        data=rule.data or "",
        ms=_FIRST_MS if rule.ms is None else f"{rule.ms:g}",
        part=rule.part,
        chance=f"{rule.probability * 100:.6g}",
        times="" if rule.times is None else str(rule.times),
    )


def rule_of(draft: FaultDraft, *, enabled: bool = True) -> FaultRule:
    """The rule that the fields come to.

    Raises:
        ValueError: a number cannot be read.
    """
    is_error, is_delay = draft.kind is FaultKind.ERROR, draft.kind is FaultKind.DELAY
    method = _ANY if draft.kind.is_for_joins else draft.method
    return FaultRule(
        fault=draft.kind,
        match=FaultMatch(method or _ANY, draft.caller or _ANY, draft.callee or _ANY),
        name=draft.name or None,
        code=_whole(draft.code) if is_error else None,
        message=draft.message or None if is_error else None,
        data=draft.data or None if is_error else None,
        ms=_decimal(draft.ms) if is_delay else None,
        part=draft.part if is_delay else CallPart.REQUEST,
        probability=_decimal(draft.chance) / 100,
        times=_whole(draft.times) if draft.times.strip() else None,
        enabled=enabled,
    )


def remarks(draft: FaultDraft) -> tuple[FaultRemark, ...]:
    """All there is to say of the fields; one error is enough to refuse the rule."""
    found = list(_unreadable(draft))
    if found:
        return tuple(found)
    return tuple(
        FaultRemark(_OF_KEY[said.key], _words(said.remark), said.remark.severity is Severity.ERROR)
        for said in check_rule(rule_of(draft))
    )


def often_words(draft: FaultDraft) -> str:
    """How often it is done: `1 in 4, 3 times.`; empty for always, and where it cannot be read."""
    try:
        rule = rule_of(draft)
    except ValueError:
        return ""
    words = ", ".join(filter(None, (chance_text(rule.probability), times_text(rule.times))))
    return f"{words[0].upper()}{words[1:]}." if words else ""


def _unreadable(draft: FaultDraft) -> list[FaultRemark]:
    chance, times = draft.chance.strip(), draft.times.strip()
    checks: list[tuple[FaultField, bool, str]] = [
        (
            FaultField.CHANCE,
            bool(_DECIMAL.fullmatch(chance)) and float(chance) <= 100,
            "chance: per cent, from 0 to 100",
        ),
        (
            FaultField.TIMES,
            not times or bool(_WHOLE.fullmatch(times)),
            "times: a whole number, or nothing for no end",
        ),
    ]
    if draft.kind is FaultKind.ERROR:
        is_code = bool(_WHOLE.fullmatch(draft.code.strip()))
        checks.append((FaultField.CODE, is_code, "code: a whole number, such as 1401"))
    if draft.kind is FaultKind.DELAY:
        is_ms = bool(_DECIMAL.fullmatch(draft.ms.strip()))
        checks.append((FaultField.MS, is_ms, "delay: milliseconds, such as 800"))
    return [FaultRemark(field, message) for field, is_read, message in checks if not is_read]


def _words(remark: Remark) -> str:
    return remark.message.replace("`", "")


def _shown(glob: str) -> str:
    """Everything is what an empty field says, too."""
    return "" if glob == _ANY else glob


def _whole(text: str) -> int:
    if not _WHOLE.fullmatch(text.strip()):
        msg = f"{text!r} is not a whole number"
        raise ValueError(msg)
    return int(text)


def _decimal(text: str) -> float:
    if not _DECIMAL.fullmatch(text.strip()):
        msg = f"{text!r} is not a number"
        raise ValueError(msg)
    return float(text)
