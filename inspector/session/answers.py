"""Incoming calls: logged when they arrive, decided by the mocks, carried out within the caller's deadline."""

from __future__ import annotations

import asyncio
import gc

import msgspec

from inspector.core.calls import Call, CallError, Direction, Outcome, cut_utf8, is_utf8, utf8_bytes
from inspector.core.deadlines import too_late_text
from inspector.core.findings import PASSED_ON_FROM
from inspector.core.limits import ERROR_DATA_BYTES, ERROR_MESSAGE_BYTES, MAX_ERROR_CODE, PAYLOAD_V1_BYTES
from inspector.core.log import CallLog
from inspector.core.matching.effort import TooMuchEffortError
from inspector.core.mock_decisions import (
    Decision,
    Examination,
    RuleTooSlowError,
    Unmatched,
    decide_examined,
    rule_title,
)
from inspector.core.mocks import Fail, Mock, Reply
from inspector.core.participants import Participant
from inspector.core.problems import Side
from inspector.core.rpc_errors import RpcCode, incoming_error
from inspector.session.acting import Acting, Answering
from inspector.session.answered import AnsweredCalls
from inspector.session.forwarding import PassedOnFailure
from inspector.session.mock_set import MockEntry, MockSet
from inspector.session.ports import CancelReason, CancelReasonOf, Clock, Invocation, RpcFailure
from inspector.tasks import ReportUnexpected

UNMATCHED_TEXT = "no mock rule matched"
LARGE_PAYLOAD_BYTES = 256 * 1024
"""Larger ones are matched in a thread: reading them as JSON alone takes an event loop's moment."""


class _Arrival(msgspec.Struct, frozen=True):
    """A call as it reached one of our connections."""

    call_id: str
    connection: str
    room: str
    identity: str
    invocation: Invocation
    at: float
    """In seconds of the session's monotonic clock."""

    def answering(self, entry: MockEntry, hits: int) -> Answering:
        """The call with the mock that answers it."""
        return Answering(
            self.call_id,
            self.connection,
            self.room,
            self.identity,
            self.invocation,
            entry,
            hits,
            self.at + self.invocation.timeout_s,
        )


class _Decided(msgspec.Struct, frozen=True):
    """A call, and what answers it."""

    decision: Decision
    answering: Answering

    @property
    def is_instant(self) -> bool:
        """Whether the answer stands at once: then the record tells both in one go, who answered and what."""
        return self.decision.delay_ms <= 0 and isinstance(self.decision.action, Reply | Fail)


