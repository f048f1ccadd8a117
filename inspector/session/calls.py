"""Outgoing calls: the one way from a draft to a settled record, for the window and for the shell."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from inspector.core.calls import Call, CallDraft, CallError, Direction, Outcome, is_utf8, utf8_bytes
from inspector.core.limits import MAX_TIMEOUT_S
from inspector.core.log import CallLog
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.core.rpc_errors import outgoing_error
from inspector.session.connection import Connection
from inspector.session.ports import Clock, RpcFailure, RpcRequest
from inspector.session.slots import Slots


class Calls:
    """Sends calls, within the bound on calls in flight, and writes down what becomes of them."""

    def __init__(self, log: CallLog, slots: Slots, clock: Clock, sent: Callable[[str], None]) -> None:
        """`sent` is told the id of each call as it goes out."""
        self._log = log
        self._slots = slots
        self._clock = clock
        self._sent = sent
        self._closing = False

    def close(self) -> None:
        """From now on a cancelled call counts as lost: nobody stopped waiting, the program ends."""
        self._closing = True

    async def perform(
        self, connection: Connection, draft: CallDraft, call_id: str, *, queue: str, parent: str | None = None
    ) -> Call:
        """Makes one call and returns its settled record; an RPC error is an outcome, not an exception.

        Raises:
            ProblemError: the draft cannot be sent at all; nothing was logged.
            CancelledError: somebody stopped waiting; the record says so.
        """
        check_draft(draft)
        asked = self._clock.monotonic()
        self._log.open(
            Call(
                id=call_id,
                room=connection.room,
                connection=connection.id,
                direction=Direction.OUT,
                caller=connection.identity,
                destination=draft.destination,
                method=draft.method,
                payload=draft.payload,
                payload_bytes=utf8_bytes(draft.payload),
                timeout_s=draft.timeout_s,
                ack_timeout_s=draft.ack_timeout_s,
                started_at=self._clock.now(),
                parent=parent,
            )
        )
        clock = _CallClock(self._clock, asked)
        try:
            async with self._slots.taken(queue):
                clock.sent()
                self._sent(call_id)
                response = await connection.perform(_request(draft))
        except RpcFailure as failure:
            error = outgoing_error(failure.code, failure.message, failure.data)
            return self._settle(call_id, clock, Outcome.ERROR, error=error)
        except ProblemError as lost:
            error = CallError(None, None, lost.problem.what, side=lost.problem.side)
            return self._settle(call_id, clock, Outcome.LOST, error=error)
        except asyncio.CancelledError:
            self._settle(call_id, clock, Outcome.LOST if self._closing else Outcome.STOPPED)
            raise
        except BaseException:
            error = CallError(None, None, "This program failed while it made the call.", side=Side.HERE)
            self._settle(call_id, clock, Outcome.LOST, error=error)
            raise
        return self._settle(call_id, clock, Outcome.OK, response=response)

    def _settle(
        self,
        call_id: str,
        clock: _CallClock,
        outcome: Outcome,
        *,
        response: str | None = None,
        error: CallError | None = None,
    ) -> Call:
        call = self._log.change(
            call_id,
            outcome=outcome,
            response=response,
            response_bytes=None if response is None else utf8_bytes(response),
            error=error,
            queued_ms=clock.queued_ms,
            elapsed_ms=clock.elapsed_ms(),
        )
        assert call is not None, "a call settles once"
        return call


class _CallClock:
    """The times of one call: how long it waited for a slot, and how long since it was sent."""

    def __init__(self, clock: Clock, asked: float) -> None:
        self._clock = clock
        self._asked = asked
        self._sent: float | None = None
        self.queued_ms: float | None = None

    def sent(self) -> None:
        self._sent = self._clock.monotonic()
        self.queued_ms = (self._sent - self._asked) * 1000

    def elapsed_ms(self) -> float | None:
        return None if self._sent is None else (self._clock.monotonic() - self._sent) * 1000


def _request(draft: CallDraft) -> RpcRequest:
    return RpcRequest(draft.destination, draft.method, draft.payload, draft.timeout_s, draft.ack_timeout_s)


def check_draft(draft: CallDraft) -> None:
    """Refuses what the SDK cannot carry.

    Raises:
        ProblemError: no destination, text that is not UTF-8, or a timeout out of range.
    """
    if not draft.destination:
        raise _bad_draft("A call needs a destination.", "Pick a participant or type an identity.")
    for what in ("destination", "method", "payload"):
        if not is_utf8(getattr(draft, what)):
            raise _bad_draft(f"The {what} is not valid Unicode text.", "LiveKit carries UTF-8 text only.")
    for what, seconds in (("timeout", draft.timeout_s), ("ack timeout", draft.ack_timeout_s)):
        if seconds is not None and not 0.001 <= seconds <= MAX_TIMEOUT_S:
            raise _bad_draft(f"A {what} of {seconds} s cannot be used.", "Use from 1 ms to one day.")


def _bad_draft(what: str, next_step: str) -> ProblemError:
    return ProblemError(
        Problem(kind=ProblemKind.BAD_INPUT, what=what, side=Side.HERE, next_step=next_step, final=True)
    )


class CallHandle(msgspec.Struct, frozen=True):
    """A call under way: its id in the log, and the task whose result is the settled record."""

    id: str
    task: asyncio.Task[Call]

    def stop_waiting(self) -> None:
        """Stops the local wait; the handler may still run, since there is no cancel on the wire."""
        self.task.cancel()
