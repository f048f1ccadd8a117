"""The room that is there when it is needed: of others where they have one, else our own."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator

import pytest

from inspector.core.problems import ProblemError
from inspector.local_room.options import RoomServerOptions
from inspector.local_room.process import standby
from inspector.local_room.process.launcher import LocalRoomProcess
from inspector.local_room.process.standby import StandbyRoom
from inspector.tasks import TaskOwner
from tests.support.ports import free_ports
from tests.support.reports import Unexpected

SAID_WITHIN_S = 30.0


class World:
    """Standby rooms on one port, and what they say."""

    def __init__(self) -> None:
        self.options = RoomServerOptions(keys={"devkey": "secret"}, port=free_ports(1)[0])
        self.said: asyncio.Queue[str] = asyncio.Queue()
        self.launched: list[LocalRoomProcess] = []
        self.tasks = TaskOwner(Unexpected())
        self._rooms: list[StandbyRoom] = []

    def standby(self) -> StandbyRoom:
        """Return one more room on standby."""
        room = StandbyRoom(self.options, self.said.put_nowait, self.tasks, self._launch)
        self._rooms.append(room)
        return room

    async def next_said(self) -> str:
        async with asyncio.timeout(SAID_WITHIN_S):
            return await self.said.get()

    async def close(self) -> None:
        await self.tasks.shut_down(1.0)
        for room in self._rooms:
            await room.stop()

    async def _launch(self, options: RoomServerOptions) -> LocalRoomProcess:
        room = await LocalRoomProcess.start(options)
        self.launched.append(room)
        return room


@pytest.fixture
async def world(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[World]:
    monkeypatch.setattr(standby, "AGAIN_AFTER_S", 0.0)
    world = World()
    yield world
    await world.close()


async def test_where_nothing_listens_it_starts_one_and_says_so_once(world: World) -> None:
    room = world.standby()

    await room.ensure()
    await room.ensure()

    assert len(world.launched) == 1
    assert await world.next_said() == (
        f"Started a local room at ws://127.0.0.1:{world.options.port} for as long as this runs:"
        " nothing listened there."
    )
    assert world.said.empty()


async def test_of_two_that_come_at_once_one_starts_it_and_the_other_uses_that(world: World) -> None:
    first, second = world.standby(), world.standby()
    ensuring = [world.tasks.spawn(room.ensure(), "ensure", awaited=True) for room in (first, second)]
    for task in ensuring:
        await task

    said = [await world.next_said() for _ in range(2)]

    assert len(world.launched) == 1
    assert sum(sentence.startswith("Started a local room") for sentence in said) == 1
    assert sum(sentence.endswith("in use by another local room: using that.") for sentence in said) == 1


async def test_the_room_of_others_is_left_alone_and_followed_by_one_of_its_own(world: World) -> None:
    theirs, ours = world.standby(), world.standby()
    await theirs.ensure()
    await ours.ensure()
    await ours.stop()
    assert world.launched[0].is_running

    await theirs.stop()
    await ours.ensure()

    assert [room.is_running for room in world.launched] == [False, True]


async def test_one_that_crashes_is_started_again_by_itself(world: World) -> None:
    await world.standby().ensure()
    await world.next_said()
    os.kill(world.launched[0].pid, signal.SIGKILL)

    assert await world.next_said() == "The local room was ended by signal 9."
    assert (await world.next_said()).startswith("Started a local room")
    assert world.launched[1].is_running


async def test_one_that_cannot_be_started_says_why(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("inspector.processes.command_of", lambda _role: ("/no/such/program",))

    with pytest.raises(ProblemError, match="No process can be started"):
        await world.standby().ensure()
