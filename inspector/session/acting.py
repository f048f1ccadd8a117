"""Carries out what a mock's rule says to do with a call, within the time its caller left."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

import msgspec

from inspector.core.calls import Call, CallDraft, Outcome, utf8_bytes
from inspector.core.deadlines import left_text, onward_timeouts, timeouts_within
from inspector.core.mocks import (
    Ask,
    Fail,
    Forward,
    NoAnswer,
    Reply,
    Script,
    StepAction,
    Template,
    action_kind,
)
from inspector.core.problems import ProblemError
from inspector.core.rpc_errors import RpcCode
from inspector.session.forwarding import Forwarding
from inspector.session.holding import HeldCall, Holding
from inspector.session.mock_set import MockEntry
from inspector.session.ports import (
    CallOut,
    Clock,
    Invocation,
    RpcFailure,
    RpcRequest,
    ScriptCall,
    ScriptRunner,
)


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
            case Template(source=source):
                return await self._runner(action).render(source, self._script_call(answering))
            case Script(path=path):
                runner = self._runner(action)
                path = _script_path(path, answering.entry)
                return await runner.respond(
                    path, self._script_call(answering), partial(self._perform, answering)
                )

    def _runner(self, action: StepAction) -> ScriptRunner:
        if self._scripts is None:
            text = f"nothing here answers by `{action_kind(action)}`"
            raise RpcFailure(RpcCode.APPLICATION_ERROR, text)
        return self._scripts

    def _script_call(self, answering: Answering) -> ScriptCall:
        invocation = answering.invocation
        return ScriptCall(
            payload=invocation.payload,
            caller=invocation.caller,
            method=invocation.method,
            request_id=invocation.request_id,
            timeout_s=max(answering.until - self._clock.monotonic(), 0.0),
            hits=answering.hits,
            vars=answering.entry.vars,
        )

    async def _perform(self, answering: Answering, request: RpcRequest) -> str:
        """Makes a call of a script's own, in the time that its caller left; the response.

        Raises:
            RpcFailure: it ended in an error, or could not be made.
        """
        payload_bytes = utf8_bytes(request.payload)
        match = await self._forwarding.destination(
            request.destination, answering.connection, payload_bytes, answering.until
        )
        if match.identity is None:
            raise RpcFailure(RpcCode.APPLICATION_ERROR, f"cannot call: {match.reason}")
        left_s = answering.until - self._clock.monotonic()
        timeouts = onward_timeouts(left_s)
        if timeouts is None:
            text = f"{left_text(left_s)} left: too little for a call of its own"
            raise RpcFailure(RpcCode.RESPONSE_TIMEOUT, text)
        if request.timeout_s is not None and request.timeout_s < timeouts.timeout_s:
            timeouts = timeouts_within(request.timeout_s)
        draft = CallDraft(
            connection=answering.connection,
            destination=match.identity,
            method=request.method,
            payload=request.payload,
            timeout_s=timeouts.timeout_s,
            ack_timeout_s=timeouts.ack_timeout_s,
        )
        try:
            call = await self._call_out(draft, answering.call_id)
        except ProblemError as error:
            raise RpcFailure(RpcCode.APPLICATION_ERROR, error.problem.what) from None
        return _response_of(call)

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


def script_file(path: str, source: str) -> str:
    """The file of a script that a mock of the mocks file `source` names: relative ones are beside that."""
    return str(Path(source).parent / path)


def _script_path(path: str, entry: MockEntry) -> str:
    """The script's file: relative paths start at the folder of the mocks file.

    Raises:
        RpcFailure: nobody allowed the scripts of that file, or there is no such folder to start from.
    """
    source = entry.mock.source
    if not entry.scripts_allowed:
        raise RpcFailure(RpcCode.APPLICATION_ERROR, "its script is not allowed here yet")
    if not source and not Path(path).is_absolute():
        text = f"script {path}: a mock that is in no file names its script by a whole path"
        raise RpcFailure(RpcCode.APPLICATION_ERROR, text)
    return script_file(path, source)


def _response_of(call: Call) -> str:
    if call.outcome is Outcome.OK:
        return call.response or ""
    error = call.error
    if error is not None and error.code is not None:
        raise RpcFailure(error.code, error.message, error.data)
    why = "it was stopped" if error is None else error.message
    raise RpcFailure(RpcCode.RECIPIENT_DISCONNECTED, f"The call was lost: {why}")
