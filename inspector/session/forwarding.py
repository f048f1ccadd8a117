"""Passes a call on to somebody else, within the time its caller left, and brings the answer back."""

from __future__ import annotations

from typing import Protocol

import msgspec

from inspector.core.calls import Call, CallDraft, CallError, Outcome, utf8_bytes
from inspector.core.deadlines import LEAST_ONWARD_S, left_text, onward_timeouts
from inspector.core.destinations import Match, is_pattern, needs_listing, resolve, resolve_active
from inspector.core.mocks import Forward
from inspector.core.payloads import shortened
from inspector.core.problems import ProblemError
from inspector.core.rpc_errors import RpcCode
from inspector.session.connection_info import IN_ROOM, ConnectionInfo
from inspector.session.ports import CallOut, Clock, Invocation, RpcFailure
from inspector.session.waiting import Followed, until

WAIT_AT_MOST_S = 4.0
"""For a destination to become active, as `rpc-inspector call` waits: servers announce some 3 s late."""
HOPS_AT_MOST = 8
"""How often a call is passed on between connections of ours: more is a loop, which no timeout would end,
since an SDK tells the next handler that it has 1 s whatever is left (facts, section 3)."""
_SHOWN_CHARS = 60


class _Leg(msgspec.Struct, frozen=True):
    """A call onward that is under way."""

    came_to: str
    """Id of the connection that was called."""
    came_as: str
    """The method that was called."""
    by: str
    """The identity that calls onward."""
    destination: str
    method: str
    payload: str
    hops: int
    """How often the call was passed on by us, this time included."""


class Connections(Followed, Protocol):
    """The connections that calls can go out by."""

    def connections(self) -> tuple[ConnectionInfo, ...]:
        """All of them, also those that left or failed."""

    def connection(self, connection_id: str) -> ConnectionInfo | None:
        """One of them as it stands now."""


class PassedOnFailure(RpcFailure):
    """The error that the other side of a forwarded call answered with."""

    def __init__(self, destination: str, error: CallError, code: int) -> None:
        super().__init__(code, error.message, error.data)
        self.destination = destination


class Forwarding:
    """Makes the second leg of a call; both are in the log, the second with the first as its parent."""

    def __init__(self, connections: Connections, call_out: CallOut, clock: Clock) -> None:
        self._connections = connections
        self._call_out = call_out
        self._clock = clock
        self._under_way: dict[str, _Leg] = {}

    async def forward(
        self, forward: Forward, invocation: Invocation, *, call_id: str, connection: str, until_s: float
    ) -> str:
        """The response of whom `forward` names; cancelled, it stops waiting for it.

        `connection` is the one that was called, `until_s` when the caller's time is up (the session's
        monotonic clock).

        Raises:
            PassedOnFailure: the other side's error, with code, message and data as they came.
            RpcFailure: the call cannot be passed on, and why.
        """
        hops = self._hops(invocation, connection)
        by = self._outgoing(forward.connection, connection)
        if forward.to == by.identity:
            raise _refused(
                f"{_shown(forward.to)} is the identity it would go out by, which cannot call itself"
            )
        match = await self.destination(forward.to, by.id, utf8_bytes(invocation.payload), until_s)
        if match.identity is None:
            raise _refused(match.reason)
        destination = match.identity
        left_s = until_s - self._clock.monotonic()
        timeouts = onward_timeouts(left_s)
        if timeouts is None:
            raise RpcFailure(RpcCode.RESPONSE_TIMEOUT, f"{left_text(left_s)} left: too little to forward")
        draft = CallDraft(
            connection=by.id,
            destination=destination,
            method=invocation.method if forward.method is None else forward.method,
            payload=invocation.payload,
            timeout_s=timeouts.timeout_s,
            ack_timeout_s=timeouts.ack_timeout_s,
        )
        self._under_way[call_id] = _Leg(
            came_to=connection,
            came_as=invocation.method,
            by=by.identity,
            destination=destination,
            method=draft.method,
            payload=draft.payload,
            hops=hops + 1,
        )
        try:
            return _answer_of(await self._call_out(draft, call_id))
        except ProblemError as error:
            raise _refused(error.problem.what) from None
        finally:
            del self._under_way[call_id]

    def _hops(self, invocation: Invocation, called: str) -> int:
        """How often the call was passed on by us before it came.

        Raises:
            RpcFailure: it goes round in a loop.
        """
        hops = 0
        identity = self._standing(called).identity
        for leg in self._under_way.values():
            if leg.payload != invocation.payload:
                continue
            if (leg.came_to, leg.came_as, leg.destination) == (called, invocation.method, invocation.caller):
                raise _refused(f"{_shown(invocation.caller)}, to whom it was forwarded, sent it back")
            if (leg.by, leg.destination, leg.method) == (invocation.caller, identity, invocation.method):
                hops = max(hops, leg.hops)
        if hops >= HOPS_AT_MOST:
            raise _refused(f"it was forwarded {hops} times already, in a loop")
        return hops

    def _outgoing(self, name: str | None, called: str) -> ConnectionInfo:
        """The connection of that name: its id, its identity with `@` and its room, or its identity alone."""
        if name is None:
            name = called
        every = self._connections.connections()
        named = [c for c in every if c.id == name] or [
            c for c in every if name in (f"{c.identity}@{c.room}", c.identity)
        ]
        ready = [c for c in named if c.state in IN_ROOM]
        if len(ready) == 1:
            return ready[0]
        if ready:
            ids = ", ".join(c.id for c in ready)
            raise _refused(f"{len(ready)} connections are called {_shown(name)}: name one of {ids}")
        if named:
            raise _refused(f"connection {named[0].id} is {named[0].state}")
        raise _refused(f"there is no connection {_shown(name)}")

    async def destination(self, to: str, by: str, payload_bytes: int, until_s: float) -> Match:
        """Whom to call from the connection `by`, waited for where that helps, before `until_s`.

        As with `rpc-inspector call`, an identity that nobody has is called, too.

        Raises:
            RpcFailure: the connection is closed.
        """

        def active() -> Match | None:
            return resolve_active(to, self._standing(by).participants)

        match = active()
        if match is not None:
            return match
        is_joining = self._standing(by).participant(to) is not None
        if is_joining or is_pattern(to) or needs_listing(payload_bytes):
            left_s = until_s - self._clock.monotonic() - LEAST_ONWARD_S
            match = await until(self._connections, active, min(WAIT_AT_MOST_S, max(left_s, 0.0)))
            if match is not None:
                return match
        return resolve(to, self._standing(by).participants)

    def _standing(self, connection_id: str) -> ConnectionInfo:
        info = self._connections.connection(connection_id)
        if info is None:
            raise _refused(f"connection {connection_id} was closed")
        return info


def _answer_of(call: Call) -> str:
    """What a settled call onward answers the first one with; raises as `Forwarding.forward`."""
    error = call.error
    if call.outcome is Outcome.OK:
        return call.response or ""
    if error is not None and error.code is not None:
        raise PassedOnFailure(call.destination or "", error, error.code)
    why = error.message if error is not None else "it was stopped"
    raise RpcFailure(RpcCode.RECIPIENT_DISCONNECTED, f"The forwarded call was lost: {why}")


def _refused(why: str) -> RpcFailure:
    return RpcFailure(RpcCode.APPLICATION_ERROR, f"cannot forward: {why}")


def _shown(text: str) -> str:
    return shortened(text, _SHOWN_CHARS)
