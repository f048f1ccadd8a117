"""The signalling socket: protobuf and JSON, pings, what clients ask of it, and what it does with garbage."""

import json

import aiohttp
import pytest
from livekit.protocol.models import DisconnectReason, ParticipantInfo, TrackSource, TrackType
from livekit.protocol.rtc import (
    AddTrackRequest,
    LeaveRequest,
    MuteTrackRequest,
    Ping,
    RequestResponse,
    SessionDescription,
    SimulateScenario,
    SyncState,
    TrackPublishedResponse,
    UpdateParticipantMetadata,
)

from inspector.local_room.limits import Limits
from tests.local_room.raw_peer import RawPeer, token
from tests.local_room.running import running

Reason = RequestResponse.Reason


async def test_both_forms_of_ping_are_answered() -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "one") as one:
        await one.ask(ping=1)
        assert (await one.next("pong")).pong > 1_600_000_000_000
        await one.ask(ping_req=Ping(timestamp=123, rtt=4))
        assert (await one.next("pong_resp")).pong_resp.last_ping_timestamp == 123


async def test_who_speaks_json_is_answered_in_json() -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "one") as one:
        await one.next("refresh_token")
        await one.socket.send_str('{"pingReq": {"timestamp": "123"}}')
        answer = await one.socket.receive()
        assert answer.type is aiohttp.WSMsgType.TEXT
        assert json.loads(answer.data)["pongResp"]["lastPingTimestamp"] == "123"


@pytest.mark.parametrize("garbage", [b"\xff\xff\xff", b"\x0a\xff\xff\xff\xff\x7f"])
async def test_garbage_costs_its_sender_the_socket_and_nobody_else_anything(garbage: bytes) -> None:
    async with (
        running() as server,
        RawPeer.joined(server.url, "r", "good") as good,
        RawPeer.joined(server.url, "r", "bad") as bad,
    ):
        await bad.socket.send_bytes(garbage)
        assert await bad.until_closed() == aiohttp.WSCloseCode.INVALID_TEXT
        await good.ask(ping=1)
        await good.next("pong")


@pytest.mark.parametrize("garbage", ["", "{", "[]", "{}]", '{"offer": 3}', "[" * 100_000, '{"ping": "x"}'])
async def test_garbage_as_text_is_no_better(garbage: str) -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "bad") as bad:
        await bad.socket.send_str(garbage)
        assert await bad.until_closed() == aiohttp.WSCloseCode.INVALID_TEXT


async def test_nonsense_in_place_of_a_session_description_is_garbage_too() -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "bad") as bad:
        await bad.ask(offer=SessionDescription(type="offer", sdp="nonsense"))
        assert await bad.until_closed() == aiohttp.WSCloseCode.INVALID_TEXT


async def test_a_message_that_is_too_large_costs_the_socket() -> None:
    limits = Limits(signal_message_size=1000)
    async with running(limits=limits) as server, RawPeer.joined(server.url, "r", "bad") as bad:
        await bad.ask(update_metadata=UpdateParticipantMetadata(metadata="x" * 2000))
        assert await bad.until_closed() == aiohttp.WSCloseCode.MESSAGE_TOO_BIG


async def test_who_does_not_read_loses_the_socket_once_too_much_waits_for_it() -> None:
    limits = Limits(signal_backlog_size=2_000_000)
    async with (
        running(limits=limits) as server,
        RawPeer.joined(server.url, "r", "noisy", can_update_own_metadata=True) as noisy,
        RawPeer.joined(server.url, "r", "deaf") as deaf,
    ):
        await noisy.until_told("deaf")
        assert deaf.socket._conn is not None
        transport = deaf.socket._conn.transport
        assert transport is not None
        transport.pause_reading()
        sent = 0
        while noisy.known["deaf"].state != ParticipantInfo.State.DISCONNECTED:
            sent += 1
            assert sent < 400, "40 MB went to somebody who does not read"
            metadata = f"{sent}{'x' * 100_000}"
            await noisy.ask(update_metadata=UpdateParticipantMetadata(metadata=metadata, request_id=sent))
            await noisy.next("request_response")
        transport.resume_reading()


async def test_requests_that_concern_media_nobody_forwards_are_accepted() -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "one") as one:
        for request in (
            '{"trackSetting": {"trackSids": ["TR_x"]}}',
            '{"subscription": {"trackSids": ["TR_x"], "subscribe": true}}',
            '{"subscriptionPermission": {"allParticipants": true}}',
            '{"updateAudioTrack": {"trackSid": "TR_x"}}',
            '{"updateVideoTrack": {"trackSid": "TR_x"}}',
            '{"trickle": {"candidateInit": "{}"}}',
            '{"answer": {"type": "answer", "sdp": "nobody asked"}}',
        ):
            await one.socket.send_str(request)
        await one.ask()
        await one.ask(ping=1)
        await one.next("pong")


async def test_who_may_changes_what_it_says_of_itself_and_who_may_not_is_told_so() -> None:
    async with (
        running() as server,
        RawPeer.joined(server.url, "r", "free", can_update_own_metadata=True) as free,
        RawPeer.joined(server.url, "r", "bound") as bound,
    ):
        update = UpdateParticipantMetadata(
            name="Free", metadata="m", attributes={"a": "b", "empty": ""}, request_id=5
        )
        await free.ask(update_metadata=update)
        done = (await free.next("request_response")).request_response
        assert (done.request_id, done.reason) == (5, Reason.OK)
        told = await bound.until_told("free", name="Free")
        assert (told.metadata, dict(told.attributes)) == ("m", {"a": "b"})
        await free.ask(update_metadata=UpdateParticipantMetadata(attributes={"a": ""}))
        assert dict((await bound.until_told("free")).attributes) == {}

        await bound.ask(update_metadata=UpdateParticipantMetadata(name="Nobody", request_id=6))
        refused = (await bound.next("request_response")).request_response
        assert (refused.request_id, refused.reason) == (6, Reason.NOT_ALLOWED)
        assert refused.message == "does not have permission to update own metadata"


