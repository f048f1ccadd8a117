"""The bound on calls in flight: how many, whose turn it is, and that no slot is ever lost."""

import asyncio
from collections import OrderedDict, deque
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inspector.session.slots import BY_HAND, Slots

QUEUES = (BY_HAND, "repeat", "forward", "script")


class Users:
    """Tasks that take a slot, and hold it until they are told to give it back."""

    def __init__(self, slots: Slots) -> None:
        self.slots = slots
        self.holding: list[str] = []
        self.tasks: dict[str, asyncio.Task[None]] = {}
        self._give_back: dict[str, asyncio.Event] = {}

    def take(self, name: str, queue: str = "repeat") -> None:
        self._give_back[name] = asyncio.Event()
        self.tasks[name] = asyncio.create_task(self._hold(name, queue), name=name)

    def give_back(self, name: str) -> None:
        self._give_back[name].set()

    def cancel(self, name: str) -> None:
        self.tasks[name].cancel()

    async def settle(self) -> None:
        """Return when nothing happens any more by itself."""
        for _ in range(2 * len(self.tasks) + 4):
            await asyncio.sleep(0)

    async def finish(self) -> None:
        for name in self.tasks:
            self.give_back(name)
        await self.settle()
        waiting = [name for name, task in self.tasks.items() if not task.done()]
        for name in waiting:
            self.cancel(name)
        await asyncio.gather(*self.tasks.values(), return_exceptions=True)
        assert waiting == [], "who waits though nobody holds a slot any more"

    async def _hold(self, name: str, queue: str) -> None:
        async with self.slots.taken(queue):
            self.holding.append(name)
            try:
                await self._give_back[name].wait()
            finally:
                self.holding.remove(name)


@pytest.fixture
async def one_slot() -> Any:
    users = Users(Slots(1))
    users.take("first")
    await users.settle()
    yield users
    await users.finish()
    assert users.holding == []


async def served(users: Users) -> list[str]:
    """Return who is served, in order, when each gives back in turn."""
    order = []
    while users.holding:
        (name,) = users.holding
        order.append(name)
        users.give_back(name)
        await users.settle()
    return order


async def test_no_more_than_the_limit_hold_one_and_the_rest_wait() -> None:
    users = Users(Slots(3))
    for number in range(5):
        users.take(str(number))
    await users.settle()

    assert users.holding == ["0", "1", "2"]
    assert users.slots.waiting == 2
    await users.finish()
    assert users.slots.waiting == 0


async def test_a_queue_is_served_in_its_order(one_slot: Users) -> None:
    for number in range(4):
        one_slot.take(str(number))
        await one_slot.settle()
    assert await served(one_slot) == ["first", "0", "1", "2", "3"]


async def test_what_a_person_sends_goes_first(one_slot: Users) -> None:
    one_slot.take("r1", "repeat")
    one_slot.take("r2", "repeat")
    await one_slot.settle()
    one_slot.take("hand1", BY_HAND)
    one_slot.take("hand2", BY_HAND)
    await one_slot.settle()
    assert await served(one_slot) == ["first", "hand1", "hand2", "r1", "r2"]


async def test_the_other_queues_take_turns_however_long_they_are(one_slot: Users) -> None:
    for name, queue in (("a1", "a"), ("a2", "a"), ("a3", "a"), ("b1", "b"), ("c1", "c"), ("b2", "b")):
        one_slot.take(name, queue)
        await one_slot.settle()
    assert await served(one_slot) == ["first", "a1", "b1", "c1", "a2", "b2", "a3"]


async def test_who_stops_waiting_loses_its_place_and_nobody_elses(one_slot: Users) -> None:
    for name in ("1", "2", "3"):
        one_slot.take(name)
    await one_slot.settle()

    one_slot.cancel("2")
    await one_slot.settle()

    assert one_slot.slots.waiting == 2
    assert await served(one_slot) == ["first", "1", "3"]


async def test_who_is_cancelled_as_its_turn_comes_passes_it_on() -> None:
    users = Users(Slots(1))
    async with users.slots.taken("repeat"):
        users.take("1")
        users.take("2")
        await users.settle()
    users.cancel("1")  # its slot is granted, but it has not run since
    await users.settle()

    assert users.holding == ["2"]
    await users.finish()


async def test_an_error_inside_gives_the_slot_back() -> None:
    slots = Slots(1)
    with pytest.raises(ValueError, match="no"):
        async with slots.taken("repeat"):
            raise ValueError("no")

    async with asyncio.timeout(1), slots.taken("repeat"):
        pass


class Model:
    """What the slots should do, said with names in lists."""

    def __init__(self, limit: int) -> None:
        self.free = limit
        self.holding: list[str] = []
        self.by_hand: deque[str] = deque()
        self.queues: OrderedDict[str, deque[str]] = OrderedDict()

    def take(self, name: str, queue: str) -> None:
        if self.free:
            self.free -= 1
            self.holding.append(name)
        elif queue == BY_HAND:
            self.by_hand.append(name)
        else:
            self.queues.setdefault(queue, deque()).append(name)

    def end(self, name: str) -> None:
        if name in self.holding:
            self.holding.remove(name)
            self.free += 1
            self._serve()
            return
        for line in (self.by_hand, *self.queues.values()):
            if name in line:
                line.remove(name)

    def _serve(self) -> None:
        if self.by_hand:
            self.free -= 1
            self.holding.append(self.by_hand.popleft())
            return
        while self.queues:
            queue, line = self.queues.popitem(last=False)
            if line:
                self.free -= 1
                self.holding.append(line.popleft())
                if line:
                    self.queues[queue] = line
                return


STEPS = st.lists(
    st.tuples(st.sampled_from(["take", "take", "give back", "cancel"]), st.integers(0, 11), st.booleans()),
    max_size=40,
)


@given(limit=st.integers(1, 3), steps=STEPS)
async def test_slots_go_to_whom_the_rules_say(limit: int, steps: list[tuple[str, int, bool]]) -> None:
    users, model = Users(Slots(limit)), Model(limit)
    for what, number, _ in steps:
        if what == "take":
            name, queue = str(len(users.tasks)), QUEUES[number % len(QUEUES)]
            users.take(name, queue)
            model.take(name, queue)
        elif what == "give back" and users.holding:
            name = users.holding[number % len(users.holding)]
            users.give_back(name)
            model.end(name)
        elif what == "cancel" and users.tasks:
            name = str(number % len(users.tasks))
            users.cancel(name)
            model.end(name)
        await users.settle()
        assert users.holding == model.holding
    await users.finish()


@settings(max_examples=300)
@given(limit=st.integers(1, 2), steps=STEPS)
async def test_no_slot_is_lost_however_takes_returns_and_cancellations_meet(
    limit: int, steps: list[tuple[str, int, bool]]
) -> None:
    users = Users(Slots(limit))
    for what, number, let_run in steps:
        if what == "take":
            users.take(str(len(users.tasks)), QUEUES[number % len(QUEUES)])
        elif what == "give back" and users.holding:
            users.give_back(users.holding[number % len(users.holding)])
        elif what == "cancel" and (alive := [name for name, task in users.tasks.items() if not task.done()]):
            users.cancel(alive[number % len(alive)])
        if let_run:
            await asyncio.sleep(0)
        assert len(users.holding) <= limit
    await users.finish()

    assert users.slots.waiting == 0
    for number in range(limit):
        users.take(f"again {number}")
    await users.settle()
    assert len(users.holding) == limit
    await users.finish()
