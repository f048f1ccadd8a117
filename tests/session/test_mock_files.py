"""Mocks files that live: what is saved comes into force, what is broken does not, edits are written."""

import asyncio
import os
import stat
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest

from inspector.core.mocks import Mock, Reply, Rule
from inspector.core.problems import ProblemError
from inspector.session.mock_files import Allowed, MockFiles
from inspector.session.mock_set import MockEntry, MockSet
from inspector.session.session import SystemClock
from inspector.tasks import TaskOwner
from tests.support.reports import Unexpected

WITHIN_S = 10.0
ONE = """\
# ours
mocks:
  - method: a
    rules:
      - times: 9
        reply: one
      - reply: never
  - method: b
    rules: [{reply: b}]
"""
TWO = ONE.replace("reply: one", "reply: two")
BROKEN = ONE.replace("rules: [{reply: b}]", "rulez: [{reply: b}]")


class Desk:
    """Mocks files over a set of mocks, and a wait for what they say."""

    def __init__(self, tasks: TaskOwner) -> None:
        self.mocks = MockSet()
        self.files = MockFiles(self.mocks, tasks, SystemClock(), {"unit": "F"})
        self._news = asyncio.Event()
        self.files.on_changed(self._news.set)

    async def until(self, holds: Callable[[], bool]) -> None:
        async with asyncio.timeout(WITHIN_S):
            while not holds():
                self._news.clear()
                await self._news.wait()

    def entry(self, method: str) -> MockEntry:
        return next(entry for entry in self.mocks.entries() if entry.mock.method == method)

    def reply(self, method: str) -> str:
        action = self.entry(method).mock.rules[0].action
        assert isinstance(action, Reply)
        return action.text


@pytest.fixture
async def desk() -> AsyncIterator[Desk]:
    unexpected = Unexpected()
    tasks = TaskOwner(unexpected)
    yield Desk(tasks)
    assert await tasks.shut_down(2.0) == ()
    assert unexpected.rest() == []


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "mocks.yaml"
    path.write_text(ONE)
    return path


def write(path: Path, text: str) -> None:
    path.write_text(text)


def remove(path: Path) -> None:
    path.unlink()


def read(path: Path) -> str:
    return path.read_text()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def rename_over(path: Path, text: str) -> None:
    other = path.with_suffix(".tmp")
    other.write_text(text)
    other.replace(path)


def back_up_and_write(path: Path, text: str) -> None:
    backup = path.with_name("mocks.yaml~")
    path.rename(backup)
    path.write_text(text)
    backup.unlink()


def write_bytes(path: Path, data: bytes) -> None:
    path.write_bytes(data)


@pytest.mark.parametrize("save", [write, rename_over, back_up_and_write])
async def test_what_an_editor_saves_comes_into_force(
    desk: Desk, path: Path, save: Callable[[Path, str], None]
) -> None:
    opened = await desk.files.open(str(path), allow_scripts=False)
    assert (desk.reply("a"), opened.scripts, opened.is_current) == ("one", Allowed.NONE, True)
    ids = opened.mock_ids
    save(path, TWO)
    await desk.until(lambda: desk.reply("a") == "two")
    (state,) = desk.files.states()
    assert (state.mock_ids, state.problems, state.is_current) == (ids, (), True)
    assert state.loaded_at > opened.loaded_at


