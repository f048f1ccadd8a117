"""Scripts that mocks files name: they wait for a person's word, which holds for their content."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from inspector.session.mock_files import Allowed, MockFiles, MocksFileState
from inspector.session.mock_set import MockSet
from inspector.session.session import SystemClock
from inspector.tasks import TaskOwner
from tests.support.reports import Unexpected

WITHIN_S = 10.0
FIRST, OTHER = "def respond(call): return '1'", "def respond(call): return 'other'"


class Desk:
    """One mocks file that names a script, and a wait for what it says."""

    def __init__(self, tasks: TaskOwner, folder: Path) -> None:
        self.mocks = MockSet()
        self.files = MockFiles(self.mocks, tasks, SystemClock())
        self.path = folder / "mocks.yaml"
        self.script = folder / "quote.py"
        self.path.write_text("mocks: [{method: a, rules: [{sequence: {steps: [{script: quote.py}]}}]}]")
        self.save_script(FIRST)

    def save_script(self, text: str) -> None:
        self.script.write_text(text)

    async def open(self, *, allow_scripts: bool) -> MocksFileState:
        return await self.files.open(str(self.path), allow_scripts=allow_scripts)

    def stands(self) -> tuple[Allowed, bool]:
        """Whether its scripts may run: as the file's state has it, and as its mock has it."""
        (state,), (entry,) = self.files.states(), self.mocks.entries()
        return state.scripts, entry.scripts_allowed

    async def until(self, holds: Callable[[], bool]) -> None:
        news = asyncio.Event()
        end = self.files.on_changed(news.set)
        async with asyncio.timeout(WITHIN_S):
            while not holds():
                news.clear()
                await news.wait()
        end()


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Desk]:
    unexpected = Unexpected()
    tasks = TaskOwner(unexpected)
    yield Desk(tasks, tmp_path)
    assert await tasks.shut_down(2.0) == ()
    assert unexpected.rest() == []


async def test_scripts_wait_until_a_person_allows_them(desk: Desk) -> None:
    await desk.open(allow_scripts=False)
    assert desk.stands() == (Allowed.ASK, False)
    desk.files.allow_scripts(str(desk.path), False)
    assert desk.stands() == (Allowed.NO, False)
    desk.files.allow_scripts(str(desk.path), True)
    assert desk.stands() == (Allowed.YES, True)


async def test_what_was_said_holds_for_the_content_it_was_said_of(desk: Desk) -> None:
    opened = await desk.open(allow_scripts=False)
    desk.files.allow_scripts(str(desk.path), True)
    desk.save_script(OTHER)
    await desk.until(lambda: desk.stands() == (Allowed.ASK, False))
    assert desk.files.states()[0].content != opened.content
    desk.save_script(FIRST)
    await desk.until(lambda: desk.stands() == (Allowed.YES, True))
    assert desk.files.states()[0].content == opened.content


async def test_a_changed_script_waits_also_while_the_mocks_file_is_broken(desk: Desk) -> None:
    await desk.open(allow_scripts=False)
    desk.files.allow_scripts(str(desk.path), True)
    whole = desk.path.read_text()
    desk.path.write_text("mocks: [")
    await desk.until(lambda: not desk.files.states()[0].is_current)

    desk.save_script(OTHER)

    await desk.until(lambda: desk.stands() == (Allowed.ASK, False))
    assert not desk.files.states()[0].is_current
    desk.path.write_text(whole)
    await desk.until(lambda: desk.files.states()[0].is_current)
    assert desk.stands() == (Allowed.ASK, False)


async def test_a_file_named_on_a_command_line_may_run_its_scripts(desk: Desk) -> None:
    opened = await desk.open(allow_scripts=True)
    assert desk.stands() == (Allowed.YES, True)
    desk.save_script(OTHER)
    await desk.until(lambda: desk.files.states()[0].content != opened.content)
    assert desk.stands() == (Allowed.YES, True)
