"""What is wrong or risky about a fault rule, whether a file or the window says it."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from inspector.core.calls import utf8_bytes
from inspector.core.documents import Remark, Severity
from inspector.core.faults import CallPart, FaultKind, FaultRule
from inspector.core.mock_checks import check_code, check_data, check_message, check_milliseconds

MAX_ERROR_BYTES = 60_000
"""An error of more goes into no data packet: 64,000 bytes are the most that LiveKit carries."""
MAX_TIMES = 1_000_000_000


class RuleRemark(msgspec.Struct, frozen=True):
    """What there is to say about a rule, and the key of the faults file that it is about."""

    key: str
    remark: Remark


def check_rule(rule: FaultRule) -> tuple[RuleRemark, ...]:
    """Everything to say about a rule; it can be used if none of it is an error."""
    return tuple(
        RuleRemark(key, remark)
        for part in (_of_match(rule), _of_error(rule), _of_delay(rule), _of_chance(rule))
        for key, remark in part
    )


def _of_match(rule: FaultRule) -> Iterator[tuple[str, Remark]]:
    match = rule.match
    for key, glob in (("method", match.method), ("from", match.caller), ("to", match.callee)):
        if not glob:
            yield "match", _warning(f"an empty `{key}` matches no name but an empty one")
    if rule.fault.is_for_joins and match.method != "*":
        yield "match", Remark(f"`{rule.fault}` is done to who joins: match `from` or `to`, not `method`")


def _of_error(rule: FaultRule) -> Iterator[tuple[str, Remark]]:
    if rule.fault is not FaultKind.ERROR:
        for key, value in (("code", rule.code), ("message", rule.message), ("data", rule.data)):
            if value is not None:
                yield key, Remark(f"`{key}` says nothing to `{rule.fault}`: only `error` takes it")
        return
    if rule.code is None:
        yield "code", Remark("`error` needs `code`, as in `code: 1401`")
    else:
        yield from (("code", remark) for remark in check_code(rule.code))
    message, data = rule.message or "", rule.data or ""
    yield from (("message", remark) for remark in check_message(message))
    yield from (("data", remark) for remark in check_data(data))
    size = utf8_bytes(message) + utf8_bytes(data)
    if size > MAX_ERROR_BYTES:
        yield "data" if data else "message", Remark(f"an error of {size:,} bytes fits into no data packet")


def _of_delay(rule: FaultRule) -> Iterator[tuple[str, Remark]]:
    if rule.fault is FaultKind.DELAY:
        if rule.ms is None:
            yield "ms", Remark("`delay` needs `ms`, as in `ms: 400`")
        else:
            yield from (("ms", remark) for remark in check_milliseconds(rule.ms))
        return
    if rule.ms is not None:
        yield "ms", Remark(f"`ms` says nothing to `{rule.fault}`: only `delay` takes it")
    if rule.part is not CallPart.REQUEST:
        yield "part", Remark(f"`part` says nothing to `{rule.fault}`: only `delay` takes it")


def _of_chance(rule: FaultRule) -> Iterator[tuple[str, Remark]]:
    if not 0 <= rule.probability <= 1:  # also not a number at all
        yield "probability", Remark("`probability` goes from 0 (never) to 1 (always)")
    if rule.times is not None and rule.times < 1:
        yield "times", Remark("`times` counts from 1: to switch a rule off, write `enabled: false`")
    elif rule.times is not None and rule.times > MAX_TIMES:
        yield "times", Remark(f"more than {MAX_TIMES:,} times: leave it out for no end")


def _warning(message: str) -> Remark:
    return Remark(message, Severity.WARNING)
