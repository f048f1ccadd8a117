"""Data packets that no SDK would send: they go on as they are, or nowhere, and nobody is the worse for it."""

import asyncio

from livekit.protocol import models

from tests.fuzz.messages import changed_messages
from tests.local_room.raw_peer import RawPeer
from tests.local_room.transport.client import Client
from tests.support.fuzzing import CASES
from tests.support.local_room import LocalRoom

PASSED_WITHIN_S = 20.0
AT_ONCE = 100
"""After so many packets a sound one goes to a listener and has to arrive."""


def sound_packets() -> list[models.DataPacket]:
    """One packet of each kind that clients send, to a bystander or to all."""
    to = ["one"]
    stream = models.DataStream
    header = stream.Header(
        stream_id="s",
        topic="lk.rpc_request",
        mime_type="text/plain",
        total_length=20,
        timestamp=1,
        attributes={
            "lk.rpc_request_id": "r1",
            "lk.rpc_request_method": "nobody_registered_this",
            "lk.rpc_request_response_timeout_ms": "8000",
            "lk.rpc_request_version": "2",
        },
        text_header=stream.TextHeader(operation_type=stream.OperationType.CREATE),
    )
    request = models.RpcRequest(
        id="r2", method="nobody_registered_this", payload="{}", response_timeout_ms=8000, version=1
    )
    error = models.RpcError(code=1500, message="m", data="d")
    return [
        models.DataPacket(user=models.UserPacket(payload=b"hello", topic="t")),
        models.DataPacket(user=models.UserPacket(payload=b"hello"), destination_identities=to, sequence=3),
        models.DataPacket(rpc_request=request, destination_identities=to),
        models.DataPacket(rpc_ack=models.RpcAck(request_id="r3"), destination_identities=to),
        models.DataPacket(
            rpc_response=models.RpcResponse(request_id="r4", payload="p"), destination_identities=to
        ),
        models.DataPacket(
            rpc_response=models.RpcResponse(request_id="r5", error=error), destination_identities=to
        ),
        models.DataPacket(stream_header=header, destination_identities=to),
        models.DataPacket(stream_chunk=stream.Chunk(stream_id="s", chunk_index=0, content=b"0123456789")),
        models.DataPacket(stream_trailer=stream.Trailer(stream_id="s", reason="")),
        models.DataPacket(encrypted_packet=models.EncryptedPacket(iv=b"i" * 12, encrypted_value=b"x" * 60)),
        models.DataPacket(chat_message=models.ChatMessage(id="c", message="m", timestamp=1)),
        models.DataPacket(sip_dtmf=models.SipDTMF(code=1, digit="1")),
    ]


async def arrives(listener: Client, mark: bytes) -> None:
    """Return once the listener has the packet with this mark; whatever came before it is forgotten.

    Raises:
        TimeoutError: it does not come.
    """
    async with asyncio.timeout(PASSED_WITHIN_S):
        while mark not in (await listener.messages.get())[1]:
            pass


async def test_mutated_packets(target: LocalRoom, room: str) -> None:
    async with (
        RawPeer.joined(target.url, room, "sender") as sending,
        RawPeer.joined(target.url, room, "listener") as listening,
    ):
        sender, listener = await sending.connect(), await listening.connect()
        for number, packet in enumerate(changed_messages(sound_packets()), start=1):
            sender.send("_reliable" if number % 3 else "_lossy", packet)
            if number % AT_ONCE == 0 or number == CASES:
                mark = f"mark {number}".encode()
                user = models.UserPacket(payload=mark)
                sending.send(models.DataPacket(user=user, destination_identities=["listener"]))
                await arrives(listener, mark)
        assert not sender.ended.is_set()
        assert not listener.ended.is_set()
