"""Faults: what the local room does to calls on purpose (product, section 8), and what a rule matches."""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase

import msgspec


class FaultKind(StrEnum):
    """What is done; the first seven to a call, the last two to whoever joins later."""

    DROP_REQUEST = "drop_request"
    """The callee never gets the request: no ack, 1501 at the caller."""
    DROP_ACK = "drop_ack"
    """The handler runs, the caller hears nothing of it, neither ack nor answer: 1501.

    The answer is kept back too because SDKs differ in what they make of one that no ack came before:
    livekit-client takes it, the native ones (Python, Node, Rust) end as 1501.
    """
    DROP_RESPONSE = "drop_response"
    """The handler runs and answers, the caller waits in vain: 1502."""
    ERROR = "error"
    """The room answers in the callee's place, with any code; no handler runs."""
    DELAY = "delay"
    """A part of the call is held back for `ms`."""
    DUPLICATE_REQUEST = "duplicate_request"
    """The callee gets the request twice, and its handler runs twice."""
    DISCONNECT_CALLEE = "disconnect_callee"
    """The callee is thrown out once it has acknowledged: 1503 at callers whose SDK notices, else 1502."""
    FORCE_V1 = "force_v1"
    """Participants are shown without RPC v2, so that callers use v1."""
    OLD_SERVER = "old_server"
    """Whoever joins is told of a server too old for RPC: 1403 for each call it makes."""

    @property
    def is_for_joins(self) -> bool:
        """Whether it is done to participants as they join rather than to calls."""
        return self in (FaultKind.FORCE_V1, FaultKind.OLD_SERVER)


class CallPart(StrEnum):
    """The parts of a call that can be delayed."""

    REQUEST = "request"
    ACK = "ack"
    RESPONSE = "response"


class FaultMatch(msgspec.Struct, frozen=True, rename={"caller": "from", "callee": "to"}, omit_defaults=True):
    """Which calls a rule is about, as globs (`*`, `?`, `[...]`) over whole names, case and all."""

    method: str = "*"
    caller: str = "*"
    callee: str = "*"


class FaultRule(msgspec.Struct, frozen=True, omit_defaults=True):
    """One rule. Rules are tried in order, and the first that matches and takes its chance is done."""

    fault: FaultKind
    match: FaultMatch = FaultMatch()
    name: str | None = None
    """What the log calls it; without one, its number and fault."""
    code: int | None = None
    """For `error`: the RPC error's code."""
    message: str | None = None
    data: str | None = None
    ms: float | None = None
    """For `delay`: milliseconds."""
    part: CallPart = CallPart.REQUEST
    """For `delay`: what is held back."""
    probability: float = 1.0
    times: int | None = None
    """Done at most so often, counted since the rule was set or changed."""
    enabled: bool = True


class FaultState(msgspec.Struct, frozen=True, omit_defaults=True):
    """A rule as it stands in a running room."""

    rule: FaultRule
    hits: int = 0


def title_of(rule: FaultRule, number: int) -> str:
    """What the log and the table call a rule: its name, or `2 drop_request` (numbers count from 1)."""
    return rule.name or f"{number} {rule.fault.value}"


def matches_call(rule: FaultRule, *, method: str, caller: str, callee: str) -> bool:
    """Whether a rule for calls is about this one; says nothing of chance and counts."""
    match = rule.match
    return (
        rule.enabled
        and not rule.fault.is_for_joins
        and fnmatchcase(method, match.method)
        and fnmatchcase(caller, match.caller)
        and fnmatchcase(callee, match.callee)
    )


def matches_join(rule: FaultRule, identity: str) -> bool:
    """Whether a rule for joins is about this participant: `from` or `to` names it (the default names all)."""
    match = rule.match
    return (
        rule.enabled
        and rule.fault.is_for_joins
        and fnmatchcase(identity, match.caller)
        and fnmatchcase(identity, match.callee)
    )
