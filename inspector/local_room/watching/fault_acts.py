"""How each fault is done to a call, packet by packet, for both versions of RPC."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import ClassVar

from livekit.protocol.models import DataPacket

from inspector.core.faults import CallPart, FaultKind
from inspector.core.rpc_errors import default_message
from inspector.local_room.hooks import Deliver
from inspector.local_room.watching import rpc_wire
from inspector.local_room.watching.call_ledger import CallLedger
from inspector.local_room.watching.fault_engine import ChosenFault
from inspector.local_room.watching.timers import Timers
from inspector.local_room.watching.watched_call import WatchedCall
from inspector.xray.messages import SeenError, SeenSide

MAX_HELD_BYTES = 64 * 1024 * 1024
"""Delayed packets of one room beyond these are dropped, as a network would."""

Passed = Callable[[], None]
"""Tells that a packet has gone on to whom it is for."""


class Stage:
    """Where acts are done: the means of one room."""

    def __init__(self, deliver: Deliver, ledger: CallLedger, timers: Timers) -> None:
        self.deliver = deliver
        self.ledger = ledger
        self.timers = timers
        self.held_bytes = 0
        self.is_closed = False


class FaultAct:
    """One fault, being done to one call.

    Each kind overrides what it touches. A packet for which True is returned is in the act's hands; it calls
    `passed` when that has gone on to its caller, if ever.
    """

    keeps_request: ClassVar = False
    """The callee is not to get the request, not even where it is sent again."""

    def __init__(self, chosen: ChosenFault, call: WatchedCall, stage: Stage) -> None:
        self._rule = chosen.rule
        self._call = call
        self._stage = stage

    def request(self, packet: DataPacket, *, is_last: bool) -> bool:  # noqa: ARG002 - for those who care
        """A packet of the request, on its way to the callee."""
        return self.keeps_request

    def ack(self, packet: DataPacket, passed: Passed) -> bool:  # noqa: ARG002 - likewise
        """The ack, on its way to the caller."""
        return False

    def response(self, packet: DataPacket, passed: Passed) -> bool:  # noqa: ARG002 - likewise
        """A packet of the answer, on its way to the caller."""
        return False


class _DropRequest(FaultAct):
    keeps_request = True


class _DropAck(FaultAct):
    def ack(self, packet: DataPacket, passed: Passed) -> bool:  # noqa: ARG002 - it never passes
        self._stage.ledger.acked(self._call, is_heard=False)
        return True

    def response(self, packet: DataPacket, passed: Passed) -> bool:  # noqa: ARG002 - likewise
        return True


class _DropResponse(FaultAct):
    def response(self, packet: DataPacket, passed: Passed) -> bool:  # noqa: ARG002 - it never passes
        return True


class _AnswerError(FaultAct):
    """As a callee would: the ack when the request begins to arrive, the error when it has arrived whole."""

    keeps_request = True

    def request(self, packet: DataPacket, *, is_last: bool) -> bool:  # noqa: ARG002 - what it says matters not
        call, stage = self._call, self._stage
        request_id = call.head.request_id or ""
        names = {"callee": call.callee, "caller": call.caller}
        if call.acked_at is None:
            stage.deliver.deliver(rpc_wire.ack(request_id, **names), call.caller)
            stage.ledger.acked(call)
        if is_last and call.is_pending:
            code = self._rule.code or 0
            message = self._rule.message
            if message is None:
                message = default_message(code) or "An error that the local room made up."
            answer = rpc_wire.error_response(
                request_id, **names, code=code, message=message, data=self._rule.data or ""
            )
            stage.deliver.deliver(answer, call.caller)
            stage.ledger.failed(call, SeenError(code, message, SeenSide.ROOM, self._rule.data))
        return True


class _Delay(FaultAct):
    """Holds a part back; what follows it to the caller waits behind it, so that nothing is overtaken."""

    def __init__(self, chosen: ChosenFault, call: WatchedCall, stage: Stage) -> None:
        super().__init__(chosen, call, stage)
        self._hold_s = (chosen.rule.ms or 0) / 1000
        self._clear_at = 0.0
        self._held = 0

    def request(self, packet: DataPacket, *, is_last: bool) -> bool:  # noqa: ARG002 - each is held as long
        return self._rule.part is CallPart.REQUEST and self._hold(
            packet, self._call.callee, self._hold_s, lambda: None
        )

    def ack(self, packet: DataPacket, passed: Passed) -> bool:
        return self._rule.part is CallPart.ACK and self._hold(packet, self._call.caller, self._hold_s, passed)

    def response(self, packet: DataPacket, passed: Passed) -> bool:
        if self._rule.part is CallPart.RESPONSE:
            return self._hold(packet, self._call.caller, self._hold_s, passed)
        return (
            self._rule.part is CallPart.ACK
            and self._held > 0
            and self._hold(packet, self._call.caller, 0, passed)
        )

    def _hold(self, packet: DataPacket, to: str, hold_s: float, passed: Passed) -> bool:
        stage = self._stage
        size = packet.ByteSize()
        if stage.held_bytes + size <= MAX_HELD_BYTES:
            stage.held_bytes += size
            self._held += 1
            self._clear_at = max(self._clear_at, stage.timers.now() + hold_s)
            copy = rpc_wire.out_of_sequence(packet)
            stage.timers.at(self._clear_at, partial(self._let_go, copy, to, size, passed))
        return True

    def _let_go(self, packet: DataPacket, to: str, size: int, passed: Passed) -> None:
        stage = self._stage
        stage.held_bytes -= size
        self._held -= 1
        if not stage.is_closed:
            stage.deliver.deliver(packet, to)
            passed()


class _DuplicateRequest(FaultAct):
    def request(self, packet: DataPacket, *, is_last: bool) -> bool:  # noqa: ARG002 - each goes twice
        for copy in (packet, rpc_wire.in_another_stream(packet)):
            self._stage.deliver.deliver(copy, self._call.callee)
        return True


class _DisconnectCallee(FaultAct):
    def ack(self, packet: DataPacket, passed: Passed) -> bool:
        self._stage.deliver.deliver(packet, self._call.caller)
        passed()
        self._stage.deliver.disconnect(self._call.callee)
        return True


_ACTS: dict[FaultKind, type[FaultAct]] = {
    FaultKind.DROP_REQUEST: _DropRequest,
    FaultKind.DROP_ACK: _DropAck,
    FaultKind.DROP_RESPONSE: _DropResponse,
    FaultKind.ERROR: _AnswerError,
    FaultKind.DELAY: _Delay,
    FaultKind.DUPLICATE_REQUEST: _DuplicateRequest,
    FaultKind.DISCONNECT_CALLEE: _DisconnectCallee,
}


def act_for(chosen: ChosenFault, call: WatchedCall, stage: Stage) -> FaultAct:
    """The chosen fault, ready to be done to `call`."""
    return _ACTS[chosen.rule.fault](chosen, call, stage)
