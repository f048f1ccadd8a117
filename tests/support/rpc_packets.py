"""Data packets of RPC as SDKs send them: version 1, and version 2 inline, in chunks and compressed."""

import zlib
from itertools import count
from typing import NamedTuple

from livekit.protocol.models import (
    DataPacket,
    DataStream,
    EncryptedPacket,
    RpcAck,
    RpcError,
    RpcRequest,
    RpcResponse,
)

CHUNK_BYTES = 15_000
_streams = count(1)


class Form(NamedTuple):
    """How a stream is sent."""

    inline: bool = False
    """In the header alone, as to clients of protocol 2."""
    deflate: bool = False
    names_destinations: bool = True
    """In every packet, as most SDKs do it; rtc-node names them in the header alone."""


INLINE = Form(inline=True)
CHUNKED = Form()


def request(
    request_id: str, method: str = "echo", payload: str = "hi", *, to: str = "bob", timeout_ms: int = 8000
) -> DataPacket:
    """A v1 request."""
    said = RpcRequest(
        id=request_id, method=method, payload=payload, response_timeout_ms=timeout_ms, version=1
    )
    return DataPacket(destination_identities=[to], rpc_request=said, sequence=7, participant_sid="PA_1")


def ack(request_id: str, *, to: str = "alice") -> DataPacket:
    """An ack, of either version."""
    return DataPacket(destination_identities=[to], rpc_ack=RpcAck(request_id=request_id), sequence=3)


def response(request_id: str, payload: str = "ok", *, to: str = "alice") -> DataPacket:
    """A v1 response."""
    return DataPacket(
        destination_identities=[to],
        rpc_response=RpcResponse(request_id=request_id, payload=payload),
        sequence=4,
    )


def error(request_id: str, code: int, message: str = "", data: str = "", *, to: str = "alice") -> DataPacket:
    """An error response, of either version."""
    said = RpcResponse(request_id=request_id, error=RpcError(code=code, message=message, data=data))
    return DataPacket(destination_identities=[to], rpc_response=said, sequence=4)


def v2_request(
    request_id: str,
    method: str = "echo",
    payload: str = "hi",
    *,
    to: str = "bob",
    timeout_ms: int = 8000,
    form: Form = INLINE,
) -> list[DataPacket]:
    """A v2 request: one packet, or header, chunks and trailer."""
    attributes = {
        "lk.rpc_request_id": request_id,
        "lk.rpc_request_method": method,
        "lk.rpc_request_response_timeout_ms": str(timeout_ms),
        "lk.rpc_request_version": "2",
    }
    return stream("lk.rpc_request", attributes, payload, to=to, form=form)


def v2_response(
    request_id: str, payload: str = "ok", *, to: str = "alice", form: Form = INLINE
) -> list[DataPacket]:
    """A successful v2 response."""
    return stream("lk.rpc_response", {"lk.rpc_request_id": request_id}, payload, to=to, form=form)


def stream(
    topic: str, attributes: dict[str, str], text: str, *, to: str, form: Form = CHUNKED
) -> list[DataPacket]:
    """A text stream."""
    plain = text.encode()
    content = deflated(plain) if form.deflate else plain
    stream_id = f"stream-{next(_streams)}"
    kinds = DataStream.CompressionType
    header = DataStream.Header(
        stream_id=stream_id,
        topic=topic,
        mime_type="text/plain",
        total_length=len(plain),
        attributes=attributes,
        text_header=DataStream.TextHeader(),
        compression=kinds.DEFLATE_RAW if form.deflate else kinds.NONE,
    )
    if form.inline:
        header.inline_content = content
        return [DataPacket(destination_identities=[to], stream_header=header)]
    later = [to] if form.names_destinations else []
    pieces = [content[at : at + CHUNK_BYTES] for at in range(0, len(content), CHUNK_BYTES)]
    return [
        DataPacket(destination_identities=[to], stream_header=header),
        *(
            DataPacket(
                destination_identities=later,
                stream_chunk=DataStream.Chunk(stream_id=stream_id, chunk_index=index, content=piece),
            )
            for index, piece in enumerate(pieces)
        ),
        DataPacket(destination_identities=later, stream_trailer=DataStream.Trailer(stream_id=stream_id)),
    ]


def encrypted(size: int, *, to: str | None) -> DataPacket:
    """A packet of an end-to-end encrypted room, of which `size` bytes can be seen."""
    return DataPacket(
        destination_identities=[] if to is None else [to],
        encrypted_packet=EncryptedPacket(encrypted_value=bytes(size), iv=bytes(12)),
    )


def deflated(plain: bytes) -> bytes:
    """Raw deflate, without zlib's header and checksum."""
    deflater = zlib.compressobj(wbits=-zlib.MAX_WBITS)
    return deflater.compress(plain) + deflater.flush()
