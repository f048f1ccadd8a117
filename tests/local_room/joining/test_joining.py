"""Coming in: what a client is told first, who else is told, and who is turned away."""

import asyncio
from typing import Any

import aiohttp
import pytest
from livekit.protocol.models import DisconnectReason, ParticipantInfo
from livekit.protocol.rtc import LeaveRequest, SessionDescription, UpdateParticipantMetadata

from inspector.local_room.limits import Limits
from tests.conformance.servers import KINDS
from tests.local_room.raw_peer import RawPeer, token
from tests.local_room.running import running
from tests.local_room.transport.client import LOSSY, RELIABLE, Client
from tests.support.servers import Server

State = ParticipantInfo.State
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
}


async def test_the_join_response_says_what_clients_insist_on() -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "one", name="One", metadata="m") as one:
        join = one.join
        assert (join.server_info.version, join.server_version) == ("1.13.5", "1.13.5")
        assert join.room.sid.startswith("RM_")
        assert join.room.num_participants == 1
        assert join.participant.sid.startswith("PA_")
        assert (join.participant.identity, join.participant.name, join.participant.metadata) == (
            "one",
            "One",
            "m",
        )
        assert join.participant.client_protocol == 2
        assert join.participant.joined_at_ms // 1000 == join.participant.joined_at
        assert (join.ping_interval, join.ping_timeout) == (5, 15)
        assert list(join.ice_servers) == []
        assert (join.subscriber_primary, join.fast_publish) == (False, True)
        assert len(join.sif_trailer) > 0
        refreshed = (await one.next("refresh_token")).refresh_token
        async with RawPeer.connected(server.url, refreshed) as again:
            assert (await again.next("join")).join.participant.name == "One"


async def test_v0_clients_are_made_an_offer_to_subscribe_on_unless_they_may_not() -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "old", v0=True) as old:
        assert old.join.subscriber_primary
        await old.accept()
        async with RawPeer.joined(server.url, "r", "deaf", v0=True, can_subscribe=False) as deaf:
            assert not deaf.join.subscriber_primary
            await deaf.connect()
            await old.until_told("deaf", state=State.ACTIVE)


async def test_others_are_told_at_once_of_who_comes_is_there_and_goes() -> None:
    async with (
        running() as server,
        RawPeer.joined(server.url, "r", "first") as first,
        RawPeer.joined(server.url, "r", "second") as second,
    ):
        assert [p.identity for p in second.join.other_participants] == ["first"]
        joined = await first.until_told("second", state=State.JOINED)
        assert (joined.sid, joined.client_protocol) == (second.join.participant.sid, 2)
        await second.connect()
        assert (await first.until_told("second", state=State.ACTIVE)).version > joined.version
        await second.ask(leave=LeaveRequest(reason=DisconnectReason.USER_REJECTED))
        left = await first.until_told("second", state=State.DISCONNECTED)
        assert left.disconnect_reason == DisconnectReason.USER_REJECTED
        assert (await second.next("leave")).leave.action == LeaveRequest.Action.DISCONNECT


async def test_a_hidden_participant_is_known_to_itself_alone() -> None:
    async with (
        running() as server,
        RawPeer.joined(server.url, "r", "seen") as seen,
        RawPeer.joined(server.url, "r", "ghost", hidden=True, can_update_own_metadata=True) as ghost,
        RawPeer.joined(server.url, "r", "third") as third,
    ):
        assert [p.identity for p in third.join.other_participants] == ["seen"]
        assert sorted(p.identity for p in ghost.join.other_participants) == ["seen"]
        await ghost.ask(update_metadata=UpdateParticipantMetadata(name="Ghost", request_id=1))
        await ghost.until_told("ghost", name="Ghost")
        # What `seen` was told before of anybody: only the third.
        assert (await seen.next("update")).update.participants[0].identity == "third"


