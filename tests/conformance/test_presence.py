"""Who is there, as the SDKs of other participants tell it: joins, changes, and ends with their reasons."""

import asyncio

import pytest
from livekit import api, rtc

from tests.conformance.stage import ACK_TIMEOUT_S, Stage
from tests.support.local_room import LocalRoom
from tests.support.python_peer import PythonPeer
from tests.support.servers import OwnServer, Server

GONE = rtc.DisconnectReason
LOST = -1


async def ended(peer: PythonPeer) -> int:
    """Return why the peer's own room ended."""
    (reason,) = await peer.told.one("disconnected")
    return int(reason)


async def ended_or_lost(peer: PythonPeer) -> int:
    """Return why the peer's own room ended, or `LOST` where its server went without a word."""

    def heard() -> tuple[int] | None:
        if reasons := peer.told.of("disconnected"):
            return (int(reasons[0][0]),)
        return (LOST,) if peer.told.of("reconnecting") else None

    return (await peer.told.until(heard))[0]


def other(peer: PythonPeer, identity: str) -> rtc.RemoteParticipant:
    return peer.room.remote_participants[identity]


async def test_a_join_a_call_and_a_leave_are_told_in_this_order(stage: Stage) -> None:
    here = await stage.peer("here")
    there = await stage.peer("there")
    await here.wait_until_active("there")
    assert await here.perform("there", "echo", "hi") == "hi"

    await there.leave()
    await here.wait_until_gone("there")

    told = [event.name for event in here.told.events if event.name.startswith("participant_")]
    assert told == ["participant_connected", "participant_active", "participant_disconnected"]
    (who,) = here.told.of("participant_disconnected")[0]
    assert (who.identity, who.disconnect_reason) == ("there", GONE.CLIENT_INITIATED)


async def test_who_joins_later_is_told_all_at_once(stage: Stage) -> None:
    await stage.peer("first", name="First", metadata="m", attributes={"role": "host", "empty": ""})
    await stage.peer("second")
    late = await stage.peer("late")

    assert set(late.room.remote_participants) == {"first", "second"}
    first, second = other(late, "first"), other(late, "second")
    assert (first.name, first.metadata) == ("First", "m")
    assert dict(first.attributes) == {"role": "host", "empty": ""}
    assert (second.name, second.metadata, dict(second.attributes)) == ("", "", {})
    assert first.sid != second.sid
    assert first.sid.startswith("PA_")
    assert first.joined_at is not None
    assert late.room.local_participant.joined_at is not None
    assert late.room.local_participant.joined_at >= first.joined_at
    assert first.state == rtc.ParticipantState.PARTICIPANT_STATE_ACTIVE


@pytest.mark.parametrize("kind", ["standard", "ingress", "egress", "sip", "agent"])
async def test_the_kind_is_the_tokens(stage: Stage, kind: api.AccessToken.ParticipantKind) -> None:
    await stage.peer("first", kind=kind)
    late = await stage.peer("late")

    expected = rtc.ParticipantKind.Value(f"PARTICIPANT_KIND_{kind.upper()}")
    assert other(late, "first").kind == expected


async def test_permissions_are_the_tokens(stage: Stage) -> None:
    await stage.peer("mute", can_publish_data=False, can_publish=False)
    await stage.peer("deaf", can_subscribe=False, can_update_own_metadata=True)
    late = await stage.peer("late")

    def flags(identity: str) -> tuple[bool, bool, bool, bool, bool]:
        may = other(late, identity).permissions
        publish = (may.can_publish, may.can_publish_data, may.can_subscribe)
        return (*publish, may.can_update_metadata, may.hidden)

    assert flags("mute") == (False, False, True, False, False)
    assert flags("deaf") == (True, True, False, True, False)
    assert late.room.local_participant.permissions.can_publish_data


async def test_own_changes_are_told_to_all_where_they_are_allowed(stage: Stage) -> None:
    changing = await stage.peer("changing", can_update_own_metadata=True, attributes={"kept": "yes"})
    watching = await stage.peer("watching")
    me = changing.room.local_participant

    await me.set_name("New name")
    await me.set_metadata('{"on":true}')
    await me.set_attributes({"a": "1", "b": "2"})
    await me.set_attributes({"a": ""})

    def changed(who: rtc.Participant) -> bool:
        now = (who.name, who.metadata, dict(who.attributes))
        return now == ("New name", '{"on":true}', {"kept": "yes", "b": "2"})

    await watching.told.until(lambda: changed(other(watching, "changing")))
    await changing.told.until(lambda: changed(me))
    assert [what for what, _ in watching.told.of("participant_attributes_changed")] == [
        {"a": "1", "b": "2"},
        {"a": ""},
    ]


