"""The window's own local room: its process starts when it is wanted, and whatever ends it is known."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from inspector.core.faults import FaultKind, FaultRule, FaultState
from inspector.core.problems import Problem, ProblemError, ProblemKind, Side
from inspector.gui.local_room import LocalRoom
from inspector.gui.models.local_room_facts import RoomState
from inspector.gui.room_watch import RoomCounts, RoomWatch
from inspector.local_room.options import RoomServerOptions
from inspector.sdk.sources import ConnectionSource, KeyCredentials
from inspector.tasks import TaskOwner
from tests.support.reports import Unexpected

TAKEN = Problem(ProblemKind.PORT_TAKEN, "Port 7880 is taken.", Side.HERE, "Take another.")
CRASHED = Problem(ProblemKind.UNEXPECTED, "The room was ended by signal 9.", Side.HERE, "Start it again.")
SOURCE = ConnectionSource(url="ws://127.0.0.1:1", credentials=KeyCredentials("devkey", "secret"))
OTHER = ConnectionSource(url="ws://127.0.0.1:2", credentials=KeyCredentials("devkey", "secret"))
RULE = FaultRule(FaultKind.DROP_ACK)


class PlayedRoom:
    """A room that runs until a test or its owner ends it."""

    def __init__(self, port: int) -> None:
        self.url = f"ws://127.0.0.1:{port}"
        self.over: asyncio.Future[Problem | None] = asyncio.get_running_loop().create_future()
        self.stops = 0

    async def ended(self) -> Problem | None:
        return await asyncio.shield(self.over)

    async def stop(self) -> None:
        self.stops += 1
        if not self.over.done():
            self.over.set_result(None)


class Launcher:
    """Starts played rooms; ports in `taken` are refused, and `held` starts wait for their event."""

    def __init__(self) -> None:
        self.asked: list[RoomServerOptions] = []
        self.rooms: list[PlayedRoom] = []
        self.taken: set[int] = set()
        self.held: asyncio.Event | None = None

    async def __call__(self, options: RoomServerOptions) -> PlayedRoom:
        self.asked.append(options)
        if self.held is not None:
            await self.held.wait()
        if options.port in self.taken:
            raise ProblemError(TAKEN)
        self.rooms.append(PlayedRoom(options.port or 40_000))
        return self.rooms[-1]


class Stage:
    """A local room, its launcher, and the states it went through."""

    def __init__(self, tasks: TaskOwner) -> None:
        self.launcher = Launcher()
        self.answers = False
        self.room = LocalRoom(tasks, self.launcher, self._find)
        self.states: list[RoomState] = []
        self._wake = asyncio.Event()
        self.room.changed.connect(self._note)

    def _note(self) -> None:
        self.states.append(self.room.facts.state)
        self._wake.set()

    async def _find(self, host: str, port: int) -> bool:
        return self.answers

    async def becomes(self, state: RoomState) -> None:
        async with asyncio.timeout(5):
            while self.room.facts.state is not state:
                self._wake.clear()
                await self._wake.wait()


@pytest.fixture
async def tasks() -> AsyncIterator[TaskOwner]:
    reports = Unexpected()
    owner = TaskOwner(reports)
    yield owner
    assert await owner.shut_down(1.0) == ()
    assert reports.rest() == []


@pytest.fixture
async def stage(tasks: TaskOwner) -> Stage:
    return Stage(tasks)


async def test_it_runs_once_it_accepts_connections(stage: Stage) -> None:
    stage.room.start(7999)
    assert stage.room.facts.state is RoomState.STARTING
    assert stage.room.facts.url == "ws://127.0.0.1:7999", "where it will be is known at once"
    await stage.becomes(RoomState.RUNNING)
    assert stage.room.facts.since is not None
    (options,) = stage.launcher.asked
    assert (options.port, options.keys, options.bind) == (7999, {"devkey": "secret"}, "127.0.0.1")


async def test_any_free_port_is_known_once_it_runs(stage: Stage) -> None:
    stage.room.start(0)
    await stage.becomes(RoomState.RUNNING)
    assert stage.room.facts.url == "ws://127.0.0.1:40000"


async def test_every_name_of_this_machine_leads_to_it(stage: Stage) -> None:
    stage.room.start(7999)
    for url in ("ws://localhost:7999", "ws://127.0.0.1:7999", "ws://[::1]:7999"):
        assert stage.room.is_at(url)
    for url in ("ws://localhost:7880", "wss://eu.example.com:7999"):
        assert not stage.room.is_at(url)
    await stage.becomes(RoomState.RUNNING)


async def test_starting_twice_starts_one(stage: Stage) -> None:
    stage.room.start()
    stage.room.start()
    await stage.becomes(RoomState.RUNNING)
    stage.room.start()
    assert len(stage.launcher.rooms) == 1


async def test_it_stops_when_asked_and_starts_again(stage: Stage) -> None:
    stage.room.start()
    await stage.becomes(RoomState.RUNNING)
    stage.room.stop()
    await stage.becomes(RoomState.STOPPED)
    assert stage.states[-2:] == [RoomState.STOPPING, RoomState.STOPPED]
    assert stage.room.facts.problem is None
    assert stage.room.facts.since is None
    stage.room.start()
    await stage.becomes(RoomState.RUNNING)


async def test_a_crash_is_known_and_it_can_be_started_again(stage: Stage) -> None:
    stage.room.start()
    await stage.becomes(RoomState.RUNNING)
    stage.launcher.rooms[0].over.set_result(CRASHED)
    await stage.becomes(RoomState.FAILED)
    assert stage.room.facts.problem == CRASHED
    stage.room.start()
    assert stage.room.facts.problem is None
    await stage.becomes(RoomState.RUNNING)


async def test_a_start_that_fails_says_why(stage: Stage) -> None:
    stage.launcher.taken.add(7880)
    stage.room.start()
    await stage.becomes(RoomState.FAILED)
    assert stage.room.facts.problem == TAKEN


async def test_whoever_wants_its_address_starts_it(stage: Stage) -> None:
    assert await stage.room.address() == "ws://127.0.0.1:7880"
    assert await stage.room.address() == "ws://127.0.0.1:7880"
    assert len(stage.launcher.rooms) == 1


async def test_all_who_want_its_address_wait_for_one_start(stage: Stage, tasks: TaskOwner) -> None:
    stage.launcher.held = asyncio.Event()
    waiting = [tasks.spawn(stage.room.address(), f"joiner {n}", awaited=True) for n in range(3)]
    await stage.becomes(RoomState.STARTING)
    assert not any(each.done() for each in waiting)
    stage.launcher.held.set()
    assert {await each for each in waiting} == {"ws://127.0.0.1:7880"}
    assert len(stage.launcher.asked) == 1


async def test_a_room_or_server_of_others_on_that_port_is_used(stage: Stage) -> None:
    stage.launcher.taken.add(7880)
    stage.answers = True
    assert await stage.room.address() == "ws://127.0.0.1:7880"
    assert stage.room.facts.state is RoomState.STOPPED
    assert stage.room.facts.problem is None


async def test_another_program_on_that_port_is_a_problem(stage: Stage) -> None:
    stage.launcher.taken.add(7880)
    with pytest.raises(ProblemError) as refused:
        await stage.room.address()
    assert refused.value.problem == TAKEN
    assert stage.room.facts.state is RoomState.FAILED


async def test_a_room_of_our_own_goes_to_another_port_where_that_is_taken(stage: Stage) -> None:
    stage.launcher.taken.add(7880)
    states: list[RoomState] = []
    stage.room.changed.connect(lambda: states.append(stage.room.facts.state))
    assert await stage.room.own_address() == "ws://127.0.0.1:40000"
    assert await stage.room.own_address() == "ws://127.0.0.1:40000"
    assert states == [RoomState.STARTING, RoomState.RUNNING]
    stage.room.stop()
    await stage.becomes(RoomState.STOPPED)
    stage.launcher.taken |= {0, 40_000}
    with pytest.raises(ProblemError):
        await stage.room.own_address()


async def test_it_ends_with_the_window(stage: Stage, tasks: TaskOwner) -> None:
    await stage.room.close()  # nothing runs yet
    stage.room.start()
    await stage.becomes(RoomState.RUNNING)
    await tasks.shut_down(1.0)
    await stage.room.close()
    assert stage.launcher.rooms[0].stops == 1


# --- looking at a room -------------------------------------------------------------------------------------


class Questions:
    """Answers for rooms, and notes who was asked."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.problem: Problem | None = None
        self.states: tuple[FaultState, ...] = (FaultState(RULE, 7),)

    async def counts(self, source: ConnectionSource) -> RoomCounts:
        self.asked.append(source.url)
        if self.problem is not None:
            raise ProblemError(self.problem)
        return RoomCounts(4, 1)

    async def faults(self, source: ConnectionSource) -> tuple[FaultState, ...]:
        if self.problem is not None:
            raise ProblemError(self.problem)
        return self.states

    async def set_faults(
        self, source: ConnectionSource, rules: tuple[FaultRule, ...]
    ) -> tuple[FaultState, ...]:
        if self.problem is not None:
            raise ProblemError(self.problem)
        self.states = tuple(FaultState(rule) for rule in rules)
        return self.states


