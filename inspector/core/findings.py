"""What a person should know first of a call: why it ended as it did, on whose side, and what to try."""

from __future__ import annotations

from inspector.core.calls import Call, CallError, Direction, Outcome, Source
from inspector.core.durations import format_ms
from inspector.core.fault_words import fault_finding, kind_of
from inspector.core.faults import FaultKind
from inspector.core.limits import PAYLOAD_V1_BYTES, budgets, seconds_text
from inspector.core.problems import Side
from inspector.core.rpc_errors import Finding, RpcCode, meaning_of

TOO_LATE = "too late: "
"""How the error of an answer begins that was not there in time; why not follows."""
PASSED_ON_FROM = "passed on from "
"""How the note of a call begins that a mock forwarded, and whose error is the other side's."""


def finding(call: Call) -> Finding | None:
    """The finding of a call, None where its row says it all."""
    if call.fault is not None:
        return _faulted(call, call.fault)
    if call.outcome is Outcome.STOPPED and call.parent is not None:
        return Finding(
            "The call it was made for ended first.",
            "Nobody waits for its answer. There is no cancel on the wire: the handler may still run.",
        )
    if call.outcome is Outcome.STOPPED:
        return Finding(
            "You stopped waiting.",
            "There is no cancel on the wire: the handler may still run, and its answer is ignored.",
        )
    if call.outcome is Outcome.LOST and (call.direction is not Direction.IN or not _is_own(call)):
        reason = call.error.message if call.error else "The connection ended before the call did."
        return Finding("The call was lost.", f"{reason} Whether the handler ran is not known.")
    if call.error is None or call.error.code is None:
        return None
    if not _is_own(call):
        return _between_others(call, call.error.code)
    return _incoming(call, call.error) if call.direction is Direction.IN else _outgoing(call, call.error)


def _is_own(call: Call) -> bool:
    """Whether this program itself made or answered the call, rather than seeing it from outside."""
    return call.direction is not Direction.SEEN and call.source is Source.SELF


def _faulted(call: Call, title: str) -> Finding:
    """A fault of the local room explains everything else. Its kind is in its title, unless a name is."""
    by_room = call.error is not None and call.error.side is Side.ROOM
    return fault_finding(call, FaultKind.ERROR if by_room else kind_of(title))


def _between_others(call: Call, code: int) -> Finding:
    meaning = meaning_of(code)
    title, text, tries = meaning.title, meaning.text, meaning.tries
    caller, callee = call.caller or "Its caller", call.destination or "The destination"
    after = "" if call.elapsed_ms is None else f" after {format_ms(call.elapsed_ms)} ms"
    if code == RpcCode.UNSUPPORTED_METHOD:
        return _unregistered(call, caller, callee)
    if code == RpcCode.CONNECTION_TIMEOUT:
        text = f"No acknowledgement came from {callee}, so {caller} gave up{after}. {text}"
    elif code == RpcCode.RESPONSE_TIMEOUT:
        given = "" if call.timeout_s is None else f" Its handler was given {seconds_text(call.timeout_s)}."
        text = f"{callee} acknowledged the call, but no answer came, and {caller} gave up{after}.{given}"
    return Finding(title, text, tries)


def _unregistered(call: Call, caller: str, callee: str) -> Finding:
    if call.direction is Direction.IN:
        return Finding(
            "No mock answers this method here.",
            f"{caller} saw 1400: nothing answers it on {callee}, so the SDK here did by itself.",
            ("Add a mock for it.",),
        )
    return Finding(
        "Nobody registered this method.",
        f"{callee} is there and got the call, but its program registered no handler under this name, so its "
        f"SDK answered {caller} by itself.",
        (
            "Register it on the destination before it is called, right after joining.",
            "Check the method name, letter by letter: names are case-sensitive.",
            "Or mock it: connect under the identity of the destination and answer in its place.",
        ),
    )


def _outgoing(call: Call, error: CallError) -> Finding:
    meaning = meaning_of(error.code or 0)
    text = meaning.text
    shares = budgets(call.timeout_s, call.ack_timeout_s)
    if error.code == RpcCode.RESPONSE_TIMEOUT:
        text = (
            f"{call.destination} acknowledged the call, so it got it. Of the "
            f"{seconds_text(shares.timeout_s)} its handler had {seconds_text(shares.handler_s)}."
        )
    elif error.code == RpcCode.CONNECTION_TIMEOUT:
        waited = seconds_text(shares.ack_timeout_s)
        text = f"No acknowledgement came from {call.destination} within {waited}. {text}"
    elif error.code == RpcCode.REQUEST_PAYLOAD_TOO_LARGE and call.payload_bytes:
        text = f"It has {call.payload_bytes:,} bytes; v1 carries {PAYLOAD_V1_BYTES:,}. {text}"
    return Finding(meaning.title, text, meaning.tries)


def _incoming(call: Call, error: CallError) -> Finding:
    if call.note is not None and call.note.startswith(PASSED_ON_FROM):
        other = call.note.removeprefix(PASSED_ON_FROM)
        return Finding(
            f"{other} answered with {error.code}.",
            f"The mock forwarded this call, and {call.caller} got the error as it came back.",
            ("Open the call it caused: it says on whose side that one failed.",),
        )
    if error.code == RpcCode.RESPONSE_TIMEOUT:
        given = (
            "its deadline" if call.timeout_s is None else f"the {seconds_text(call.timeout_s)} it was given"
        )
        late = f"the answer was not ready within {given}"
        if error.message.startswith(TOO_LATE):
            late = error.message.removeprefix(TOO_LATE)
        return Finding(
            "The answer came too late.",
            f"{call.caller} saw 1502: {late}.",
            ("Have the mock answer sooner, or the caller allow more time.",),
        )
    if error.code == RpcCode.CONNECTION_TIMEOUT and not call.caller:
        return Finding(
            "The caller is hidden.",
            "A hidden participant's call arrives, but no answer reaches it: it saw 1501 instead.",
            ("Give the caller a token without the hidden grant.",),
        )
    if error.code == RpcCode.RECIPIENT_DISCONNECTED:
        return Finding("This connection ended first.", f"{call.caller} saw 1503 instead of an answer.")
    if call.unmatched and error.code == RpcCode.UNSUPPORTED_METHOD:
        return Finding(
            "No mock answers this method here.",
            f"{call.caller} saw 1400. The mock was switched off or removed while the call was on its way.",
            ("Switch the mock on again, or add one.",),
        )
    if call.unmatched:
        why = f"{_capital(call.note)}." if call.note else "None is for this call."
        return Finding(
            "No mock rule matched.",
            f"{call.caller} saw 1500. {why}",
            ("Change that rule, or add one for this call.",),
        )
    if error.code == RpcCode.RESPONSE_PAYLOAD_TOO_LARGE:
        return Finding(
            "The answer was too large for this caller.",
            f"{call.caller} speaks RPC v1, which carries 15 KiB, so it saw 1504.",
            ("Answer with less, or update the caller's SDK.",),
        )
    return Finding(
        f"The mock answered with {error.code}.", f"{call.caller} got this error, as the mock says."
    )


def _capital(note: str) -> str:
    return note[:1].upper() + note[1:]
