"""Carries out what a mock's rule says to do with a call, within the time its caller left."""

from __future__ import annotations

import asyncio

import msgspec

from inspector.core.mocks import Ask, Fail, Forward, NoAnswer, Reply, StepAction, action_kind
from inspector.core.rpc_errors import RpcCode
from inspector.session.forwarding import Forwarding
from inspector.session.holding import HeldCall, Holding
from inspector.session.mock_set import MockEntry
from inspector.session.ports import CallOut, Clock, Invocation, RpcFailure, ScriptRunner


class Answering(msgspec.Struct, frozen=True):
    """A call that is being answered."""

    call_id: str
    connection: str
    """Id of the connection that was called."""
    room: str
    identity: str
    """The identity that was called."""
    invocation: Invocation
    entry: MockEntry
    hits: int
    """How often its mock was called, this call included."""
    until: float
    """When the caller's time is up, in seconds of the session's monotonic clock."""


class Acting:
    """Carries out actions. No answer is one that the SDK ends when the caller's time is up."""

    def __init__(
        self,
        holding: Holding,
        forwarding: Forwarding,
        call_out: CallOut,
        clock: Clock,
        scripts: ScriptRunner | None = None,
    ) -> None:
        """Without `scripts` there is nothing here that runs templates and scripts."""
        self._holding = holding
        self._forwarding = forwarding
        self._call_out = call_out
        self._clock = clock
        self._scripts = scripts

    async def act(self, action: StepAction, answering: Answering) -> str:
        """The response.

        Raises:
            RpcFailure: the caller gets this error.
            CancelledError: the SDK ended the answer first.
        """
        match action:
            case Reply(text=text):
                return text
            case Fail(code=code, message=message, data=data):
                raise RpcFailure(code, message, data)
            case NoAnswer():
                ended_by_the_sdk: asyncio.Future[str] = asyncio.get_running_loop().create_future()
                return await ended_by_the_sdk
            case Ask():
                return await self._holding.hold(self._held(answering))
            case Forward():
                return await self._forwarding.forward(
                    action,
                    answering.invocation,
                    call_id=answering.call_id,
                    connection=answering.connection,
                    until_s=answering.until,
                )
            case _:
                raise RpcFailure(
                    RpcCode.APPLICATION_ERROR, f"RPC Inspector cannot answer by `{action_kind(action)}` yet"
                )

    def _held(self, answering: Answering) -> HeldCall:
        invocation = answering.invocation
        return HeldCall(
            call_id=answering.call_id,
            room=answering.room,
            connection=answering.connection,
            identity=answering.identity,
            caller=invocation.caller,
            method=invocation.method,
            payload=invocation.payload,
            since=self._clock.monotonic(),
            until=answering.until,
        )