async def test_own_changes_without_the_grant_change_nothing(stage: Stage) -> None:
    changing = await stage.peer("changing", name="Old name")
    watching = await stage.peer("watching")
    me = changing.room.local_participant

    await me.set_name("New name")
    await me.set_metadata("m")
    await me.set_attributes({"a": "1"})
    await stage.server.update_participant(stage.room, "changing", attributes={"last": "word"})
    await watching.told.until(lambda: "last" in other(watching, "changing").attributes)

    seen = other(watching, "changing")
    assert (seen.name, seen.metadata, dict(seen.attributes)) == ("Old name", "", {"last": "word"})
    assert (me.name, me.metadata) == ("Old name", "")


async def test_a_permission_given_and_taken_counts_from_then_on(stage: Stage) -> None:
    callee = await stage.peer("callee")
    caller = await stage.peer("caller", can_publish_data=False)

    may = api.ParticipantPermission(can_subscribe=True, can_publish=True, can_publish_data=True)
    await stage.server.update_participant(stage.room, "caller", permission=may)
    await caller.told.until(lambda: caller.room.local_participant.permissions.can_publish_data)
    assert await caller.perform("callee", "echo", "now") == "now"

    may.can_publish_data = False
    await stage.server.update_participant(stage.room, "caller", permission=may)
    await caller.told.until(lambda: not caller.room.local_participant.permissions.can_publish_data)
    with pytest.raises(rtc.RpcError) as refused:
        await caller.perform("callee", "echo", "again", ack_timeout_s=ACK_TIMEOUT_S)
    assert refused.value.code == rtc.RpcError.ErrorCode.CONNECTION_TIMEOUT
    assert [call.payload for call in callee.seen] == ["now"]


async def test_the_hidden_see_all_and_are_seen_by_nobody(stage: Stage) -> None:
    seen = await stage.peer("seen")
    ghost = await stage.peer("ghost", hidden=True)
    late = await stage.peer("late")
    await asyncio.gather(seen.wait_until_active("late"), ghost.wait_until_active("late"))

    assert set(ghost.room.remote_participants) == {"seen", "late"}
    assert set(seen.room.remote_participants) == {"late"}
    assert set(late.room.remote_participants) == {"seen"}
    assert await seen.perform("ghost", "echo", "you there?") == "you there?"


async def test_the_same_identity_again_puts_the_older_one_out(stage: Stage) -> None:
    older = await stage.peer("twin")
    watching = await stage.peer("watching")
    before = other(watching, "twin").sid

    await stage.peer("twin")

    assert await ended(older) == GONE.DUPLICATE_IDENTITY
    await watching.told.until(lambda: [w.sid for (w,) in watching.told.of("participant_active")] or None)
    assert other(watching, "twin").sid != before
    assert await watching.perform("twin", "echo", "newer") == "newer"


async def test_who_is_removed_is_told_so_and_so_are_the_others(stage: Stage) -> None:
    removed = await stage.peer("removed")
    staying = await stage.peer("staying")

    await stage.server.remove_participant(stage.room, "removed")

    assert await ended(removed) == GONE.PARTICIPANT_REMOVED
    await staying.wait_until_gone("removed")
    (who,) = staying.told.of("participant_disconnected")[0]
    assert who.disconnect_reason == GONE.PARTICIPANT_REMOVED


async def test_a_deleted_room_ends_for_all_and_begins_anew(stage: Stage) -> None:
    one, two = await stage.peer("one"), await stage.peer("two")
    sid = await one.room.sid

    await stage.server.delete_room(stage.room)

    assert [await ended(one), await ended(two)] == [GONE.ROOM_DELETED] * 2
    again = await stage.peer("one")
    assert await again.room.sid != sid
    assert set(again.room.remote_participants) == set()


async def heard_at_shutdown(server: OwnServer, room_name: str) -> list[int]:
    """Return what each of two peers is told when their server shuts down."""
    async with Stage.set(server, room_name) as stage:
        peers = [await stage.peer("one"), await stage.peer("two")]
        stopping = asyncio.create_task(asyncio.to_thread(server.stop))
        heard = [await ended_or_lost(peer) for peer in peers]
        await stopping
    return heard


async def test_a_server_that_shuts_down_says_so(own_server: OwnServer, room_name: str) -> None:
    heard = await heard_at_shutdown(own_server, room_name)
    if not isinstance(own_server, LocalRoom):  # livekit-server may be gone before its last word is out
        for _ in range(2):
            if LOST in heard:
                await asyncio.to_thread(own_server.start)
                heard = await heard_at_shutdown(own_server, room_name)

    assert heard == [GONE.SERVER_SHUTDOWN] * 2


async def test_many_join_at_once_and_all_see_all(server: Server, room_name: str) -> None:
    names = [f"peer-{number}" for number in range(10)]
    async with Stage.set(server, room_name) as stage:
        peers = await asyncio.gather(*map(stage.peer, names))

        await asyncio.gather(*(p.wait_until_active(*(set(names) - {p.identity})) for p in peers))

        answers = await asyncio.gather(
            *(p.perform(names[(i + 1) % 10], "echo", p.identity) for i, p in enumerate(peers))
        )
        assert answers == names