async def test_a_file_behind_a_link_is_followed(desk: Desk, path: Path, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    link = tmp_path / "folder" / "link.yaml"
    link.symlink_to(path)
    await desk.files.open(str(link), allow_scripts=False)
    rename_over(path, TWO)
    await desk.until(lambda: desk.reply("a") == "two")


async def test_a_file_is_open_once_by_whatever_path(desk: Desk, path: Path) -> None:
    opened = await desk.files.open(str(path), allow_scripts=False)
    again = await desk.files.open(f"{path.parent}/./{path.name}", allow_scripts=True)
    link = path.with_name("link.yaml")
    link.symlink_to(path)
    assert await desk.files.open(str(link), allow_scripts=False) == again == opened
    assert len(desk.mocks) == 2


async def test_rules_that_stay_keep_their_hits(desk: Desk, path: Path) -> None:
    await desk.files.open(str(path), allow_scripts=False)
    for _ in range(3):
        desk.mocks.count_hit(desk.entry("a").id, 1, "web", 1.0)
    write(path, TWO.replace("      - times: 9\n", "      - {times: 1, reply: first}\n      - times: 9\n"))
    await desk.until(lambda: desk.reply("a") == "first")
    assert desk.entry("a").use.hits == 3
    assert desk.entry("a").use.rule_hits == {2: 3}


async def test_a_broken_edit_changes_nothing_and_says_where_it_is_broken(desk: Desk, path: Path) -> None:
    opened = await desk.files.open(str(path), allow_scripts=False)
    write(path, BROKEN.replace("reply: one", "reply: two"))
    await desk.until(lambda: not desk.files.states()[0].is_current)
    (state,) = desk.files.states()
    assert (desk.reply("a"), state.loaded_at) == ("one", opened.loaded_at)
    assert [(problem.line, problem.column) for problem in state.problems] == [(9, 5)]
    write(path, TWO)
    await desk.until(lambda: desk.files.states()[0].is_current)
    assert (desk.reply("a"), desk.files.states()[0].problems) == ("two", ())


async def test_a_file_that_is_gone_goes_on_answering_and_is_read_when_it_is_back(
    desk: Desk, path: Path
) -> None:
    await desk.files.open(str(path), allow_scripts=False)
    remove(path)
    await desk.until(lambda: not desk.files.states()[0].is_current)
    assert str(desk.files.states()[0].problems[0]) == f"{path}:1:1: the file is not there"
    assert desk.reply("a") == "one"
    write(path, TWO)
    await desk.until(lambda: desk.files.states()[0].is_current)
    assert desk.reply("a") == "two"


async def test_a_text_that_is_empty_for_a_moment_is_not_said_to_be_broken(desk: Desk, path: Path) -> None:
    await desk.files.open(str(path), allow_scripts=False)
    was_broken: list[bool] = []
    desk.files.on_changed(lambda: was_broken.append(not desk.files.states()[0].is_current))
    write(path, "")
    await asyncio.to_thread(path.read_text)
    write(path, TWO)
    await desk.until(lambda: desk.reply("a") == "two")
    assert not any(was_broken)


async def test_files_keep_their_order_and_the_command_lines_vars_win(desk: Desk, path: Path) -> None:
    other = path.with_name("other.yaml")
    write(other, "vars: {unit: C, city: Oslo}\nmocks: [{method: a, rules: [{reply: other}]}]")
    write(path, "mocks: []")
    await desk.files.open(str(path), allow_scripts=False)
    await desk.files.open(str(other), allow_scripts=False)
    assert desk.entry("a").vars == {"unit": "F", "city": "Oslo"}
    write(path, ONE)
    await desk.until(lambda: len(desk.mocks) == 3)
    assert [entry.mock.source for entry in desk.mocks.entries()] == [str(path), str(path), str(other)]
    write(other, "vars: {unit: K}\nmocks: [{method: c, rules: [{reply: other}]}]")
    await desk.until(lambda: desk.mocks.entries()[-1].mock.method == "c")
    assert desk.entry("c").vars == {"unit": "F"}
    await desk.files.close(str(path))
    assert [entry.mock.method for entry in desk.mocks.entries()] == ["c"]


async def test_a_file_that_cannot_be_read_is_not_opened(desk: Desk, path: Path) -> None:
    write(path, BROKEN)
    with pytest.raises(ProblemError, match=r"mocks\.yaml:9:5: unknown key `rulez`"):
        await desk.files.open(str(path), allow_scripts=False)
    write_bytes(path, b"mocks: []\xff")
    with pytest.raises(ProblemError, match="not UTF-8"):
        await desk.files.open(str(path), allow_scripts=False)
    remove(path)
    with pytest.raises(ProblemError, match="the file is not there"):
        await desk.files.open(str(path), allow_scripts=False)
    assert (desk.files.states(), len(desk.mocks)) == ((), 0)


async def test_an_edit_is_written_into_the_file_and_in_force(desk: Desk, path: Path) -> None:
    os.chmod(path, 0o640)  # noqa: PTH101
    link = path.with_name("link.yaml")
    link.symlink_to(path)
    await desk.files.open(str(link), allow_scripts=False)
    entry = desk.entry("a")
    desk.mocks.count_hit(entry.id, 1, "web", 1.0)
    rules = (Rule(Reply("edited"), times=9), *entry.mock.rules[1:])
    await desk.files.replace(entry.id, Mock("renamed", rules))
    expected = ONE.replace("method: a", "method: renamed").replace("reply: one", "reply: edited")
    assert read(path) == expected
    assert link.is_symlink()
    assert mode(path) == 0o640
    changed = desk.mocks.get(entry.id)
    assert changed is not None
    assert changed.mock == Mock("renamed", rules, source=str(link))
    assert (changed.use.hits, changed.use.rule_hits) == (1, {1: 1})
    assert sorted(each.name for each in path.parent.iterdir()) == ["link.yaml", "mocks.yaml"]


async def test_mocks_are_added_moved_and_removed(desk: Desk, path: Path) -> None:
    opened = await desk.files.open(str(path), allow_scripts=False)
    added = await desk.files.add(str(path), Mock("c", (Rule(Reply("c")),)))
    assert read(path) == ONE + "  - method: c\n    rules: [{reply: c}]\n"
    await desk.files.move(added, 0)
    assert desk.files.states()[0].mock_ids == (added, *opened.mock_ids)
    assert [entry.id for entry in desk.mocks.entries()] == [added, *opened.mock_ids]
    await desk.files.remove(opened.mock_ids[0])
    assert [entry.mock.method for entry in desk.mocks.entries()] == ["c", "b"]
    with pytest.raises(ProblemError, match="not in its file any more"):
        await desk.files.remove(opened.mock_ids[0])


async def test_an_edit_is_made_on_the_text_as_it_is_now(desk: Desk, path: Path) -> None:
    await desk.files.open(str(path), allow_scripts=False)
    write(path, ONE.replace("mocks:\n", "mocks:\n  - method: z\n    rules: []\n"))
    await desk.files.replace(desk.entry("b").id, Mock("b", (Rule(Reply("edited")),)))
    assert read(path) == ONE.replace("mocks:\n", "mocks:\n  - method: z\n    rules: []\n").replace(
        "[{reply: b}]", "[{reply: edited}]"
    )
    assert [entry.mock.method for entry in desk.mocks.entries()] == ["z", "a", "b"]
    write(path, read(path).replace("reply: edited", "reply: by somebody else"))
    with pytest.raises(ProblemError, match="`b` was changed there meanwhile"):
        await desk.files.replace(desk.entry("b").id, Mock("b", ()))
    write(path, BROKEN)
    with pytest.raises(ProblemError, match=r"was not changed: .*mocks\.yaml:9:5"):
        await desk.files.add(str(path), Mock("c"))
    assert read(path) == BROKEN


async def test_mocks_that_came_through_a_pipe_are_taken_once_and_not_written_to(
    desk: Desk, path: Path
) -> None:
    pipe = path.with_name("pipe")
    os.mkfifo(pipe)
    opened = await desk.files.open(str(pipe), allow_scripts=False, text=ONE)
    write(path, TWO)
    await desk.files.open(str(path), allow_scripts=False)
    await desk.until(lambda: len(desk.mocks) == 4)
    with pytest.raises(ProblemError, match="it is no file"):
        await desk.files.remove(opened.mock_ids[0])
    assert all(state.is_current for state in desk.files.states())


WRITES_FOR_EVER = """
import itertools, pathlib, sys
from inspector.session.file_texts import replace_text
path = pathlib.Path(sys.argv[1])
for number in itertools.count():
    replace_text(path, str(number % 10) * 300_000)
    print(flush=True)
"""


def test_a_kill_while_writing_leaves_the_old_text_or_the_new_one(path: Path) -> None:
    for writes in range(1, 6):
        command = [sys.executable, "-c", WRITES_FOR_EVER, str(path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            for _ in range(writes * 3):
                writer.stdout.readline()
            writer.kill()
        text = read(path)
        assert len(text) == 300_000
        assert set(text) == {text[0]}


async def test_edits_at_the_same_time_are_all_written(desk: Desk, path: Path) -> None:
    await desk.files.open(str(path), allow_scripts=False)
    names = [f"m{number}" for number in range(8)]
    added = await asyncio.gather(
        *(desk.files.add(str(path), Mock(name, (Rule(Reply(name)),))) for name in names)
    )
    assert len(set(added)) == 8
    await asyncio.gather(
        *(
            desk.files.replace(mock_id, msgspec.structs.replace(desk.mocks.get(mock_id).mock, enabled=False))  # type: ignore[union-attr]
            for mock_id in added
        )
    )
    assert read(path).count("enabled: false") == 8
