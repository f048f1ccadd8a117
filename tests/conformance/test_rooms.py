"""Rooms: apart from each other, with metadata of their own, and closed when nobody comes."""

import asyncio

from livekit import api, rtc

from tests.conformance.stage import Stage
from tests.support.servers import Server


async def test_two_rooms_know_nothing_of_each_other(server: Server, room_name: str) -> None:
    async with Stage.set(server, f"{room_name}-a") as here, Stage.set(server, f"{room_name}-b") as there:
        alone = await here.peer("alone")
        shared_here, shared_there = await here.peer("shared"), await there.peer("shared")
        caller_here, caller_there = await here.peer("caller"), await there.peer("caller")
        assert set(caller_here.room.remote_participants) == {"alone", "shared"}
        assert set(caller_there.room.remote_participants) == {"shared"}

        await asyncio.gather(
            caller_here.perform("shared", "echo", "here"), caller_there.perform("shared", "echo", "there")
        )
        await caller_there.room.local_participant.publish_data("for b")
        await caller_here.room.local_participant.publish_data("for a")

        await alone.told.until(alone.told.packets)
        await shared_there.told.until(shared_there.told.packets)
        assert [packet.data for packet in alone.told.packets()] == [b"for a"]
        assert [packet.data for packet in shared_there.told.packets()] == [b"for b"]
        assert [call.payload for call in shared_here.seen] == ["here"]
        assert [call.payload for call in shared_there.seen] == ["there"]
        assert shared_here.told.of("disconnected") == []


async def test_a_room_is_the_same_for_all_in_it(stage: Stage) -> None:
    one, two = await stage.peer("one"), await stage.peer("two")

    assert await one.room.sid == await two.room.sid
    assert (await one.room.sid).startswith("RM_")
    assert one.room.name == two.room.name == stage.room
    assert one.room.metadata == ""


async def test_metadata_is_there_from_the_start_and_its_changes_are_told(stage: Stage) -> None:
    async with stage.server.admin() as admin:
        await admin.room.create_room(api.CreateRoomRequest(name=stage.room, metadata="first"))
        peer = await stage.peer()
        assert peer.room.metadata == "first"

        await admin.room.update_room_metadata(
            api.UpdateRoomMetadataRequest(room=stage.room, metadata="second")
        )

        assert await peer.told.one("room_metadata_changed") == ("first", "second")


async def test_the_number_of_participants_is_told_and_counts_the_hidden_too(stage: Stage) -> None:
    await stage.peer("ghost", hidden=True)
    one = await stage.peer("one")
    await stage.peer("two")

    await one.told.until(lambda: one.room.num_participants == 3)


async def test_a_room_that_only_agents_are_in_closes_when_it_has_been_empty_long_enough(stage: Stage) -> None:
    async with stage.server.admin() as admin:
        await admin.room.create_room(
            api.CreateRoomRequest(name=stage.room, empty_timeout=1, departure_timeout=1)
        )
        agent = await stage.peer("agent", kind="agent")

        (reason,) = await agent.told.one("disconnected")

        assert reason == rtc.DisconnectReason.ROOM_CLOSED
        listed = await admin.room.list_rooms(api.ListRoomsRequest(names=[stage.room]))
        assert list(listed.rooms) == []


async def test_a_room_that_nobody_enters_closes(stage: Stage) -> None:
    async with stage.server.admin() as admin:
        await admin.room.create_room(api.CreateRoomRequest(name=stage.room, empty_timeout=1))

        async with asyncio.timeout(15):
            while (await admin.room.list_rooms(api.ListRoomsRequest(names=[stage.room]))).rooms:
                pass  # each question waits for an answer, so this does not spin


async def test_a_room_stays_for_the_departure_timeout(stage: Stage) -> None:
    first = await stage.peer("first")
    sid = await first.room.sid
    await first.leave()

    again = await stage.peer("first")

    assert await again.room.sid == sid
