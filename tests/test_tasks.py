"""The one owner of tasks."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from inspector.tasks import TaskOwner


class Reports(list[tuple[str, str]]):
    def __call__(self, error: BaseException, doing: str) -> None:
        self.append((repr(error), doing))


@pytest.fixture
def reports() -> Reports:
    return Reports()


@pytest.fixture
async def owner(reports: Reports) -> AsyncIterator[TaskOwner]:
    owner = TaskOwner(reports)
    yield owner
    assert await owner.shut_down(1.0) == ()


async def forever() -> None:
    await asyncio.Event().wait()


async def fail() -> None:
    raise ValueError("no")


async def test_a_task_runs_under_its_name_and_is_kept_until_it_ends(owner: TaskOwner) -> None:
    go_on = asyncio.Event()
    task = owner.spawn(go_on.wait(), "waits")

    assert task.get_name() == "waits"
    assert len(owner) == 1
    go_on.set()
    assert await task is True
    assert len(owner) == 0


async def test_what_a_task_raises_is_reported_once_with_what_it_did(
    owner: TaskOwner, reports: Reports
) -> None:
    await asyncio.wait({owner.spawn(fail(), "fails")})
    assert reports == [("ValueError('no')", "fails")]


async def test_what_an_awaited_task_raises_is_left_to_who_awaits_it(
    owner: TaskOwner, reports: Reports
) -> None:
    with pytest.raises(ValueError, match="no"):
        await owner.spawn(fail(), "fails", awaited=True)
    assert reports == []


async def test_a_cancelled_task_is_nothing_to_report(owner: TaskOwner, reports: Reports) -> None:
    task = owner.spawn(forever(), "waits")
    task.cancel()
    await asyncio.wait({task})
    assert reports == []


async def test_shutting_down_ends_every_task(reports: Reports) -> None:
    owner = TaskOwner(reports)
    tasks = [owner.spawn(forever(), f"waits {number}") for number in range(3)]

    assert await owner.shut_down(1.0) == ()

    assert all(task.cancelled() for task in tasks)
    assert reports == []


async def test_a_task_may_take_its_time_to_end_within_the_deadline(reports: Reports) -> None:
    owner = TaskOwner(reports)
    ended = []

    async def tidies_up() -> None:
        try:
            await forever()
        finally:
            await asyncio.sleep(0)
            ended.append(True)

    owner.spawn(tidies_up(), "tidies up")
    await asyncio.sleep(0)

    assert await owner.shut_down(1.0) == ()
    assert ended == [True]


async def test_who_would_not_end_in_time_is_named(reports: Reports) -> None:
    owner = TaskOwner(reports)
    let_go = asyncio.Event()

    async def clings() -> None:
        while not let_go.is_set():
            try:
                await let_go.wait()
            except asyncio.CancelledError:
                continue

    clinging = owner.spawn(clings(), "clings")
    owner.spawn(forever(), "waits")
    await asyncio.sleep(0)

    assert await owner.shut_down(0.01) == ("clings",)
    let_go.set()
    await clinging


async def test_a_task_may_shut_its_own_owner_down(reports: Reports) -> None:
    owner = TaskOwner(reports)
    owner.spawn(forever(), "waits")

    assert await owner.spawn(owner.shut_down(1.0), "ends the program") == ()


async def test_nothing_starts_after_shutting_down(reports: Reports) -> None:
    owner = TaskOwner(reports)
    await owner.shut_down(1.0)

    with pytest.raises(RuntimeError, match=r"'late'.*shutting down"):
        owner.spawn(forever(), "late")


async def test_what_fails_while_it_is_ended_is_reported(reports: Reports) -> None:
    owner = TaskOwner(reports)

    async def stumbles() -> None:
        try:
            await forever()
        finally:
            raise ValueError("on the way out")

    owner.spawn(stumbles(), "stumbles")
    await asyncio.sleep(0)

    assert await owner.shut_down(1.0) == ()
    assert reports == [("ValueError('on the way out')", "stumbles")]


async def test_one_that_finishes_may_come_to_its_end_at_shutdown(reports: Reports) -> None:
    owner = TaskOwner(reports)
    waiting = owner.spawn(forever(), "waits")
    ended = []

    async def leaves_in_order() -> None:
        await asyncio.wait({waiting})
        ended.append(True)

    owner.spawn(leaves_in_order(), "leaves", finishes=True)

    assert await owner.shut_down(5.0) == ()
    assert ended == [True]


async def test_one_that_finishes_is_cut_short_when_the_time_is_over(reports: Reports) -> None:
    owner = TaskOwner(reports)
    task = owner.spawn(forever(), "never ends", finishes=True)

    assert await owner.shut_down(0.01) == ()
    assert task.cancelled()
