"""A settled call as one line of text."""

from __future__ import annotations

from inspector.core.calls import Call
from inspector.core.durations import format_ms
from inspector.core.payloads import shortened, visible

SHOWN_CHARS = 80
"""How much of a payload and of an answer a line shows."""


def answered_line(call: Call) -> str:
    """An inbound call: outcome, time, caller, method, what was asked and answered, and by which rule."""
    by = f" [{call.mock}: {call.rule}]" if call.rule else _unmatched(call)
    return visible(f"{_outcome(call)}  {call.caller} → {call.method}{_exchange(call)}{by}")


def seen_line(call: Call) -> str:
    """A call between two others: outcome, time, both ends, method, what was asked and answered, and how."""
    how = [part for part in (call.wire, _acknowledged(call), _fault(call)) if part]
    facts = f" [{', '.join(how)}]" if how else ""
    ends = f"{call.caller} → {call.destination}"
    return visible(f"{_outcome(call)}  {ends}  {call.method}{_exchange(call)}{facts}")


def _unmatched(call: Call) -> str:
    if not call.unmatched:
        return ""
    return f" [unmatched; {call.note}]" if call.note else " [unmatched]"


def _outcome(call: Call) -> str:
    outcome = str(call.code) if call.code is not None else call.outcome.value
    return f"{outcome:>5}  {format_ms(call.elapsed_ms):>8} ms"


def _exchange(call: Call) -> str:
    answer = call.response if call.error is None else call.error.message
    return f"({_shown(call.payload)}) = {_shown(answer)}"


def _acknowledged(call: Call) -> str | None:
    return None if call.ack_ms is None else f"ack {format_ms(call.ack_ms)} ms"


def _fault(call: Call) -> str | None:
    return f"fault {call.fault}" if call.fault else None


def _shown(text: str | None) -> str:
    return shortened(text or "", SHOWN_CHARS)