@pytest.mark.parametrize(
    ("update", "why"),
    [
        (UpdateParticipantMetadata(name="n" * 257), "exceeds name length limit"),
        (UpdateParticipantMetadata(metadata="m" * 524_289), "exceeds metadata size limit"),
        (UpdateParticipantMetadata(attributes={"a": "b" * 65_536}), "exceeds attributes size limit"),
    ],
)
async def test_what_is_too_long_is_refused(update: UpdateParticipantMetadata, why: str) -> None:
    async with (
        running() as server,
        RawPeer.joined(server.url, "r", "free", can_update_own_metadata=True) as free,
    ):
        await free.ask(update_metadata=update)
        refused = (await free.next("request_response")).request_response
        assert (refused.reason, refused.message) == (Reason.LIMIT_EXCEEDED, why)


async def test_older_clients_are_answered_only_what_failed() -> None:
    old = {"protocol": 14}
    async with (
        running() as server,
        RawPeer.joined(server.url, "r", "old", v0=True, join=old, can_update_own_metadata=True) as peer,
    ):
        await peer.ask(update_metadata=UpdateParticipantMetadata(name="Old"))
        await peer.until_told("old", name="Old")
        await peer.ask(update_metadata=UpdateParticipantMetadata(name="n" * 257, request_id=2))
        assert (await peer.next("request_response")).request_response.request_id == 2


def track(cid: str = "mic", source: TrackSource = TrackSource.MICROPHONE) -> AddTrackRequest:
    return AddTrackRequest(cid=cid, type=TrackType.AUDIO, source=source)


async def published(peer: RawPeer, request: AddTrackRequest) -> TrackPublishedResponse:
    await peer.ask(add_track=request)
    return (await peer.next("track_published")).track_published


async def test_a_track_can_be_announced_and_muted_and_one_that_may_not_be_is_refused() -> None:
    limits = Limits(tracks_per_participant=1)
    async with (
        running(limits=limits) as server,
        RawPeer.joined(server.url, "r", "one", can_publish_sources=["microphone"]) as one,
    ):
        answer = await published(one, track())
        assert (answer.cid, answer.track.sid[:5]) == ("mic", "TR_AM")
        await one.ask(mute=MuteTrackRequest(sid=answer.track.sid, muted=True))
        await one.ask(mute=MuteTrackRequest(sid="TR_nobody", muted=True))
        assert (await one.next("request_response")).request_response.reason == Reason.NOT_FOUND
        for request, reason in (
            (track("cam", TrackSource.CAMERA), Reason.NOT_ALLOWED),
            (AddTrackRequest(type=TrackType.DATA, source=TrackSource.MICROPHONE), Reason.UNSUPPORTED_TYPE),
            (track("one more"), Reason.LIMIT_EXCEEDED),
        ):
            await one.ask(add_track=request)
            assert (await one.next("request_response")).request_response.reason == reason


async def test_data_tracks_are_refused_with_the_reason() -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "one") as one:
        await one.socket.send_str('{"publishDataTrackRequest": {"pubHandle": 1, "name": "x"}}')
        await one.socket.send_bytes(b"")
        refused = (await one.next("request_response")).request_response
        assert (refused.reason, refused.message) == (
            Reason.NOT_ALLOWED,
            "a local room carries no data tracks",
        )


async def test_a_resumed_client_with_tracks_that_nobody_knows_is_told_to_begin_anew() -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "one") as one:
        known = (await published(one, track())).track
        await one.ask(sync_state=SyncState(publish_tracks=[TrackPublishedResponse(track=known)]))
        await one.ask(ping=1)
        await one.next("pong")
        known.sid = "TR_of_another_session"
        await one.ask(sync_state=SyncState(publish_tracks=[TrackPublishedResponse(track=known)]))
        assert (await one.next("leave")).leave.action == LeaveRequest.Action.RECONNECT


async def test_scenarios_that_sdks_simulate() -> None:
    async with running() as server:
        async with RawPeer.joined(server.url, "r", "speaks") as speaks:
            await speaks.ask(simulate=SimulateScenario(speaker_update=0))
            assert (await speaks.next("speakers_changed")).speakers_changed.speakers[0].active
            assert not (await speaks.next("speakers_changed")).speakers_changed.speakers[0].active
            await speaks.ask(simulate=SimulateScenario(server_leave=True))
            assert (await speaks.next("leave")).leave.reason == DisconnectReason.SERVER_SHUTDOWN
        async with RawPeer.joined(server.url, "r", "moves") as moves:
            await moves.ask(simulate=SimulateScenario(leave_request_full_reconnect=True))
            assert (await moves.next("leave")).leave.action == LeaveRequest.Action.RECONNECT
        async with RawPeer.joined(server.url, "r", "loses") as loses:
            await loses.ask(simulate=SimulateScenario(node_failure=True))
            assert await loses.until_closed() == 1000
        async with RawPeer.connected(server.url, token("r", "loses"), join={"reconnect": True}) as back:
            assert (await back.next("leave")).leave.action == LeaveRequest.Action.RECONNECT
