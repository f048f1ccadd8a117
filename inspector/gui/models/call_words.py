"""What the details say of a call, as plain values: head, finding, timing, what to copy."""

from __future__ import annotations

from datetime import datetime

import msgspec

from inspector.core.calls import Call, CallError, Direction, Outcome
from inspector.core.durations import format_ms
from inspector.core.findings import finding
from inspector.core.limits import DEFAULT_TIMEOUT_S, MAX_TIMEOUT_S, budgets, seconds_text
from inspector.core.log import Row
from inspector.core.payloads import format_size
from inspector.core.problems import Side
from inspector.core.rpc_errors import Finding, RpcCode, meaning_of, name_of
from inspector.gui.models.call_signs import outcome_sign, sign_text
from inspector.gui.widgets.controls import Tone

STILL_PENDING = "Still waiting, longer than both budgets allow."
_SIDES = {
    Side.HERE: "made here",
    Side.CALLER: "by the caller's SDK",
    Side.CALLEE: "by the destination",
    Side.ROOM: "by the room",
}
READING = Finding(
    "Reading its request and response…",
    "They left memory for newer ones, and are read back from the recording of this run.",
)
LET_GO = Finding(
    "Its request and response were let go.",
    "The log keeps payloads of the newest calls only, within a bound on memory. What the row says is all "
    "that is left of this call.",
)


class Timing(msgspec.Struct, frozen=True):
    """A row of the timing table: what took how long (milliseconds), and the tone of its bar."""

    what: str
    ms: float | None
    """None: it never came to that."""
    tone: Tone = Tone.OUT


def outcome_text(call: Call | Row) -> str:
    """Sign, code and name, as the head shows them: `✕ 1502 RESPONSE_TIMEOUT`."""
    text = sign_text(outcome_sign(call.outcome, call.code))
    name = call.error.name if isinstance(call, Call) and call.error else None
    return f"{text} {name}" if name and call.code is not None else text


def facts_text(call: Call | Row, elapsed_ms: float | None) -> str:
    """When it was asked for and how long it took."""
    at = datetime.fromtimestamp(call.started_at)
    clock = f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}"
    return clock if elapsed_ms is None else f"{clock} · {format_ms(elapsed_ms)} ms"


def parties_text(call: Call | Row) -> str:
    """Who called whom."""
    return f"{call.caller or 'somebody'} → {call.destination or 'somebody'}"


def answered_by(call: Call) -> str:
    """Which mock and rule answered a call that reached us; empty for other calls."""
    if call.direction is not Direction.IN:
        return ""
    if call.mock is None:
        # Where nobody answered at all, the finding says so.
        return "No mock answers this method." if call.unmatched and not is_unregistered(call) else ""
    if call.rule is None:
        return f"Reached the mock {call.mock}, none of whose rules matched."
    verb = "Is being answered" if call.is_pending else "Answered"
    return f"{verb} by the mock {call.mock}, rule {call.rule}."


def explained(finding: Finding, code: int) -> Finding:
    """The finding of a faulted call, and what its code means where nobody does it on purpose."""
    meaning = meaning_of(code)
    first = f"Without a fault {code} means: {meaning.title} {meaning.text}"
    return msgspec.structs.replace(finding, tries=(*finding.tries, first, *meaning.tries))


def finding_of(call: Call, waited_s: float) -> Finding | None:
    """What to know first; `waited_s` is how long a pending call has been waiting, in seconds."""
    if not call.is_pending or call.fault is not None:
        return finding(call)
    worst_s = budgets(call.timeout_s, call.ack_timeout_s).worst_s
    if call.direction is not Direction.OUT or waited_s <= worst_s:
        return None
    return Finding(
        STILL_PENDING,
        f"An answer or an error is due within {seconds_text(worst_s)} of sending, so this call still waits "
        "to be sent, or its connection reconnects: no timeout runs meanwhile.",
        ("Look at its connection's state in Rooms.", "Stop waiting, and send it again later."),
    )