async def test_the_same_identity_again_replaces_the_older_session_and_newer_clients_see_no_leave() -> None:
    async with (
        running() as server,
        RawPeer.joined(server.url, "r", "newer") as newer,
        RawPeer.joined(server.url, "r", "older", v0=True, join={"protocol": 11}) as older,
        RawPeer.joined(server.url, "r", "twice") as first,
    ):
        sid = first.join.participant.sid
        async with RawPeer.joined(server.url, "r", "twice") as second:
            leave = (await first.next("leave")).leave
            assert (leave.reason, leave.action) == (
                DisconnectReason.DUPLICATE_IDENTITY,
                LeaveRequest.Action.DISCONNECT,
            )
            assert await first.until_closed() == 1000
            assert sid not in {p.sid for p in second.join.other_participants}
            gone = await older.until_told("twice", state=State.DISCONNECTED)
            assert (gone.sid, gone.disconnect_reason) == (sid, DisconnectReason.DUPLICATE_IDENTITY)
            assert (await newer.until_told("twice")).sid == sid
            assert (await newer.until_told("twice")).sid == second.join.participant.sid


async def test_who_closes_its_socket_before_data_flows_has_left() -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "stays") as stays:
        async with RawPeer.joined(server.url, "r", "goes"):
            pass
        left = await stays.until_told("goes", state=State.DISCONNECTED)
        assert left.disconnect_reason == DisconnectReason.SIGNAL_CLOSE


async def test_who_comes_back_to_a_session_that_is_over_is_told_to_begin_anew() -> None:
    async with running() as server:
        back = {"reconnect": True, "participant_sid": "PA_long_gone"}
        async with RawPeer.connected(server.url, token("r", "late"), join=back) as late:
            leave = (await late.next("leave")).leave
            assert (leave.action, leave.reason) == (
                LeaveRequest.Action.RECONNECT,
                DisconnectReason.STATE_MISMATCH,
            )
            assert await late.until_closed() == 1000
        query = {"reconnect": "1", "sid": "PA_long_gone", "protocol": 11}
        async with RawPeer.connected(server.url, token("r", "late"), v0=True, join=query) as older:
            assert (await older.next("leave")).leave.can_reconnect


@pytest.mark.parametrize("v0", [False, True])
async def test_a_session_whose_socket_is_gone_goes_on_and_is_resumed(v0: bool) -> None:
    async with running() as server, RawPeer.joined(server.url, "r", "stays") as stays:
        access = token("r", "moves")
        async with RawPeer.connected(server.url, access, v0=v0) as before:
            sid = (await before.next("join")).join.participant.sid
            client = await (before.accept() if v0 else before.connect())
            await stays.until_told("moves", state=State.ACTIVE)
            before.client = None  # it outlives the socket
        back: dict[str, Any] = {"reconnect": "1", "sid": sid} if v0 else {"reconnect": True}
        async with RawPeer.connected(server.url, access, v0=v0, join=back) as after:
            resumed = (await after.next("reconnect")).reconnect
            assert resumed.server_info.version == "1.13.5"
            everybody = (await after.next("update")).update.participants
            assert {p.identity for p in everybody} == {"stays", "moves"}
            assert {p.sid for p in everybody if p.identity == "moves"} == {sid}
            after.client = client
            await after.ask(ping=1)
            await after.next("pong")


class Case:
    """A request, and how it is turned away."""

    def __init__(self, status: int, text: str, path: str, **grants: Any) -> None:
        self.status, self.text, self.path, self.grants = status, text, path, grants