class Answers:
    """Answers the calls that reach our connections."""

    def __init__(
        self, log: CallLog, mocks: MockSet, acting: Acting, clock: Clock, report: ReportUnexpected
    ) -> None:
        self.answered = AnsweredCalls()
        self._log = log
        self._mocks = mocks
        self._acting = acting
        self._clock = clock
        self._report = report

    async def answer(
        self,
        *,
        connection: str,
        room: str,
        identity: str,
        caller: Participant | None,
        invocation: Invocation,
        cancel_reason: CancelReasonOf,
    ) -> str:
        """The response for the caller.

        Raises:
            RpcFailure: the caller gets this error.
            CancelledError: the SDK ended the answer first; the record says what the caller saw.
        """
        arrived = self._clock.monotonic()
        call_id = self._log.new_id()
        self._log.open(_arrived(call_id, connection, room, identity, invocation, self._clock.now()))
        late = "too late: the mock had not decided"
        answered_by: dict[str, str] = {}
        try:
            arrival = _Arrival(call_id, connection, room, identity, invocation, arrived)
            decided = await self._decide(arrival)
            answered_by = _answered_by(decided)
            if not decided.is_instant:
                self._log.change(call_id, **answered_by)
            late = self._why_late(decided)
            response = _sendable(await self._carry_out(decided))
        except RpcFailure as refusal:
            failure = _sendable_failure(refusal)
            error = incoming_error(failure.code, failure.message, failure.data)
            if isinstance(refusal, PassedOnFailure):
                self._log.change(call_id, note=f"{PASSED_ON_FROM}{refusal.destination}")
            self._settle(call_id, arrived, error=_unheard(invocation) or error, **answered_by)
            raise failure from None
        except asyncio.CancelledError:
            self._settle_cancelled(call_id, arrived, cancel_reason(), late)
            raise
        except Exception as error:
            # Whatever fails here is this program's fault: the caller gets a clear 1500, a person the report.
            self._report(error, f"answering {invocation.method}")
            text = f"RPC Inspector failed to answer: {type(error).__name__}"
            error_seen = incoming_error(RpcCode.APPLICATION_ERROR, text)
            self._settle(call_id, arrived, error=error_seen, **answered_by)
            raise RpcFailure(RpcCode.APPLICATION_ERROR, text) from error
        unseen = _unheard(invocation) or _too_large(response, invocation, caller)
        self._settle(call_id, arrived, response=response, error=unseen, **answered_by)
        return response

    async def _decide(self, arrival: _Arrival) -> _Decided:
        """What answers the call; where nothing does, its record says so.

        Raises:
            RpcFailure: nothing does.
        """
        call_id, invocation = arrival.call_id, arrival.invocation
        entry = self._mocks.find(arrival.identity, invocation.method)
        if entry is None:  # switched off while the call was on its way
            self._log.change(call_id, unmatched=True)
            raise RpcFailure(RpcCode.UNSUPPORTED_METHOD, "Method not supported at destination")
        hits, decision = await self._ask_rules(call_id, entry, invocation)
        self.answered.note(call_id, entry.id, entry.mock, decision)
        if isinstance(decision, Unmatched):
            note = _nearest_text(entry.mock, decision)
            self._log.change(call_id, mock=entry.mock.method, unmatched=True, note=note)
            raise RpcFailure(RpcCode.APPLICATION_ERROR, UNMATCHED_TEXT)
        return _Decided(decision, arrival.answering(entry, hits))

    def _why_late(self, decided: _Decided) -> str:
        """What to say of the answer if the caller's time runs out before it."""
        left_s = decided.answering.until - self._clock.monotonic()
        return too_late_text(decided.decision.action, decided.decision.delay_ms, left_s)

    async def _carry_out(self, decided: _Decided) -> str:
        if decided.decision.delay_ms > 0:
            await asyncio.sleep(decided.decision.delay_ms / 1000)
        return await self._acting.act(decided.decision.action, decided.answering)

    async def _ask_rules(
        self, call_id: str, entry: MockEntry, invocation: Invocation
    ) -> tuple[int, Decision | Unmatched]:
        """How often the mock was called by now, and what answers."""
        examination = Examination(self._mocks.prepared(entry.id), invocation.payload, invocation.caller)
        try:
            if utf8_bytes(invocation.payload) > LARGE_PAYLOAD_BYTES:
                await asyncio.to_thread(_finish, examination)
            try:
                return self._decide_examined(entry, examination, invocation.caller)
            except TooMuchEffortError:
                await asyncio.to_thread(_finish, examination)
                return self._decide_examined(entry, examination, invocation.caller)
        except RuleTooSlowError as error:
            self._log.change(call_id, mock=entry.mock.method, note=str(error))
            raise RpcFailure(RpcCode.APPLICATION_ERROR, f"mock {error}") from None

    def _decide_examined(
        self, entry: MockEntry, examination: Examination, caller: str
    ) -> tuple[int, Decision | Unmatched]:
        """Decides and counts in one go, so that of many calls at a time each is a hit of its own."""
        now = self._mocks.get(entry.id) or entry
        use = now.use if now.mock is entry.mock else entry.use
        hits = use.hits + 1
        decision = decide_examined(examination, hit=hits, seed=self._mocks.seed, use=use.rule_hits)
        rule = None if isinstance(decision, Unmatched) or now.mock is not entry.mock else decision.rule_index
        self._mocks.count_hit(entry.id, rule, caller, self._clock.now())
        return hits, decision

    def _settle(
        self,
        call_id: str,
        arrived: float,
        *,
        response: str | None = None,
        error: CallError | None = None,
        **answered_by: str,
    ) -> None:
        self._log.change(
            call_id,
            outcome=Outcome.ERROR if error else Outcome.OK,
            response=response,
            response_bytes=None if response is None else utf8_bytes(response),
            error=error,
            elapsed_ms=(self._clock.monotonic() - arrived) * 1000,
            **answered_by,
        )

    def _settle_cancelled(
        self, call_id: str, arrived: float, reason: CancelReason | None, why_late: str
    ) -> None:
        late = reason is CancelReason.RESPONSE_TIMEOUT
        error = (
            incoming_error(RpcCode.RESPONSE_TIMEOUT, why_late)
            if late
            else incoming_error(RpcCode.RECIPIENT_DISCONNECTED, "This connection ended before the answer.")
        )
        self._log.change(
            call_id,
            outcome=Outcome.ERROR if late else Outcome.LOST,
            error=error,
            elapsed_ms=(self._clock.monotonic() - arrived) * 1000,
        )


