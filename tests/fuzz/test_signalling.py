"""Signalling that no SDK would send: it costs its sender the socket at most."""

import asyncio
import base64
import itertools
import secrets
from collections.abc import AsyncIterator, Iterable
from urllib.parse import urlencode

import aiohttp
from google.protobuf import json_format
from livekit.protocol import models, rtc

from tests.fuzz.messages import changed_messages, unlikely_messages
from tests.local_room.raw_peer import PROTOCOL, RawPeer, packed, token
from tests.local_room.transport.client import Client
from tests.support.fuzzing import CASES, mutations
from tests.support.local_room import LocalRoom

ANSWERS_WITHIN_S = 20.0
"""Longer than anything takes that does not hang."""
JOINED = 101


def sound_requests(offer: str) -> list[rtc.SignalRequest]:
    """One request of each kind that clients send."""
    description = rtc.SessionDescription(type="offer", sdp=offer, id=2)
    answer = rtc.SessionDescription(type="answer", sdp=description.sdp, id=3)
    track = rtc.AddTrackRequest(
        cid="c", name="mic", type=models.TrackType.AUDIO, source=models.TrackSource.MICROPHONE, sid="TR_x"
    )
    return [
        rtc.SignalRequest(offer=description),
        rtc.SignalRequest(answer=answer),
        rtc.SignalRequest(trickle=rtc.TrickleRequest(candidateInit='{"candidate":"","sdpMid":"0"}')),
        rtc.SignalRequest(add_track=track),
        rtc.SignalRequest(mute=rtc.MuteTrackRequest(sid="TR_x", muted=True)),
        rtc.SignalRequest(subscription=rtc.UpdateSubscription(track_sids=["TR_x"], subscribe=True)),
        rtc.SignalRequest(track_setting=rtc.UpdateTrackSettings(track_sids=["TR_x"], width=640)),
        rtc.SignalRequest(leave=rtc.LeaveRequest(reason=models.DisconnectReason.CLIENT_INITIATED)),
        rtc.SignalRequest(subscription_permission=rtc.SubscriptionPermission(all_participants=True)),
        rtc.SignalRequest(sync_state=rtc.SyncState(answer=answer, offer=description)),
        rtc.SignalRequest(simulate=rtc.SimulateScenario(speaker_update=3)),
        rtc.SignalRequest(ping=12345),
        rtc.SignalRequest(ping_req=rtc.Ping(timestamp=1, rtt=2)),
        rtc.SignalRequest(
            update_metadata=rtc.UpdateParticipantMetadata(
                metadata="m", name="n", attributes={"a": "1"}, request_id=7
            )
        ),
    ]


async def outlives(peer: RawPeer, frame: bytes | str, number: int) -> bool:
    """Send a frame of any kind, and return once it is dealt with: whether the socket is still open.

    Raises:
        TimeoutError: the server neither answers what comes after it nor closes the socket.
    """
    try:
        await (peer.socket.send_str(frame) if isinstance(frame, str) else peer.socket.send_bytes(frame))
        await peer.ask(ping_req=rtc.Ping(timestamp=number))
    except ConnectionError:
        return False
    async with asyncio.timeout(ANSWERS_WITHIN_S):
        while True:
            # Who spoke JSON last is answered in JSON.
            message = await peer.socket.receive()
            match message.type:
                case aiohttp.WSMsgType.BINARY:
                    said = rtc.SignalResponse.FromString(message.data)
                case aiohttp.WSMsgType.TEXT:
                    said = json_format.Parse(message.data, rtc.SignalResponse())
                case _:
                    return False
            if said.pong_resp.last_ping_timestamp == number:
                return True


async def intrude(server: LocalRoom, room: str, frames: Iterable[bytes | str]) -> AsyncIterator[bool]:
    """Send frames, and join again each time that cost the socket; yield for each whether it did not."""
    left = iter(enumerate(frames, start=1))
    while (numbered := next(left, None)) is not None:
        name = f"intruder-{secrets.token_hex(4)}"
        async with RawPeer.joined(server.url, room, name, can_update_own_metadata=True) as peer:
            while numbered is not None:
                lives = await outlives(peer, numbered[1], numbered[0])
                yield lives
                numbered = next(left, None) if lives else None


async def test_mutated_messages(target: LocalRoom, room: str) -> None:
    frames = changed_messages(sound_requests(Client().offer()))

    outlived = [lives async for lives in intrude(target, room, frames)]

    assert len(outlived) == CASES
    assert {True, False} == set(outlived)


async def test_mutated_messages_in_json(target: LocalRoom, room: str) -> None:
    requests = sound_requests(Client().offer())
    broken = mutations([json_format.MessageToJson(request).encode() for request in requests])
    frames = (
        data.decode(errors="replace") if number % 2 else json_format.MessageToJson(unlikely)
        for number, (data, unlikely) in enumerate(zip(broken, unlikely_messages(requests), strict=True))
    )

    outlived = [lives async for lives in intrude(target, room, frames)]

    assert len(outlived) == CASES
    assert {True, False} == set(outlived)


async def test_mutated_join_requests(target: LocalRoom, room: str) -> None:
    request = rtc.JoinRequest(
        client_info=models.ClientInfo(sdk=models.ClientInfo.SDK.PYTHON, protocol=PROTOCOL),
        connection_settings=rtc.ConnectionSettings(auto_subscribe=True),
        publisher_offer=rtc.SessionDescription(type="offer", sdp=Client().offer(), id=1),
    )
    inner = (
        rtc.WrappedJoinRequest(join_request=data).SerializeToString()
        for data in changed_messages([request], CASES // 2)
    )
    sound = [base64.urlsafe_b64decode(packed(request, compressed=way)) for way in (True, False)]
    outer = mutations(sound, CASES - CASES // 2)
    headers = {"Authorization": f"Bearer {token(room, 'intruder')}"}

    statuses = set()
    async with aiohttp.ClientSession() as session:
        for wrapped in itertools.chain(inner, outer):
            query = urlencode({"join_request": base64.urlsafe_b64encode(wrapped).decode()})
            try:
                async with session.ws_connect(f"{target.url}/rtc/v1?{query}", headers=headers) as socket:
                    await socket.receive(ANSWERS_WITHIN_S)
                    statuses.add(JOINED)
            except aiohttp.WSServerHandshakeError as error:
                statuses.add(error.status)

    assert {JOINED, 400} <= statuses
