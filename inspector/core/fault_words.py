"""What is said of faults: what a rule does in a few words, a tag for its calls, and why they ended so."""

from __future__ import annotations

import re

from inspector.core.calls import Call, Outcome
from inspector.core.durations import format_ms
from inspector.core.faults import CallPart, FaultKind, FaultRule
from inspector.core.limits import seconds_text
from inspector.core.rpc_errors import Finding, RpcCode

KIND_SENTENCES = {
    FaultKind.DROP_REQUEST: "The callee never gets the request; the caller ends with 1501.",
    FaultKind.DROP_ACK: "The handler runs, the caller hears nothing of it and ends with 1501.",
    FaultKind.DROP_RESPONSE: "The handler answers, the caller waits in vain and ends with 1502.",
    FaultKind.ERROR: "The room answers in the callee's place, with any code; no handler runs.",
    FaultKind.DELAY: "Request, ack or response is held back for some time.",
    FaultKind.DUPLICATE_REQUEST: "The callee gets the request twice; its handler runs twice.",
    FaultKind.DISCONNECT_CALLEE: "The callee is thrown out once it acknowledged; the caller ends with 1503.",
    FaultKind.FORCE_V1: "Who joins from now on is shown without RPC v2, so that callers use v1.",
    FaultKind.OLD_SERVER: "Who joins from now on is told of a server too old for RPC: 1403 for its calls.",
}
"""What each kind does, a sentence each."""

_TAGS = {
    FaultKind.DROP_REQUEST: "drop",
    FaultKind.DROP_ACK: "drop",
    FaultKind.DROP_RESPONSE: "drop",
    FaultKind.ERROR: "error",
    FaultKind.DELAY: "delay",
    FaultKind.DUPLICATE_REQUEST: "twice",
    FaultKind.DISCONNECT_CALLEE: "kick",
    FaultKind.FORCE_V1: "v1",
    FaultKind.OLD_SERVER: "old",
}
_EFFECTS = {
    FaultKind.DROP_REQUEST: "1501",
    FaultKind.DROP_ACK: "1501",
    FaultKind.DROP_RESPONSE: "1502",
    FaultKind.DUPLICATE_REQUEST: "runs twice",
    FaultKind.DISCONNECT_CALLEE: "1503",
    FaultKind.FORCE_V1: "for who joins",
    FaultKind.OLD_SERVER: "1403, for who joins",
}
_NUMBERED = re.compile(r"(\d+) (\w+)")
_NEARLY = 0.005


def kind_of(title: str) -> FaultKind | None:
    """The kind that a title made by `faults.title_of` names; None where the rule has a name of its own."""
    match = _NUMBERED.fullmatch(title)
    return FaultKind(match[2]) if match and match[2] in tuple(FaultKind) else None


def tag_text(title: str) -> str:
    """A word for a faulted call: `drop`, `delay`; the rule's own name where it has one."""
    kind = kind_of(title)
    return title if kind is None else _TAGS[kind]


def fault_name(title: str) -> str:
    """How a sentence names a rule: `Fault 2`, `Fault “slow for the web”`."""
    number, kind = _NUMBERED.fullmatch(title), kind_of(title)
    return f"Fault {number[1]}" if number and kind else f"Fault “{title}”"


def parameters_text(rule: FaultRule) -> str:
    """What a rule does beyond its kind: `800 ms, 1 in 4`, `1401 at once`, `1502, 3 times`."""
    return ", ".join(filter(None, (_effect(rule), chance_text(rule.probability), times_text(rule.times))))


def chance_text(probability: float) -> str:
    """How often a rule that matches is done: `1 in 4`, `30 %`, empty for always."""
    if probability >= 1:
        return ""
    if probability <= 0:
        return "never"
    one_in = round(1 / probability)
    is_whole = one_in > 1 and abs(one_in * probability - 1) < _NEARLY
    return f"1 in {one_in:,}" if is_whole else f"{probability * 100:.3g} %"


def times_text(times: int | None) -> str:
    """How often at most, empty for no end."""
    if times is None:
        return ""
    return "once" if times == 1 else f"{times:,} times"


def _effect(rule: FaultRule) -> str:
    if rule.fault is FaultKind.ERROR:
        return f"{rule.code} at once"
    if rule.fault is FaultKind.DELAY:
        held = "" if rule.part is CallPart.REQUEST else f" of the {rule.part.value}"
        return f"{rule.ms or 0:,g} ms{held}"
    return _EFFECTS[rule.fault]


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
