"""Short words for faults: what each kind does, a rule's parameters for a table, a tag for a call's row."""

from __future__ import annotations

from inspector.core.fault_words import kind_of
from inspector.core.faults import CallPart, FaultKind, FaultRule

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
_NEARLY = 0.005


def tag_text(title: str) -> str:
    """A word for a faulted call: `drop`, `delay`; the rule's own name where it has one."""
    kind = kind_of(title)
    return title if kind is None else _TAGS[kind]


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