def finding_tone(call: Call) -> Tone:
    """The colour of the finding's bar."""
    if call.fault is not None:
        return Tone.WARNING
    return Tone.WARNING if call.is_pending else outcome_sign(call.outcome).tone


def code_to_explain(call: Call) -> int | None:
    """The code of a faulted call where it is one of LiveKit's: it has a meaning without the fault, too."""
    return call.code if call.fault and call.code is not None and name_of(call.code) else None


def is_unregistered(call: Call) -> bool:
    """Whether the call failed because nobody registered its method: a mock would answer the next one."""
    return call.code == RpcCode.UNSUPPORTED_METHOD and call.fault is None


def longer_timeout_s(call: Call) -> float | None:
    """Twice the timeout of a call that ran out of it, in seconds; None where that is not what to try."""
    if call.direction is not Direction.OUT or call.code != RpcCode.RESPONSE_TIMEOUT:
        return None
    timeout_s = DEFAULT_TIMEOUT_S if call.timeout_s is None else call.timeout_s
    return min(timeout_s * 2, MAX_TIMEOUT_S)


def timings(call: Call, elapsed_ms: float | None) -> list[Timing]:
    """The rows of the timing table, in the order things happen."""
    rows: list[Timing] = []
    if call.queued_ms is not None:
        rows.append(Timing("queued", call.queued_ms))
    if call.ack_ms is not None:
        rows.append(Timing("acknowledged", call.ack_ms))
    elif call.wire is not None and call.code == RpcCode.CONNECTION_TIMEOUT:
        rows.append(Timing("acknowledged", None))  # a room that saw the call would have seen the ack
    if call.direction is Direction.OUT:
        shares = budgets(call.timeout_s, call.ack_timeout_s)
        rows.append(Timing("handler budget", shares.handler_s * 1000, Tone.WARNING))
    elif call.timeout_s is not None:
        rows.append(Timing("allowed", call.timeout_s * 1000, Tone.WARNING))
    if elapsed_ms is not None:
        rows.append(Timing(_last_row(call), elapsed_ms, outcome_sign(call.outcome).tone))
    return rows


def budget_text(call: Call) -> str:
    """Both budgets of the timeout, in words."""
    if call.direction is Direction.OUT:
        return budgets(call.timeout_s, call.ack_timeout_s).sentence()
    if call.direction is Direction.IN and call.timeout_s is not None:
        return f"The caller's SDK left {seconds_text(call.timeout_s)} for the answer."
    return ""


def request_title(call: Call) -> str:
    """The head of the request: `Request · 47 B · v2`."""
    return " · ".join(filter(None, ("Request", format_size(call.payload_bytes or 0), call.wire)))


def response_title(call: Call) -> str:
    """The head of the response; one that came too late or was too large never reached its caller."""
    size = format_size(call.response_bytes or 0)
    return f"Response · {size}, not delivered" if call.error is not None else f"Response · {size}"


def error_title(error: CallError) -> str:
    """The head of the error's message: `Error · 1500 APPLICATION_ERROR · by the destination`."""
    code = "" if error.code is None else str(error.code)
    head = " ".join(filter(None, ("Error ·" if code or error.name else "Error", code, error.name)))
    return " · ".join(filter(None, (head, _SIDES.get(error.side) if error.side else None)))


def error_text(error: CallError) -> str:
    """The error to be copied: code, name, message and data."""
    first = " ".join(filter(None, ("" if error.code is None else str(error.code), error.name)))
    return "\n".join(filter(None, (f"{first}: {error.message}" if first else error.message, error.data)))


def _last_row(call: Call) -> str:
    if call.is_pending:
        return "so far"
    if call.outcome is Outcome.STOPPED:
        return "stopped after"
    if call.outcome is Outcome.LOST:
        return "lost after"
    gave_up = call.code in (RpcCode.RESPONSE_TIMEOUT, RpcCode.CONNECTION_TIMEOUT)
    return "gave up" if gave_up else "total"