def _finish(examination: Examination) -> None:
    """Finishes it, in a thread, without Python's garbage collector.

    A long payload is many objects. While they become more the collector would look at all of them, and all
    others of the program, again and again: 50 ms and more each time, in which no other thread runs. They are
    no garbage, and gone by the end.
    """
    is_collecting = gc.isenabled()  # not where another thread is at the same
    gc.disable()
    try:
        examination.finish()
    finally:
        if is_collecting:
            gc.enable()


def _answered_by(decided: _Decided) -> dict[str, str]:
    """The fields of a record that say which mock and rule answered."""
    decision = decided.decision
    rule = decision.rule.name or str(decision.rule_index + 1)
    return {"mock": decided.answering.entry.mock.method, "rule": rule}


def _nearest_text(mock: Mock, unmatched: Unmatched) -> str:
    """Why nothing matched, in words."""
    if unmatched.nearest is None:
        return unmatched.why
    return f"nearest is {rule_title(mock, unmatched.nearest)}: {unmatched.why}"


def _arrived(
    call_id: str, connection: str, room: str, identity: str, invocation: Invocation, at: float
) -> Call:
    return Call(
        id=call_id,
        room=room,
        connection=connection,
        direction=Direction.IN,
        caller=invocation.caller,
        destination=identity,
        method=invocation.method,
        request_id=invocation.request_id,
        payload=invocation.payload,
        payload_bytes=utf8_bytes(invocation.payload),
        timeout_s=invocation.timeout_s,
        started_at=at,
    )


def _sendable(response: str) -> str:
    """`response`, where the SDK can send it; the SDK itself would fail after the handler, in silence."""
    if not is_utf8(response):
        raise _cannot_be_sent("it is not valid Unicode text")
    return response


def _sendable_failure(failure: RpcFailure) -> RpcFailure:
    """`failure` as its caller sees it, or what stands in for one that the SDK would not send at all."""
    message, data = failure.message, failure.data
    if not 0 <= failure.code <= MAX_ERROR_CODE:
        return _cannot_be_sent(f"its code is no number from 0 to {MAX_ERROR_CODE}")
    if not (is_utf8(message) and is_utf8(data or "")):
        return _cannot_be_sent("its message or data is not valid Unicode text")
    if utf8_bytes(message) <= ERROR_MESSAGE_BYTES and utf8_bytes(data or "") <= ERROR_DATA_BYTES:
        return failure
    short_data = None if data is None else cut_utf8(data, ERROR_DATA_BYTES)
    return RpcFailure(failure.code, cut_utf8(message, ERROR_MESSAGE_BYTES), short_data)


def _cannot_be_sent(why: str) -> RpcFailure:
    return RpcFailure(RpcCode.APPLICATION_ERROR, f"RPC Inspector cannot send this answer: {why}")


def _unheard(invocation: Invocation) -> CallError | None:
    """What a hidden caller sees whatever we answer: its call arrives without an identity to answer to."""
    if invocation.caller:
        return None
    code = RpcCode.CONNECTION_TIMEOUT
    return CallError(code, code.name, "The caller is hidden: no answer reaches it.", side=Side.CALLER)


def _too_large(response: str, invocation: Invocation, caller: Participant | None) -> CallError | None:
    """What a v1 caller sees instead of a large response: the SDK on this side refuses to send it (1504).

    The server API speaks v1 and calls under the request's id (facts, section 6). Of a caller that is not
    listed yet nothing is known; nearly all speak v2.
    """
    by_server_api = invocation.caller == invocation.request_id
    speaks_v1 = by_server_api or (caller is not None and caller.protocol == 0)
    if not speaks_v1 or utf8_bytes(response) <= PAYLOAD_V1_BYTES:
        return None
    code = RpcCode.RESPONSE_PAYLOAD_TOO_LARGE
    return CallError(code, code.name, "Response payload too large", side=Side.CALLEE)
