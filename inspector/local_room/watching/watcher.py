"""Watches the RPC between all participants of a room, and has faults done to it, as its data packets pass."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import Enum, auto
from functools import partial

import msgspec
from livekit.protocol.models import DataPacket, DataStream

from inspector.core.rpc_errors import RpcCode, default_message
from inspector.local_room.hooks import Deliver
from inspector.local_room.watching import rpc_wire
from inspector.local_room.watching.call_ledger import CallLedger
from inspector.local_room.watching.fault_acts import Passed, Stage, act_for
from inspector.local_room.watching.fault_engine import FaultEngine
from inspector.local_room.watching.kept_text import KeptText
from inspector.local_room.watching.opaque_calls import OpaqueCalls
from inspector.local_room.watching.rpc_wire import RequestHead
from inspector.local_room.watching.timers import Timers
from inspector.local_room.watching.watched_call import WatchedCall
from inspector.local_room.watching.xray_feed import XrayFeed
from inspector.xray.messages import SeenError, SeenSide

MAX_STREAMS = 20_000
"""Streams of RPC that are open at a time; the oldest beyond these pass unwatched."""

Handler = Callable[[DataPacket, str, Sequence[str]], bool]


class _Role(Enum):
    REQUEST = auto()
    REPEAT = auto()
    """A request sent once more, after a resumed connection."""
    RESPONSE = auto()


class _Stream(msgspec.Struct):
    call: WatchedCall
    text: KeptText
    role: _Role


class CallWatcher:
    """One per room. Calls are packets to exactly one participant, as every SDK sends them; others pass."""

    def __init__(
        self,
        room: str,
        deliver: Deliver,
        faults: FaultEngine,
        feed: XrayFeed,
        timers: Timers,
    ) -> None:
        self._ledger = CallLedger(room, feed, timers, deliver.sdk_of)
        self._faults = faults
        self._stage = Stage(deliver, self._ledger, timers)
        self._opaque = OpaqueCalls(self._ledger)
        self._streams: dict[tuple[str, str], _Stream] = {}
        self._handlers: dict[str | None, Handler] = {
            "rpc_request": self._request,
            "rpc_ack": self._ack,
            "rpc_response": self._response,
            "stream_header": self._header,
            "stream_chunk": self._chunk,
            "stream_trailer": self._trailer,
            "encrypted_packet": self._opaque.packet,
        }

    def route(self, packet: DataPacket, sender: str, destinations: Sequence[str]) -> bool:
        """Sees a packet before it is delivered; True: it is seen to here, the room is not to deliver it."""
        handler = self._handlers.get(packet.WhichOneof("value"))
        return handler is not None and handler(packet, sender, destinations)

    def participant_left(self, identity: str) -> None:
        """A participant is gone, and with it what it had begun to send."""
        self._ledger.participant_left(identity)
        self._opaque.participant_left(identity)
        for key in [key for key in self._streams if key[0] == identity]:
            del self._streams[key]

    def closed(self) -> None:
        """The room is gone."""
        self._stage.is_closed = True
        self._streams.clear()
        self._ledger.closed()

    def _request(self, packet: DataPacket, sender: str, destinations: Sequence[str]) -> bool:
        request = packet.rpc_request
        head = rpc_wire.head_of_request(request, sender)
        if len(destinations) != 1 or not head.request_id:
            return False
        known = self._ledger.find(destinations[0], head.request_id)
        if known is not None:
            return _is_kept_again(known, sender)
        text = KeptText(self._ledger.budget, compressed=bool(request.compressed_payload))
        text.add(request.compressed_payload or request.payload.encode())
        call = self._begin(head, sender, destinations[0], text)
        return call is not None and self._request_part(call, packet, is_last=True)

    def _ack(self, packet: DataPacket, sender: str, destinations: Sequence[str]) -> bool:
        call = self._ledger.find(sender, packet.rpc_ack.request_id)
        if call is None or not _is_for(call, destinations):
            return False
        if call.fault is not None and call.fault.ack(packet, partial(self._ledger.acked, call)):
            return True
        self._ledger.acked(call)
        return False

    def _response(self, packet: DataPacket, sender: str, destinations: Sequence[str]) -> bool:
        call = self._ledger.find(sender, packet.rpc_response.request_id)
        if call is None or not _is_for(call, destinations):
            return False
        return self._response_part(call, packet, partial(self._answered, call, packet))

    def _header(self, packet: DataPacket, sender: str, destinations: Sequence[str]) -> bool:
        header = packet.stream_header
        topic = header.topic
        if topic == rpc_wire.REQUEST_TOPIC:
            return self._request_header(packet, header, sender, destinations)
        if topic == rpc_wire.RESPONSE_TOPIC:
            return self._response_header(packet, header, sender, destinations)
        return False

    def _request_header(
        self, packet: DataPacket, header: DataStream.Header, sender: str, destinations: Sequence[str]
    ) -> bool:
        head = rpc_wire.head_of_stream(header)
        if len(destinations) != 1 or not head.request_id:
            return False
        known = self._ledger.find(destinations[0], head.request_id)
        if known is not None:
            self._open(sender, header, _Stream(known, known.payload, _Role.REPEAT))
            return _is_kept_again(known, sender)
        text = self._text_of(header)
        call = self._begin(head, sender, destinations[0], text)
        if call is None:
            return False
        is_whole = self._open(sender, header, _Stream(call, text, _Role.REQUEST))
        return self._request_part(call, packet, is_last=is_whole)

    def _response_header(
        self, packet: DataPacket, header: DataStream.Header, sender: str, destinations: Sequence[str]
    ) -> bool:
        call = self._ledger.find(sender, header.attributes.get(rpc_wire.REQUEST_ID, ""))
        if call is None or not _is_for(call, destinations):
            return False
        text = call.add_text(self._text_of(header))
        call.encrypted |= text.encrypted
        is_whole = self._open(sender, header, _Stream(call, text, _Role.RESPONSE))
        passed = partial(self._ledger.answered, call, text) if is_whole else _nothing
        return self._response_part(call, packet, passed)

    def _chunk(self, packet: DataPacket, sender: str, destinations: Sequence[str]) -> bool:  # noqa: ARG002
        # Where it goes the header said; rtc-node does not say it again.
        chunk = packet.stream_chunk
        stream = self._streams.get((sender, chunk.stream_id))
        if stream is None:
            return False
        call = stream.call
        if stream.role is _Role.REPEAT:
            return _is_kept_again(call, sender)
        if chunk.iv:
            stream.text.encrypted = call.encrypted = True
        stream.text.add(chunk.content)
        if stream.role is _Role.REQUEST:
            return self._request_part(call, packet, is_last=False)
        return self._response_part(call, packet, _nothing)

    def _trailer(self, packet: DataPacket, sender: str, destinations: Sequence[str]) -> bool:  # noqa: ARG002
        trailer = packet.stream_trailer
        stream = self._streams.pop((sender, trailer.stream_id), None)
        if stream is None:
            return False
        call = stream.call
        if stream.role is _Role.REPEAT:
            return _is_kept_again(call, sender)
        if stream.role is _Role.REQUEST:
            return self._request_part(call, packet, is_last=True)
        if trailer.reason:
            return self._response_part(call, packet, partial(self._ledger.failed, call, _unreadable()))
        return self._response_part(call, packet, partial(self._ledger.answered, call, stream.text))

    def _begin(self, head: RequestHead, caller: str, callee: str, payload: KeptText) -> WatchedCall | None:
        call = self._ledger.begin(head, caller=caller, callee=callee, payload=payload)
        if call is None:
            payload.release()
            return None
        chosen = self._faults.for_call(method=head.method or "", caller=caller, callee=callee)
        if chosen is not None:
            call.fault = act_for(chosen, call, self._stage)
            call.fault_title = chosen.title
        elif head.wire == rpc_wire.V1:
            ends = self._stage.deliver.forced_to_v1_by
            call.fault_title = ends(caller) or ends(callee)
        return call

    def _open(self, sender: str, header: DataStream.Header, stream: _Stream) -> bool:
        """Follows a stream to its end; True: that is in the header already."""
        if header.HasField("inline_content"):
            if stream.role is not _Role.REPEAT:
                stream.text.add(header.inline_content)
            return True
        self._streams[sender, header.stream_id] = stream
        if len(self._streams) > MAX_STREAMS:
            del self._streams[next(iter(self._streams))]
        return False

    def _text_of(self, header: DataStream.Header) -> KeptText:
        return KeptText(
            self._ledger.budget,
            compressed=rpc_wire.is_deflated(header),
            encrypted=bool(header.encryption_type),
            total_bytes=rpc_wire.total_bytes(header),
        )

    def _request_part(self, call: WatchedCall, packet: DataPacket, *, is_last: bool) -> bool:
        self._ledger.request_came(call, is_whole=is_last)
        return call.fault is not None and call.fault.request(packet, is_last=is_last)

    @staticmethod
    def _response_part(call: WatchedCall, packet: DataPacket, passed: Passed) -> bool:
        if call.fault is not None and call.fault.response(packet, passed):
            return True
        passed()
        return False

    def _answered(self, call: WatchedCall, packet: DataPacket) -> None:
        """A v1 packet with the answer has gone on to the caller."""
        response = packet.rpc_response
        if response.WhichOneof("value") == "error":
            error = response.error
            self._ledger.failed(
                call, SeenError(error.code, error.message, SeenSide.CALLEE, error.data or None)
            )
            return
        text = call.add_text(KeptText(self._ledger.budget, compressed=bool(response.compressed_payload)))
        text.add(response.compressed_payload or response.payload.encode())
        self._ledger.answered(call, text)


def _is_for(call: WatchedCall, destinations: Sequence[str]) -> bool:
    """Whether an answer goes to the caller at all: to one that is hidden, none finds its way."""
    return not destinations or call.caller in destinations


def _is_kept_again(call: WatchedCall, sender: str) -> bool:
    """Whether a request that comes once more is to be kept from the callee as it was before."""
    return call.caller == sender and call.fault is not None and call.fault.keeps_request


def _unreadable() -> SeenError:
    """What callers make of a response that its sender broke off."""
    code = RpcCode.APPLICATION_ERROR
    return SeenError(int(code), default_message(code), SeenSide.CALLER, inferred=True)


def _nothing() -> None:
    """For packets with whose passing nothing changes."""
