"""RPC as it is written into data packets, both versions of it, from the sources of LiveKit's SDKs.

v1 is the packets `RpcRequest`, `RpcAck` and `RpcResponse`. v2 sends requests and successful responses as
text streams on topics of their own: a header that carries the whole text (`inline_content`), or a header,
chunks and a trailer. Acks and errors stay v1 packets. Streams may be compressed (raw deflate, one stream
over all chunks). rtc-node names the destination in a stream's header alone and so sends the rest to
everybody; the Python SDK and livekit-client name it in every packet (recorded from rtc-node 1.1, livekit
1.2.1, livekit-client 2.23).
"""

from __future__ import annotations

import msgspec
from livekit.protocol.models import DataPacket, DataStream, RpcAck, RpcError, RpcRequest, RpcResponse

REQUEST_TOPIC = "lk.rpc_request"
RESPONSE_TOPIC = "lk.rpc_response"
REQUEST_ID = "lk.rpc_request_id"
METHOD = "lk.rpc_request_method"
RESPONSE_TIMEOUT_MS = "lk.rpc_request_response_timeout_ms"
VERSION = "lk.rpc_request_version"

V1 = "v1"
V2 = "v2"
SERVER_API = "server-api"
"""v1 too, from the server's PerformRpc: the caller's identity is the request's id."""


class RequestHead(msgspec.Struct, frozen=True, gc=False):
    """What a request says besides its payload."""

    request_id: str | None
    method: str | None
    """None, like its id, where it cannot be read."""
    timeout_s: float | None
    """What it tells the handler it has, in seconds."""
    wire: str | None

    def names_bytes(self) -> int:
        """What its method and id take, roughly: a packet may be full of them."""
        return len(self.method or "") + len(self.request_id or "")


def head_of_request(request: RpcRequest, sender: str) -> RequestHead:
    """The head of a v1 request."""
    request_id = request.id
    wire = SERVER_API if request_id == sender else V1
    return RequestHead(request_id, request.method, request.response_timeout_ms / 1000, wire)


def head_of_stream(header: DataStream.Header) -> RequestHead:
    """The head of a v2 request, whose stream begins with `header`."""
    attributes = header.attributes
    return RequestHead(attributes.get(REQUEST_ID, ""), attributes.get(METHOD, ""), _timeout_s(attributes), V2)


def is_deflated(header: DataStream.Header) -> bool:
    """Whether the stream's content is compressed."""
    return header.compression == DataStream.CompressionType.DEFLATE_RAW


def total_bytes(header: DataStream.Header) -> int | None:
    """How long the text is before compression, if the sender said so."""
    return header.total_length if header.HasField("total_length") else None


def ack(request_id: str, *, callee: str, caller: str) -> DataPacket:
    """The packet with which `callee` acknowledges a request."""
    return DataPacket(
        participant_identity=callee, destination_identities=[caller], rpc_ack=RpcAck(request_id=request_id)
    )


def error_response(
    request_id: str, *, callee: str, caller: str, code: int, message: str, data: str
) -> DataPacket:
    """The packet with which `callee` answers a request of either version with an error."""
    error = RpcError(code=code, message=message, data=data)
    return DataPacket(
        participant_identity=callee,
        destination_identities=[caller],
        rpc_response=RpcResponse(request_id=request_id, error=error),
    )


def out_of_sequence(packet: DataPacket) -> DataPacket:
    """A copy that may come later or twice: receivers drop packets whose `sequence` runs back, save to 0."""
    copy = DataPacket()
    copy.CopyFrom(packet)
    copy.sequence = 0
    return copy


def in_another_stream(packet: DataPacket) -> DataPacket:
    """A copy under a stream id of its own (v1 has none): receivers refuse a second stream of one id."""
    copy = out_of_sequence(packet)
    kind = copy.WhichOneof("value")
    if kind in ("stream_header", "stream_chunk", "stream_trailer"):
        part = getattr(copy, kind)
        part.stream_id += "-again"
    return copy


def _timeout_s(attributes: object) -> float | None:
    text = attributes.get(RESPONSE_TIMEOUT_MS, "")  # type: ignore[attr-defined]
    return int(text) / 1000 if text.isascii() and text.isdigit() and len(text) < 16 else None
