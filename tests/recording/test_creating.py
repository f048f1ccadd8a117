"""What a new recording replaces, and what it leaves alone."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from inspector.core.log import CallLog
from inspector.core.problems import ProblemError
from inspector.recording.creating import check_target, create_recording
from tests.support.recordings import entries_of, recorded, wait_until_written, write
from tests.support.records import a_call


def test_a_recording_and_an_empty_file_are_replaced(tmp_path: Path) -> None:
    path, empty = tmp_path / "a.db", tmp_path / "empty"
    write(path, [a_call()])
    empty.touch()

    assert check_target(path)
    assert not check_target(empty)
    assert not check_target(tmp_path / "nothing")
    assert len(entries_of(path)) == 1, "looking changes nothing"
    assert create_recording(path)
    assert entries_of(path) == []
    assert not create_recording(empty)
    assert entries_of(empty) == []


def notes(path: Path) -> None:
    path.write_text("notes\n" * 900)


def other_database(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database:
        database.execute("CREATE TABLE mine (value)")


@pytest.mark.parametrize("make", [notes, other_database, Path.mkdir])
def test_what_is_no_recording_is_refused_and_left_as_it_is(
    make: Callable[[Path], object], tmp_path: Path
) -> None:
    path = tmp_path / "mine"
    make(path)
    before = path.read_bytes() if path.is_file() else None

    for refused in (check_target, create_recording):
        with pytest.raises(ProblemError, match="is no recording"):
            refused(path)
    assert before is None or path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


def test_a_recording_that_is_being_written_is_refused(tmp_path: Path) -> None:
    path, log = tmp_path / "a.db", CallLog("run")
    log.open(a_call())
    with recorded(path, log):
        wait_until_written(path, 1)
        with pytest.raises(ProblemError, match="another program has open"):
            create_recording(path)
    assert len(entries_of(path)) == 1


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match="cannot be written: No such file or directory"):
        create_recording(tmp_path / "no" / "folder.db")