CASES = {
    "no right to join": Case(401, "permissions denied", "/rtc", room_join=False),
    "no room": Case(400, "no room name", "/rtc", room=""),
    "a long room name": Case(400, "room name length exceeds limits: max length 256", "/rtc", room="r" * 257),
    "v1 without a request": Case(400, "join_request is required", "/rtc/v1"),
    "v1 with nonsense": Case(400, "cannot base64 decode wrapped join request", "/rtc/v1?join_request=*"),
    "attributes of one's own": Case(401, "no permissions to access the room", "/rtc?attributes=eyJhIjoiYiJ9"),
    "publishing without leave": Case(
        401, "no permissions to access the room", "/rtc?publish=x", can_publish=False
    ),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", CASES)
async def test_refusals_are_the_same_on_both_servers(
    kind: str, name: str, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue(KINDS[kind][0])
    case = CASES[name]
    access = token(**{"room": "r", "identity": "i", **case.grants})
    path, _, query = case.path.partition("?")
    url = server.url.replace("ws:", "http:")
    headers = {"Authorization": f"Bearer {access}"}
    async with aiohttp.ClientSession() as session:
        for asked, extra in ((path, UPGRADE), (f"{path}/validate", {})):
            async with session.get(f"{url}{asked}?{query}", headers={**headers, **extra}) as answer:
                assert (answer.status, await answer.text()) == (case.status, case.text)
                assert answer.content_type == "text/plain"
        async with session.get(f"{url}{case.path}", headers=headers) as plain:
            assert (plain.status, await plain.text()) == (404, "")


@pytest.mark.parametrize("identity", ["", "i" * 257])
@pytest.mark.parametrize("kind", KINDS)
async def test_identities_that_are_none_are_refused_alike(
    kind: str, identity: str, request: pytest.FixtureRequest
) -> None:
    server: Server = request.getfixturevalue(KINDS[kind][0])
    wanted = (
        "participant identity length exceeds limits: max length 256"
        if identity
        else "identity cannot be empty"
    )
    headers = {"Authorization": f"Bearer {token('r', identity)}"}
    async with aiohttp.ClientSession() as session:
        url = server.url.replace("ws:", "http:")
        async with session.get(f"{url}/rtc/validate", headers=headers) as answer:
            assert (answer.status, await answer.text()) == (400, wanted)


async def validated(url: str, identity: str, room: str) -> tuple[int, str]:
    """What `/rtc/validate` says."""
    async with aiohttp.ClientSession() as session:
        headers = {"Authorization": f"Bearer {token(room, identity)}"}
        async with session.get(f"{url.replace('ws:', 'http:')}/rtc/validate", headers=headers) as answer:
            return answer.status, await answer.text()


async def test_full_rooms_and_servers_say_so_also_to_who_asks_why() -> None:
    async with (
        running(limits=Limits(rooms=2, participants_per_room=1)) as server,
        RawPeer.joined(server.url, "a", "one"),
        RawPeer.joined(server.url, "b", "two"),
    ):
        for room, why in {
            "a": "node has exceeded its configured limit: this local room takes 1 participants a room",
            "c": "node has exceeded its configured limit: this local room server takes 2 rooms",
        }.items():
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                async with RawPeer.connected(server.url, token(room, "more")):
                    pass
            assert refused.value.status == 503
            assert await validated(server.url, "more", room) == (503, why)
        async with RawPeer.joined(server.url, "a", "one") as replaced:
            assert replaced.join.room.num_participants == 1


async def test_joins_in_too_quick_succession_are_refused_for_the_moment() -> None:
    async with running(limits=Limits(joins_at_once=2, joins_per_second=0.001)) as server:
        for identity in ("one", "two"):
            async with RawPeer.joined(server.url, "r", identity):
                pass
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with RawPeer.connected(server.url, token("r", "three")):
                pass
        assert refused.value.status == 429


async def test_many_join_at_once_and_all_learn_of_all() -> None:
    names = [f"p{number}" for number in range(12)]

    async def join(name: str, there: asyncio.Barrier) -> set[str]:
        async with RawPeer.joined(server.url, "r", name) as peer:
            seen = {p.identity for p in peer.join.other_participants}
            while seen != set(names) - {name}:
                seen |= {p.identity for p in (await peer.next("update")).update.participants}
            await there.wait()
            return seen

    async with running() as server:
        barrier = asyncio.Barrier(len(names))
        await asyncio.gather(*(join(name, barrier) for name in names))


async def test_an_offer_in_the_join_request_is_answered_after_the_join_response() -> None:
    client = Client((RELIABLE, LOSSY))
    offer = SessionDescription(type="offer", sdp=client.offer(), id=3)
    async with (
        running() as server,
        RawPeer.joined(server.url, "r", "quick", join={"publisher_offer": offer}) as quick,
    ):
        answer = (await quick.next("answer")).answer
        assert (answer.type, answer.id) == ("answer", 3)
        quick.client = client.connect(answer.sdp)
        await client.ready()


async def test_who_offers_once_more_while_it_leaves_has_left_by_its_own_wish() -> None:
    async with (
        running() as server,
        RawPeer.joined(server.url, "r", "stays") as stays,
        RawPeer.joined(server.url, "r", "leaves") as leaves,
    ):
        client = await leaves.connect()
        offer = SessionDescription(type="offer", sdp=client.offer(), id=2)
        client.close()
        await leaves.ask(offer=offer)
        await leaves.ask(leave=LeaveRequest(reason=DisconnectReason.CLIENT_INITIATED))
        left = await stays.until_told("leaves", state=State.DISCONNECTED)
        assert left.disconnect_reason == DisconnectReason.CLIENT_INITIATED
