"""Calls that wait for a person's answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

import msgspec

from inspector.core.listeners import Listeners, Report
from inspector.core.rpc_errors import RpcCode
from inspector.session.ports import RpcFailure

HELD_AT_MOST = 1000
"""How many calls wait at a time; nobody answers more by hand."""
NOBODY_TO_ASK = "nobody to ask"


class HeldCall(msgspec.Struct, frozen=True):
    """A call that waits for a person's answer."""

    call_id: str
    room: str
    connection: str
    """Id of the connection that was called."""
    identity: str
    """The identity that was called."""
    caller: str
    method: str
    payload: str
    since: float
    """When it began to wait, in seconds of the session's monotonic clock."""
    until: float
    """When the caller's time is up, by the same clock: the SDK then answers 1502 by itself."""


class Holding:
    """The queue of calls that wait for a person, the oldest first."""

    def __init__(self, report: Report | None = None) -> None:
        self.somebody_is_there = False
        """Whether anyone sees the queue; where nobody does, calls are refused at once."""
        self._held: dict[str, HeldCall] = {}
        self._answers: dict[str, asyncio.Future[str]] = {}
        self._changed = Listeners[Callable[[], None]](report)

    def held(self) -> tuple[HeldCall, ...]:
        """The calls that wait, the oldest first."""
        return tuple(self._held.values())

    def on_changed(self, callback: Callable[[], None]) -> Callable[[], None]:
        """Calls back when a call began or ended to wait; the result ends it."""
        return self._changed.add(callback)

    def answer(self, call_id: str, response: str) -> bool:
        """Answers a call; False where it does not wait any more."""
        answer = self._waiting(call_id)
        if answer is not None:
            answer.set_result(response)
        return answer is not None

    def refuse(self, call_id: str, failure: RpcFailure) -> bool:
        """Answers a call with an error; False where it does not wait any more."""
        answer = self._waiting(call_id)
        if answer is not None:
            answer.set_exception(failure)
        return answer is not None

    async def hold(self, call: HeldCall) -> str:
        """Waits for a person's answer to `call`; cancelled when the caller's time is up.

        Raises:
            RpcFailure: the person's error, or that nobody can be asked.
        """
        if not self.somebody_is_there:
            raise RpcFailure(RpcCode.APPLICATION_ERROR, NOBODY_TO_ASK)
        if len(self._held) >= HELD_AT_MOST:
            raise RpcFailure(RpcCode.APPLICATION_ERROR, f"{HELD_AT_MOST:,} calls wait for a person already")
        answer: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._held[call.call_id] = call
        self._answers[call.call_id] = answer
        self._tell_changed()
        try:
            return await answer
        finally:
            del self._held[call.call_id], self._answers[call.call_id]
            self._tell_changed()

    def _waiting(self, call_id: str) -> asyncio.Future[str] | None:
        answer = self._answers.get(call_id)
        return None if answer is None or answer.done() else answer

    def _tell_changed(self) -> None:
        self._changed.tell(lambda callback: callback())
