"""Mocks of files in the window: what is switched, added and deleted there is written into the file."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from inspector.core.mocks import Mock, Reply, Rule
from tests.support.sessions import calls
from tests.support.themes import dress
from tests.support.window_world import WindowWorld, window_world

TEXT = """\
# what the back end answers
mocks:
  - method: greet      # the only one
    rules:
      - reply: hello
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    made = tmp_path / "mocks.yaml"
    write(made, TEXT)
    return made


@pytest.fixture
async def world(qtbot: QtBot, qapp: QApplication, path: Path) -> AsyncIterator[WindowWorld]:
    dress(qapp)
    async with window_world(qtbot) as made:
        await made.join()
        await made.files.open(str(path), allow_scripts=True)
        yield made


def text(path: Path) -> str:
    return path.read_text()


def write(path: Path, content: str) -> None:
    path.write_text(content)


def select_mock(world: WindowWorld) -> None:
    world.panels.mocks.show_rule(world.session.mocks.entries()[0].id, None)
    world.panels.mocks.table.setFocus()


async def test_a_mock_that_is_switched_off_is_off_in_its_file_and_all_else_stays(
    world: WindowWorld, path: Path
) -> None:
    select_mock(world)
    QTest.keyClick(world.panels.mocks.table, Qt.Key.Key_Space)
    await world.until(lambda: "enabled: false" in text(path), "the change in the file")
    assert "# what the back end answers" in text(path)
    assert "# the only one" in text(path)
    await world.until(lambda: not world.session.mocks.entries()[0].mock.enabled, "the mock off")


async def test_what_cannot_be_written_is_said_and_changes_nothing(world: WindowWorld, path: Path) -> None:
    write(path, "mocks: [")
    select_mock(world)
    QTest.keyClick(world.panels.mocks.table, Qt.Key.Key_Space)
    await world.until(lambda: world.panels.notices.text, "the notice")
    assert "mocks.yaml" in world.panels.notices.text
    assert text(path) == "mocks: ["
    assert world.session.mocks.entries()[0].mock.enabled


async def test_a_mock_made_in_the_window_stays_out_of_files(world: WindowWorld, path: Path) -> None:
    world.panels.mocks.add_requested.emit(Mock("other", (Rule(Reply("x")),)))
    assert [entry.mock.method for entry in world.session.mocks.entries()] == ["greet", "other"]
    assert text(path) == TEXT


async def test_a_mock_can_be_added_to_a_file_and_deleted_from_it(world: WindowWorld, path: Path) -> None:
    world.panels.mocks.add_requested.emit(Mock("other", (Rule(Reply("x")),), source=str(path)))
    await world.until(lambda: "method: other" in text(path), "the new mock in the file")
    await world.until(lambda: len(world.session.mocks) == 2, "the new mock in force")
    world.panels.mocks.remove_requested.emit(world.session.mocks.entries()[1].id)
    await world.until(lambda: "method: other" not in text(path), "the mock gone from the file")
    await world.until(lambda: len(world.session.mocks) == 1, "the mock gone")


async def test_a_mock_made_of_a_call_that_a_file_answers_first_says_so(
    world: WindowWorld, path: Path
) -> None:
    await world.server.call("me", "greet", "{}").answer()
    await world.select(calls(world.session)[0].id)
    world.controller.mock_selected()
    assert len(world.session.mocks) == 2
    assert "mocks.yaml answers greet first" in world.panels.mocks.head.note()


async def test_a_mock_is_moved_within_its_file_and_among_those_of_the_window(
    world: WindowWorld, path: Path
) -> None:
    await world.files.add(str(path), Mock("other", (Rule(Reply("x")),)))
    world.session.mocks.add([Mock("first", (Rule(Reply("1")),)), Mock("second", (Rule(Reply("2")),))])
    greet, _, first, _ = (entry.id for entry in world.session.mocks.entries())

    world.panels.mocks.move_requested.emit(greet, 1)
    world.panels.mocks.move_requested.emit(first, 1)

    await world.until(lambda: text(path).index("other") < text(path).index("greet"), "the move in the file")
    methods = ["other", "greet", "second", "first"]
    await world.until(
        lambda: [entry.mock.method for entry in world.session.mocks.entries()] == methods, "the new order"
    )
