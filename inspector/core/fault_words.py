"""What is said of a call that a fault was done to: which did what, and what its caller saw of it."""

from __future__ import annotations

import re

from inspector.core.calls import Call, Outcome
from inspector.core.durations import format_ms
from inspector.core.faults import FaultKind
from inspector.core.limits import seconds_text
from inspector.core.rpc_errors import Finding, RpcCode

_NUMBERED = re.compile(r"(\d+) (\w+)")


def kind_of(title: str) -> FaultKind | None:
    """The kind that a title made by `faults.title_of` names; None where the rule has a name of its own."""
    match = _NUMBERED.fullmatch(title)
    return FaultKind(match[2]) if match and match[2] in tuple(FaultKind) else None


def fault_name(title: str) -> str:
    """How a sentence names a rule: `Fault 2`, `Fault “slow for the web”`."""
    number, kind = _NUMBERED.fullmatch(title), kind_of(title)
    return f"Fault {number[1]}" if number and kind else f"Fault “{title}”"


def fault_finding(call: Call, kind: FaultKind | None) -> Finding:
    """What to know first of a call that a fault was done to; `kind` is the fault's, where it is known."""
    sentences = (_deed(call, kind), _consequence(call))
    return Finding("The local room did this on purpose.", " ".join(filter(None, sentences)))


def _deed(call: Call, kind: FaultKind | None) -> str:
    who = fault_name(call.fault or "")
    caller, callee = call.caller or "the caller", call.destination or "the callee"
    match kind:
        case FaultKind.DROP_REQUEST:
            return f"{who} dropped the request: {callee} never got it."
        case FaultKind.DROP_ACK:
            return f"{who} kept ack and answer back: the handler of {callee} ran, {caller} never heard of it."
        case FaultKind.DROP_RESPONSE:
            return f"{who} dropped the response: {callee} answered, {caller} never heard of it."
        case FaultKind.ERROR:
            code = "" if call.code is None else f" {call.code}"
            return f"{who} answered{code} in the place of {callee}: no handler ran."
        case FaultKind.DELAY:
            return f"{who} held a part of the call back."
        case FaultKind.DUPLICATE_REQUEST:
            return f"{who} sent the request twice: the handler of {callee} runs twice."
        case FaultKind.DISCONNECT_CALLEE:
            return f"{who} threw {callee} out once it had acknowledged."
    return f"{who} was done to this call."


def _consequence(call: Call) -> str:
    caller = call.caller or "The caller"
    if call.is_pending or call.elapsed_ms is None:
        return ""
    if call.code == RpcCode.CONNECTION_TIMEOUT:
        return f"{caller} gave up after {seconds_text(round(call.elapsed_ms / 1000, 1))} without an ack."
    if call.code == RpcCode.RESPONSE_TIMEOUT:
        return f"{caller} gave up after {seconds_text(round(call.elapsed_ms / 1000, 1))} without an answer."
    if call.outcome is Outcome.OK:
        return f"It took {format_ms(call.elapsed_ms)} ms."
    return ""