class Watch:
    """A watch over played questions, and all it told."""

    def __init__(self, tasks: TaskOwner) -> None:
        self.questions = Questions()
        self.watch = RoomWatch(tasks, self.questions)
        self.told: list[object] = []
        self._wake = asyncio.Event()
        self.watch.counted.connect(self.note)
        self.watch.faults_told.connect(self.note)

    def note(self, thing: object) -> None:
        self.told.append(thing)
        self._wake.set()

    async def tells(self, *things: object) -> None:
        async with asyncio.timeout(5):
            while not all(thing in self.told for thing in things):
                self._wake.clear()
                await self._wake.wait()


@pytest.fixture
async def watch(tasks: TaskOwner) -> Watch:
    return Watch(tasks)


async def test_a_watched_room_is_counted_and_its_faults_are_told(watch: Watch) -> None:
    watch.watch.set_watched(True)
    watch.watch.follow(SOURCE)
    await watch.tells(RoomCounts(4, 1), (FaultState(RULE, 7),))


async def test_nobody_is_asked_while_nobody_looks(watch: Watch) -> None:
    watch.watch.follow(SOURCE)
    watch.watch.set_watched(True)
    await watch.tells(RoomCounts(4, 1))
    watch.watch.set_watched(False)
    watch.watch.follow(OTHER)
    watch.watch.set_watched(True)
    watch.watch.follow(None)
    await asyncio.sleep(0)
    assert OTHER.url not in watch.questions.asked


async def test_another_room_is_asked_at_once(watch: Watch) -> None:
    watch.watch.set_watched(True)
    watch.watch.follow(SOURCE)
    await watch.tells(RoomCounts(4, 1))
    watch.told.clear()
    watch.watch.follow(OTHER)
    await watch.tells(RoomCounts(4, 1))
    assert watch.questions.asked == [SOURCE.url, OTHER.url]


async def test_a_room_that_does_not_answer_is_not_counted(watch: Watch) -> None:
    watch.questions.problem = CRASHED
    watch.watch.set_watched(True)
    watch.watch.follow(SOURCE)
    await watch.tells(RoomCounts(None, None))


async def test_faults_are_set_whether_or_not_anybody_looks(watch: Watch) -> None:
    watch.watch.follow(SOURCE)
    watch.watch.set_faults((RULE,), watch.note)
    await watch.tells((FaultState(RULE),))
    watch.questions.problem = TAKEN
    watch.watch.set_faults((), watch.note)
    await watch.tells(TAKEN)
