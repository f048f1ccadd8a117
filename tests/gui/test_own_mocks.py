"""The mocks made in the window are kept in one file, also by two windows at once."""

import stat
from pathlib import Path

import pytest

from inspector.core.problems import ProblemError
from inspector.gui.own_mocks import FILE_NAME, OwnMocks
from tests.support.mocks import reply

FIRST, SECOND, THIRD = reply("first"), reply("second"), reply("third")


def read(folder: Path) -> tuple[str, ...]:
    return tuple(mock.method for mock in OwnMocks(folder).read())


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    kept = OwnMocks(folder)
    assert kept.read() == ()
    kept.write((FIRST, SECOND))
    assert OwnMocks(folder).read() == (FIRST, SECOND)
    assert [path.name for path in folder.iterdir()] == [FILE_NAME]
    assert stat.S_IMODE((folder / FILE_NAME).stat().st_mode) == 0o600


def test_nothing_to_keep_makes_no_file(tmp_path: Path) -> None:
    kept = OwnMocks(tmp_path)
    kept.read()
    kept.write(())
    assert list(tmp_path.iterdir()) == []


def test_two_windows_keep_each_others_mocks(tmp_path: Path) -> None:
    one, other = OwnMocks(tmp_path), OwnMocks(tmp_path)
    one.read()
    other.read()
    one.write((FIRST,))
    other.write((SECOND,))
    one.write((FIRST, THIRD))
    assert set(read(tmp_path)) == {"first", "second", "third"}


def test_each_window_takes_away_only_its_own(tmp_path: Path) -> None:
    one, other = OwnMocks(tmp_path), OwnMocks(tmp_path)
    one.read()
    other.read()
    one.write((FIRST,))
    other.write((SECOND,))
    one.write(())
    assert read(tmp_path) == ("second",)
    other.write(())
    one.write((THIRD,))
    assert read(tmp_path) == ("third",)


def test_a_file_that_cannot_be_read_is_said_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / FILE_NAME
    path.write_text("mocks: [", encoding="utf-8")
    kept = OwnMocks(tmp_path)
    with pytest.raises(ProblemError, match=FILE_NAME):
        kept.read()
    kept.write((FIRST,))
    assert path.read_text(encoding="utf-8") == "mocks: ["


def test_a_file_that_was_broken_meanwhile_is_said_once_and_left_alone(tmp_path: Path) -> None:
    kept = OwnMocks(tmp_path)
    kept.read()
    kept.write((FIRST,))
    (tmp_path / FILE_NAME).write_text("mocks: [", encoding="utf-8")
    with pytest.raises(ProblemError):
        kept.write((FIRST, SECOND))
    kept.write((FIRST, SECOND))
    assert (tmp_path / FILE_NAME).read_text(encoding="utf-8") == "mocks: ["
