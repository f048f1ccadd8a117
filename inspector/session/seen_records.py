"""What X-ray tells of a call, as records and parts of records. Pure functions."""

from __future__ import annotations

from inspector.core.calls import Call, CallError, Direction, Outcome, Source
from inspector.core.ping import PING_METHOD
from inspector.core.problems import Side
from inspector.core.rpc_errors import RpcCode, name_of
from inspector.xray.messages import Late, SeenCall, SeenError, SeenOutcome, SeenSide

SERVER_API = "server-api"
"""`wire` of a call that the server made for somebody who asked its API."""
UNREADABLE_METHOD = "(encrypted)"
"""Stands for the method of a call that is end-to-end encrypted."""
INFERRED = "no packet says so: the room concludes it from silence"
_LOST = "Its caller left, or the room closed, before the call ended."
_OUTCOMES = {
    SeenOutcome.PENDING: Outcome.PENDING,
    SeenOutcome.OK: Outcome.OK,
    SeenOutcome.ERROR: Outcome.ERROR,
    SeenOutcome.LOST: Outcome.LOST,
}
_SIDES = {SeenSide.CALLER: Side.CALLER, SeenSide.CALLEE: Side.CALLEE, SeenSide.ROOM: Side.ROOM}


def record_of(seen: SeenCall, call_id: str, direction: Direction, connection: str | None) -> Call:
    """The record of a call that has no row of our own, pending."""
    return Call(
        id=call_id,
        room=seen.room,
        connection=connection,
        direction=direction,
        caller=seen.caller or None,
        destination=seen.callee or None,
        method=UNREADABLE_METHOD if seen.method is None else seen.method,
        request_id=seen.request_id,
        payload=seen.payload,
        payload_bytes=seen.payload_bytes,
        timeout_s=seen.timeout_s,
        started_at=seen.started_at,
        ack_ms=seen.ack_ms,
        wire=seen.wire,
        source=Source.XRAY,
        truncated=seen.truncated,
        fault=seen.fault,
    )


def ending_of(seen: SeenCall) -> dict[str, object]:
    """The fields that settle the record of a call that has ended."""
    error = None if seen.error is None else error_of(seen.error)
    if seen.outcome is SeenOutcome.LOST and error is None:
        error = lost_error(_LOST, Side.CALLER)
    return {
        "outcome": _OUTCOMES[seen.outcome],
        "response": seen.response,
        "response_bytes": seen.response_bytes,
        "error": error,
        "elapsed_ms": seen.elapsed_ms,
        "truncated": seen.truncated,
        **facts_of(seen),
    }


def facts_of(seen: SeenCall) -> dict[str, object]:
    """What only the room can tell of a call, as far as it is known."""
    facts = {"ack_ms": seen.ack_ms, "wire": seen.wire, "fault": seen.fault}
    return {name: value for name, value in facts.items() if value is not None}


def error_of(error: SeenError) -> CallError:
    """The error as the log has it; one that only the room concludes says so."""
    message = f"{error.message} ({INFERRED})" if error.inferred else error.message
    return CallError(error.code, name_of(error.code), message, error.data or None, _SIDES[error.side])


def late_words(message: str, late: Late) -> str:
    """The message of an error that its caller made for want of an answer, when one came after all."""
    what = "a response" if late.code is None else f"error {late.code}"
    return f"{message}; {what} came after {late.elapsed_ms:,.0f} ms, when nobody waited for it any more"


def lost_error(why: str, side: Side) -> CallError:
    """Why nobody knows how a call ended."""
    return CallError(None, None, why, side=side)


def identity_of(seen: SeenCall) -> tuple[str, str | None, float]:
    """What is the same of a call from beginning to end, and of no other: keys repeat when a room restarts."""
    return (seen.key, seen.request_id, seen.started_at)


def is_unmatched(seen: SeenCall) -> bool:
    """Whether a call of ours ended for want of a mock: the SDK here answered that nobody registered it."""
    return (
        seen.error is not None
        and seen.error.code == RpcCode.UNSUPPORTED_METHOD
        and seen.error.side is SeenSide.CALLEE
        and seen.method != PING_METHOD
    )
